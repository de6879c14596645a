"""Bridges from plain tables and events to the values that the code under test takes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import yaml

from comity.base.clock import Instant
from comity.base.digest import Digest
from comity.domain.entry import Entry
from comity.law import Crossing, Level, Place, Process, Provision, Sides, State, Step
from tests.lawyer import Event, Table

_PLACE = Place("tests")
_LAW = Provision("uncc", 42)
_LEVEL: dict[str, Any] = {"level": Level.DRAFT_UNSOURCED, "basis": "test", "place": _PLACE}

SMALL = """
process: small
begins: drafting
sides: {asking: requesting, asked: requested}
states:
  drafting: {means: a}
  sent: {means: b}
  received: {means: c}
  asking_more: {means: d}
  granted: {means: e}
  refused: {means: f, ends: "yes"}
  withdrawn: {means: g, ends: "yes"}
  closed: {means: h, ends: "yes"}
steps:
  - {step: send, side: requesting, from: [drafting], to: sent}
  - {step: acknowledge, side: requested, from: [sent], to: received}
  - {step: ask, side: requested, from: [sent, received], to: asking_more}
  - {step: supplement, side: requesting, from: [sent, received, asking_more], to: received}
  - {step: grant, side: requested, from: [sent, received], to: granted}
  - {step: refuse, side: requested, from: [sent, received, asking_more], to: refused}
  - {step: withdraw, side: requesting, from: [sent, received, asking_more, granted], to: withdrawn}
  - {step: status_query, side: requesting, from: [sent, received, asking_more, granted], to: same}
  - {step: status_answer, side: requested, from: [sent, received, asking_more, granted], to: same}
  - {step: close, side: requested, from: [granted], to: closed}
  - {step: review, side: requested, from: [received], to: same, kept: house}
crossings:
  - {one: withdraw, with: [acknowledge, ask, grant, status_answer], prevails: withdraw}
  - {one: withdraw, with: [refuse, close], prevails: with}
  - {one: acknowledge, with: [supplement, status_query], prevails: both}
  - {one: supplement, with: [ask], prevails: supplement}
  - {one: supplement, with: [grant, refuse], prevails: with}
  - {one: status_query, with: [ask, grant], prevails: both}
  - {one: status_query, with: [refuse], prevails: with}
  - {one: close, with: [status_query], prevails: close}
  - {one: supplement, with: [status_answer], prevails: both}
"""


def small() -> Table:
    """Return a small process of every kind of step and crossing."""
    table: Table = yaml.load(SMALL, Loader=yaml.BaseLoader)  # noqa: S506 # text only
    for row in table["steps"]:
        row.setdefault("kept", "exchanged")
    return table


def build(table: Table, key: str = "test/small") -> Process:
    """Make a process of a plain table, without the loader."""
    sides = Sides(**table["sides"])
    steps = {row["step"]: _step(row) for row in table["steps"]}
    crossings = {}
    for row in table["crossings"]:
        for other in row["with"]:
            winner = {"both": None, "with": other}.get(row["prevails"], row["one"])
            pair = (row["one"], other)
            asking = pair if steps[row["one"]].side == sides.asking else pair[::-1]
            crossings[asking] = Crossing(
                first=row["one"], second=other, prevails=winner, law=_LAW, means="", **_LEVEL
            )
    states = {
        name: State(name=name, means=row["means"], ends=row.get("ends") == "yes", place=_PLACE)
        for name, row in table["states"].items()
    }
    return Process(
        key=key,
        title=key,
        subject="request",
        law=_LAW,
        begins=table["begins"],
        sides=sides,
        states=states,
        steps=steps,
        crossings=crossings,
        **_LEVEL,
    )


def _step(row: Any) -> Step:
    return Step(
        name=row["step"],
        side=row["side"],
        roles=tuple(row.get("roles", ())),
        sources=frozenset(row["from"]),
        target=None if row["to"] == "same" else row["to"],
        needs=tuple(row.get("needs", ())),
        within=None,
        law=_LAW,
        kept=row["kept"],
        means="",
        **_LEVEL,
    )


def digest(name: str) -> Digest:
    """Return the digest that stands for an event of this name."""
    return Digest.of(name.encode())


def entry(event: Event, process: Process, *, at: int = 0, **more: Any) -> Entry:
    """Make an entry of an event; ``at`` counts seconds from a fixed moment."""
    return Entry(
        digest=digest(event.name),
        process=process.key,
        side=event.side,
        step=event.step,
        at=Instant.parse(f"2026-11-21T{at // 3600:02}:{at // 60 % 60:02}:{at % 60:02}Z"),
        holder="XA" if event.side == process.sides.asking else "XB",
        before=None if event.before is None else digest(event.before),
        seen=None if event.seen is None else digest(event.seen),
        **more,
    )


def entries_of(events: Iterable[Event], process: Process) -> list[Entry]:
    """Make entries of events, each a second after the one before it in the list."""
    return [entry(event, process, at=place) for place, event in enumerate(events)]
