"""Evidence across: what one node offers to another, and what it notes of what is offered to it.

What is offered is shown to the authority that it is encrypted to, and to nobody else: to
others it is as if it were not there. What is shown are the descriptor, the chunk lists and
the chunks; docs/protocol/transfer.md says how they hang together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from comity.base import Digest, Ident, limits
from comity.base.errors import BadValue, ComityError, OutOfReach
from comity.federation.descriptor import ChunkWrong, Descriptor, require_chunk
from comity.seal.act import Act, SignedAct
from comity.service.contents import read_document
from comity.service.errors import BlobBroken, NotThere, Unfit
from comity.service.findings import make_finding
from comity.service.handover import DROP, request_handover
from comity.service.jobs import ask_for
from comity.service.node import Node, Officer
from comity.service.peers import Caller
from comity.service.ports import Unit
from comity.service.received import FETCH
from comity.service.requests import keep_house_act
from comity.service.rows import DossierRow, TransferRow
from comity.service.situations import Move
from comity.service.transfers_bounds import NotAskedFor, hold_back, require_asked
from comity.service.transfers_state import (
    CONFIRM,
    DESCRIPTOR,
    DONE,
    FETCHING,
    IN,
    OFFERED,
    OUT,
    PREPARING,
    REFUSED,
    STOPPED,
    TRANSFER,
    VERIFICATION,
    WITHDRAWN,
    change_transfer,
    drop_pieces,
    find_transfer,
    peer_name,
)
from comity.service.volumes import drop_blobs

__all__ = [
    "note_act",
    "note_confirmation",
    "note_descriptor",
    "read_chunk",
    "read_chunk_list",
    "read_descriptor",
    "request_handover",
    "withdraw_offer",
]

_EXCHANGED: Final = "exchanged"
_FAILED: Final = "failed"
_CHUNK: Final = limits.CHUNK_BYTES


def read_descriptor(node: Node, caller: Caller, transfer: Ident) -> bytes:
    """Return the descriptor of what is offered to ``caller``; raise ``NotThere``."""
    with node.store.view() as unit:
        row = _offered(unit, caller, transfer)
        if row.descriptor is None:
            raise NotThere(str(transfer))
        return read_document(node, unit, row.dossier, row.descriptor)


def read_chunk_list(node: Node, caller: Caller, transfer: Ident, volume: int) -> bytes:
    """Return the BLAKE3 digests of a volume's chunks, end to end; raise ``NotThere``."""
    with node.store.view() as unit:
        _offered(unit, caller, transfer)
        pieces = unit.pieces.find(transfer=transfer, volume=volume)
    if not pieces:
        raise NotThere(str(transfer))
    return b"".join(piece.blake3 for piece in pieces)


def read_chunk(node: Node, caller: Caller, transfer: Ident, volume: int, chunk: int) -> bytes:
    """Return one chunk; raise ``NotThere``, or ``BlobBroken`` if our own disk has altered it."""
    with node.store.view() as unit:
        _offered(unit, caller, transfer)
        piece = unit.pieces.get(transfer, volume, chunk)
    if piece.blob is None:
        raise NotThere(str(transfer))
    data = node.blobs.part(piece.blob, chunk * _CHUNK, piece.size)
    try:
        require_chunk(data, piece.size, piece.blake3)
    except ChunkWrong as error:
        raise BlobBroken(where=str(piece.blob)) from error
    return data


def _offered(unit: Unit, caller: Caller, transfer: Ident) -> TransferRow:
    """Return a transfer if it is offered to this caller; to others it is not there."""
    row = find_transfer(unit, transfer, OUT)
    receiver = Caller(state=row.peer_state, authority=row.peer_authority)
    if row.state != OFFERED or receiver != caller:
        raise NotThere(str(transfer))
    return row


def withdraw_offer(node: Node, officer: Officer, transfer: Ident, reasons: str) -> SignedAct:
    """Take back what is offered and not yet confirmed; what was fetched stays fetched."""
    if not reasons.strip():
        detail = "It is not said why."
        raise BadValue(detail)
    with node.store.view() as unit:
        row = find_transfer(unit, transfer, OUT)
    if row.state not in {PREPARING, OFFERED, STOPPED} or row.trouble == WITHDRAWN:
        raise Unfit(row.state, where=str(transfer))
    move = Move(
        step="withdraw_offer", content={"reasons": reasons}, terms={TRANSFER: str(transfer)}
    )
    signed = keep_house_act(node, officer, row.dossier, move)
    with node.store.unit() as unit:
        change_transfer(unit, transfer, state=STOPPED, trouble=WITHDRAWN)
        blobs = drop_pieces(unit, row)
    drop_blobs(node, blobs)
    return signed


