"""A desk of XA on a store in memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from comity.storage.memory import MemoryStore
from tests.nodes import Desk, make_desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return make_desk(MemoryStore(), tmp_path)
