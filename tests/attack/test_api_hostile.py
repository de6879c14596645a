"""What a hostile program sends to the desk's door: refused, told as a problem, never 500."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from comity.base import limits
from tests.desks import API, Door, open_body, open_door, told
from tests.nodes import make_desk
from tests.stores import make_place, sqlite_template, use

__all__ = ["sqlite_template"]


@pytest.fixture(scope="module")
def door(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Door]:
    folder = tmp_path_factory.mktemp("desk")
    with open_door(make_desk(use(make_place("sqlite", folder, request)), folder).node) as opened:
        yield opened
    connections.close_all()


@pytest.fixture(scope="module")
def dossier(door: Door) -> str:
    return str(told(door.post("duty", "dossiers", open_body()))["dossier"])


OPENING = json.dumps(open_body())

BODIES = {
    "nothing": b"",
    "no JSON": b"{",
    "not UTF-8": b'{"process": "\xff"}',
    "half a character": OPENING.replace("XB contact point", "\\ud800").encode(),
    "a fraction": OPENING.replace('"XB"', "1.5").encode(),
    "not a number": b'{"process": NaN}',
    "a number without end": b'{"process": ' + b"9" * 5000 + b"}",
    "a name twice": OPENING.replace('"basis"', '"process"').encode(),
    "an unknown name": OPENING.replace("{", '{"admin": true,', 1).encode(),
    "a list": b"[]",
    "a text": b'"text"',
    "null": b"null",
    "nested without end": b"[" * 100_000,
    "nested beyond the bound": b'{"x":' * 40 + b"1" + b"}" * 40,
    "the wrong kind": OPENING.replace('"uncc/preservation"', "{}").encode(),
    "a text for a truth": OPENING.replace("{", '{"is_asking": "yes",', 1).encode(),
    "a control character": OPENING.replace("XB contact point", "XB\\u0000").encode(),
    "a writing direction turned": OPENING.replace("XB contact point", "XB\\u202e").encode(),
    "a path for a process": OPENING.replace("uncc/preservation", "../../x").encode(),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_hostile_body_is_refused_as_a_problem(door: Door, name: str) -> None:
    answer = door.post("duty", "dossiers", BODIES[name])
    assert 400 <= answer.status_code < 500
    assert answer["Content-Type"] == "application/problem+json"
    problem = told(answer)
    assert problem.keys() >= {"type", "title", "status", "code"}
    assert problem["status"] == answer.status_code


@pytest.mark.parametrize("name", BODIES)
def test_no_problem_repeats_what_was_sent(door: Door, name: str) -> None:
    canary = BODIES[name].replace(b"XB contact", b"CANARY contact")
    assert b"CANARY" not in door.post("duty", "dossiers", canary).content or name == "nothing"


def test_a_body_without_length_is_refused(door: Door) -> None:
    answer = Client().generic(
        "POST", API + "dossiers", b"", HTTP_AUTHORIZATION=f"Bearer {door.tokens['duty']}",
        HTTP_TRANSFER_ENCODING="chunked", HTTP_IDEMPOTENCY_KEY="k",
    )  # fmt: skip
    assert answer.status_code == 411


def test_a_body_over_the_bound_is_refused_before_it_is_read(door: Door) -> None:
    answer = Client().generic(
        "POST", API + "dossiers", b"{}", content_type="application/json",
        CONTENT_LENGTH=str(49 << 20), HTTP_AUTHORIZATION=f"Bearer {door.tokens['duty']}",
        HTTP_IDEMPOTENCY_KEY="k",
    )  # fmt: skip
    assert answer.status_code == 413


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data; boundary=x", ""])
def test_a_body_of_another_kind_is_refused(door: Door, kind: str) -> None:
    answer = Client().generic(
        "POST", API + "dossiers", b"{}", content_type=kind, HTTP_IDEMPOTENCY_KEY="k",
        HTTP_AUTHORIZATION=f"Bearer {door.tokens['duty']}",
    )  # fmt: skip
    assert answer.status_code == 415


@pytest.mark.parametrize("key", ["", " ", "k" * 201, "käse", "a b"])
def test_without_a_proper_key_nothing_is_done(door: Door, key: str) -> None:
    before = told(door.get("duty", "dossiers?limit=200"))["items"]
    answer = door.send("duty", "POST", "dossiers", open_body(), idempotency_key=key)
    assert (answer.status_code, told(answer)["code"]) == (400, "api/key-missing")
    assert told(door.get("duty", "dossiers?limit=200"))["items"] == before


def test_one_key_with_another_body_is_refused(door: Door) -> None:
    assert door.post("duty", "dossiers", open_body(), key="mine").status_code == 201
    answer = door.post("duty", "dossiers", open_body(counterpart="XC"), key="mine")
    assert (answer.status_code, told(answer)["code"]) == (409, "service/key-reused")


def test_one_key_on_another_route_or_in_another_role_is_refused(door: Door) -> None:
    body = open_body()
    assert door.post("both", "dossiers", body, "m2", comity_role="prosecutor").status_code == 201
    assert door.post("both", "dossiers", body, "m2", comity_role="duty_officer").status_code == 409
    assert door.post("both", "tokens", {}, "m2").status_code == 409


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=201", "limit=x", "after=!!", "after=__", "x=1", "limit=1&limit=2",
     "open_deadlines=perhaps", "state=%00"],
)  # fmt: skip
def test_an_odd_query_is_refused(door: Door, query: str) -> None:
    answer = door.get("duty", f"dossiers?{query}")
    assert (answer.status_code, told(answer)["code"]) == (400, "api/query")


@pytest.mark.parametrize(
    "ident", ["dos_x", "dos_" + "u" * 26, "pkg_" + "0" * 26, "%2e%2e", "DOS_" + "0" * 26, "%00"]
)
def test_an_odd_name_is_that_of_nothing(door: Door, ident: str) -> None:
    assert door.get("duty", f"dossiers/{ident}").status_code == 404


@pytest.mark.parametrize(
    "headers",
    [{"authorization": "Basic eDp4"}, {"authorization": "Bearer"}, {"authorization": "Bearer  "},
     {"authorization": "Bearer comity_\udcff"}, {"authorization": "comity_x"}],
)  # fmt: skip
def test_what_is_no_token_opens_nothing(door: Door, headers: dict[str, str]) -> None:
    answer = door.send("", "GET", "me", **headers)
    assert answer.status_code in {401, 429}
    assert "token" in told(answer)["title"]


@pytest.mark.parametrize("tag", ['W/"1"', '"x"', '"-1"', '"1', "1" * 20])
def test_an_odd_version_is_refused(door: Door, dossier: str, tag: str) -> None:
    answer = door.post("duty", f"dossiers/{dossier}/steps", {"step": "send"}, if_match=tag)
    assert answer.status_code in {400, 409}


@pytest.mark.parametrize(
    "change",
    [{"documents": {"a": "!!!!"}}, {"documents": {"a": "YQ"}}, {"documents": {"../x": "YQ=="}},
     {"terms": {"a": 1}}, {"terms": {"a": ""}}, {"terms": {"A B": "x"}}, {"cites": ["x"]},
     {"covers": {"a": "sha256:00"}}, {"version": "1"}, {"version": -1}, {"version": True},
     {"reasons_against": []}],
)  # fmt: skip
def test_an_odd_step_is_refused(door: Door, dossier: str, change: dict[str, object]) -> None:
    answer = door.post("duty", f"dossiers/{dossier}/steps", {"step": "send", **change})
    assert (answer.status_code, told(answer)["code"]) == (400, "api/body")


def _piece(data: bytes) -> dict[str, Any]:
    digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
    return {"content_digest": f"sha-256=:{digest}:"}


def test_a_piece_counts_once_in_its_place_and_with_its_digest(door: Door, dossier: str) -> None:
    body = {"dossier": dossier, "name": "disk.img", "size": 6}
    path = "uploads/" + told(door.post("duty", "uploads", body))["upload"]
    data = b"abcdef"

    def send(sent: bytes, **headers: str) -> int:
        return int(door.send("duty", "PATCH", path, sent, **headers).status_code)

    assert send(data, upload_offset="0") == 400
    assert send(data, upload_offset="-1", **_piece(data)) == 400
    assert send(data, upload_offset="0", **_piece(b"other")) == 400
    assert send(data, upload_offset="6", **_piece(data)) == 409
    assert send(data + b"g", upload_offset="0", **_piece(data + b"g")) == 400
    assert send(data, upload_offset="0", **_piece(data)) == 204
    assert send(data, upload_offset="0", **_piece(data)) in {403, 409}
    assert door.send("duty", "HEAD", path)["Upload-Offset"] == "6"


def test_a_piece_over_the_bound_is_refused_before_it_is_read(door: Door, dossier: str) -> None:
    body = {"dossier": dossier, "name": "disk.img", "size": 6}
    path = "uploads/" + told(door.post("duty", "uploads", body))["upload"]
    answer = Client().generic(
        "PATCH", API + path, b"x", content_type="application/octet-stream",
        CONTENT_LENGTH=str(limits.PIECE_BYTES + 1), HTTP_UPLOAD_OFFSET="0",
        HTTP_AUTHORIZATION=f"Bearer {door.tokens['duty']}", **{
            f"HTTP_{name.upper()}": value for name, value in _piece(b"x").items()
        },
    )  # fmt: skip
    assert answer.status_code == 413


def test_no_path_of_the_machine_is_told(door: Door, tmp_path: Path) -> None:
    for path in ("dossiers/%2fetc%2fpasswd", f"packages/pkg_{'0' * 26}", "jobs/x"):
        answer = door.get("duty", path)
        assert str(tmp_path.parent).encode() not in answer.content
        assert b"/work" not in answer.content
