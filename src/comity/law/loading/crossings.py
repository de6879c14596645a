"""Crossings: two steps of the two sides, each taken before the other was seen.

Two exchanged steps can cross if some state permits both. If neither moves the standing
they cannot disturb each other and are not listed; every other pair must be, once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from comity.law.loading.desk import Desk, Row
from comity.law.loading.faults import (
    DoubledCrossing,
    ImpossibleCrossing,
    LawFault,
    MissingCrossing,
)
from comity.law.processes import Crossing, Sides, Step

Pair = tuple[str, str]
_WITH: Final = "with"
_BOTH: Final = "both"


def read_crossings(
    row: Row, sides: Sides, steps: Mapping[str, Step], desk: Desk
) -> dict[Pair, Crossing]:
    """Read the rows; each pair of (asking step, asked step) stands once."""
    found: dict[Pair, Crossing] = {}
    for inside in row.rows("crossings"):
        one = desk.name(inside, "one", steps, "step of this process")
        others = desk.names(inside, "with", steps, "step of this process")
        desk.name(inside, "prevails", [one, _WITH, _BOTH], "side of this crossing")
        for other in others:
            if one not in steps or other not in steps:
                continue
            crossing = _read_pair(inside, steps[one], steps[other], desk)
            if crossing is not None:
                pair = (one, other) if steps[one].side == sides.asking else (other, one)
                _require_once(inside, pair, found, desk)
                found[pair] = crossing
    return found


def missing_crossings(
    sides: Sides, steps: Mapping[str, Step], crossings: Mapping[Pair, Crossing]
) -> Iterator[LawFault]:
    """Yield, for each step of the asking side, the steps with which its crossing is not listed."""
    for asking in _exchanged(steps, sides.asking):
        missing = [
            asked.name
            for asked in _exchanged(steps, sides.asked)
            if can_disturb(asking, asked) and (asking.name, asked.name) not in crossings
        ]
        if missing:
            detail = f"{asking.name!r} can cross with {', '.join(missing)}."
            yield MissingCrossing(detail, asking.place, key="crossings")


def can_disturb(one: Step, other: Step) -> bool:
    """Return whether some state permits both, and one of them would move it."""
    return bool(one.sources & other.sources) and (one.moves or other.moves)


def _exchanged(steps: Mapping[str, Step], side: str) -> list[Step]:
    return [step for step in steps.values() if step.side == side and step.is_exchanged]


def _read_pair(row: Row, one: Step, other: Step, desk: Desk) -> Crossing | None:
    prevails = row.text("prevails")
    why_not = _why_not(one, other, prevails)
    if why_not:
        detail = f"{one.name!r} with {other.name!r}: {why_not}"
        desk.faults.append(ImpossibleCrossing(detail, row.place, key=row.key))
        return None
    law = desk.cite(row)
    level, basis = desk.backing(row, law)
    return Crossing(
        first=one.name,
        second=other.name,
        prevails={one.name: one.name, _WITH: other.name}.get(prevails),
        law=law,
        means=row.text("means"),
        level=level,
        basis=basis,
        place=row.place,
    )


def _require_once(row: Row, pair: Pair, found: Mapping[Pair, Crossing], desk: Desk) -> None:
    if pair in found:
        detail = f"{pair[0]!r} with {pair[1]!r} stands on line {found[pair].place.line} too."
        desk.faults.append(DoubledCrossing(detail, row.place, key=row.key))


def _why_not(one: Step, other: Step, prevails: str) -> str:
    if one.side == other.side:
        return "both are steps of one side."
    if not (one.is_exchanged and other.is_exchanged):
        return "a step kept in the house cannot cross."
    if not one.sources & other.sources:
        return "no state permits both."
    if not can_disturb(one, other):
        return "neither moves the standing, so that they cannot disturb each other."
    if prevails == _BOTH and one.moves and one.target not in other.sources:
        return f"after {one.name!r}, {other.name!r} is not possible any more."
    return ""
