"""Transfers as they are kept: their states, and the few changes that all parts of them make.

Going out: *preparing* (being encrypted to the receiver), *offered* (the receiver may fetch),
*done* (the receiver confirmed; the volumes are gone), *refused* (it did not verify there),
*stopped*. Coming in: *fetching*, *verifying*, *done*, *refused*, *stopped*. What is stopped
waits for a person; its ``trouble`` says why.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from comity.base import Digest, Ident
from comity.federation.descriptor import Descriptor
from comity.service import notices
from comity.service.contents import read_document
from comity.service.errors import NotThere, Unfit
from comity.service.node import Node
from comity.service.ports import Unit
from comity.service.rows import PieceRow, TransferRow

OUT: Final = "out"
IN: Final = "in"
PREPARING: Final = "preparing"
OFFERED: Final = "offered"
FETCHING: Final = "fetching"
VERIFYING: Final = "verifying"
DONE: Final = "done"
REFUSED: Final = "refused"
STOPPED: Final = "stopped"
WITHDRAWN: Final = "service/withdrawn"

DESCRIPTOR: Final = "descriptor"
HAND_OVER: Final = ("hand_over",)
CONFIRM: Final = "confirm_receipt"
# The terms in which acts speak of transfers.
TRANSFER: Final = "transfer"
PACKAGE: Final = "package"
VERIFICATION: Final = "verification"


def change_transfer(unit: Unit, ident: Ident, **change: object) -> TransferRow:
    """Change a transfer, which nobody else may change until the unit ends."""
    row = unit.transfers.lock(ident)
    changed = replace(row, version=row.version + 1, **change)  # type: ignore[arg-type] # its fields
    unit.transfers.swap(changed, expected=row.version)
    return changed


def halt_transfer(node: Node, unit: Unit, ident: Ident, state: str, trouble: str) -> None:
    """Let a transfer wait for a person, and those on duty be told that one does."""
    row = change_transfer(unit, ident, state=state, trouble=trouble)
    priority = unit.dossiers.get(row.dossier).priority
    notices.note(node, unit, notices.TRANSFER_STOPPED, priority, row.dossier)


def find_transfer(unit: Unit, ident: Ident, direction: str) -> TransferRow:
    """Return a transfer in this direction; raise ``NotThere``."""
    row = unit.transfers.get(ident)
    if row.direction != direction:
        raise NotThere(str(ident))
    return row


def read_descriptor_of(node: Node, unit: Unit, row: TransferRow) -> Descriptor:
    """Return the descriptor that the act of handing over covers; raise ``ContentErased``."""
    if row.descriptor is None:
        raise Unfit(row.state, where=str(row.ident))
    return Descriptor.parse(read_document(node, unit, row.dossier, row.descriptor))


def peer_name(row: TransferRow) -> str:
    """Return the other authority as findings name it."""
    return f"{row.peer_state} {row.peer_authority}"


def drop_pieces(unit: Unit, row: TransferRow) -> tuple[Digest, ...]:
    """Forget the pieces of a transfer, and what it wrote to go out; return their blobs.

    The caller removes the blobs (``drop_blobs``) once the unit is kept.
    """
    pieces: tuple[PieceRow, ...] = unit.pieces.find(transfer=row.ident)
    blobs = {piece.blob for piece in pieces if piece.blob is not None}
    unit.pieces.remove(transfer=row.ident)
    if row.direction == OUT and row.job is not None:
        blobs |= {volume.blob for volume in unit.volumes.find(job=row.job)}
        unit.volumes.remove(job=row.job)
    return tuple(blobs)
