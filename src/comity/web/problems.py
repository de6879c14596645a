"""Errors as answers: problem details (RFC 9457), one table from error to status.

A stranger learns the code and the sentence of what went wrong, never a place in our files.
"""

from __future__ import annotations

import json
from typing import Final

from django.http import HttpRequest, HttpResponse

from comity.base.errors import (
    AskedWrongly,
    ComityError,
    DoesNotVerify,
    NotPermitted,
    OutOfReach,
    TooLarge,
)
from comity.service.errors import AlreadyThere, Moved, NotThere

MEDIA: Final = "application/problem+json"
_STATUSES: Final[tuple[tuple[type[ComityError], int], ...]] = (
    (NotThere, 404),
    (AlreadyThere, 409),
    (Moved, 409),
    (TooLarge, 413),
    (NotPermitted, 403),
    (AskedWrongly, 400),
    (DoesNotVerify, 422),
    (OutOfReach, 503),
)


def status_of(error: ComityError) -> int:
    """Return the status of HTTP that says of whose making ``error`` is."""
    return next((status for kind, status in _STATUSES if isinstance(error, kind)), 500)


def answer_problem(error: ComityError, status: int | None = None, **more: object) -> HttpResponse:
    """Return ``error`` as problem details; ``more`` are further members, in JSON's types."""
    status = status or status_of(error)
    particulars = {"detail": error.detail, "law": error.law, "remedy": error.remedy}
    told = {name: value for name, value in particulars.items() if value}
    return say_problem(status, error.code, error.sentence(), **told, **more)


def say_problem(status: int, code: str, title: str, **more: object) -> HttpResponse:
    """Return problem details for what is no error of ours."""
    told = {"type": f"urn:comity:{code}", "title": title, "status": status, "code": code, **more}
    # In ASCII: what is told of their bytes may be half a character.
    body = json.dumps(told).encode()
    return HttpResponse(body, status=status, content_type=MEDIA)


def not_found(_request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer for an address that is none of ours."""
    del exception
    return say_problem(404, "web/not-found", "There is nothing at this address.")


def bad_request(_request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer for what is no proper request."""
    del exception
    return say_problem(400, "web/bad-request", "This is not a proper request.")


def broken(_request: HttpRequest) -> HttpResponse:
    """Answer where we ourselves are at fault; the log says more."""
    return say_problem(500, "web/broken", "Something went wrong on our side; it is in the log.")
