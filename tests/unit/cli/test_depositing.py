"""``comity directory deposit`` and ``register``: a copy that is signed for, and shown as a copy."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import pytest

from comity.app.databases import close_connections
from comity.cli.main import run
from tests.registers import make_register
from tests.unit.cli.test_directory import do, drafts, finished, published

__all__ = ["drafts", "finished", "published"]
pytestmark = pytest.mark.usefixtures("published")


def _deposit() -> None:
    Path("register.json").write_bytes(make_register().document())
    do("deposit", "D", "register.json")
    for key in ("r1", "r2"):
        do("sign", "D/draft/targets.json", "--key", key)
    assert do("publish", "D", "--key", "m")["waiting"] == []


def test_a_directory_without_a_register_says_so() -> None:
    assert do("register", "D")["register"] is None


def test_a_register_that_was_signed_for_is_shown_whole() -> None:
    _deposit()
    assert do("register", "D")["register"] == make_register().as_data()


def test_a_register_is_shown_as_a_copy_that_is_not_authoritative() -> None:
    _deposit()
    assert "alone is authoritative" in do("register", "D")["authoritative"]


def test_a_directory_with_a_register_checks_out() -> None:
    _deposit()
    assert do("check", "D")["faults"] == []


def test_a_register_that_was_changed_is_refused() -> None:
    _deposit()
    (path,) = Path("D/public/depositary").iterdir()
    path.write_bytes(path.read_bytes().replace(b"2025-10-25", b"2025-10-24"))
    do_badly("register", "D", code=1)
    do("check", "D", code=1)


def test_what_is_no_register_is_not_listed() -> None:
    Path("register.json").write_bytes(b"{}")
    do_badly("deposit", "D", "register.json", code=2)


def test_a_register_is_withdrawn_as_it_was_listed() -> None:
    _deposit()
    do("deposit", "D")
    for key in ("r1", "r2"):
        do("sign", "D/draft/targets.json", "--key", key)
    do("publish", "D", "--key", "m")
    assert do("register", "D")["register"] is None


def test_a_delegation_keeps_the_register_that_is_listed() -> None:
    _deposit()
    do("delegate", "D", "XC", "--key", "b1.pub")
    for key in ("r1", "r2"):
        do("sign", "D/draft/targets.json", "--key", key)
    do("publish", "D", "--key", "m", code=1)
    assert do("register", "D")["register"] == make_register().as_data()


def test_people_read_the_register_line_by_line() -> None:
    _deposit()
    out = io.StringIO()
    with contextlib.redirect_stdout(out), pytest.raises(SystemExit):
        run(["directory", "register", "D"])
    close_connections()
    assert "XA: signed 2025-10-25; ratification 2026-02-01; in force 2026-05-02" in out.getvalue()


def do_badly(*words: str, code: int) -> None:
    """Run a command that is refused."""
    with pytest.raises(SystemExit) as left, contextlib.redirect_stdout(io.StringIO()):
        run(["directory", *words, "--json"])
    close_connections()
    assert left.value.code == code
