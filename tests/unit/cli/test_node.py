"""``comity node`` and ``comity check``: what they print, and how they leave."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from comity.app.databases import close_connections
from comity.cli.main import run
from tests.raw import raw_tables
from tests.stores import Place

INIT = ["--state", "XA", "--authority", "XA-CA", "--kind", "central_authority"]


def _run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, Any]:
    with pytest.raises(SystemExit) as left:
        run([*words, "--json"])
    close_connections()
    code = left.value.code
    return (code if isinstance(code, int) else 0), json.loads(capsys.readouterr().out)


@pytest.fixture
def folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    code, told = _run(capsys, "node", "init", str(tmp_path / "xa"), *INIT, "--exercise")
    assert (code, told["state"], told["exercise"]) == (0, "XA", True)
    return tmp_path / "xa"


@pytest.mark.parametrize(
    ("words", "code", "error"),
    [
        (["--state", "QQ", *INIT[2:], "--exercise"], 2, "domain/unknown-state"),
        (INIT, 2, "app/settings"),
        ([*INIT[:-1], "ministry", "--exercise"], 2, "app/settings"),
        ([*INIT, "--exercise", "--database", "postgres://a:b@h/x"], 4, "app/password-in-url"),
        ([*INIT, "--exercise", "--database", "postgres://a@127.0.0.1:1/x"], 5,
         "service/store-unreachable"),
    ],
)  # fmt: skip
def test_a_node_that_cannot_be_made_is_refused_with_the_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], code: int, error: str
) -> None:
    left, told = _run(capsys, "node", "init", str(tmp_path / "xa"), *words)
    assert (left, told["error"]["code"]) == (code, error)
    assert not (tmp_path / "xa").exists()


def test_a_node_is_made_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = _run(capsys, "node", "init", str(folder), *INIT, "--exercise")
    assert (code, told["error"]["code"]) == (2, "app/folder-taken")


def test_a_new_node_is_consistent(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = _run(capsys, "check", "--node", str(folder))
    assert (code, told["verdict"]) == (0, "passed")
    assert [one["check"] for one in told["findings"]] == list(range(28))


def test_check_fails_where_something_is_wrong(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with raw_tables(Place("sqlite", str(folder / "node.sqlite3"))) as raw:
        raw("DELETE FROM storage_key")
    code, told = _run(capsys, "check", "--node", str(folder))
    assert (code, told["verdict"]) == (1, "failed")


def test_where_there_is_no_node_it_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told = _run(capsys, "node", "show", str(tmp_path))
    assert (code, told["error"]["code"]) == (5, "app/no-node")


def test_a_node_shows_what_it_is(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = _run(capsys, "node", "show", str(folder))
    assert (code, told["authority"], told["dossiers"]) == (0, "XA-CA", 0)
