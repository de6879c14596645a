"""The routes of the providers' door, all under ``/providers/`` (docs/protocol/provider.md)."""

from __future__ import annotations

from typing import Final

from django.urls import URLPattern, URLResolver, path

from comity.web.providers import page, views

urlpatterns: Final[list[URLPattern | URLResolver]] = [
    path("", page.show_page),
    path("style.css", page.show_style),
    path("1/orders/revocations", views.revocations),
    path("1/answers", views.answers),
    path("1/returns", views.returns),
    path("1/returns/<str:ret>", views.upload),
    path("1/returns/<str:ret>/end", views.end),
]
