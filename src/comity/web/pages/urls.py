"""The routes of all pages: every room is imported, and its pages are then known."""

from __future__ import annotations

from typing import Final

from django.urls import URLPattern, URLResolver

from comity.web.pages.kit.pages import patterns
from comity.web.pages.rooms import open_rooms

open_rooms()
urlpatterns: Final[list[URLPattern | URLResolver]] = [*patterns()]
