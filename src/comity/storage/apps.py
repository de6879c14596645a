"""How Django knows these tables."""

from __future__ import annotations

from django.apps import AppConfig


class StorageConfig(AppConfig):
    """The application ``storage``."""

    name = "comity.storage"
    label = "storage"
    default_auto_field = "django.db.models.BigAutoField"
