"""One store of each kind for tests: in memory, SQLite in a file, a real PostgreSQL.

The tables are made once in a session and then copied, for making them takes a second.
"""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from comity.app import databases
from comity.service.ports import Store
from comity.storage.memory import MemoryStore
from tests import postgres

_NUMBERS = itertools.count()
_REAL = pytest.param("postgres", marks=pytest.mark.postgres)
DURABLE = ["sqlite", _REAL]


@dataclass(frozen=True)
class Place:
    """A database that another process can reach too. ``address`` is a path or an URL."""

    kind: str
    address: str


def use(place: Place) -> Store:
    """Return a store on the database at ``place``."""
    return databases.open_database(f"test-{next(_NUMBERS)}", _settings(place))


def make_place(kind: str, folder: Path, request: pytest.FixtureRequest) -> Place:
    """Return an empty database with all tables."""
    if kind == "sqlite":
        path = folder / "node.sqlite3"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        return Place(kind, str(path))
    server: str = request.getfixturevalue("postgres_server")
    name = f"test_{next(_NUMBERS)}"
    return Place(kind, postgres.new_database(server, name, "comity_template"))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.sqlite3"
    _make_tables(Place("sqlite", str(path)))
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    with postgres.running() as server:
        _make_tables(Place("postgres", postgres.new_database(server, "comity_template")))
        yield server


@pytest.fixture(params=["memory", "sqlite", _REAL])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "memory":
        yield MemoryStore()
        return
    yield use(make_place(request.param, tmp_path, request))
    connections.close_all()


@pytest.fixture(params=DURABLE)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    yield make_place(request.param, tmp_path, request)
    connections.close_all()


def _settings(place: Place, *, create: bool = False) -> dict[str, Any]:
    if place.kind == "sqlite":
        return databases.sqlite_settings(Path(place.address), create=create)
    return databases.postgres_settings(place.address)


def _make_tables(place: Place) -> None:
    alias = f"template-{place.kind}"
    databases.open_database(alias, _settings(place, create=True))
    databases.migrate(alias)
    connections[alias].close()
