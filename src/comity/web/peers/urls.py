"""The routes of the peers' door, all under ``/peers/`` (docs/protocol/wire.md)."""

from __future__ import annotations

from typing import Final

from django.urls import URLPattern, URLResolver

urlpatterns: Final[list[URLPattern | URLResolver]] = []
