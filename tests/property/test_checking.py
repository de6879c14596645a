"""Whatever is changed in whatever row: the check neither breaks nor passes."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comity.base import Digest, Ident, Instant, Verdict
from comity.evidence import Provenance
from comity.service import jobs
from comity.service.checking import check_node
from comity.service.intake import request_intake
from comity.service.investigations import open_investigation
from comity.service.requests import amend_form, take_step
from comity.service.sealing import request_seal
from comity.service.situations import Move
from comity.service.work import do_job
from comity.storage.memory import MemoryStore
from tests.nodes import DUTY, FORM, OFFICER, Desk, make_desk

# What no act tells, and nothing rests on.
FREE = {
    ("outbox", "attempts"),
    ("outbox", "due"),
    ("exhibits", "ident"),
    ("keys", "state"),
    ("keys", "authority"),
    ("keys", "known_since"),
    ("keys", "document"),  # the node's own key is known from its key file
    ("volumes", "fence"),
    ("volumes", "dossier"),  # the database holds these two together (foreign keys)
    ("exhibits", "dossier"),
}
TABLES = (
    "acts", "contents", "citations", "identities", "keys", "investigations", "dossiers",
    "standings", "deadlines", "outbox", "intakes", "exhibits", "volumes", "packages",
)  # fmt: skip


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("desk")
    made = make_desk(MemoryStore(), folder)
    _play(made, folder)
    yield made
    shutil.rmtree(folder)


def _play(desk: Desk, folder: Path) -> None:
    dossier = desk.open(investigation=open_investigation(desk.node, OFFICER, "Hospital"))
    drafted = amend_form(desk.node, OFFICER, dossier, FORM)
    sent = take_step(desk.node, OFFICER, dossier, Move(step="send", cites=(drafted.digest,)))
    desk.deliver(dossier, sent.digest)
    desk.reply(dossier, "grant")
    take_step(desk.node, DUTY, dossier, Move(step="tell", documents={"scan": b"a scan"}))
    follower = desk.open(follows=dossier)
    desk.deliver(follower, desk.send(follower).digest)
    source = folder / "source"
    source.mkdir()
    (source / "one").write_bytes(b"1" * 100)
    (source / "two").write_bytes(b"2" * 100)
    intake = request_intake(desk.node, OFFICER, dossier, [source], Provenance())
    _work(desk)
    request_seal(desk.node, OFFICER, dossier, intake)
    _work(desk)
    assert check_node(desk.node).verdict is Verdict.PASSED


def _work(desk: Desk) -> None:
    held = jobs.claim(desk.node)
    assert held is not None
    assert do_job(desk.node, held) is None


@given(data=st.data())
@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_changed_row_passes(desk: Desk, data: st.DataObject) -> None:
    kept: dict[str, dict[Any, Any]] = desk.node.store._kept  # type: ignore[attr-defined] # damage done by hand
    table = data.draw(st.sampled_from(TABLES))
    key = data.draw(st.sampled_from(sorted(kept[table], key=str)))
    row = kept[table][key]
    names = [f.name for f in dataclasses.fields(row) if (table, f.name) not in FREE]
    name = data.draw(st.sampled_from(names))
    changed = dataclasses.replace(row, **{name: _changed(getattr(row, name), data)})
    new_key = tuple(getattr(changed, part) for part in row.KEY)
    before = dict(kept[table])
    if new_key in before and new_key != key:
        return
    del kept[table][key]
    kept[table][new_key] = changed
    try:
        report = check_node(desk.node)
    finally:
        kept[table].clear()
        kept[table].update(before)
    assert report.verdict is not Verdict.PASSED, (table, name)


@given(data=st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_lost_row_passes(desk: Desk, data: st.DataObject) -> None:
    kept: dict[str, dict[Any, Any]] = desk.node.store._kept  # type: ignore[attr-defined] # damage done by hand
    table = data.draw(st.sampled_from(TABLES))
    key = data.draw(st.sampled_from(sorted(kept[table], key=str)))
    before = dict(kept[table])
    del kept[table][key]
    try:
        report = check_node(desk.node)
    finally:
        kept[table].clear()
        kept[table].update(before)
    assert report.verdict is not Verdict.PASSED, (table, key)


def _changed(value: Any, data: st.DataObject) -> Any:
    """Return another value of the same kind."""
    if isinstance(value, bytes):
        changed = bytearray(value)
        changed[data.draw(st.integers(0, len(value) - 1))] ^= 1 << data.draw(st.integers(0, 7))
        return bytes(changed)
    if value is None:
        return Digest.of(b"") if data.draw(st.booleans()) else Ident(f"dos_{'0' * 26}")
    return next(change(value) for kind, change in CHANGES if isinstance(value, kind))


CHANGES: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (bool, lambda value: not value),
    (int, lambda value: value + 1),
    (str, lambda value: value + "x"),
    (Digest, lambda value: Digest.of(value.raw)),
    (Instant, lambda value: Instant(value.at + timedelta(seconds=1))),
    (Ident, lambda value: Ident(value.text[:-1] + ("0" if value.text[-1] != "0" else "1"))),
)
