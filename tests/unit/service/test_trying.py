"""The self-test: eight numbered checks, each of which can fail alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from comity.base import Digest
from comity.base.verdict import Report, Verdict
from comity.seal.keys import SigningKey
from comity.service.errors import NoCommonVersion, PeerUnreachable
from comity.service.node import Node
from comity.service.peers import Caller
from comity.service.ports import Answer, Peer
from comity.service.recovery import declare_restored, recent_statements
from comity.service.trying import answer_echo, try_peer
from comity.storage.memory import MemoryStore
from tests.cards import card_of, know_card
from tests.nodes import Desk, make_desk
from tests.steady import SeedBytes

XA = Caller(state="XA", authority="XA central authority")
Reply = Callable[[bytes], Answer]


@dataclass(frozen=True)
class _Way:
    """A wire on which the answer is made by a function."""

    reply: Reply
    told: Callable[[], Answer]

    def call(self, peer: Peer, method: str, path: str, body: bytes = b"", *, most: int) -> Answer:
        if path == "/peers/1/restored":
            assert (peer.state, method, body) == ("XB", "GET", b"")
            return self.told()
        assert (peer.state, method, path) == ("XB", "POST", "/peers/1/echo")
        found = self.reply(body)
        assert len(found.body) <= most
        return found

    def fetch(self, url: str, *, most: int) -> bytes | None:
        raise PeerUnreachable(where=url[:most])


@dataclass(frozen=True)
class _Two:
    ours: Desk
    theirs: Desk

    def run(self, reply: Reply | None = None, told: Callable[[], Answer] | None = None) -> Report:
        node = self.theirs.node
        way = _Way(
            reply or (lambda sent: Answer(status=200, body=answer_echo(node, XA, sent))),
            told or (lambda: Answer(status=200, body=b"\n".join(recent_statements(node)))),
        )
        return try_peer(replace(self.ours.node, wire=way), "XB", self.theirs.node.authority)


@pytest.fixture
def two(tmp_path: Path) -> _Two:
    desks = []
    for seed, state in enumerate(("XA", "XB"), 1):
        (tmp_path / state).mkdir()
        desks.append(make_desk(MemoryStore(), tmp_path / state, seed=seed, state=state))
    know_card(desks[0].node, card_of(desks[1].node))
    return _Two(*desks)


def _failed(report: Report) -> list[int]:
    return [one.check for one in report.findings if one.verdict is Verdict.FAILED]


def test_a_way_that_is_open_passes_all_eight(two: _Two) -> None:
    report = two.run()
    assert report.verdict is Verdict.PASSED
    assert [one.check for one in report.findings] == [1, 2, 3, 4, 5, 6, 7, 8]


def test_whom_the_directory_does_not_name_cannot_be_tried(two: _Two) -> None:
    assert _failed(try_peer(two.ours.node, "XC", "XC-CA")) == [1]


def test_an_authority_that_was_dropped_fails_though_it_answers(two: _Two) -> None:
    with two.ours.node.store.unit() as unit:
        row = unit.authorities.find(state="XB")[0]
        unit.authorities.replace(replace(row, is_listed=False))
    assert _failed(two.run()) == [1]


def test_who_does_not_answer_fails_the_second(two: _Two) -> None:
    def silent(_sent: bytes) -> Answer:
        raise PeerUnreachable

    assert _failed(two.run(silent)) == [2]


def test_who_speaks_another_version_fails_the_third(two: _Two) -> None:
    def other(_sent: bytes) -> Answer:
        raise NoCommonVersion

    assert _failed(two.run(other)) == [3]


@pytest.mark.parametrize("status", [401, 403, 500])
def test_who_refuses_our_signature_fails_the_fourth(two: _Two, status: int) -> None:
    assert _failed(two.run(lambda _sent: Answer(status=status, body=b""))) == [4]


def _with_other_key(node: Node) -> Node:
    return replace(node, key=SigningKey.generate(SeedBytes(99)))


def test_an_answer_by_a_key_that_is_not_in_the_directory_fails_the_fifth(two: _Two) -> None:
    node = _with_other_key(two.theirs.node)
    report = two.run(lambda sent: Answer(status=200, body=answer_echo(node, XA, sent)))
    assert _failed(report) == [5]


@pytest.mark.parametrize("body", [b"", b"{}", b"\xff", b"garbage" * 99])
def test_rubbish_for_an_answer_fails_the_fifth(two: _Two, body: bytes) -> None:
    assert _failed(two.run(lambda _sent: Answer(status=200, body=body))) == [5]


def test_an_answer_to_something_else_fails_the_sixth(two: _Two) -> None:
    node = two.theirs.node
    report = two.run(lambda _sent: Answer(status=200, body=answer_echo(node, XA, b"before")))
    assert _failed(report) == [6]


def test_an_answer_to_somebody_else_fails_the_sixth(two: _Two) -> None:
    node, xc = two.theirs.node, Caller(state="XC", authority="XC-CA")
    report = two.run(lambda sent: Answer(status=200, body=answer_echo(node, xc, sent)))
    assert _failed(report) == [6]


@pytest.mark.parametrize("desk", ["ours", "theirs"])
def test_clocks_that_are_far_apart_fail_the_seventh(two: _Two, desk: str) -> None:
    getattr(two, desk).clock.forward("PT6M")
    assert _failed(two.run()) == [7]


def test_clocks_that_are_a_little_apart_pass(two: _Two) -> None:
    two.theirs.clock.forward("PT4M")
    assert _failed(two.run()) == []


BACKUP = Digest.of(b"a backup")


def _restored(report: Report) -> tuple[Verdict, str]:
    (found,) = [one for one in report.findings if one.check == 8]
    return found.verdict, found.says


def test_a_restoration_is_told_until_it_is_no_news(two: _Two) -> None:
    made = two.theirs.clock.now()
    two.theirs.clock.forward("PT2M")
    declare_restored(two.theirs.node, BACKUP, made)
    verdict, says = _restored(two.run())
    assert verdict is Verdict.INDETERMINATE
    assert f"from a backup of {made}" in says
    for desk in (two.ours, two.theirs):
        desk.clock.forward("P31D")
    assert _restored(two.run())[0] is Verdict.PASSED


def test_who_does_not_say_whether_it_was_restored_leaves_it_open(two: _Two) -> None:
    def away() -> Answer:
        raise PeerUnreachable

    assert _restored(two.run(told=away))[0] is Verdict.INDETERMINATE
    report = two.run(told=lambda: Answer(status=404, body=b""))
    assert _restored(report)[0] is Verdict.INDETERMINATE


def test_a_statement_by_another_key_or_of_another_node_fails_the_eighth(two: _Two) -> None:
    forged = declare_restored(_with_other_key(two.theirs.node), BACKUP, two.theirs.clock.now())
    assert _failed(two.run(told=lambda: Answer(status=200, body=forged))) == [8]
    node = replace(two.theirs.node, authority="XB court")
    other = declare_restored(node, BACKUP, two.theirs.clock.now())
    assert _failed(two.run(told=lambda: Answer(status=200, body=other))) == [8]
    assert _failed(two.run(told=lambda: Answer(status=200, body=b"junk"))) == [8]
