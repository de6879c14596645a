"""The worked crossings of preservation, and what standing does with an odd record."""

from __future__ import annotations

from typing import Any

import pytest

from comity.domain.entry import Entry
from comity.domain.standing import Outcome, derive
from comity.law import Process
from tests.lawyer import Event, rule
from tests.tables import build, digest, entries_of, entry, small
from tests.world import book

PRESERVATION = "uncc/preservation"
ASKING, ASKED = "requesting", "requested"


def preservation() -> Process:
    return book().processes[PRESERVATION]


def history(*rows: tuple[str, str, str, str | None]) -> list[Event]:
    """Number the acts of each side: (name, side, step, last act of the other side seen)."""
    last: dict[str, str] = {}
    found = []
    for name, side, step, seen in rows:
        found.append(Event(name, side, step, last.get(side), seen))
        last[side] = name
    return found


SENT = ("a1", ASKING, "send", None)
TAKEN = ("b1", ASKED, "acknowledge", "a1")


def outcome(events: list[Event]) -> tuple[str, dict[str, Outcome]]:
    process = preservation()
    found = derive(process, entries_of(events, process))
    return found.state, {event.name: found.outcomes[digest(event.name)] for event in events}


@pytest.mark.parametrize("step", ["grant", "grant_with_conditions", "ask", "consult", "refuse"])
def test_a_withdrawal_prevails_over_a_decision_that_had_not_seen_it(step: str) -> None:
    events = history(SENT, TAKEN, ("a2", ASKING, "withdraw", "b1"), ("b2", ASKED, step, "a1"))
    state, found = outcome(events)
    assert state == "withdrawn"
    assert (found["a2"], found["b2"]) == (Outcome.APPLIED, Outcome.OVERTAKEN)


def test_a_decision_that_had_seen_the_withdrawal_is_irregular() -> None:
    events = history(SENT, TAKEN, ("a2", ASKING, "withdraw", "b1"), ("b2", ASKED, "grant", "a2"))
    state, found = outcome(events)
    assert (state, found["b2"]) == ("withdrawn", Outcome.IRREGULAR)


def test_a_hold_that_was_made_is_a_fact_and_the_withdrawal_comes_after_it() -> None:
    granted = ("b2", ASKED, "grant", "a1")
    events = history(
        SENT, TAKEN, granted, ("b3", ASKED, "execute", "a1"), ("a2", ASKING, "withdraw", "b2")
    )
    state, found = outcome(events)
    assert state == "withdrawn"
    assert set(found.values()) == {Outcome.APPLIED}


def test_a_supplement_overtakes_a_refusal_that_had_not_seen_it() -> None:
    asked = ("b2", ASKED, "ask", "a1")
    events = history(
        SENT, TAKEN, asked, ("a2", ASKING, "supplement", "b2"), ("b3", ASKED, "refuse", "a1")
    )
    state, found = outcome(events)
    assert (state, found["b3"]) == ("under_examination", Outcome.OVERTAKEN)


def test_a_supplement_that_crosses_a_grant_comes_first_and_both_count() -> None:
    asked = ("b2", ASKED, "ask", "a1")
    events = history(
        SENT, TAKEN, asked, ("a2", ASKING, "supplement", "b2"), ("b3", ASKED, "grant", "a1")
    )
    process = preservation()
    found = derive(process, entries_of(events, process))
    assert found.state == "granted"
    assert found.applied[-2:] == (digest("a2"), digest("b3"))


def test_a_release_prevails_over_a_withdrawal() -> None:
    events = history(
        SENT,
        TAKEN,
        ("b2", ASKED, "grant", "a1"),
        ("b3", ASKED, "execute", "a1"),
        ("a2", ASKING, "withdraw", "b3"),
        ("b4", ASKED, "release", "a1"),
    )
    state, found = outcome(events)
    assert (state, found["a2"]) == ("closed", Outcome.OVERTAKEN)


def test_what_follows_an_overtaken_act_is_overtaken_too_if_its_author_could_not_know() -> None:
    events = history(
        SENT,
        TAKEN,
        ("a2", ASKING, "withdraw", "b1"),
        ("b2", ASKED, "grant", "a1"),
        ("b3", ASKED, "ask", "a1"),
    )
    assert outcome(events)[1]["b3"] is Outcome.OVERTAKEN


def test_the_other_sides_step_cannot_be_taken() -> None:
    events = history(SENT, TAKEN, ("a2", ASKING, "grant", "b1"))
    state, found = outcome(events)
    assert (state, found["a2"]) == ("under_examination", Outcome.IRREGULAR)


def test_a_house_step_on_the_exchanged_track_moves_nothing() -> None:
    events = history(("a1", ASKING, "draft", None))
    assert outcome(events) == ("drafting", {"a1": Outcome.IRREGULAR})


