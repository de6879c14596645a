"""Uploads: bytes that come piece by piece, and go on after a break where they stopped.

A provider's return and what an officer brings come the same way: first how long it is,
then pieces of 8 MiB, the last one shorter. Every piece is an age file to the dossier's identity,
so that erasing the dossier erases it. A piece counts when its row is written: whoever was
cut off asks how much is here and goes on from there. Two who send the same piece at
once leave one.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import Final

from blake3 import blake3

from comity.base import Digest, Ident, Instant, canonical_bytes, limits, parse_canonical
from comity.base.errors import BadValue, Malformed, NotPermitted
from comity.seal.age import Identity, Recipient, decrypt_bytes
from comity.seal.fields import read_document, read_text
from comity.service.contents import live_identity, seal_for, unwrap
from comity.service.errors import ContentErased, Moved, Unfit
from comity.service.node import Node, Officer
from comity.service.ports import Unit
from comity.service.requests import hold
from comity.service.rows import PieceRow, ReturnRow

OPEN: Final = "open"
WHOLE: Final = "whole"
TAKEN: Final = "taken"
REFUSED: Final = "refused"
_TYPE: Final = "comity/upload/1"
_NAMES: Final = frozenset({"name"})
_DAYS: Final = 14


class WrongOffset(Moved):
    """The upload does not go on from there."""

    code = "upload/offset"
    remedy = "Ask how much is here, and go on from there."


class WrongPiece(BadValue):
    """This is not the piece that was due."""

    code = "upload/piece"
    remedy = "Send pieces of 8 MiB, the last one shorter, each with its digest."


class QuotaReached(NotPermitted):
    """No more can be uploaded for this dossier now."""

    code = "upload/quota"
    remedy = "Finish what is under way; an officer takes in, or drops, what lies there."


class UploadClosed(NotPermitted):
    """This upload takes no more bytes."""

    code = "upload/closed"


def begin_upload(node: Node, officer: Officer, dossier: Ident, *, name: str, size: int) -> Ident:
    """Begin an officer's upload of ``size`` bytes to be called ``name``; return what it is called.

    Raise ``QuotaReached``; ``officer`` is who asks, as every verb is told.
    """
    _ = officer.actor
    read_text(name, least=1, most=limits.ACT_TEXT)
    with node.store.unit() as unit:
        held = hold(node, unit, dossier)
        statement = canonical_bytes({"type": _TYPE, "name": name})
        row = new_upload(node, unit, held.ident, statement=statement, size=size)
        unit.returns.add(row)
    return row.ident


def new_upload(node: Node, unit: Unit, dossier: Ident, *, statement: bytes, size: int) -> ReturnRow:
    """Return the row of a new upload; ``statement`` says what it is and is sealed away."""
    if not 0 < size <= limits.UPLOAD_BYTES:
        detail = f"An upload has 1 to {limits.UPLOAD_BYTES} bytes."
        raise WrongPiece(detail)
    now = node.clock.now()
    held = [row for row in unit.returns.find(dossier=dossier) if row.state in {OPEN, WHOLE}]
    live = [row for row in held if row.state == WHOLE or row.until > now]
    is_full = sum(row.size for row in live) + size > limits.UPLOAD_BYTES
    if is_full or sum(row.state == OPEN for row in live) >= limits.UPLOADS_OPEN:
        raise QuotaReached(where=str(dossier))
    recipient = Recipient.parse(live_identity(node, unit, dossier).recipient)
    return ReturnRow(
        ident=node.idents.new("ret"),
        version=0,
        dossier=dossier,
        order="",
        provider="",
        is_identified=False,
        code=None,
        statement=seal_for(node, recipient, statement),
        size=size,
        got=0,
        made=now,
        until=Instant(now.at + timedelta(days=_DAYS)),
        state=OPEN,
    )


def append_piece(node: Node, ret: Ident, offset: int, data: bytes, digest: Digest) -> int:
    """Keep the piece that begins at ``offset``; return how much is here now.

    Raise ``WrongOffset``, ``WrongPiece`` or ``UploadClosed``. An officer's upload is whole with
    its last byte.
    """
    with node.store.unit() as unit:
        row = unit.returns.get(ret)
        require_due(node, row, offset, len(data))
        identity = live_identity(node, unit, row.dossier)
    if not Digest.of(data).matches(digest):
        detail = "Its digest is another."
        raise WrongPiece(detail, where=str(ret))
    sealed = seal_for(node, Recipient.parse(identity.recipient), data)
    blob = _keep(node, sealed)
    try:
        return _list(node, ret, offset, len(data), sealed, blob)
    except (Moved, BadValue, NotPermitted):
        # Surely not listed; and its bytes are random, so nobody else's blob has this name.
        node.blobs.remove(blob)
        raise


def drop_stale(node: Node) -> int:
    """Drop what uploads left that were given up; return how many (a beat)."""
    now = node.clock.now()
    with node.store.view() as unit:
        stale = [row.ident for row in unit.returns.find(state=OPEN) if row.until <= now]
    return sum(_drop(node, ret) for ret in stale)


def require_due(node: Node, row: ReturnRow, offset: int, size: int) -> None:
    """Return if a piece of ``size`` bytes at ``offset`` is the next one; raise otherwise."""
    if row.state != OPEN or row.until <= node.clock.now():
        raise UploadClosed(where=str(row.ident))
    if offset != row.got:
        detail = f"{row.got} bytes are here; this piece begins at {offset}."
        raise WrongOffset(detail, where=str(row.ident))
    expected = min(limits.PIECE_BYTES, row.size - row.got)
    if size != expected or not size:
        detail = f"The piece at {offset} has {expected} bytes, not {size}."
        raise WrongPiece(detail, where=str(row.ident))


def show_upload(node: Node, ret: Ident) -> ReturnRow:
    """Return how an upload stands; raise ``NotThere``."""
    with node.store.view() as unit:
        return unit.returns.get(ret)


def list_returns(node: Node, dossier: Ident) -> tuple[ReturnRow, ...]:
    """Return all uploads to a dossier: providers' returns, and what officers brought."""
    with node.store.view() as unit:
        return unit.returns.find(dossier=dossier)


