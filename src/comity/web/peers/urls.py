"""The routes of the peers' door, all under ``/peers/`` (docs/protocol/doors.md)."""

from __future__ import annotations

from typing import Final

from django.urls import URLPattern, URLResolver, path, re_path

from comity.web.peers import views

urlpatterns: Final[list[URLPattern | URLResolver]] = [
    path("versions", views.versions),
    path("1/messages", views.messages),
    path("1/receipts", views.take_receipt),
    re_path(r"^1/receipts/(?P<message>[0-9a-f]{64})$", views.give_receipts),
    re_path(r"^1/directory/(?P<name>[A-Za-z0-9._~=/-]{1,400})$", views.directory),
    re_path(r"^1/transfers/(?P<transfer>xfr_[0-9a-z]{26})/descriptor$", views.descriptor),
    re_path(
        r"^1/transfers/(?P<transfer>xfr_[0-9a-z]{26})/chunks/(?P<volume>[0-9]{1,9})$",
        views.chunk_list,
    ),
    re_path(
        r"^1/transfers/(?P<transfer>xfr_[0-9a-z]{26})"
        r"/volumes/(?P<volume>[0-9]{1,9})/chunks/(?P<number>[0-9]{1,9})$",
        views.chunk,
    ),
    path("1/echo", views.echo),
    path("1/restored", views.restored),
    re_path(r"^(?P<version>(?!1/)[^/]{1,16})/(?P<rest>.*)$", views.other_version),
]
