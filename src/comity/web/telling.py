"""One line of log for each request: what route, what came of it, how long; never its path.

A path or a query may hold what says who somebody is; the pattern of the route does not.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from comity.app.logs import exception_fields, say, warn

_OURS_TO_MEND: Final = 500


class TellRequests:
    """Middleware that logs each request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Answer with ``get_response``."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, and say what came of it."""
        begun = time.perf_counter()
        response = self._get_response(request)
        match = request.resolver_match
        fields: dict[str, object] = {
            "method": (request.method or "")[:10],
            "route": match.route if match else "",
            "status": response.status_code,
            "milliseconds": round((time.perf_counter() - begun) * 1000, 1),
        }
        (warn if response.status_code >= _OURS_TO_MEND else say)("request", **fields)
        return response

    def process_exception(self, _request: HttpRequest, error: Exception) -> None:
        """Say where in the code a defect showed itself; Django answers 500."""
        warn("defect", **exception_fields(error))
