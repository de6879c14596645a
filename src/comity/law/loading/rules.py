"""Read forms, clocks, grounds, gates and safeguards."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from types import MappingProxyType

from comity.base.clock import Period, read_zone
from comity.base.errors import BadValue, Malformed
from comity.law.clocks import Clock
from comity.law.forms import Field, Form
from comity.law.gates import Gate
from comity.law.grounds import Ground
from comity.law.loading.desk import Desk, Owner, Row
from comity.law.loading.faults import BadShape, ClockMismatch
from comity.law.processes import Process, Step


def read_form(row: Row, desk: Desk) -> Form:
    """Read one form."""
    law = desk.cite(row)
    level, basis = desk.backing(row)
    fields: dict[str, Field] = {}
    for inside in row.rows("fields"):
        read = _field(inside, desk)
        desk.require_new(read.field, fields, inside, "field")
        fields[read.field] = read
    name = row.text("form")
    return Form(
        key=f"{row.pack}/{name}",
        title=row.text("title", name.replace("_", " ").capitalize()),
        process="".join(desk.processes_of(row, "process")),
        law=law,
        level=level,
        basis=basis,
        fields=MappingProxyType(fields),
        place=row.place,
    )


def _field(row: Row, desk: Desk) -> Field:
    law = desk.cite(row)
    level, basis = desk.backing(row, law)
    return Field(
        field=row.text("field"),
        label=row.text("label"),
        kind=row.text("kind"),
        asked=row.text("asked"),
        sensitivity=row.text("sensitivity"),
        law=law,
        help=row.text("help"),
        options=row.texts("options"),
        level=level,
        basis=basis,
        place=row.place,
    )


def read_clock(row: Row, desk: Desk, own: Owner | None = None) -> Clock:
    """Read one clock; ``own`` is who stands behind a State's own law, None within a pack."""
    process = "".join(desk.processes_of(row, "process"))
    known = desk.processes.get(process)
    steps, sides = (known.steps, known.sides.both) if known else ((), ())
    _require_nature(row, "nature", own, desk)
    law = desk.cite(row)
    level, basis = (own.level, own.basis) if own else desk.backing(row)
    name = row.text("clock")
    return Clock(
        key=f"{own.state}/{process}/{name}" if own else f"{process}/{name}",
        clock=name,
        process=process,
        owed_by=desk.name(row, "owed_by", sides, "side of that process"),
        starts=desk.names(row, "starts", steps, "step of that process"),
        counts_from=row.text("counts_from"),
        length=_length(row, desk),
        zone=check_zone(row, "zone", desk),
        ends=desk.names(row, "ends", steps, "step of that process"),
        extended_by=desk.names(row, "extended_by", steps, "step of that process"),
        then=row.text("then") or None,
        at_its_time=row.text("at_its_time"),
        nature=row.text("nature"),
        law=law,
        means=row.text("means"),
        level=level,
        basis=basis,
        place=row.place,
    )


def _require_nature(row: Row, key: str, own: Owner | None, desk: Desk) -> None:
    """Refuse a State's own law outside that State's file, and all else inside it."""
    if (row.text(key) == "own_law") is not (own is not None):
        where = "states/XX.yaml" if own is None else "a pack"
        detail = f"{row.text(key)!r} belongs into {where}."
        desk.faults.append(BadShape(detail, row.items(key)[0].place, key=f"{row.key}.{key}"))


def _length(row: Row, desk: Desk) -> Period | None:
    if row.text("length") == "asked":
        return None
    with contextlib.suppress(Malformed):
        length = Period.parse(row.text("length"))
        if length.days or length.minutes:
            return length
    detail = f"{row.text('length')!r} is no length of time."
    place = row.items("length")[0].place
    expected = ["P60D", "PT8H", "PT30M", "asked"]
    desk.faults.append(BadShape(detail, place, key=f"{row.key}.length", expected=expected))
    return None


def check_zone(row: Row, key: str, desk: Desk) -> str:
    """Return the time zone under ``key``, which must exist."""
    try:
        read_zone(row.text(key))
    except BadValue as error:
        place = row.items(key)[0].place
        desk.faults.append(BadShape(error.detail, place, key=f"{row.key}.{key}"))
    return row.text(key)


def check_within(step: Step, process: Process, clocks: Mapping[str, Clock], desk: Desk) -> None:
    """Refuse a step that answers a clock which its side does not owe or it does not stop."""
    if step.within is None:
        return
    own = {clock.clock: clock for clock in clocks.values() if clock.process == process.key}
    clock = own.get(step.within)
    key = f"steps.{step.name}.within"
    if clock is None:
        detail = f"{step.within!r} is no clock of {process.key}."
        fault = ClockMismatch(detail, step.place, key=key, found=step.within, expected=own)
        desk.faults.append(fault)
    elif step.side != clock.owed_by or step.name not in clock.ends:
        ends = ", ".join(clock.ends)
        detail = f"{clock.clock!r} is owed by the {clock.owed_by} side and stopped by {ends}."
        desk.faults.append(ClockMismatch(detail, step.place, key=key))


def read_ground(row: Row, desk: Desk) -> Ground:
    """Read one ground."""
    law = desk.cite(row)
    level, basis = desk.backing(row)
    name = row.text("ground")
    return Ground(
        key=f"{row.pack}/{name}",
        ground=name,
        effect=row.text("effect"),
        processes=desk.processes_of(row, "processes"),
        law=law,
        reasons_owed=row.is_yes("reasons_owed"),
        consult_first=row.is_yes("consult_first"),
        means=row.text("means"),
        level=level,
        basis=basis,
        reservation=row.text("reservation"),
        place=row.place,
    )


def read_gate(row: Row, desk: Desk, own: Owner | None = None) -> Gate:
    """Read one gate; ``own`` is who stands behind a State's own law, None within a pack."""
    _require_nature(row, "kind", own, desk)
    law = desk.cite(row)
    level, basis = (own.level, own.basis) if own else desk.backing(row)
    name = row.text("gate")
    processes = desk.processes_of(row, "processes")
    return Gate(
        key=f"{own.state if own else row.pack}/{name}",
        gate=name,
        kind=row.text("kind"),
        processes=processes,
        closes=_closed_steps(row, processes, desk),
        needs="".join(desk.needs_of(row)),
        law=law,
        means=row.text("means"),
        level=level,
        basis=basis,
        place=row.place,
    )


def _closed_steps(row: Row, processes: tuple[str, ...], desk: Desk) -> tuple[str, ...]:
    known = [desk.processes[key] for key in processes if key in desk.processes]
    steps = {step for process in known for step in process.steps}
    closes = desk.names(row, "closes", steps, "step of these processes")
    for process in known if steps.issuperset(closes) else ():
        if not set(closes) & process.steps.keys():
            detail = f"It closes no step of {process.key}."
            place = row.items("closes")[0].place
            fault = BadShape(detail, place, key=f"{row.key}.closes", expected=process.steps)
            desk.faults.append(fault)
    return closes
