"""Checks 21 to 24: evidence on its way, and evidence that came."""

from __future__ import annotations

from contextlib import closing

from comity.base import Digest, Ident, limits
from comity.base.errors import ComityError
from comity.evidence import check_frame
from comity.federation.descriptor import Descriptor, require_chunk
from comity.seal.act import Act
from comity.service.chains import EXCHANGED
from comity.service.checking.chains import Chain
from comity.service.checking.custody import are_whole
from comity.service.checking.derived import compare_rows
from comity.service.custody import is_receiving, received_row
from comity.service.errors import ContentErased, NotThere
from comity.service.rows import PieceRow, ReceivedRow, TransferRow, VolumeRow
from comity.service.transfers_state import (
    DESCRIPTOR,
    DONE,
    IN,
    OFFERED,
    OUT,
    PREPARING,
    REFUSED,
    STOPPED,
    TRANSFER,
    WITHDRAWN,
    read_descriptor_of,
)
from comity.service.volumes import PackageSource, list_volumes, open_volumes

_TRANSFERS, _PIECES, _RECEIVED, _PACKAGES = range(21, 25)
_RESTORE = "Put the rows back from the backup."
_AGAIN = "Ask the sender to hand it over again."


def check_transfers(chain: Chain) -> None:
    """Make checks 21 to 23, as far as the rows go."""
    rows = chain.unit.transfers.find(dossier=chain.ident)
    # 21. Transfers.
    acts = {act.digest: act for act in chain.acts}
    for row in rows:
        chain.findings.look(_TRANSFERS)
        _check_act(chain, row, acts.get(row.act) if row.act else None)
        _tell_state(chain, row)
    _check_missing(chain, rows)
    # 22. Pieces, as they are listed.
    for row in rows:
        _check_pieces(chain, row)
    # 23. Received.
    _check_received(chain)


def _check_act(chain: Chain, row: TransferRow, act: Act | None) -> None:
    """Compare a transfer with the act that hands it over."""
    if row.act is None:
        if row.state not in {PREPARING, STOPPED}:
            says = f"{row.ident} is {row.state}, and no act hands it over."
            chain.findings.fail(_TRANSFERS, f"{says} {_RESTORE}")
        return
    holder = chain.node.state if row.direction == OUT else row.peer_state
    fits = (
        act is not None
        and act.holder == holder
        and act.covers.get(DESCRIPTOR) == row.descriptor
        and act.terms.get(TRANSFER) == str(row.ident)
    )
    if not fits:
        says = f"{row.ident} is not what the act of handing over says of it."
        chain.findings.fail(_TRANSFERS, f"{says} {_RESTORE}")


def _tell_state(chain: Chain, row: TransferRow) -> None:
    expected = {WITHDRAWN, ContentErased.code}
    if row.state == STOPPED and row.trouble not in expected:
        says = f"{row.ident} was stopped: {row.trouble}. See to the cause, then resume it."
        chain.findings.doubt(_TRANSFERS, says)
    if row.state == REFUSED:
        says = f"{row.ident} did not verify: {row.trouble}. {_AGAIN}"
        chain.findings.doubt(_TRANSFERS, says)


def _check_missing(chain: Chain, rows: tuple[TransferRow, ...]) -> None:
    """Look for acts of handing over without a transfer; theirs may have been refused."""
    known = {row.act for row in rows}
    for act in chain.acts:
        if act.track != EXCHANGED or DESCRIPTOR not in act.covers or act.digest in known:
            continue
        says = f"{act.digest} in {chain.ident} hands over what is no transfer here."
        if act.holder == chain.node.state:
            chain.findings.fail(_TRANSFERS, f"{says} {_RESTORE}")
        else:
            chain.findings.doubt(_TRANSFERS, f"{says} Read the findings. {_AGAIN}")


def _check_pieces(chain: Chain, row: TransferRow) -> None:
    pieces = chain.unit.pieces.find(transfer=row.ident)
    here = sum(piece.size for piece in pieces if piece.blob is not None)
    if row.direction == IN and row.state not in {DONE, REFUSED, STOPPED}:
        chain.findings.compare(
            _PIECES, f"What is here of {row.ident}", expected=here, found=row.got, remedy=_RESTORE
        )
    is_dropped = row.direction == IN and row.state == DONE
    if is_dropped and pieces:
        chain.findings.fail(_PIECES, f"{row.ident} is done, and its pieces are here. {_RESTORE}")
    if row.descriptor is None or not pieces:
        if row.state == OFFERED:
            chain.findings.fail(_PIECES, f"{row.ident} is offered, and not here. {_RESTORE}")
        return
    try:
        descriptor = read_descriptor_of(chain.node, chain.unit, row)
    except (ContentErased, NotThere):
        return  # check 4 says so
    except ComityError as error:
        says = f"The descriptor of {row.ident} cannot be read: {error.code}. {_AGAIN}"
        chain.findings.fail(_PIECES, says)
        return
    _check_lists(chain, row, descriptor, pieces)