def test_an_act_of_another_process_moves_nothing() -> None:
    process = preservation()
    other = Entry(
        **{**fields(entry(Event("a", ASKING, "send", None, None), process)), "process": "x/y"}
    )
    found = derive(process, [other])
    assert (found.state, found.outcomes[other.digest]) == ("drafting", Outcome.IRREGULAR)


def fields(one: Entry) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__dataclass_fields__}


def test_house_entries_have_no_part_in_a_standing_that_both_share() -> None:
    process = preservation()
    sent = entry(Event("a1", ASKING, "send", None, None), process)
    house = entry(Event("h1", ASKING, "send", None, None), process, kept="house")
    assert derive(process, [sent, house]) == derive(process, [sent])


def test_no_entries_stand_at_the_beginning() -> None:
    assert derive(preservation(), []).state == "drafting"


def test_what_lacks_an_ancestor_waits_and_so_does_all_that_follows_it() -> None:
    events = history(SENT, TAKEN, ("b2", ASKED, "grant", "a1"), ("a2", ASKING, "withdraw", "b2"))
    lacking = [event for event in events if event.name != "b1"]
    state, found = outcome(lacking)
    assert (state, found) == (
        "sent",
        {"a1": Outcome.APPLIED, "b2": Outcome.WAITING, "a2": Outcome.WAITING},
    )


def test_entries_that_wait_for_each_other_wait_for_ever() -> None:
    events = [Event("a", ASKING, "send", "b", None), Event("b", ASKING, "withdraw", "a", None)]
    assert set(outcome(events)[1].values()) == {Outcome.WAITING}


def test_a_forked_chain_is_named_and_gives_one_standing_in_any_order() -> None:
    events = history(SENT)
    events += [Event("f1", ASKED, "acknowledge", None, "a1")]
    events += [Event("f2", ASKED, "status_answer", None, "a1")]
    process = preservation()
    found = derive(process, entries_of(events, process))
    again = derive(process, list(reversed(entries_of(events, process))))
    assert found.outcomes == again.outcomes
    assert set(again.forks) == {digest("f1"), digest("f2")}


def test_an_honest_record_has_no_forks() -> None:
    process = preservation()
    events = history(SENT, TAKEN, ("a2", ASKING, "withdraw", "b1"))
    assert derive(process, entries_of(events, process)).forks == ()


def test_what_a_side_signed_itself_comes_before_what_was_recorded_for_it() -> None:
    process = preservation()
    sent, signed = entries_of(history(SENT, ("b1", ASKED, "refuse", "a1")), process)
    taken = entry(Event("b0", ASKED, "acknowledge", None, "a1"), process)
    told = entry(Event("r1", ASKED, "grant", "b0", "a1"), process, recorded=True)
    signed = Entry(**{**fields(signed), "before": taken.digest})
    found = derive(process, [sent, taken, told, signed])
    assert found.outcomes[signed.digest] is Outcome.APPLIED
    assert found.outcomes[told.digest] is Outcome.OVERTAKEN


def crowd(rounds: int) -> list[Event]:
    """Let both sides act at once in every round, each having seen the round before."""
    found: list[Event] = []
    last: dict[str, str | None] = {ASKING: None, ASKED: None}
    queue = [("send", "status_answer")] + [
        ("supplement", "ask"),
        ("status_query", "acknowledge"),
        ("supplement", "grant"),
    ] * rounds
    for turn, (asking, asked) in enumerate(queue):
        mine = Event(f"a{turn}", ASKING, asking, last[ASKING], last[ASKED])
        theirs = Event(f"b{turn}", ASKED, asked, last[ASKED], last[ASKING])
        last = {ASKING: mine.name, ASKED: theirs.name}
        found += [mine, theirs]
    return found


def test_a_crowded_record_is_read_as_the_lawyer_reads_it() -> None:
    process = build(small())
    events = crowd(12)
    found = derive(process, entries_of(events, process))
    ruling = rule(small(), events)
    assert {e.name: found.outcomes[digest(e.name)].value for e in events} == ruling.outcomes


def test_reading_a_thousand_entries_that_all_cross_looks_at_each_a_few_times() -> None:
    process = build(small())
    looks = 0

    class Counted(dict[str, Any]):
        def get(self, key: str, default: Any = None) -> Any:
            nonlocal looks
            looks += 1
            return super().get(key, default)

    object.__setattr__(process, "steps", Counted(process.steps))
    derive(process, entries_of(crowd(170), process))
    assert looks < 20_000


def test_a_chain_forked_a_thousand_times_is_read_step_by_step_and_not_pile_by_pile() -> None:
    process = build(small())
    events = [Event("a0", ASKING, "send", None, None)]
    events += [Event(f"f{turn:03}", ASKED, "acknowledge", None, "a0") for turn in range(999)]
    looks = 0

    class Counted(dict[str, Any]):
        def get(self, key: str, default: Any = None) -> Any:
            nonlocal looks
            looks += 1
            return super().get(key, default)

    object.__setattr__(process, "steps", Counted(process.steps))
    derive(process, entries_of(events, process))
    assert looks < 50_000
