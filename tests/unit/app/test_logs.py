"""What is logged: fields of a closed list, and nothing that users sent."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType

import pytest
import structlog
from django.http import HttpRequest, HttpResponse

from comity.app import logs
from comity.app.logs import FIELDS, LibraryFormatter, begin_logs, say
from comity.app.settings import Settings
from comity.storage.memory import MemoryStore
from comity.web.telling import TellRequests
from tests.doors import open_door

SETTINGS = Settings(state="XA", authority="XA-CA", kind="court", exercise=True)
CANARY = "CANARY-of-a-person"
Said = Callable[[Callable[[], object]], str]


def _said(capsys: pytest.CaptureFixture[str], do: Callable[[], object]) -> str:
    begin_logs("peers", SETTINGS)
    do()
    return capsys.readouterr().err


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Iterator[Said]:
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    yield lambda do: _said(capsys, do)
    structlog.reset_defaults()
    root.handlers[:], root.level = before


def test_a_line_says_when_where_and_what(said: Said) -> None:
    line = json.loads(said(lambda: say("beat", kind="post_letters", count=3)))
    assert {name: line[name] for name in ("event", "part", "state", "authority", "count")} == {
        "event": "beat",
        "part": "peers",
        "state": "XA",
        "authority": "XA-CA",
        "count": 3,
    }


@pytest.mark.parametrize("name", ["content", "body", "token", "person", "address", "mail", "path"])
def test_a_field_that_is_not_on_the_list_is_dropped(said: Said, name: str) -> None:
    assert CANARY not in said(lambda: say("beat", **{name: CANARY}))


def test_a_long_field_is_cut(said: Said) -> None:
    assert len(said(lambda: say("beat", where="x" * 10_000))) < 1_000


def test_the_words_of_a_library_are_not_repeated(said: Said) -> None:
    library = logging.getLogger("django.request")
    line = said(lambda: library.warning("Not Found: /%s", CANARY))
    assert CANARY not in line
    assert json.loads(line)["logger"] == "django.request"


def test_of_an_exception_type_and_place_are_told_alone() -> None:
    caught = _catch()
    record = logging.LogRecord("x", logging.ERROR, "", 1, CANARY, (), caught)
    line = LibraryFormatter("peers").format(record)
    assert CANARY not in line
    found = json.loads(line)
    assert found["error"] == "ValueError"
    assert found["lines"][-1].startswith("test_logs.py:")
    assert set(found) <= FIELDS


def _catch() -> tuple[type[BaseException], BaseException, TracebackType | None]:
    try:
        int(CANARY)
    except ValueError as error:
        return type(error), error, error.__traceback__
    raise AssertionError


def test_a_request_is_logged_by_its_route(said: Said, tmp_path: Path) -> None:
    def ask() -> None:
        with open_door(MemoryStore(), tmp_path) as door:
            path = f"/peers/1/directory/{CANARY}.json?who={CANARY}"
            door.send({}, method="GET", path=path, body=None)

    lines = said(ask)
    assert CANARY not in lines
    line = next(json.loads(one) for one in lines.splitlines() if '"request"' in one)
    assert (line["status"], line["method"]) == (404, "GET")
    assert "directory" in line["route"]


def test_nothing_is_logged_where_nobody_began(capsys: pytest.CaptureFixture[str]) -> None:
    say("beat")
    assert capsys.readouterr() == ("", "")


def test_a_defect_is_logged_without_its_words(said: Said) -> None:
    middleware = TellRequests(lambda _request: HttpResponse())
    line = said(lambda: middleware.process_exception(HttpRequest(), ValueError(CANARY)))
    assert CANARY not in line
    assert json.loads(line)["error"] == "ValueError"


def test_the_list_of_fields_names_nothing_that_could_hold_content() -> None:
    assert not FIELDS & {"body", "content", "query", "path", "text", "user", "mail", "name"}
    assert logs.keep_allowed(None, "", {"event": "x", "body": "y"}) == {"event": "x"}