def _check_lists(
    chain: Chain, row: TransferRow, descriptor: Descriptor, pieces: tuple[PieceRow, ...]
) -> None:
    """Compare the digests of the chunks with those that the descriptor names."""
    held: dict[int, list[PieceRow]] = {}
    for piece in pieces:
        held.setdefault(piece.volume, []).append(piece)
    for number, listed in held.items():
        volume = descriptor.volume(number)
        found = Digest.of(b"".join(piece.blake3 for piece in listed))
        chain.findings.compare(
            _PIECES,
            f"The chunk list of volume {number} of {row.ident}",
            expected=volume.chunks if volume else None,
            found=found,
            remedy=_RESTORE,
        )
    if row.direction == OUT and held.keys() != {one.number for one in descriptor.volumes}:
        chain.findings.fail(_PIECES, f"Volumes of {row.ident} are missing. {_RESTORE}")


def _check_received(chain: Chain) -> None:
    ours = [act for act in chain.acts if act.holder == chain.node.state]
    try:
        expected = tuple(received_row(act) for act in ours if is_receiving(act))
    except (ComityError, KeyError, ValueError):
        chain.findings.doubt(_RECEIVED, f"An act of {chain.ident} cannot be understood.")
        return
    unit, findings = chain.unit, chain.findings
    compare_rows(findings, _RECEIVED, expected, unit.received.find(dossier=chain.ident))
    for row in expected:
        findings.compare(
            _RECEIVED,
            f"The list of volumes of {row.ident}",
            expected=row.volumes,
            found=list_volumes(unit.volumes.find(job=row.job)),
            remedy=_RESTORE,
        )


def check_arrived(chain: Chain) -> None:
    """Make checks 22 and 24 on the bytes, which takes long and needs no view."""
    with chain.node.store.view() as unit:
        received = unit.received.find(dossier=chain.ident)
        volumes = {row.job: unit.volumes.find(job=row.job) for row in received}
        transfers: tuple[Ident, ...] = tuple(
            row.ident for row in unit.transfers.find(dossier=chain.ident)
        )
    for transfer in transfers:
        _check_chunks(chain, transfer)
    for row in received:
        if are_whole(chain, volumes[row.job]):
            _check_package(chain, row, volumes[row.job])


def _check_chunks(chain: Chain, transfer: Ident) -> None:
    """Check 22 on the bytes: every chunk that is here is what its digest says."""
    with chain.node.store.view() as unit:
        row = unit.transfers.get(transfer)
        pieces = unit.pieces.find(transfer=transfer)
    for piece in pieces:
        if piece.blob is None:
            continue
        chain.findings.look(_PIECES)
        offset = piece.chunk * limits.CHUNK_BYTES if row.direction == OUT else 0
        try:
            data = chain.node.blobs.part(piece.blob, offset, piece.size)
            require_chunk(data, piece.size, piece.blake3)
        except ComityError as error:
            if _is_gone(chain, piece):
                continue
            where = f"Chunk {piece.chunk} of volume {piece.volume} of {transfer}"
            says = f"{where} is not what it was: {error.code}. "
            mend = "It is fetched again." if row.direction == IN else _RESTORE
            chain.findings.fail(_PIECES, says + mend)


def _is_gone(chain: Chain, piece: PieceRow) -> bool:
    """Tell whether a chunk was dropped, or fetched anew, while it was examined."""
    with chain.node.store.view() as unit:
        found = unit.pieces.find(
            transfer=piece.transfer, volume=piece.volume, chunk=piece.chunk, blob=piece.blob
        )
    return not found


def _check_package(chain: Chain, row: ReceivedRow, rows: tuple[VolumeRow, ...]) -> None:
    """Check 24: all of a package but the bytes of its objects, which 14 has compared."""
    # 24. Received packages.
    chain.findings.look(_PACKAGES)
    identity = chain.identities.get(row.generation)
    if identity is None:
        chain.tell_closed(_PACKAGES, row.generation)
        return
    try:
        with closing(open_volumes(chain.node, rows, identity)) as source:
            examined = check_frame(PackageSource(source, source))
        examined.report.require()
    except ComityError as error:
        chain.findings.fail(_PACKAGES, f"{row.ident} does not verify: {error} {_AGAIN}")
        return
    stated = examined.contents.statement.as_bytes() if examined.contents else b""
    if Digest.of(stated) != row.statement:
        says = f"{row.ident} holds another Statement than its act covers. {_RESTORE}"
        chain.findings.fail(_PACKAGES, says)
