"""The door for programs, built of its parts.

A route that is added past ``Door`` meets ``_closed`` and stays shut.
"""

from __future__ import annotations

from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from comity.base.errors import ComityError
from comity.service.errors import NotThere
from comity.web.api import (
    dossiers,
    evidence,
    investigations,
    letters,
    orders,
    people,
    steps,
    uploads,
    watching,
)
from comity.web.api.bounds import StrictParser
from comity.web.api.describing import describe
from comity.web.api.problems import tell_error, tell_faults, tell_http

_PARTS: Final = (
    dossiers,
    steps,
    investigations,
    uploads,
    evidence,
    letters,
    orders,
    watching,
    people,
)


class DeskAPI(NinjaAPI):
    """The door, with a description that tells all of it."""

    def get_openapi_schema(self, **given: Any) -> Any:  # noqa: ANN401 # ninja's own types
        """Return the OpenAPI document."""
        return describe(super().get_openapi_schema(**given))


def _closed(_request: HttpRequest) -> None:
    """Let nobody in: deny by default."""


def _build() -> DeskAPI:
    made = DeskAPI(
        title="Comity desk",
        version="1",
        description="The verbs of a node for the authority's own people and programs.",
        urls_namespace="comity-desk-1",
        docs_url=None,
        auth=_closed,
        parser=StrictParser(),
    )
    made.add_exception_handler(ComityError, _error)
    made.add_exception_handler(ValidationError, _faults)
    made.add_exception_handler(HttpError, _http)
    made.add_exception_handler(Http404, _absent)
    for part in _PARTS:
        made.add_router("", part.door.router)
    return made


def _error(request: HttpRequest, error: Any) -> HttpResponse:  # noqa: ANN401 # ninja hands on any
    return tell_error(request, error)


def _faults(request: HttpRequest, error: Any) -> HttpResponse:  # noqa: ANN401 # ninja hands on any
    return tell_faults(request, error)


def _http(request: HttpRequest, error: Any) -> HttpResponse:  # noqa: ANN401 # ninja hands on any
    return tell_http(request, error)


def _absent(request: HttpRequest, error: Any) -> HttpResponse:  # noqa: ANN401 # ninja hands on any
    del error
    return tell_error(request, NotThere())


api: Final = _build()
