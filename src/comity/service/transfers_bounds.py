"""What of evidence a node fetches by itself, and what waits for an officer's word.

A disk that is full stops the whole node, so no peer may decide how much comes. Only what was
asked for is fetched at all: the act is the step of handing over, taken by the side that was
asked, in a dossier in which we asked, and the standing counts it. Of that, what goes beyond
the bounds of a dossier or of a State, or beyond the disk, is kept ``stopped`` until an officer
resumes it. The last room on the disk is never given away, whoever resumes.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Final

from comity.base import limits
from comity.base.errors import ComityError, DoesNotVerify, NotPermitted
from comity.domain.standing import Outcome
from comity.seal.act import Act
from comity.service.chains import EXCHANGED
from comity.service.errors import ContentErased
from comity.service.findings import make_finding
from comity.service.jobs import STOPPED as JOB_STOPPED
from comity.service.node import Node
from comity.service.ports import Unit
from comity.service.rows import DossierRow, TransferRow
from comity.service.transfers_state import (
    DONE,
    HAND_OVER,
    IN,
    REFUSED,
    STOPPED,
    halt_transfer,
    peer_name,
)

__all__ = ["NoRoom", "NotAskedFor", "NotByItself", "hold_back", "require_asked", "require_room"]

# What is fetched lies on the disk twice until it is verified: as it came, and taken over.
_TWICE: Final = 2


class NotAskedFor(DoesNotVerify):
    """Nobody asked for this evidence."""

    code = "service/not-asked-for"
    remedy = "Ask the sender to hand it over in the dossier in which it was asked for."


class NotByItself(NotPermitted):
    """This is more than the node fetches by itself."""

    code = "service/not-by-itself"
    remedy = "Ask the sender whether so much is meant; then resume the transfer."


class NoRoom(NotPermitted):
    """The disk has no room for it beside what the node itself needs."""

    code = "service/no-room"
    remedy = "Make room on the disk, then resume the transfer."


def require_asked(node: Node, unit: Unit, head: DossierRow, act: Act) -> None:
    """Return if this act may hand evidence over to us; raise ``NotAskedFor``."""
    process = node.process(head.process)
    step = process.steps.get(act.step)
    if act.step not in HAND_OVER or step is None or not step.is_exchanged:
        detail = f"{act.step} hands nothing over."
        raise NotAskedFor(detail)
    if head.side != process.sides.asking or act.side != step.side or step.side == head.side:
        detail = f"In {head.ident} it is not they who hand over."
        raise NotAskedFor(detail)
    if not unit.acts.count(chain=head.ident, holder=node.state, track=EXCHANGED):
        detail = f"In {head.ident} we have asked for nothing."
        raise NotAskedFor(detail)
    outcomes = json.loads(unit.standings.get(head.ident).outcomes)
    if (outcome := outcomes.get(str(act.digest))) != Outcome.APPLIED.value:
        detail = f"In {head.ident} the step does not count: {outcome or 'it is not there'}."
        raise NotAskedFor(detail)


def require_room(node: Node, size: int) -> None:
    """Return if so many bytes leave the node what it needs itself; raise ``NoRoom``."""
    free = node.blobs.free()
    if size > free - limits.DISK_RESERVE_BYTES:
        detail = f"{size} bytes are to come, and {free} are free."
        raise NoRoom(detail)


def hold_back(node: Node, unit: Unit, row: TransferRow) -> None:
    """Let a transfer that has just been noted wait for an officer if it is beyond the bounds."""
    try:
        _require_bounds(node, unit, row)
    except (NotByItself, NoRoom) as error:
        _let_wait(node, unit, row, error)


def _require_bounds(node: Node, unit: Unit, row: TransferRow) -> None:
    others = [one for one in unit.transfers.find(direction=IN) if one.ident != row.ident]
    counted = [one for one in others if not _is_held_back(one)]
    here = [one for one in counted if one.dossier == row.dossier]
    if len(here) >= limits.DOSSIER_TRANSFERS:
        detail = f"{len(here)} transfers came in {row.dossier} already."
        raise NotByItself(detail)
    _require_sum(here, row, limits.DOSSIER_TRANSFER_BYTES, f"In {row.dossier}")
    lying = [one for one in counted if one.state != DONE and not _is_dropped(one)]
    theirs = [one for one in lying if one.peer_state == row.peer_state]
    going = [one for one in lying if one.state != REFUSED]
    _require_sum(theirs, row, limits.PEER_TRANSFER_BYTES, f"From {row.peer_state}")
    require_room(node, sum(_TWICE * one.size - one.got for one in (*going, row)))


def _require_sum(rows: list[TransferRow], row: TransferRow, most: int, where: str) -> None:
    total = row.size + sum(one.size for one in rows)
    if total > most:
        detail = f"{where} it would be {total} bytes."
        raise NotByItself(detail)


def _is_held_back(row: TransferRow) -> bool:
    """Return whether this waits for an officer, and nothing of it is here."""
    return row.state == STOPPED and row.got == 0 and row.trouble in {NotByItself.code, NoRoom.code}


def _is_dropped(row: TransferRow) -> bool:
    """Return whether nothing of it is here any more, and nothing will come."""
    return (row.state == REFUSED and row.got == 0) or row.trouble == ContentErased.code


def _let_wait(node: Node, unit: Unit, row: TransferRow, error: ComityError) -> None:
    if row.job is not None:
        job = unit.jobs.lock(row.job)
        waits = replace(job, state=JOB_STOPPED, trouble=error.code)
        unit.jobs.swap(waits, expected=job.fence)
    halt_transfer(node, unit, row.ident, STOPPED, error.code)
    says = f"{row.ident} of {row.size} bytes waits for an officer. {error}"
    make_finding(node, unit, kind="transfer-waits", says=says, source=peer_name(row))
