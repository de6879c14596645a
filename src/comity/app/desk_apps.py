"""What Django is to know of the desk's pages: apps, middleware, templates, how people sign in.

Only the desk's door needs it, and who makes or migrates a node's tables: sessions and means of
signing in are tables too. Every other command stays without, and starts sooner.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from comity.app.entering import signing_in
from comity.app.policy import content_policy

APPS: Final = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "comity.storage",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "comity.web.pages",
]
MIDDLEWARE: Final = [
    "comity.web.telling.TellRequests",
    "django.middleware.security.SecurityMiddleware",
    "comity.web.shrinking.ShrinkPages",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "comity.web.pages.kit.uploads.BoundForms",
    "comity.web.pages.accounts.lifetimes.EndSessions",
]
# The languages that a page may be asked for; a State adds its own (docs/translating.md).
LANGUAGES: Final = [
    ("ar", "العربية"),
    ("en", "English"),
]
_PROCESSORS: Final = [
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
]


_COMITY: Final = Path(__file__).parents[1]


def find_catalogues() -> list[str]:
    """Return the folders of all catalogues: one in each room, and that of the law's words."""
    found = sorted((_COMITY / "web").glob("**/locale"))
    return [str(one) for one in (*found, _COMITY / "law" / "locale") if one.is_dir()]


def desk_settings() -> dict[str, Any]:
    """Return Django's settings for the desk's pages, beside those that every process has."""
    return {
        "INSTALLED_APPS": APPS,
        "MIDDLEWARE": MIDDLEWARE,
        "TEMPLATES": [
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {"context_processors": _PROCESSORS},
            }
        ],
        "STATIC_URL": "/static/",
        "USE_I18N": True,
        "LOCALE_PATHS": find_catalogues(),
        "CSRF_FAILURE_VIEW": "comity.web.pages.kit.faults.forged",
        "FORM_RENDERER": "comity.web.pages.kit.forms.DeskRenderer",
        "LANGUAGES": LANGUAGES,
        "LANGUAGE_CODE": "en",
        "CONTENT_SECURITY_POLICY": content_policy(),
        "SECURE_REFERRER_POLICY": "same-origin",
        # What comes with a form stays in memory, bounded by BoundForms; never plain on the disk.
        "FILE_UPLOAD_HANDLERS": ["comity.web.pages.kit.uploads.InMemory"],
        "WHITENOISE_USE_FINDERS": True,
        **signing_in(),
    }
