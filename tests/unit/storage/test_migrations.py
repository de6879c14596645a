"""The tables that migrations make are those that the models describe."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connections

from tests.stores import make_place, sqlite_template, use

__all__ = ["sqlite_template"]


def test_no_model_was_changed_without_a_migration(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    use(make_place("sqlite", tmp_path, request))
    call_command("makemigrations", "storage", check=True, dry_run=True, verbosity=0)
    connections.close_all()
