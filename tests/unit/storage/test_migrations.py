"""The tables that migrations make are those that the models describe."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from comity.app import databases
from comity.base import Digest, Instant
from comity.service.rows import KeyRow
from tests import postgres
from tests.stores import DURABLE, make_place, postgres_server, sqlite_template, use

__all__ = ["postgres_server", "sqlite_template"]


def test_no_model_was_changed_without_a_migration(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    use(make_place("sqlite", tmp_path, request))
    call_command("makemigrations", "storage", check=True, dry_run=True, verbosity=0)
    connections.close_all()


@pytest.mark.parametrize("kind", DURABLE)
def test_keys_that_a_first_database_knows_are_known_after_it_was_changed(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    alias = f"old-{kind}"
    if kind == "sqlite":
        settings = databases.sqlite_settings(tmp_path / "old.sqlite3", create=True)
    else:
        server = request.getfixturevalue("postgres_server")
        settings = databases.postgres_settings(postgres.new_database(server, "old_keys"))
    store = databases.open_database(alias, settings)
    row = KeyRow(
        key_id=Digest.of(b"key"),
        state="XA",
        authority="XA-CA",
        document=b"\x00\xffkey",
        known_since=Instant.parse("2026-11-21T02:14:05Z"),
    )
    first = [("storage", "0001_first")]
    executor = MigrationExecutor(connections[alias])
    executor.migrate(first)
    old = executor.loader.project_state(first).apps.get_model("storage", "Key")
    values = {name: getattr(row, name) for name in row.__dataclass_fields__}
    old._default_manager.using(alias).create(**values)
    databases.migrate(alias)
    other = replace(row, state="XB")
    with store.unit() as unit:
        unit.keys.add(other)
        assert unit.keys.find(key_id=row.key_id) == (row, other)
    connections.close_all()
