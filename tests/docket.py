"""A clerk with a paper calendar: the oracle of the tests on deadlines.

Reads the clock files as plain text, counts days on its own fingers, and asks
``zoneinfo`` only what a wall clock shows. Shares no line with the code under test.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.lawyer import LAW_FILES, raw

ANSWERS = {"extend": ("ask_extension", {"extend", "decline_extension"})}


@dataclass(frozen=True)
class Taken:
    """A step that counts, when it was taken, when it was delivered, and its terms."""

    name: str
    step: str
    at: datetime
    delivered: datetime | None
    terms: Mapping[str, str]


@dataclass(frozen=True)
class Due:
    """What the clerk writes on the card."""

    clock: str
    started_by: str
    due: datetime | None
    state: str


def raw_clocks(key: str, state: str = "") -> list[Mapping[str, Any]]:
    """Return the clock rows of a process, and those of a State's own law."""
    pack, _, process = key.partition("/")
    rows: list[Mapping[str, Any]] = []
    for path in sorted((LAW_FILES / pack / "clocks").glob("*.yaml")):
        rows += [row for row in raw(path)["clocks"] if row["process"] == process]
    if state:
        own = raw(LAW_FILES / "states" / f"{state}.yaml")["clocks"]
        rows += [row for row in own if row["process"] == key]
    return rows


def days_in(year: int, month: int) -> int:
    """Say how many days a month has."""
    if month == 2:
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        return 29 if leap else 28
    return 30 if month in {4, 6, 9, 11} else 31


def later(moment: datetime, length: str, zone: str) -> datetime:
    """Count ``P60D`` or ``PT72H`` on from a moment, days by the calendar of the zone."""
    if length.startswith("PT"):
        return moment + timedelta(hours=int(length[2:-1]))
    wall = moment.astimezone(ZoneInfo(zone))
    year, month, day = wall.year, wall.month, wall.day
    for _ in range(int(length[1:-1])):
        day += 1
        if day > days_in(year, month):
            day, month = 1, month + 1
        if month > 12:
            month, year = 1, year + 1
    there = datetime(
        year, month, day, wall.hour, wall.minute, wall.second, tzinfo=ZoneInfo(zone), fold=wall.fold
    )
    return there.astimezone(UTC)


def named(row: Mapping[str, Any], event: Taken) -> datetime | None:
    """Read the day that the terms name."""
    text = event.terms.get("answer_by" if row["nature"] == "wish" else "until")
    return datetime.fromisoformat(text) if text else None


def cards(rows: Sequence[Mapping[str, Any]], events: Sequence[Taken]) -> set[Due]:
    """Write a card for each clock that runs."""
    found: set[Due] = set()
    for row in rows:
        open_card: tuple[Due, int | None] | None = None
        for place, event in enumerate(events):
            if event.step not in row["starts"]:
                continue
            ends = [n for n, e in enumerate(events) if n > place and e.step in row["ends"]]
            end = ends[0] if ends else None
            card = write(row, event, events[place + 1 : end], ended=end is not None)
            if card is None:
                continue
            if open_card is not None and open_card[1] == end:
                found.discard(open_card[0])
            found.add(card)
            open_card = (card, end)
    return found


def write(
    row: Mapping[str, Any], start: Taken, between: Sequence[Taken], *, ended: bool
) -> Due | None:
    """Write one card, or none where no day was asked."""
    begun = start.at if row["counts_from"] == "act" else start.delivered
    if begun is None:
        return Due(row["clock"], start.name, None, "met" if ended else "waiting_on")
    due = (
        named(row, start) if row["length"] == "asked" else later(begun, row["length"], row["zone"])
    )
    if due is None:
        return None
    extended = False
    for place, event in enumerate(between):
        if event.step not in row.get("extended_by", []):
            continue
        new = named(row, event)
        if new is None and row["length"] != "asked":
            new = later(due, row["length"], row["zone"])
        if new is not None and new > due and in_time(event, between[:place], due):
            due, extended = new, True
    state = "met" if ended else "extended" if extended else "running"
    return Due(row["clock"], start.name, due, state)


def in_time(event: Taken, earlier: Sequence[Taken], due: datetime) -> bool:
    """Tell whether an extension came in time, or answers a question that did."""
    if event.at <= due:
        return True
    question, answers = ANSWERS.get(event.step, ("", set()))
    for one in reversed(earlier):
        if one.step in answers:
            return False
        if one.step == question:
            return one.at <= due
    return False
