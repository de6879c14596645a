"""The desk's door on a real database, fresh for every test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections

from tests.desks import Door, open_door
from tests.nodes import Desk, make_desk
from tests.stores import make_place, sqlite_template, use

__all__ = ["sqlite_template"]


@pytest.fixture
def desk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Desk]:
    yield make_desk(use(make_place("sqlite", tmp_path, request)), tmp_path)
    connections.close_all()


@pytest.fixture
def door(desk: Desk) -> Iterator[Door]:
    with open_door(desk.node) as opened:
        yield opened
