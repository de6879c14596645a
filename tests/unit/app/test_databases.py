"""With which guarantees the database is reached."""

from __future__ import annotations

from pathlib import Path

import pytest

from comity.app.databases import PasswordInUrl, postgres_settings, sqlite_settings
from comity.base.errors import BadValue
from tests.raw import Raw
from tests.stores import make_place, sqlite_template, use

__all__ = ["sqlite_template"]


@pytest.mark.parametrize("version", [(3, 40, 1), (3, 51, 2)])
def test_a_sqlite_whose_log_can_corrupt_keeps_a_rollback_journal(
    version: tuple[int, ...],
) -> None:
    command = sqlite_settings(Path("x"), version)["OPTIONS"]["init_command"]
    assert "journal_mode=DELETE" in command
    assert "synchronous=EXTRA" in command


@pytest.mark.parametrize("version", [(3, 51, 3), (3, 53, 1), (4, 0, 0)])
def test_a_sqlite_whose_log_is_mended_keeps_a_write_ahead_log(version: tuple[int, ...]) -> None:
    command = sqlite_settings(Path("x"), version)["OPTIONS"]["init_command"]
    assert "journal_mode=WAL" in command
    assert "synchronous=FULL" in command


def test_what_is_asked_of_sqlite_is_in_force(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    from django.db import connections  # noqa: PLC0415 - only where a database is

    store = use(make_place("sqlite", tmp_path, request))
    alias = store._alias  # type: ignore[attr-defined] # what Django calls it
    with connections[alias].cursor() as cursor:
        raw = Raw(_Cursor(cursor), "?")
        assert raw.one("PRAGMA synchronous") in {2, 3}
        assert raw.one("PRAGMA foreign_keys") == 1
        assert raw.one("PRAGMA mmap_size") == 0
        assert raw.one("PRAGMA secure_delete") == 1
    assert connections[alias].settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    connections.close_all()


class _Cursor:
    def __init__(self, cursor: object) -> None:
        self._cursor = cursor

    def cursor(self) -> object:
        return self._cursor


def test_a_postgresql_address_is_read() -> None:
    found = postgres_settings("postgres://comity@db.example:5433/node")
    assert {name: found[name] for name in ("NAME", "USER", "HOST", "PORT")} == {
        "NAME": "node",
        "USER": "comity",
        "HOST": "db.example",
        "PORT": "5433",
    }


def test_a_password_in_an_address_is_refused() -> None:
    with pytest.raises(PasswordInUrl):
        postgres_settings("postgres://comity:secret@db.example/node")


@pytest.mark.parametrize(
    "url",
    ["", "postgres://", "mysql://a@b/c", "postgres://h:port/x", "postgres://h/x?unknown=1"],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(BadValue):
        postgres_settings(url)
