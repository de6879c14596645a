"""Every operation of the desk's door as its own OpenAPI document describes it (schemathesis).

No answer is a defect of ours, each has a status and a body that the document tells of, and
what the document does not allow is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from comity.web.permissions import Permission
from tests.desks import EVERYBODY, ROUTES, Door, may, open_body, open_door, told
from tests.nodes import make_desk
from tests.stores import make_place, sqlite_template, use

__all__ = ["sqlite_template"]

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
EXAMPLES = 6
PATHS = sorted(ROUTES)
# Somebody who may: the first of these whose roles have the permission.
PEOPLE = ("ca", "ops", "enrol", "watch")


@pytest.fixture(scope="module")
def door(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Door]:
    folder = tmp_path_factory.mktemp("desk")
    desk = make_desk(use(make_place("sqlite", folder, request)), folder)
    with open_door(desk.node) as opened:
        yield opened
    connections.close_all()


@pytest.fixture(scope="module")
def known(door: Door) -> dict[str, str]:
    """Names of things that are there, so that not every answer is 404."""
    dossier = told(door.post("ca", "dossiers", open_body()))["dossier"]
    investigation = told(door.post("ca", "investigations", {"title": "A title"}))["investigation"]
    upload = told(door.post("ca", "uploads", {"dossier": dossier, "name": "a", "size": 3}))
    return {
        "dossier": dossier,
        "investigation": investigation,
        "upload": upload["upload"],
        "actor": "xa-lab",
        "state": "XB",
    }


@pytest.fixture(scope="module")
def schema(door: Door) -> schemathesis.schemas.BaseSchema:
    assert door.tokens
    return schemathesis.openapi.from_wsgi("/api/1/openapi.json", get_wsgi_application())


def _somebody(door: Door, permission: Permission) -> str:
    fit = [who for who in PEOPLE if any(may(role, permission) for role in EVERYBODY[who])]
    return door.tokens[(fit or ["ca"])[0]]


@pytest.mark.slow
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize(("method", "path"), PATHS)
def test_every_operation_answers_as_it_is_described(  # noqa: PLR0917
    door: Door,
    schema: schemathesis.schemas.BaseSchema,
    known: dict[str, str],
    method: str,
    path: str,
    mode: GenerationMode,
) -> None:
    operation = schema[f"/api/1{path}"][method.lower()]
    token = _somebody(door, ROUTES[method, path].permission)
    strategy = operation.as_strategy(generation_mode=mode)

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy, is_known=st.booleans())
    def run(case: Any, is_known: bool) -> None:  # noqa: FBT001
        if is_known:
            for name in case.path_parameters or {}:
                if name in known:
                    case.path_parameters[name] = known[name]
        answer = case.call(headers={"Authorization": f"Bearer {token}"})
        case.validate_response(answer, checks=CHECKS)

    run()
