"""For all histories: the deadlines that the clerk finds with a paper calendar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.base.clock import Instant, Period
from comity.domain.deadline import Deadline, deadlines
from comity.domain.entry import Entry
from comity.domain.standing import derive
from tests.docket import Due, Taken, cards, days_in, later, raw_clocks
from tests.lawyer import Table, allowed, moved, raw_processes
from tests.tables import digest
from tests.world import book

START = datetime(2028, 1, 20, 9, 30, tzinfo=UTC)
PROCESSES = sorted(key for key in raw_processes() if raw_clocks(key))


@st.composite
def told(draw: st.DrawFn, table: Table, most: int = 12) -> list[tuple[Taken, str]]:
    """Draw a history in which each side answers the other, over months; with house steps."""
    state, now = table["begins"], START
    found: list[tuple[Taken, str]] = []
    for turn in range(draw(st.integers(1, most))):
        rows = [row for row in table["steps"] if state in row["from"]]
        if not rows:
            break
        row = draw(st.sampled_from(rows))
        now += timedelta(minutes=draw(st.integers(1, 60 * 24 * 40)))
        day = now + timedelta(days=draw(st.integers(-5, 120)))
        names = draw(st.sets(st.sampled_from(["until", "answer_by"])))
        terms = {name: day.strftime("%Y-%m-%dT%H:%M:%SZ") for name in sorted(names)}
        delivered = draw(st.none() | st.just(now + timedelta(minutes=7)))
        found.append((Taken(f"{turn:02}", row["step"], now, delivered, terms), row["kept"]))
        if row["kept"] == "exchanged" and allowed(table, state, row["side"], row["step"]):
            state = moved(table, state, row["step"])
    return found


def entries_of(key: str, table: Table, history: list[tuple[Taken, str]]) -> list[Entry]:
    last: dict[str, Any] = {}
    found = []
    sides = {row["step"]: row["side"] for row in table["steps"]}
    for event, kept in history:
        side = sides[event.step]
        other = next((one for one in table["sides"].values() if one != side), side)
        is_shared = kept == "exchanged"
        found.append(
            Entry(
                digest=digest(event.name),
                process=key,
                side=side,
                step=event.step,
                at=Instant.of(event.at),
                holder=side[:2],
                before=last.get(side) if is_shared else None,
                seen=last.get(other) if is_shared else None,
                kept=kept,
                terms=event.terms,
            )
        )
        if is_shared:
            last[side] = digest(event.name)
    return found


def derived(key: str, entries: list[Entry], history: list[tuple[Taken, str]]) -> Any:
    process = book().processes[key]
    receipts = {
        digest(event.name): Instant.of(event.delivered) for event, _ in history if event.delivered
    }
    return deadlines(
        book(),
        process,
        entries,
        derive(process, entries),
        delivered=receipts,
        follower=None,
        profile=book().states["XB"],
    )


def card(deadline: Deadline, names: dict[Any, str]) -> Due:
    due = deadline.due.at if deadline.due else None
    clock = deadline.clock.rpartition("/")[2]
    return Due(clock, names[deadline.started_by], due, deadline.state.value)


@pytest.mark.parametrize("key", PROCESSES)
@given(data=st.data())
def test_deadlines_are_those_of_the_clerk(key: str, data: Any) -> None:
    table = raw_processes()[key]
    history = data.draw(told(table))
    found = derived(key, entries_of(key, table, history), history)
    names = {digest(event.name): event.name for event, _ in history}
    rows = raw_clocks(key, "XB")
    assert {card(one, names) for one in found} == cards(rows, [event for event, _ in history])


@given(data=st.data())
def test_deadlines_do_not_depend_on_the_order_of_arrival(data: Any) -> None:
    key = "uncc/preservation"
    table = raw_processes()[key]
    history = data.draw(told(table))
    entries = entries_of(key, table, history)
    arrived = data.draw(st.permutations(entries))
    assert derived(key, list(arrived), history) == derived(key, entries, history)


@given(
    at=st.datetimes(min_value=datetime(1999, 1, 1), max_value=datetime(2101, 1, 1)),  # noqa: DTZ001 # drawn naive
    days=st.integers(0, 400),
    zone=st.sampled_from(["UTC", "Europe/Lisbon", "Asia/Amman", "America/Santiago"]),
)
def test_calendar_days_are_counted_in_the_zone_of_the_clock(
    at: datetime, days: int, zone: str
) -> None:
    begun = at.replace(microsecond=0, tzinfo=UTC)
    found = Instant.of(begun).plus(Period(days=days), zone=zone)
    assert found.at == later(begun, f"P{days}D", zone)


@given(year=st.integers(1990, 2400), month=st.integers(1, 12))
def test_the_clerk_knows_the_calendar(year: int, month: int) -> None:
    first = datetime(year, month, 1, tzinfo=UTC)
    following = (first + timedelta(days=32)).replace(day=1)
    assert (following - first).days == days_in(year, month)


def test_the_clocks_of_exercise_states_change_the_hour_within_a_hold() -> None:
    zone = ZoneInfo("Europe/Lisbon")
    begun = datetime(2027, 3, 1, 12, 0, tzinfo=zone)
    due = Instant.of(begun).plus(Period(days=60), zone="Europe/Lisbon")
    assert due.at.astimezone(zone).hour == 12
    assert (due.at - begun.astimezone(UTC)) == timedelta(days=60, hours=-1)


@pytest.mark.parametrize("key", PROCESSES)
@given(data=st.data())
def test_a_wish_is_no_duty_and_never_lapses(key: str, data: Any) -> None:
    table = raw_processes()[key]
    history = data.draw(told(table))
    for deadline in derived(key, entries_of(key, table, history), history):
        shown = deadline.as_of(Instant.parse("2099-01-01T00:00:00Z"))
        is_wish = deadline.nature == "wish"
        assert deadline.is_duty is not is_wish
        assert not (is_wish and shown.state.value == "lapsed")
