"""Read one process: its states, steps and crossings."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from comity.law.loading.crossings import missing_crossings, read_crossings
from comity.law.loading.desk import Desk, Row
from comity.law.loading.faults import BadShape, HouseMoves, IdleStep, LeavesEnd
from comity.law.loading.reach import check_reach
from comity.law.processes import Process, Sides, State, Step

SAME: Final = "same"
_RESERVED: Final = (SAME, "both", "with")


def read_process(row: Row, desk: Desk) -> Process:
    """Read the process; what depends on names is examined only if the names hold."""
    before = len(desk.faults)
    sides = Sides(asking=row.row("sides").text("asking"), asked=row.row("sides").text("asked"))
    _require_two(sides, row, desk)
    states = {name: _state(name, inside, desk) for name, inside in row.named_rows("states")}
    steps: dict[str, Step] = {}
    for inside in row.rows("steps"):
        step = _step(inside, sides, states, desk)
        desk.require_new(step.name, steps, inside, "step")
        steps[step.name] = step
    law = desk.cite(row)
    level, basis = desk.backing(row)
    begins = desk.name(row, "begins", states, "state of this process")
    if len(desk.faults) == before:
        desk.faults.extend(check_reach(begins, states, steps, row.row("states").table.keys))
    crossings = read_crossings(row, sides, steps, desk)
    if len(desk.faults) == before:
        desk.faults.extend(missing_crossings(sides, steps, crossings))
    return Process(
        key=f"{row.pack}/{row.text('process')}",
        title=row.text("title"),
        subject=row.text("subject", "request"),
        law=law,
        level=level,
        basis=basis,
        begins=begins,
        sides=sides,
        states=MappingProxyType(states),
        steps=MappingProxyType(steps),
        crossings=MappingProxyType(crossings),
        place=row.place,
    )


def _require_two(sides: Sides, row: Row, desk: Desk) -> None:
    if sides.asking == sides.asked:
        detail = "The two sides must have two names."
        desk.faults.append(BadShape(detail, row.row("sides").place, key="sides"))


def _state(name: str, row: Row, desk: Desk) -> State:
    _require_free(name, row, desk)
    return State(
        name=name,
        means=row.text("means"),
        ends=row.is_yes("ends"),
        law=desk.cite(row) if row.has("law") else None,
        place=row.place,
    )


def _step(row: Row, sides: Sides, states: dict[str, State], desk: Desk) -> Step:
    law = desk.cite(row)
    level, basis = desk.backing(row, law)
    target = desk.name(row, "to", [*states, SAME], "state of this process")
    step = Step(
        name=row.text("step"),
        side=desk.name(row, "side", sides.both, "side of this process"),
        roles=desk.names(row, "roles", desk.roles, "role of roles.yaml"),
        sources=frozenset(desk.names(row, "from", states, "state of this process")),
        target=None if target == SAME else target,
        needs=desk.needs_of(row),
        within=row.text("within") or None,
        law=law,
        kept=row.text("kept"),
        means=row.text("means"),
        level=level,
        basis=basis,
        place=row.place,
    )
    _require_free(step.name, row, desk)
    _check_move(step, states, row, desk)
    return step


def _require_free(name: str, row: Row, desk: Desk) -> None:
    if name in _RESERVED:
        detail = f"{name!r} has a meaning of its own in process files; choose another name."
        desk.faults.append(BadShape(detail, row.place, key=row.key))


def _check_move(step: Step, states: dict[str, State], row: Row, desk: Desk) -> None:
    if step.target is None:
        return
    if not step.is_exchanged:
        detail = f"{step.name!r} is kept in the house and leads to {step.target!r}."
        desk.faults.append(HouseMoves(detail, row.place, key=f"{row.key}.to", expected=[SAME]))
    if step.sources == {step.target}:
        detail = f"{step.name!r} leads from {step.target!r} to {step.target!r}."
        desk.faults.append(IdleStep(detail, row.place, key=f"{row.key}.to", expected=[SAME]))
    for source in sorted(step.sources & states.keys()):
        if states[source].ends:
            detail = f"{step.name!r} leads from {source!r}, which ends the matter."
            desk.faults.append(LeavesEnd(detail, row.place, key=f"{row.key}.from"))
