"""Entries: what an author had in hand, read off chains and recordings."""

from __future__ import annotations

from comity.base.clock import Instant
from comity.domain.entry import Entry, entries
from comity.domain.standing import Outcome
from comity.seal.act import Act
from tests.world import Desk


def entry_of(desk: Desk, act: Act) -> Entry:
    return next(one for one in entries(desk.acts) if one.digest == act.digest)


def test_an_own_act_comes_after_the_one_before_it_in_its_chain() -> None:
    desk = Desk()
    sent = desk.do("send")
    query = desk.do("status_query")
    assert entry_of(desk, query).before == sent.digest


def test_a_recorded_act_had_seen_our_last_act_if_nothing_else_is_stated() -> None:
    desk = Desk()
    sent = desk.do("send")
    told = desk.record("acknowledge")
    assert (entry_of(desk, told).seen, entry_of(desk, told).before) == (sent.digest, None)


def test_a_recorded_act_had_seen_what_the_officer_states() -> None:
    desk = Desk()
    sent = desk.do("send")
    desk.record("acknowledge")
    desk.do("withdraw", seen=None)
    told = desk.record("grant", seen=sent)
    assert entry_of(desk, told).seen == sent.digest
    assert desk.standing.outcomes[told.digest] is Outcome.OVERTAKEN


def test_a_recorded_act_can_have_seen_nothing() -> None:
    desk = Desk()
    desk.do("send")
    told = desk.record("acknowledge", recorded={"channel": "letter", "seen": "nothing"})
    assert entry_of(desk, told).seen is None


def test_a_recorded_act_comes_after_the_last_one_that_was_recorded() -> None:
    desk = Desk()
    desk.do("send")
    first = desk.record("acknowledge")
    desk.do("status_query", seen=None)
    second = desk.record("grant")
    assert entry_of(desk, second).before == first.digest


def test_our_act_after_a_recording_had_it_in_hand() -> None:
    desk = Desk()
    desk.do("send")
    desk.record("acknowledge")
    told = desk.record("refuse")
    late = desk.do("withdraw", seen=None)
    assert entry_of(desk, late).before == told.digest
    assert desk.standing.outcomes[late.digest] is Outcome.IRREGULAR


def test_a_recorded_step_counts_from_when_it_was_received() -> None:
    desk = Desk()
    desk.do("send")
    desk.at("2026-03-09T08:00:00Z")
    told = desk.record("acknowledge", recorded={"received": "2026-03-05T08:00:00Z"})
    assert entry_of(desk, told).at == Instant.parse("2026-03-05T08:00:00Z")


def test_a_recorded_step_never_counts_from_after_it_was_written_down() -> None:
    desk = Desk()
    desk.do("send")
    told = desk.record("acknowledge", recorded={"received": "2027-03-05T08:00:00Z"})
    assert entry_of(desk, told).at == told.at


def test_house_acts_are_entries_that_are_not_exchanged() -> None:
    desk = Desk()
    drafted = desk.do("draft")
    assert not entry_of(desk, drafted).is_exchanged


def test_one_side_alone_reaches_the_standing_that_two_nodes_reach() -> None:
    alone, both = Desk(), Desk()
    for desk, do in ((alone, alone.record), (both, both.do)):
        desk.do("send")
        do("acknowledge")
        do("grant")
        do("execute")
    assert alone.standing.state == both.standing.state == "held"


def test_an_act_whose_predecessor_is_missing_waits() -> None:
    desk = Desk()
    desk.do("send")
    late = desk.do("status_query")
    del desk.acts[0]
    assert desk.standing.outcomes[late.digest] is Outcome.WAITING


def test_a_recorded_act_with_a_gap_before_it_waits() -> None:
    desk = Desk()
    desk.do("send")
    told = desk.record("acknowledge")
    del desk.acts[0]
    assert desk.standing.outcomes[told.digest] is Outcome.WAITING


def test_entries_do_not_depend_on_the_order_of_the_acts() -> None:
    desk = Desk()
    desk.do("draft")
    desk.do("send")
    desk.record("acknowledge")
    desk.do("status_query", seen=None)
    desk.record("grant")
    assert entries(reversed(desk.acts)) == entries(desk.acts)
