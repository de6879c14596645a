"""The routes of the desk's door for programs."""

from __future__ import annotations

from typing import Final

from django.urls import URLPattern, URLResolver, path

from comity.web.api.building import api

urlpatterns: Final[list[URLPattern | URLResolver]] = [path("1/", api.urls)]
