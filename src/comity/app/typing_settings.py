"""The least Django settings with which types can be checked and migrations written."""

from typing import Final

from comity.app.desk_apps import APPS, desk_settings

SECRET_KEY: Final = "only for checking types"  # noqa: S105 - never used by a running node
# Without those of others that come without types; nothing of ours names their tables.
INSTALLED_APPS: Final[list[str]] = [one for one in APPS if not one.startswith("allauth")]
TEMPLATES: Final = desk_settings()["TEMPLATES"]
AUTH_USER_MODEL: Final = "storage.Person"
DEFAULT_AUTO_FIELD: Final = "django.db.models.BigAutoField"
USE_TZ: Final = True
DATABASES: Final = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
