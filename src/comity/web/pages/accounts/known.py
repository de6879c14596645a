"""Browsers that a person signed in from before: their failures are counted apart.

A cookie says, signed, under which name somebody signed in from here. It opens nothing. It only
keeps a stranger who guesses at a name from shutting out the person whose name it is (OWASP's
device cookies).
"""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.crypto import get_random_string

_SALT: Final = "comity.known"
_DAYS: Final = 180
_SECONDS: Final = _DAYS * 24 * 3600
_MARK: Final = 22


def known_mark(request: HttpRequest, login: str) -> str:
    """Return the mark of this browser, if somebody signed in under this name from it; else ""."""
    try:
        found: Any = signing.loads(request.COOKIES.get(_cookie(), ""), salt=_SALT, max_age=_SECONDS)
    except signing.BadSignature:
        return ""
    is_ours = isinstance(found, list) and all(isinstance(one, str) for one in found)
    if not is_ours or found[0] != login:
        return ""
    return str(found[1])


def remember_browser(response: HttpResponseBase, login: str) -> None:
    """Let this browser be known as one from which somebody signed in under this name."""
    mark = signing.dumps([login, get_random_string(_MARK)], salt=_SALT)
    response.set_cookie(
        _cookie(),
        mark,
        max_age=_SECONDS,
        secure=bool(settings.SESSION_COOKIE_SECURE),
        httponly=True,
        samesite="Lax",
    )


def _cookie() -> str:
    return f"{settings.SESSION_COOKIE_NAME}-known"
