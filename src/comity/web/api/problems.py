"""Errors of a route as problem details (RFC 9457)."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from ninja.errors import HttpError, ValidationError
from pydantic import BaseModel

from comity.base.errors import ComityError, OutOfReach
from comity.service.errors import NotThere
from comity.service.tokens import TokenRefused
from comity.web.api import errors
from comity.web.problems import answer_problem, say_problem, status_of

_OWN: Final[tuple[tuple[type[ComityError], int], ...]] = (
    (errors.Unauthenticated, 401),
    (TokenRefused, 401),
    (errors.TooManyTries, 429),
    (errors.LengthMissing, 411),
    (errors.BodyTooLarge, 413),
    (errors.MediaRefused, 415),
)
_RETRY_SECONDS: Final = {429: "60", 503: "2"}
_MOST_FAULTS: Final = 5


class Problem(BaseModel):
    """What went wrong: RFC 9457, with the code, the place and the remedy of our errors."""

    type: str
    title: str
    status: int
    code: str
    detail: str | None = None
    where: str | None = None
    law: str | None = None
    remedy: str | None = None


def tell_error(_request: HttpRequest, error: ComityError) -> HttpResponse:
    """Answer with an error of ours."""
    own = next((status for kind, status in _OWN if isinstance(error, kind)), None)
    status = own or status_of(error)
    # Never a place on our disk.
    more = {"where": error.where} if error.where and "/" not in error.where else {}
    answer = answer_problem(_bounded(error), status, **more)
    if status == 401:  # noqa: PLR2004 - RFC 9110 11.6.1: it says how to come in
        answer["WWW-Authenticate"] = 'Bearer realm="comity"'
    if status in _RETRY_SECONDS:
        answer["Retry-After"] = _RETRY_SECONDS[status]
    return answer


def tell_faults(request: HttpRequest, refused: ValidationError) -> HttpResponse:
    """Answer for what does not have the form that the route takes; values are not repeated."""
    places = [_place(fault) for fault in refused.errors]
    detail = "; ".join(
        f"{'.'.join(place[1:]) or place[0]}: {fault.get('msg', '')}"
        for place, fault in zip(places[:_MOST_FAULTS], refused.errors, strict=False)
    )
    kinds = {place[0] for place in places}
    if kinds == {"path"}:
        return tell_error(request, NotThere())
    if kinds & {"body"}:
        return tell_error(request, errors.BodyRefused(detail))
    return tell_error(request, errors.QueryRefused(detail))


def tell_http(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Answer for what the library itself refuses."""
    if isinstance(error.__cause__, ComityError):
        return tell_error(request, error.__cause__)
    if error.status_code == 401:  # noqa: PLR2004 - no token at all
        return tell_error(request, errors.Unauthenticated())
    return say_problem(error.status_code, "api/http", error.message)


def _place(fault: dict[str, Any]) -> list[str]:
    """Return where a fault lies: path, query, header or body, then the names within."""
    place = [str(one)[:40] for one in fault.get("loc", ())] or ["body"]
    # The second name is that of our own parameter, which the asker does not know.
    return [place[0], *place[2:]] if place[0] == "body" else place


def _bounded(error: ComityError) -> ComityError:
    """Tell nothing of our machine where something outside failed us."""
    if isinstance(error, OutOfReach) and "/" in error.detail:
        return type(error)(where=error.where, law=error.law)
    return error
