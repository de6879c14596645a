"""How long a session lives: 30 minutes without a sign of life, 12 hours in all.

Both are counted by the node's own clock from what the session itself says; the database ends
what is idle besides. That a person was retired, or that their password was changed or reset,
Django sees on the next request: the person is then nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import pgettext

from comity.app.entering import IDLE_SECONDS, WHOLE_SECONDS
from comity.base import Instant
from comity.web.place import current_place

BEGAN: Final = "comity-began"
SEEN: Final = "comity-seen"
# Not every request is written down.
_GRAIN: Final = timedelta(seconds=60)
_IDLE: Final = timedelta(seconds=IDLE_SECONDS)
_WHOLE: Final = timedelta(seconds=WHOLE_SECONDS)


class EndSessions:
    """Middleware that ends what has lived long enough, and sessions of nobody."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Answer with ``get_response``."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer; whose session is over is nobody."""
        if request.session.get(SESSION_KEY) and not _goes_on(request):
            request.session.flush()
            request.user = AnonymousUser()
            messages.warning(
                request, pgettext("accounts", "Your session is over. Sign in to go on.")
            )
        return self._get_response(request)


def _goes_on(request: HttpRequest) -> bool:
    now = current_place().node.clock.now()
    began, seen = _moment(request, BEGAN), _moment(request, SEEN)
    if began is None or seen is None or not request.user.is_authenticated:
        return False
    if now.at - began.at >= _WHOLE or now.at - seen.at >= _IDLE:
        return False
    if now.at - seen.at >= _GRAIN:
        request.session[SEEN] = str(now)
    return True


def _moment(request: HttpRequest, name: str) -> Instant | None:
    text = request.session.get(name, "")
    return Instant.parse(text) if text else None


def begin_session(request: HttpRequest, **_more: Any) -> None:  # noqa: ANN401 - Django's signal
    """Let a session begin now: whoever signs in begins anew."""
    now = str(current_place().node.clock.now())
    request.session[BEGAN] = now
    request.session[SEEN] = now