def note_act(
    node: Node, unit: Unit, head: DossierRow, act: Act, documents: Mapping[str, bytes]
) -> None:
    """Note what an act of the other side means for transfers, in the unit that accepts it."""
    if act.holder == node.state or act.track != _EXCHANGED:
        return
    if DESCRIPTOR in act.covers:
        note_descriptor(node, unit, head, act, documents.get(DESCRIPTOR, b""))
    if act.step == CONFIRM and TRANSFER in act.terms:
        note_confirmation(node, unit, head, act)


def note_descriptor(node: Node, unit: Unit, head: DossierRow, act: Act, document: bytes) -> None:
    """Begin to fetch what an act of the other side hands over, if it was asked for.

    What is wrong with a descriptor is a finding: the act stays, and nothing is fetched. What
    goes beyond the bounds waits for an officer (``transfers_bounds``).
    """
    try:
        descriptor = _read_descriptor(act, document)
        if _is_known(unit, descriptor, act):
            return
        require_asked(node, unit, head, act)
    except OutOfReach:
        raise
    except ComityError as error:
        _refuse(node, unit, head, act, error)
        return
    job = ask_for(node, unit, FETCH, head.ident, {TRANSFER: str(descriptor.transfer)})
    row = _incoming(node, head, act, descriptor, job)
    unit.transfers.add(row)
    hold_back(node, unit, row)


def _refuse(node: Node, unit: Unit, head: DossierRow, act: Act, error: ComityError) -> None:
    """Tell of a descriptor that is refused; it is a document of the dossier and stays there."""
    kind = "descriptor-unasked" if isinstance(error, NotAskedFor) else "descriptor-refused"
    says = f"The descriptor in {act.digest} of {head.ident} was refused. {error}"
    make_finding(node, unit, kind=kind, says=says, source=f"{act.holder} {act.authority}")


def _read_descriptor(act: Act, document: bytes) -> Descriptor:
    if not Digest.of(document).matches(act.covers[DESCRIPTOR]):
        detail = "It is not the document that the act covers."
        raise ChunkWrong(detail)
    return Descriptor.parse(document)


def _is_known(unit: Unit, descriptor: Descriptor, act: Act) -> bool:
    """Tell whether this hand-over was noted before; raise ``ChunkWrong`` if its name is taken."""
    known = unit.transfers.find(ident=descriptor.transfer)
    if known and known[0].act != act.digest:
        detail = "A transfer of this name is here already."
        raise ChunkWrong(detail)
    return bool(known)


def _incoming(
    node: Node, head: DossierRow, act: Act, descriptor: Descriptor, job: Ident
) -> TransferRow:
    return TransferRow(
        ident=descriptor.transfer,
        version=0,
        direction=IN,
        dossier=head.ident,
        package=descriptor.package,
        job=job,
        act=act.digest,
        descriptor=act.covers[DESCRIPTOR],
        peer_state=act.holder,
        peer_authority=act.authority,
        size=descriptor.size,
        got=0,
        made=node.clock.now(),
        state=FETCHING,
        trouble="",
    )


def note_confirmation(node: Node, unit: Unit, head: DossierRow, act: Act) -> None:
    """Drop what was offered once its receiver has confirmed it; keep it if it did not verify."""
    named = act.terms[TRANSFER]
    rows = unit.transfers.find(dossier=head.ident, direction=OUT, state=OFFERED)
    for row in rows:
        is_theirs = (row.peer_state, row.peer_authority) == (act.holder, act.authority)
        if str(row.ident) != named or not is_theirs:
            continue
        if act.terms.get(VERIFICATION) == _FAILED:
            change_transfer(unit, row.ident, state=REFUSED, trouble="service/refused-there")
            says = f"The package handed over as {row.ident} did not verify at its receiver."
            make_finding(node, unit, kind="package-refused-there", says=says, source=peer_name(row))
        else:
            change_transfer(unit, row.ident, state=DONE, trouble="")
            ask_for(node, unit, DROP, head.ident, {TRANSFER: named})
