"""Every crossing of a package is found in the acts, on both sides, in whose hands it then was."""

from __future__ import annotations

from pathlib import Path

import pytest

from comity.base import Verdict
from comity.service.examining import examine, list_objects
from comity.service.tracing import OURS, THEIRS, trace_package
from comity.storage.memory import MemoryStore
from tests.crossing import Crossing, make_crossing


@pytest.fixture
def crossing(tmp_path: Path) -> Crossing:
    made = make_crossing((MemoryStore(), MemoryStore()), tmp_path)
    brought = tmp_path / "brought"
    brought.mkdir()
    (brought / "a.log").write_bytes(b"one")
    (brought / "b.log").write_bytes(b"two, longer")
    made.seal(brought)
    return made


def test_before_it_leaves_it_is_in_our_hands(crossing: Crossing) -> None:
    traced = trace_package(crossing.xb, crossing.package)
    assert [one.place for one in traced.crossings] == [OURS, OURS]


def test_what_was_received_was_in_theirs_before(crossing: Crossing) -> None:
    crossing.offer()
    assert crossing.fetch() == []
    traced = trace_package(crossing.xa, crossing.package)
    told = [(one.act.step, one.place) for one in traced.crossings]
    assert told == [("hand_over", THEIRS), ("receive_evidence", OURS)]


def test_handing_over_is_bound_by_the_seal(crossing: Crossing) -> None:
    crossing.offer()
    traced = trace_package(crossing.xb, crossing.package)
    assert traced.crossings[-1].seal == traced.package.statement


def test_each_act_is_told_once(crossing: Crossing) -> None:
    crossing.offer()
    digests = [one.act.digest for one in trace_package(crossing.xb, crossing.package).crossings]
    assert len(digests) == len(set(digests))


def test_objects_are_listed_from_where_one_asks(crossing: Crossing) -> None:
    shown = list_objects(crossing.xb, crossing.package, begin=2, most=5)
    assert [(one.serial, one.record.size) for one in shown] == [(2, 11)]


def test_reading_every_byte_passes_on_what_is_sealed(crossing: Crossing) -> None:
    found = examine(crossing.xb, crossing.package, is_whole=True)
    assert (found.is_whole, found.report.verdict) == (True, Verdict.PASSED)
