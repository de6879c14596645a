"""The least Django settings with which types can be checked and migrations written."""

from typing import Final

SECRET_KEY: Final = "only for checking types"  # noqa: S105 - never used by a running node
INSTALLED_APPS: Final[list[str]] = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "comity.storage",
]
AUTH_USER_MODEL: Final = "storage.Person"
DEFAULT_AUTO_FIELD: Final = "django.db.models.BigAutoField"
USE_TZ: Final = True
DATABASES: Final = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
