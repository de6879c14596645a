"""Making again, from the acts alone, what follows from them.

Heads, standings, deadlines, outbox, takings-in, packages and the lists of objects are
written anew. The acts, what they cover, volumes and jobs are not touched. How often a
message was tried is told by no act: what is known of it stays.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from itertools import zip_longest

from comity.base import Ident
from comity.base.errors import ComityError, OutOfReach
from comity.service.chains import read_acts
from comity.service.custody import (
    intake_row,
    is_intake,
    is_receiving,
    is_sealing,
    package_row,
    received_row,
)
from comity.service.deriving import Derived, read_head
from comity.service.intake import list_exhibits, open_taken
from comity.service.listing import read_rows, row_leaf
from comity.service.node import Node
from comity.service.ports import Unit, Versioned, VRow
from comity.service.rows import IntakeRow, InvestigationRow
from comity.service.settling import derive_held


def rebuild_node(node: Node) -> dict[Ident, ComityError | None]:
    """Make everything derived again; return for each chain what stood against it, or None.

    A dossier whose acts are damaged is left as it is: there is nothing to make it from.
    """
    with node.store.unit() as unit:
        idents = sorted(one for one in unit.acts.distinct("chain") if isinstance(one, Ident))
        # All heads together: one may follow another that is missing too.
        found = {ident: _try_head(node, unit, ident) for ident in idents}
    for ident in idents:
        if ident.kind == "dos" and found[ident] is None:
            found[ident] = _try_rest(node, ident)
    return found


def _try_head(node: Node, unit: Unit, ident: Ident) -> ComityError | None:
    try:
        acts = read_acts(unit, ident)
        if ident.kind == "inv":
            head = InvestigationRow(ident=ident, version=len(acts), opened=acts[0].at)
            _put(unit.investigations, head)
        else:
            _put(unit.dossiers, read_head(acts, node.state))
    except OutOfReach:
        raise
    except ComityError as error:
        return error
    return None


def _put(table: Versioned[VRow], row: VRow) -> None:
    held = table.find(ident=row.ident)  # type: ignore[attr-defined] # both kinds have one
    if not held:
        table.add(row)
    elif held[0] != row:
        table.swap(row, expected=getattr(held[0], row.VERSION))


def _try_rest(node: Node, ident: Ident) -> ComityError | None:
    try:
        with node.store.unit() as unit:
            unit.dossiers.lock(ident)
            _rebuild_request(unit, derive_held(node, unit, ident))
            _rebuild_custody(node, unit, ident)
    except OutOfReach:
        raise
    except ComityError as error:
        return error
    return None


def _rebuild_request(unit: Unit, derived: Derived) -> None:
    """Write standing, deadlines and outbox anew."""
    ident = derived.head.ident
    tried = {row.act: row for row in unit.outbox.find(dossier=ident)}
    unit.standings.remove(dossier=ident)
    unit.deadlines.remove(dossier=ident)
    unit.outbox.remove(dossier=ident)
    unit.standings.add(derived.standing)
    unit.deadlines.add(*derived.deadlines)
    for row in derived.outbox:
        known = tried.get(row.act, row)
        unit.outbox.add(replace(row, attempts=known.attempts, due=known.due))


def _rebuild_custody(node: Node, unit: Unit, ident: Ident) -> None:
    """Write takings-in, lists of objects and packages anew, where they are not right."""
    ours = [act for act in read_acts(unit, ident) if act.holder == node.state]
    intakes = {row.job: row for row in map(intake_row, filter(is_intake, ours))}
    packages = {row.ident: row for row in map(package_row, filter(is_sealing, ours))}
    for package in unit.packages.find(dossier=ident):
        if packages.get(package.ident) != package:
            unit.packages.remove(ident=package.ident)
    for intake in unit.intakes.find(dossier=ident):
        if intake.job not in intakes:
            unit.exhibits.remove(job=intake.job)
            unit.intakes.remove(job=intake.job)
    for intake in intakes.values():
        _rebuild_intake(node, unit, intake)
    for package in packages.values():
        if not unit.packages.find(ident=package.ident):
            unit.packages.add(package)
    unit.received.remove(dossier=ident)
    unit.received.add(*map(received_row, filter(is_receiving, ours)))


def _rebuild_intake(node: Node, unit: Unit, intake: IntakeRow) -> None:
    held = unit.intakes.find(job=intake.job)
    if not held:
        unit.intakes.add(intake)
    elif held[0] != intake:
        unit.intakes.replace(intake)
    if unit.identities.get(intake.dossier, intake.generation).wrapped is None:
        return  # it was erased; the list stays as it is, for nothing tells it any more
    if not _is_listed(node, unit, intake):
        unit.exhibits.remove(job=intake.job)
        list_exhibits(node, unit, intake)


def _is_listed(node: Node, unit: Unit, intake: IntakeRow) -> bool:
    """Tell whether the objects listed are those taken in, in their order."""
    listed = ((one.serial, one.size, one.leaf.raw) for one in unit.exhibits.each(job=intake.job))
    with closing(open_taken(node, unit, intake)) as source:
        taken = ((one.serial, one.size, row_leaf(one)) for one in read_rows(source))
        return all(one == other for one, other in zip_longest(taken, listed))