def refuse_upload(node: Node, ret: Ident) -> None:
    """Refuse an upload and drop its pieces; what was taken in stays."""
    with node.store.unit() as unit:
        row = unit.returns.lock(ret)
        if row.state not in {OPEN, WHOLE}:
            raise Unfit(row.state, where=str(ret))
        unit.returns.swap(replace(row, version=row.version + 1, state=REFUSED), row.version)
        blobs = drop_pieces(unit, ret)
    remove_blobs(node, blobs)


def _drop(node: Node, ret: Ident) -> bool:
    try:
        refuse_upload(node, ret)
    except Unfit:  # another worker was faster
        return False
    return True


def read_statement(node: Node, unit: Unit, row: ReturnRow) -> bytes:
    """Return what was said of an upload when it began; raise ``ContentErased``."""
    return decrypt_bytes(row.statement, live_identities(node, unit, row.dossier))


def read_upload_name(statement: bytes) -> bytes:
    """Return the name of an officer's upload."""
    found = read_document(parse_canonical(statement), _TYPE, _NAMES)
    return read_text(found["name"], most=limits.ACT_TEXT).encode("utf-8")


def live_identities(node: Node, unit: Unit, dossier: Ident) -> list[Identity]:
    """Return the identities of a dossier that are not erased; raise ``ContentErased``."""
    rows = [row for row in unit.identities.find(chain=dossier) if row.wrapped is not None]
    if not rows:
        raise ContentErased(where=str(dossier))
    return [unwrap(node, row) for row in rows]


def drop_pieces(unit: Unit, ret: Ident) -> tuple[Digest, ...]:
    """Drop the rows of all pieces; return the blobs, to be removed when the unit has ended."""
    blobs = tuple(row.blob for row in unit.pieces.find(transfer=ret) if row.blob is not None)
    unit.pieces.remove(transfer=ret)
    return blobs


def remove_blobs(node: Node, blobs: Sequence[Digest]) -> None:
    """Remove blobs that nothing names any more."""
    for blob in blobs:
        node.blobs.remove(blob)


class PieceReader(io.RawIOBase):
    """All bytes of an upload, one piece in memory at a time."""

    def __init__(
        self, node: Node, pieces: Sequence[PieceRow], identities: Sequence[Identity]
    ) -> None:
        """Read ``pieces`` in their order."""
        super().__init__()
        self._node = node
        self._pieces = iter(sorted(pieces, key=lambda row: row.chunk))
        self._identities = identities
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override] # narrower than any buffer
        """Fill the buffer from the front; return how many bytes, 0 at the end."""
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = memoryview(self._open(piece))
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count

    def _open(self, piece: PieceRow) -> bytes:
        if piece.blob is None:
            detail = f"Piece {piece.chunk} is not here."
            raise Malformed(detail, where=str(piece.transfer))
        with closing(self._node.blobs.open(piece.blob)) as stream:
            return decrypt_bytes(stream.read(), self._identities)


def open_pieces(node: Node, unit: Unit, row: ReturnRow) -> PieceReader:
    """Return the bytes of an upload; raise ``ContentErased`` if the dossier was erased."""
    identities = live_identities(node, unit, row.dossier)
    return PieceReader(node, unit.pieces.find(transfer=row.ident), identities)


def _keep(node: Node, sealed: bytes) -> Digest:
    draft = node.blobs.draft()
    try:
        draft.write(sealed)
        return draft.commit()
    except BaseException:
        draft.discard()
        raise


def _list(node: Node, ret: Ident, offset: int, size: int, sealed: bytes, blob: Digest) -> int:  # noqa: PLR0913, PLR0917 # one row's worth
    """Write the row by which the piece counts, if it still is the one that is due."""
    with node.store.unit() as unit:
        row = unit.returns.lock(ret)
        require_due(node, row, offset, size)
        piece = PieceRow(
            transfer=ret,
            volume=0,
            chunk=offset // limits.PIECE_BYTES,
            size=size,
            blake3=blake3(sealed).digest(),
            blob=blob,
        )
        node.blobs.size(blob)  # it is still here: sweeping may have come in between
        unit.pieces.add(piece)
        got = row.got + size
        is_whole = got == row.size and not row.order
        state = WHOLE if is_whole else OPEN
        unit.returns.swap(replace(row, version=row.version + 1, got=got, state=state), row.version)
    return got
