"""Is this door open, and is the node behind it ready? No details to strangers.

``/livez`` asks nothing but this process. ``/readyz`` asks what ``app.health`` lists, at most
every other second, however often it is called; it says yes (200) or no (503). What is wrong
stands in the log, and ``comity node health`` tells it to whoever has the node's folder.
"""

from __future__ import annotations

import threading
import time
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from comity.app.health import examine
from comity.app.logs import warn
from comity.base.verdict import Verdict
from comity.web.place import Place, current_place

_KEPT_SECONDS: Final = 2.0
_JSON: Final = "application/json"


class _Kept:
    """The last answer, for as long as it is good."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until = 0.0
        self._is_ready = False

    def ask(self, place: Place) -> bool:
        """Return whether the node is ready."""
        with self._lock:
            if time.monotonic() >= self._until:
                self._is_ready = _look(place)
                self._until = time.monotonic() + _KEPT_SECONDS
            return self._is_ready


_KEPT: Final = _Kept()


@require_safe
def livez(_request: HttpRequest) -> HttpResponse:
    """Answer that this process lives."""
    return HttpResponse(b'{"live":true}', content_type=_JSON)


@require_safe
def readyz(_request: HttpRequest) -> HttpResponse:
    """Answer whether the node can do its work, and nothing more."""
    if _KEPT.ask(current_place()):
        return HttpResponse(b'{"ready":true}', content_type=_JSON)
    return HttpResponse(b'{"ready":false}', status=503, content_type=_JSON)


def _look(place: Place) -> bool:
    home = place.node.home
    if home is None:
        return False
    present = time.time()  # noqa: TID251 - compared with the times of files, no time of the record
    report = examine(place.node, home, place.settings, present=present)
    bad = [one.name for one in report.findings if one.verdict is not Verdict.PASSED]
    if bad:
        warn("not-ready", where=" ".join(bad))
    return not bad
