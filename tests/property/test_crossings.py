"""For all rows of all process files: two steps that cross end as the row says."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest

from comity.domain.standing import Outcome, derive
from tests.lawyer import Event, Table, raw_processes
from tests.tables import build, digest, entry, small
from tests.world import book

TABLES: dict[str, Table] = {"test/small": small(), **raw_processes()}


def movers(table: Table, side: str) -> list[dict[str, str]]:
    rows = table["steps"]
    return [row for row in rows if row["side"] == side and row["kept"] == "exchanged"]


def pairs(table: Table) -> Iterator[tuple[str, str, str]]:
    for asking in movers(table, table["sides"]["asking"]):
        for asked in movers(table, table["sides"]["asked"]):
            for state in asking["from"]:
                if state in asked["from"]:
                    yield asking["step"], asked["step"], state


PROCESSES = {"test/small": build(small()), **book().processes}
CASES = {key: list(pairs(table)) for key, table in TABLES.items()}


def row_of(table: Table, asking: str, asked: str) -> tuple[str, str] | None:
    """Return (prevails, one) as the file says it, in its own words."""
    for row in table["crossings"]:
        for other in row["with"]:
            if (row["one"], other) in {(asking, asked), (asked, asking)}:
                return row["prevails"], row["one"]
    return None


def to(table: Table, step: str, state: str) -> str:
    target = next(row["to"] for row in table["steps"] if row["step"] == step)
    return state if target == "same" else str(target)


def expected(table: Table, asking: str, asked: str, state: str) -> tuple[str, set[str]]:
    """Read the row aloud: (where the request stands then, which steps were overtaken)."""
    row = row_of(table, asking, asked)
    if row is None:
        # Two that stay: neither disturbs the other. The loader refuses a silent pair that moves.
        return to(table, asked, to(table, asking, state)), set()
    prevails, one = row
    other = asked if one == asking else asking
    if prevails == "both":
        return to(table, other, to(table, one, state)), set()
    winner = other if prevails == "with" else prevails
    return to(table, winner, state), {asking, asked} - {winner}


@pytest.mark.parametrize("key", sorted(TABLES))
def test_two_that_cross_end_as_the_row_says(key: str) -> None:
    table = TABLES[key]
    sides = table["sides"]
    wrong = []
    for asking, asked, state in CASES[key]:
        process = dataclasses.replace(PROCESSES[key], begins=state)
        events = [
            Event("a", sides["asking"], asking, None, None),
            Event("b", sides["asked"], asked, None, None),
        ]
        standing = derive(process, [entry(event, process) for event in events])
        lost = {
            event.step
            for event in events
            if standing.outcomes[digest(event.name)] is not Outcome.APPLIED
        }
        overtaken = set(standing.outcomes.values()) <= {Outcome.APPLIED, Outcome.OVERTAKEN}
        if not overtaken or (standing.state, lost) != expected(table, asking, asked, state):
            wrong.append((asking, asked, state, standing.state, lost))
    assert wrong == []


@pytest.mark.parametrize("key", sorted(TABLES))
def test_the_loser_is_kept_with_the_name_of_what_prevailed(key: str) -> None:
    table = TABLES[key]
    sides = table["sides"]
    for asking, asked, state in CASES[key]:
        process = dataclasses.replace(PROCESSES[key], begins=state)
        events = [
            Event("a", sides["asking"], asking, None, None),
            Event("b", sides["asked"], asked, None, None),
        ]
        standing = derive(process, [entry(event, process) for event in events])
        lost = expected(table, asking, asked, state)[1]
        names = {event.step: digest(event.name) for event in events}
        winner = {asking, asked} - lost
        expect = {names[step]: names[winner.copy().pop()] for step in lost}
        assert standing.overtaken_by == expect


@pytest.mark.parametrize("key", sorted(raw_processes()))
def test_no_pair_that_moves_the_standing_is_left_to_chance(key: str) -> None:
    table = raw_processes()[key]
    silent = [
        (asking, asked)
        for asking, asked, state in CASES[key]
        if row_of(table, asking, asked) is None
        if {to(table, asking, state), to(table, asked, state)} != {state}
    ]
    assert silent == []
