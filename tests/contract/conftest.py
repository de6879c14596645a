"""The stores that every contract is tried on, and a desk of XA on each."""

from __future__ import annotations

from pathlib import Path

import pytest

from comity.service.ports import Store
from tests.nodes import Desk, make_desk
from tests.stores import place, postgres_server, sqlite_template, store

__all__ = ["desk", "place", "postgres_server", "sqlite_template", "store"]


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Desk:
    return make_desk(store, tmp_path)
