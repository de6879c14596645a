"""For all histories: one standing for one set of acts, the one that the lawyer finds."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.base.clock import Instant
from comity.domain.entry import Entry
from comity.domain.reading import permits
from comity.domain.standing import Outcome, Standing, derive
from tests.lawyer import Event, Table, past, raw_processes, rule
from tests.property.histories import lawful, unruly
from tests.tables import build, digest, entries_of, small
from tests.world import book

TABLES: dict[str, Table] = {"test/small": small(), **raw_processes()}


PROCESSES = {"test/small": build(small()), **book().processes}
each_process = pytest.mark.parametrize("key", sorted(TABLES))


def outcomes(standing: Standing, events: list[Event]) -> dict[str, str]:
    return {event.name: standing.outcomes[digest(event.name)].value for event in events}


@each_process
@given(data=st.data())
def test_standing_is_what_the_lawyer_finds_in_lawful_histories(key: str, data: Any) -> None:
    events = data.draw(lawful(TABLES[key]))
    found = derive(PROCESSES[key], entries_of(events, PROCESSES[key]))
    ruling = rule(TABLES[key], events)
    assert (found.state, outcomes(found, events)) == (ruling.state, ruling.outcomes)


@each_process
@given(data=st.data())
def test_standing_is_what_the_lawyer_finds_in_unruly_histories(key: str, data: Any) -> None:
    events = data.draw(unruly(TABLES[key]))
    found = derive(PROCESSES[key], entries_of(events, PROCESSES[key]))
    ruling = rule(TABLES[key], events)
    assert (found.state, outcomes(found, events)) == (ruling.state, ruling.outcomes)


@each_process
@given(data=st.data())
def test_order_of_arrival_and_repetition_do_not_matter(key: str, data: Any) -> None:
    process = PROCESSES[key]
    entries = entries_of(data.draw(lawful(TABLES[key])), process)
    arrived = data.draw(st.permutations(entries))
    again = data.draw(st.lists(st.sampled_from(entries), max_size=5)) if entries else []
    assert derive(process, [*arrived, *again]) == derive(process, entries)


@each_process
@given(data=st.data())
def test_of_a_subset_the_lawyer_finds_the_same(key: str, data: Any) -> None:
    process = PROCESSES[key]
    events = data.draw(lawful(TABLES[key]))
    part = [event for event in events if data.draw(st.booleans() | st.just(value=True))]
    found = derive(process, entries_of(part, process))
    ruling = rule(TABLES[key], part)
    assert (found.state, outcomes(found, part)) == (ruling.state, ruling.outcomes)


@each_process
@given(data=st.data())
def test_after_exchange_both_sides_have_the_same_standing(key: str, data: Any) -> None:
    process = PROCESSES[key]
    entries = entries_of(data.draw(lawful(TABLES[key])), process)
    mine = [one for one in entries if one.side == process.sides.asking]
    theirs = [one for one in entries if one.side == process.sides.asked]
    assert derive(process, mine + theirs) == derive(process, theirs + mine)


@each_process
@given(data=st.data())
def test_what_was_lawful_to_its_author_is_never_irregular(key: str, data: Any) -> None:
    process = PROCESSES[key]
    entries = entries_of(data.draw(lawful(TABLES[key])), process)
    found = set(derive(process, entries).outcomes.values())
    assert found <= {Outcome.APPLIED, Outcome.OVERTAKEN}


@each_process
@given(data=st.data())
def test_nothing_is_dropped_from_the_record(key: str, data: Any) -> None:
    process = PROCESSES[key]
    events = data.draw(unruly(TABLES[key]))
    standing = derive(process, entries_of(events, process))
    assert standing.outcomes.keys() == {digest(event.name) for event in events}
    waiting = {one for one, what in standing.outcomes.items() if what is Outcome.WAITING}
    assert set(standing.order) | waiting == standing.outcomes.keys()


@each_process
@given(data=st.data())
def test_an_entry_is_settled_after_all_that_its_author_had_in_hand(key: str, data: Any) -> None:
    process = PROCESSES[key]
    events = data.draw(unruly(TABLES[key]))
    order = derive(process, entries_of(events, process)).order
    named = {event.name: event for event in events}
    for event in events:
        for earlier in past(named, event.name):
            assert order.index(digest(earlier)) < order.index(digest(event.name))


@st.composite
def tangled(draw: st.DrawFn, table: Table, most: int = 16) -> list[Entry]:
    """Draw entries that name anything before them: forked chains, recordings, strangers' steps."""
    process = PROCESSES["test/small"]
    sides = (*process.sides.both, "stranger")
    names = [row["step"] for row in table["steps"]] + ["no_such_step"]
    found: list[Entry] = []
    for turn in range(draw(st.integers(0, most))):
        known = [one.digest for one in found]
        earlier = st.none() | st.sampled_from(known) if known else st.none()
        step = draw(st.sampled_from(names))
        owner = next((row["side"] for row in table["steps"] if row["step"] == step), sides[0])
        found.append(
            Entry(
                digest=digest(f"{turn:02}"),
                process=process.key,
                side=draw(st.sampled_from(sides) | st.just(owner)),
                step=step,
                at=Instant.parse(f"2026-11-21T00:00:{draw(st.integers(0, 3)):02}Z"),
                holder=draw(st.sampled_from(["XA", "XB"])),
                before=draw(earlier),
                seen=draw(earlier),
                recorded=draw(st.booleans()),
            )
        )
    return found


@given(data=st.data())
def test_a_tangled_record_gives_one_standing_in_any_order(data: Any) -> None:
    process = PROCESSES["test/small"]
    found = data.draw(tangled(TABLES["test/small"]))
    part = [one for one in found if data.draw(st.booleans() | st.just(value=True))]
    arrived = data.draw(st.permutations(part))
    assert derive(process, arrived) == derive(process, part)


@given(data=st.data())
def test_what_is_set_aside_in_a_tangled_record_is_judged_by_its_authors_past(data: Any) -> None:
    process = PROCESSES["test/small"]
    found = data.draw(tangled(TABLES["test/small"]))
    standing = derive(process, found)
    named = {one.digest: one for one in found}
    for one, what in standing.outcomes.items():
        if what in {Outcome.APPLIED, Outcome.WAITING} or one in standing.overtaken_by:
            continue
        before: set[Any] = set()
        rest = [*named[one].after]
        while rest:
            last = rest.pop()
            before.add(last)
            rest += named[last].after
        view = derive(process, [named[name] for name in before]).state
        lawful = permits(process, view, named[one])
        assert what is (Outcome.OVERTAKEN if lawful else Outcome.IRREGULAR)
