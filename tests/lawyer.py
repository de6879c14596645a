"""A lawyer with the raw tables: the oracle of the tests on standing.

Reads process files as plain YAML text and follows the rules on paper: two piles of
acts, one per side, and a finger on each. Shares no line with ``comity.law`` or
``comity.domain``. ``Event`` is an act as it lies on the desk.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from tests.places import CHECKOUT

Table: TypeAlias = Mapping[str, Any]
LAW_FILES = CHECKOUT / "src" / "comity" / "law" / "files"


@dataclass(frozen=True)
class Event:
    """One act: whose, which step, what came before it and what its author had seen."""

    name: str
    side: str
    step: str
    before: str | None
    seen: str | None


@dataclass
class Ruling:
    """What the lawyer found."""

    state: str
    outcomes: dict[str, str]


@cache
def raw_processes() -> dict[str, Table]:
    """Return each process file as text, by ``pack/process``."""
    found = {}
    for path in sorted(LAW_FILES.glob("*/processes/*.yaml")):
        table = raw(path)
        found[f"{path.parent.parent.name}/{table['process']}"] = table
    return found


def raw(path: Path) -> Any:
    """Return a law file with every scalar as text."""
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    return yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 # text only


def allowed(table: Table, state: str, side: str, step: str) -> bool:
    """Tell whether a row lets this side take this step here."""
    for row in table["steps"]:
        if row["step"] == step and row["kept"] == "exchanged":
            return bool(row["side"] == side and state in row["from"])
    return False


def moved(table: Table, state: str, step: str) -> str:
    """Return where the step leads."""
    (row,) = [row for row in table["steps"] if row["step"] == step]
    return state if row["to"] == "same" else str(row["to"])


def crossing(table: Table, mine: str, theirs: str) -> tuple[str, str | None] | None:
    """Return (step taken first, loser or None), or None where the table is silent."""
    for row in table.get("crossings", []):
        many = row["with"] if isinstance(row["with"], list) else [row["with"]]
        for other in many:
            if {row["one"], other} == {mine, theirs}:
                winner = {"both": None, "with": other}.get(row["prevails"], row["one"])
                if winner is None:
                    return row["one"], None
                return winner, (row["one"] if winner == other else other)
    return None


def past(events: Mapping[str, Event], name: str) -> set[str]:
    """Return what the author of an act had on the desk."""
    found: set[str] = set()
    rest = [events[name].before, events[name].seen]
    while rest:
        one = rest.pop()
        if one is not None and one not in found:
            found.add(one)
            rest += [events[one].before, events[one].seen]
    return found


def whole(events: Iterable[Event]) -> dict[str, Event]:
    """Leave out acts of which something earlier is missing."""
    kept = {event.name: event for event in events}
    while True:
        lacking = [
            name
            for name, event in kept.items()
            if not {event.before, event.seen} - {None} <= kept.keys()
        ]
        if not lacking:
            return kept
        for name in lacking:
            del kept[name]


def pile(events: Mapping[str, Event], side: str) -> list[Event]:
    """Return one side's acts, each after the one it names as before it."""
    found: list[Event] = []
    while True:
        last = found[-1].name if found else None
        following = [e for e in events.values() if e.side == side and e.before == last]
        if not following:
            return found
        (only,) = following
        found.append(only)


def rule(table: Table, events: Sequence[Event], *, state_only: bool = False) -> Ruling:
    """Follow the acts of two sides, each with one chain, through the table.

    With ``state_only`` nobody asks why an act was set aside: the state does not depend on it.
    """
    desk = whole(events)
    asking = pile(desk, table["sides"]["asking"])
    asked = pile(desk, table["sides"]["asked"])
    state = table["begins"]
    outcomes = {event.name: "waiting" for event in events}
    done: set[str] = set()

    def top(stack: list[Event]) -> Event | None:
        rest = [event for event in stack if event.name not in done]
        if not rest or not {rest[0].before, rest[0].seen} - {None} <= done:
            return None
        return rest[0]

    def put(event: Event, outcome: str) -> None:
        outcomes[event.name] = outcome
        done.add(event.name)

    while True:
        left, right = top(asking), top(asked)
        if left is None and right is None:
            return Ruling(state, outcomes)
        may_left = left is not None and allowed(table, state, left.side, left.step)
        may_right = right is not None and allowed(table, state, right.side, right.step)
        if left is not None and right is not None and may_left and may_right:
            held = crossing(table, left.step, right.step)
            first, loser = held or (left.step, None)
            ahead, behind = (left, right) if left.step == first else (right, left)
            put(ahead, "applied")
            state = moved(table, state, ahead.step)
            if loser is not None:
                assert behind.step == loser
                put(behind, "overtaken")
        elif left is not None and may_left:
            put(left, "applied")
            state = moved(table, state, left.step)
        elif right is not None and may_right:
            put(right, "applied")
            state = moved(table, state, right.step)
        else:
            dropped = left or right
            assert dropped is not None
            lawful = not state_only and was_lawful(table, desk, dropped)
            put(dropped, "overtaken" if lawful else "irregular")


def was_lawful(table: Table, desk: Mapping[str, Event], act: Event) -> bool:
    """Tell whether the author of an act could take the step, by what lay on the author's desk."""
    before = [desk[name] for name in past(desk, act.name)]
    state = rule(table, before, state_only=True).state
    return allowed(table, state, act.side, act.step)
