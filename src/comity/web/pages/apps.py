"""The desk's pages as Django knows them."""

from __future__ import annotations

from django.apps import AppConfig


class PagesConfig(AppConfig):
    """Templates, tags and static files of the pages."""

    name = "comity.web.pages"
    label = "pages"
