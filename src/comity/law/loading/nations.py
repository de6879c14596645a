"""Read a State's own law and ways."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from comity.law.clocks import Clock
from comity.law.gates import Gate
from comity.law.grounds import Ground
from comity.law.level import Level
from comity.law.loading.desk import Desk, Owner, Row
from comity.law.loading.faults import BadShape, UnknownName
from comity.law.loading.instruments import read_section
from comity.law.loading.rules import check_zone, read_clock, read_gate
from comity.law.national import Condition, StateProfile, Vouched
from comity.law.outline import Clause
from comity.law.provision import Provision

# User-assigned codes of ISO 3166-1: no State will ever bear one.
_INVENTED: Final = re.compile(r"X[A-Z]|AA|Q[M-Z]|ZZ")


def read_sections(row: Row, desk: Desk) -> dict[Provision, Clause]:
    """Read the provisions of a State's own acts, before anything cites them."""
    level, basis = Level(row.row("vouched").text("level")), row.row("vouched").text("by")
    acts = [f"{row.text('state')}.{act.text('act')}" for act in row.rows("acts")]
    clauses: dict[Provision, Clause] = {}
    for inside in row.rows("provisions"):
        clause = read_section(inside, level, basis)
        desk.require_new(str(clause.law), map(str, clauses), inside, "provision")
        if clause.law.pack not in acts:
            detail = f"{clause.law.pack} is none of the acts of this State."
            place = inside.items("at")[0].place
            fault = UnknownName(
                detail, place, key=f"{inside.key}.at", found=clause.law.pack, expected=acts
            )
            desk.faults.append(fault)
        clauses[clause.law] = clause
    desk.clauses.update(clauses)
    return clauses


def read_state(row: Row, outline: dict[Provision, Clause], desk: Desk) -> StateProfile:
    """Read the State's file."""
    vouched = _vouched(row, desk)
    owner = Owner(row.text("state"), vouched.level, vouched.by)
    clocks: dict[str, Clock] = {}
    for inside in row.rows("clocks"):
        clock = read_clock(inside, desk, owner)
        desk.require_new(clock.clock, clocks, inside, "clock")
        clocks[clock.clock] = clock
    gates: dict[str, Gate] = {}
    for inside in row.rows("gates"):
        gate = read_gate(inside, desk, owner)
        desk.require_new(gate.gate, gates, inside, "gate")
        gates[gate.gate] = gate
    return StateProfile(
        state=owner.state,
        name=row.text("name"),
        exercise=row.is_yes("exercise"),
        zone=check_zone(row, "zone", desk),
        languages=row.texts("languages"),
        legal_original=row.text("legal_original"),
        channels=row.texts("channels"),
        acts=MappingProxyType(_acts(row, desk)),
        outline=MappingProxyType(outline),
        clocks=MappingProxyType(clocks),
        gates=MappingProxyType(gates),
        conditions=_conditions(row, desk),
        vouched=vouched,
        place=row.place,
    )


def _acts(row: Row, desk: Desk) -> dict[str, str]:
    acts: dict[str, str] = {}
    for inside in row.rows("acts"):
        desk.require_new(inside.text("act"), acts, inside, "act")
        acts[inside.text("act")] = inside.text("title")
    return acts


def _conditions(row: Row, desk: Desk) -> tuple[Condition, ...]:
    found: dict[str, Condition] = {}
    for inside in row.rows("conditions"):
        name = inside.text("condition")
        desk.require_new(name, found, inside, "condition")
        found[name] = Condition(
            condition=name,
            processes=desk.processes_of(inside, "processes"),
            law=desk.cite(inside),
            means=inside.text("means"),
            place=inside.place,
        )
    return tuple(found.values())


def _vouched(row: Row, desk: Desk) -> Vouched:
    inside = row.row("vouched")
    vouched = Vouched(
        level=Level(inside.text("level")),
        note=inside.text("note"),
        by=inside.text("by"),
        on=inside.text("on"),
    )
    exercise = row.is_yes("exercise")
    if exercise is not (_INVENTED.fullmatch(row.text("state")) is not None):
        detail = "Invented States, and they alone, exercise, under user-assigned codes of ISO 3166."
        place = row.items("exercise")[0].place
        desk.faults.append(BadShape(detail, place, key="exercise", expected=["XA", "XB", "XC"]))
    if not (exercise or vouched.level.is_draft or (vouched.by and vouched.on)):
        detail = "A real State's law is reviewed or official only by a name (by) and a day (on)."
        desk.faults.append(BadShape(detail, inside.place, key="vouched"))
    return vouched


def check_reservations(
    grounds: Mapping[str, Ground], states: Iterable[StateProfile], desk: Desk
) -> None:
    """Refuse a State's reservation under another name than the ground it opens.

    A condition that cites the provision of a ground open by reservation alone is that
    reservation; misspelt, it would leave the ground closed to the State that made it.
    """
    reserved = {one.law: one.reservation for one in grounds.values() if one.reservation}
    for condition in (one for state in states for one in state.conditions):
        name = reserved.get(condition.law, condition.condition)
        if condition.condition != name:
            detail = f"{condition.law} is open to States by the reservation {name!r}."
            fault = UnknownName(
                detail,
                condition.place,
                key="conditions",
                found=condition.condition,
                expected=[name],
            )
            desk.faults.append(fault)
