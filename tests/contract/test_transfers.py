"""Evidence across, on every store: it arrives whole and once, whatever the line does."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections

from comity.base import Verdict, limits
from comity.service.checking import check_node
from comity.service.errors import NotThere, PeerUnreachable
from comity.service.fetching import MOST_WRONG, resume_transfer
from comity.service.handing import open_package
from comity.service.received import confirm_receipt, list_transfers
from comity.service.situations import Move
from comity.service.sweeping import sweep_blobs
from comity.storage.memory import MemoryStore
from tests.crossing import HAND_OVER, KEEPER, OFFICER, Crossing, answer_get, make_crossing, work
from tests.stores import make_place, use

_REAL = pytest.param("postgres", marks=pytest.mark.postgres)
FOR_COURT = Move(terms={"purpose": "stated"})


@pytest.fixture(params=["memory", "sqlite", _REAL])
def crossing(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Crossing]:
    folders = [tmp_path / "store-a", tmp_path / "store-b"]
    for folder in folders:
        folder.mkdir()
    if request.param == "memory":
        yield make_crossing((MemoryStore(), MemoryStore()), tmp_path)
        return
    here, there = [use(make_place(request.param, folder, request)) for folder in folders]
    made = make_crossing((here, there), tmp_path)
    made.wire.after = connections.close_all  # it is asked by threads that end
    yield made
    connections.close_all()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Return evidence of three chunks: one object of two, and small ones."""
    folder = tmp_path / "evidence"
    folder.mkdir()
    (folder / "disk.img").write_bytes(os.urandom(limits.CHUNK_BYTES + 4_000_000))
    (folder / "empty").write_bytes(b"")
    for number in range(20):
        (folder / f"mail-{number}").write_bytes(os.urandom(3_000))
    return folder


def test_a_package_arrives_as_it_was_sealed_and_both_nodes_are_consistent(
    crossing: Crossing, source: Path, tmp_path: Path
) -> None:
    crossing.seal(source)
    crossing.offer()
    assert crossing.fetch() == []
    open_package(crossing.xa, KEEPER, crossing.package, tmp_path / "plain", FOR_COURT)
    objects = (tmp_path / "plain" / "bag" / "data" / "objects").iterdir()
    assert Counter(map(_sum, objects)) == Counter(map(_sum, source.iterdir()))
    for node in (crossing.xa, crossing.xb):
        report = check_node(node)
        assert report.verdict is Verdict.PASSED, report


def test_nothing_that_is_here_is_asked_for_again_however_often_the_line_breaks(
    crossing: Crossing, source: Path
) -> None:
    crossing.seal(source)
    crossing.offer()
    line = _BrokenLine()
    crossing.wire.spoil = line.cut
    for _ in range(60):
        if crossing.incoming().state == "done":
            break
        crossing.fetch()
        crossing.asking.clock.forward("PT10M")
    assert crossing.incoming().state == "done"
    assert set(line.given.values()) == {1}
    assert line.cuts > 3


def test_a_chunk_that_is_wrong_is_refused_noted_and_fetched_anew(
    crossing: Crossing, source: Path
) -> None:
    crossing.seal(source)
    crossing.offer()
    spoiler = _Spoiler(times=MOST_WRONG - 1)
    crossing.wire.spoil = spoiler.spoil
    assert crossing.fetch() == []
    assert crossing.incoming().state == "done"
    assert _findings(crossing) == ["chunk-wrong"] * (MOST_WRONG - 1)


def test_after_several_wrong_chunks_the_transfer_waits_for_a_person(
    crossing: Crossing, source: Path
) -> None:
    crossing.seal(source)
    row = crossing.offer()
    crossing.wire.spoil = _Spoiler(times=MOST_WRONG).spoil
    assert crossing.fetch() == ["service/chunks-wrong"]
    assert crossing.incoming().state == "stopped"
    crossing.asking.clock.forward("P1D")
    assert crossing.fetch() == []
    resume_transfer(crossing.xa, OFFICER, row.ident)
    assert crossing.fetch() == []
    assert crossing.incoming().state == "done"


def test_what_was_offered_is_dropped_when_its_receiver_has_confirmed(
    crossing: Crossing, source: Path
) -> None:
    crossing.seal(source)
    before = {*crossing.xb.blobs.names()}
    row = crossing.offer()
    crossing.fetch()
    confirm_receipt(crossing.xa, OFFICER, row.ident)
    crossing.carry(crossing.xa, crossing.xb)
    assert work(crossing.xb) == []
    assert crossing.outgoing().state == "done"
    assert {*crossing.xb.blobs.names()} == before
    assert sweep_blobs(crossing.xb) == 0
    with pytest.raises(NotThere):
        answer_get(
            crossing.xb, crossing.wire.caller, f"/peers/1/transfers/{row.ident}/volumes/0/chunks/0"
        )


def test_no_piece_is_left_once_a_package_is_received(crossing: Crossing, source: Path) -> None:
    crossing.seal(source)
    crossing.offer()
    crossing.fetch()
    with crossing.xa.store.view() as unit:
        assert unit.pieces.count() == 0
        named = {row.blob for row in unit.volumes.find()}
    assert {*crossing.xa.blobs.names()} == named


def test_conditions_that_came_with_a_package_are_shown_and_acknowledged(
    crossing: Crossing, source: Path
) -> None:
    crossing.seal(source)
    row = crossing.offer(move=_with_conditions())
    crossing.fetch()
    (shown,) = list_transfers(crossing.xa, crossing.dossier)
    assert (shown.conditions, shown.is_acknowledged) == ("this case alone", False)
    assert shown.said["conditions"] == "Only for the proceedings named in the request."
    accepted = Move(terms={"conditions": "acknowledged"})
    confirm_receipt(crossing.xa, OFFICER, row.ident, move=accepted)
    (shown,) = list_transfers(crossing.xa, crossing.dossier)
    assert shown.is_acknowledged


def _with_conditions() -> Move:
    return Move(
        step="hand_over",
        terms={"conditions": "this case alone"},
        content={"conditions": "Only for the proceedings named in the request."},
        reasons_against=HAND_OVER.reasons_against,
    )


class _BrokenLine:
    """A line that breaks at every other question."""

    def __init__(self) -> None:
        self.given: Counter[str] = Counter()
        self.cuts = 0
        self._asked = 0

    def cut(self, path: str, body: bytes) -> bytes:
        self._asked += 1
        if self._asked % 2:
            self.cuts += 1
            raise PeerUnreachable
        self.given[path] += 1
        return body


class _Spoiler:
    """A line that changes the first chunks that go over it, each in another way."""

    def __init__(self, times: int) -> None:
        self._left = times

    def spoil(self, path: str, body: bytes) -> bytes:
        if not self._left or "/volumes/" not in path:
            return body
        self._left -= 1
        ways = [body[:-1], body + b"x", b"", bytes([body[0] ^ 1]) + body[1:], body[::-1]]
        return ways[self._left % len(ways)]


def _findings(crossing: Crossing) -> list[str]:
    with crossing.xa.store.view() as unit:
        return [row.kind for row in unit.findings.find()]


def _sum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
