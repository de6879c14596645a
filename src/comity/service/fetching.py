"""Fetching: a package that was handed over, pulled chunk by chunk from the other node.

Every chunk is compared with its BLAKE3 digest, kept as a blob and listed, each in a transaction
of its own: what is here is never fetched again, whoever was killed or cut off. While one
chunk is kept the next are on their way. A node that is away is asked again, later each
time; a chunk that is wrong is refused, noted as a finding and fetched anew, and after some
of those the transfer stops for a person. When all is here it is verified (``received``).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Final, TypeAlias

from comity.base import Ident, limits
from comity.base.errors import ComityError, DoesNotVerify, NotPermitted, OutOfReach
from comity.federation.descriptor import (
    DIGEST_BYTES,
    ChunkWrong,
    Descriptor,
    Volume,
    read_chunk_list,
    require_chunk,
)
from comity.seal.act import SignedAct
from comity.service.directory import find_card
from comity.service.errors import LeaseLost, PeerUnreachable, Unfit
from comity.service.findings import make_finding
from comity.service.jobs import STOPPED as JOB_STOPPED
from comity.service.jobs import (
    Held,
    begin_again,
    finish,
    note_progress,
    read_order,
    require_held,
    wake,
)
from comity.service.node import Node, Officer
from comity.service.peers import peer_of
from comity.service.ports import Peer, Unit
from comity.service.received import FETCH, PieceLost, receive
from comity.service.requests import keep_house_act
from comity.service.rows import PieceRow, TransferRow
from comity.service.situations import Move
from comity.service.transfers_bounds import require_room
from comity.service.transfers_state import (
    DONE,
    FETCHING,
    IN,
    REFUSED,
    STOPPED,
    TRANSFER,
    change_transfer,
    find_transfer,
    halt_transfer,
    peer_name,
    read_descriptor_of,
)
from comity.service.volumes import clear_earlier

JOB: Final = FETCH
# After so many wrong chunks a person must look: it is no longer the link.
MOST_WRONG: Final = 5
_AHEAD: Final = 3
_BUSY: Final = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.REQUEST_TIMEOUT})


class NotGiven(OutOfReach):
    """The other node does not give what it offered."""

    code = "service/not-given"
    remedy = "Ask the sender whether the hand-over was withdrawn; then resume the transfer."


class Halted(NotPermitted):
    """An officer has stopped this transfer."""

    code = "service/halted"
    remedy = "Resume it when it is to go on."


class TooManyWrong(DoesNotVerify):
    """What comes from the other node is wrong again and again."""

    code = "service/chunks-wrong"
    remedy = "Read the findings, call the sender, then resume the transfer."


def fetch(node: Node, held: Held) -> None:
    """Do a job of fetching, or go on with one."""
    transfer = Ident(str(read_order(node, held)["transfer"]))
    clear_earlier(node, held)
    with node.store.view() as unit:
        row = unit.transfers.get(transfer)
    if row.state in {DONE, REFUSED}:
        with node.store.unit() as unit:
            finish(unit, held)
        return
    try:
        _fetch_all(node, held, row)
    except PieceLost as lost:
        forget_piece(node, lost.piece)
        raise
    except (LeaseLost, OutOfReach):
        raise
    except ComityError as error:
        _stop(node, transfer, error)
        raise


def _fetch_all(node: Node, held: Held, row: TransferRow) -> None:
    _require_going(row)
    with node.store.view() as unit:
        descriptor = read_descriptor_of(node, unit, row)
    if missing := any_missing(node, row, descriptor):
        pulling = _Pulling(node, held, row, _find_peer(node, row))
        for volume in missing:
            require_room(node, volume.size)
            pulling.pull(volume)
    require_room(node, row.size)
    receive(node, held, row.ident, descriptor)


def any_missing(node: Node, row: TransferRow, descriptor: Descriptor) -> list[Volume]:
    """Return the volumes of which something is not here yet, in their order."""
    with node.store.view() as unit:
        return [one for one in descriptor.volumes if not _is_here(unit, row, one)]


def _is_here(unit: Unit, row: TransferRow, volume: Volume) -> bool:
    pieces = unit.pieces.find(transfer=row.ident, volume=volume.number)
    return len(pieces) == volume.count and all(piece.blob is not None for piece in pieces)


def keep_list(node: Node, row: TransferRow, volume: Volume, data: bytes) -> tuple[PieceRow, ...]:
    """Keep a chunk list as the pieces that are to come; raise ``ChunkWrong`` if it is another."""
    digests = read_chunk_list(data, volume)
    pieces = tuple(
        PieceRow(
            transfer=row.ident,
            volume=volume.number,
            chunk=chunk,
            size=volume.chunk_size(chunk),
            blake3=digest,
            blob=None,
        )
        for chunk, digest in enumerate(digests)
    )
    with node.store.unit() as unit:
        unit.transfers.lock(row.ident)
        here = unit.pieces.find(transfer=row.ident, volume=volume.number)
        if not here:
            unit.pieces.add(*pieces)
        return here or pieces


def keep_piece(node: Node, piece: PieceRow, data: bytes, held: Held | None = None) -> bool:
    """Keep a chunk durably; tell whether it is new. Raise ``ChunkWrong`` for another."""
    require_chunk(data, piece.size, piece.blake3)
    draft = node.blobs.draft()
    try:
        draft.write(data)
        blob = draft.commit()
    finally:
        draft.discard()
    with node.store.unit() as unit:
        if held is not None:
            note_progress(unit, held)
        row = unit.transfers.lock(piece.transfer)
        _require_going(row)
        known = unit.pieces.get(piece.transfer, piece.volume, piece.chunk)
        if known.blob is not None:
            return False
        node.blobs.size(blob)  # it was not swept away before it could be listed
        unit.pieces.replace(replace(known, blob=blob))
        change_transfer(unit, row.ident, got=row.got + piece.size)
    return True


def forget_piece(node: Node, piece: PieceRow) -> None:
    """Let a chunk that the disk lost be fetched again."""
    with node.store.unit() as unit:
        row = unit.transfers.lock(piece.transfer)
        known = unit.pieces.get(piece.transfer, piece.volume, piece.chunk)
        if known.blob is None:
            return
        unit.pieces.replace(replace(known, blob=None))
        change_transfer(unit, row.ident, got=row.got - piece.size, state=FETCHING)


def note_wrong(node: Node, row: TransferRow, where: str, error: ComityError) -> int:
    """Note that something wrong came; return how often that was since a person looked."""
    with node.store.unit() as unit:
        tell_wrong(node, unit, row, where, error, source=peer_name(row))
        current = unit.transfers.lock(row.ident)
        count = _wrong_before(current) + 1
        change_transfer(unit, row.ident, trouble=f"{ChunkWrong.code} {count}")
    return count


def tell_wrong(  # noqa: PLR0913 # what was wrong, of what, and who brought it
    node: Node, unit: Unit, row: TransferRow, where: str, error: ComityError, *, source: str
) -> None:
    """Keep a finding that something wrong came; ``source`` is who is proved to have sent it."""
    says = f"{where} of {row.ident} is not what was signed for. {error.detail}"
    make_finding(node, unit, kind="chunk-wrong", says=says, source=source)


def _wrong_before(row: TransferRow) -> int:
    code, _, count = row.trouble.partition(" ")
    return int(count) if code == ChunkWrong.code and count.isdecimal() else 0


def _require_going(row: TransferRow) -> None:
    if row.state == STOPPED and row.trouble == Halted.code:
        raise Halted(where=str(row.ident))


def stop_transfer(node: Node, officer: Officer, transfer: Ident, reasons: str) -> SignedAct:
    """Let nothing more be fetched of a transfer, on an officer's word; what is here stays."""
    with node.store.view() as unit:
        row = find_transfer(unit, transfer, IN)
    if row.state != FETCHING or not reasons.strip():
        detail = f"It is {row.state}, or it is not said why."
        raise Unfit(detail, where=str(transfer))
    move = Move(step="stop_transfer", content={"reasons": reasons}, terms={TRANSFER: str(transfer)})
    signed = keep_house_act(node, officer, row.dossier, move)
    with node.store.unit() as unit:
        change_transfer(unit, transfer, state=STOPPED, trouble=Halted.code)
    return signed


def resume_transfer(node: Node, officer: Officer, transfer: Ident) -> None:
    """Let a transfer that was stopped go on, on an officer's word."""
    with node.store.view() as unit:
        row = find_transfer(unit, transfer, IN)
        job = unit.jobs.get(row.job)
    if row.state != STOPPED and job.state != JOB_STOPPED:
        raise Unfit(row.state, where=str(transfer))
    keep_house_act(
        node, officer, row.dossier, Move(step="resume_transfer", terms={TRANSFER: str(transfer)})
    )
    with node.store.unit() as unit:
        change_transfer(unit, transfer, state=FETCHING, trouble="")
        if job.state != JOB_STOPPED:
            wake(node, unit, job.ident)
    if job.state == JOB_STOPPED:
        begin_again(node, job.ident)


def _find_peer(node: Node, row: TransferRow) -> Peer:
    with node.store.view() as unit:
        return peer_of(find_card(node, unit, row.peer_state, row.peer_authority).card)


def _stop(node: Node, transfer: Ident, error: ComityError) -> None:
    with node.store.unit() as unit:
        halt_transfer(node, unit, transfer, STOPPED, error.code)


_Coming: TypeAlias = tuple[PieceRow, Future[bytes]]


@dataclass(frozen=True)
class _Pulling:
    """One transfer being pulled from one peer."""

    node: Node
    held: Held
    row: TransferRow
    peer: Peer

    def pull(self, volume: Volume) -> None:
        """Fetch what of a volume is not here; what did arrive before a break is kept."""
        waiting = [piece for piece in self._pieces(volume) if piece.blob is None]
        asked: deque[_Coming] = deque()
        broken: OutOfReach | None = None
        with ThreadPoolExecutor(_AHEAD, "fetch") as pool:
            for piece in waiting:
                asked.append((piece, pool.submit(self._ask, piece)))
                if len(asked) == _AHEAD:
                    broken = self._settle(*asked.popleft())
                if broken is not None:
                    break
            for piece, coming in asked:
                broken = self._settle(piece, coming) or broken
        if broken is not None:
            raise broken

    def _settle(self, piece: PieceRow, coming: Future[bytes]) -> OutOfReach | None:
        """Keep a chunk when it has come; return why if it has not."""
        try:
            self._take(piece, coming.result())
        except LeaseLost:
            raise
        except OutOfReach as error:
            return error
        return None

    def _pieces(self, volume: Volume) -> Sequence[PieceRow]:
        """Return the pieces of a volume; fetch its chunk list if they are not listed yet."""
        with self.node.store.unit() as unit:
            require_held(unit, self.held)
            here = unit.pieces.find(transfer=self.row.ident, volume=volume.number)
        while not here:
            path = f"chunks/{volume.number}"
            data = self._call(path, volume.count * DIGEST_BYTES)
            try:
                here = keep_list(self.node, self.row, volume, data)
            except ChunkWrong as error:
                self._refuse(f"The chunk list of volume {volume.number}", error)
        return here

    def _take(self, piece: PieceRow, data: bytes) -> None:
        """Keep a chunk; what is wrong is asked for again."""
        while True:
            try:
                keep_piece(self.node, piece, data, self.held)
            except ChunkWrong as error:
                self._refuse(f"Chunk {piece.chunk} of volume {piece.volume}", error)
                data = self._ask(piece)
            else:
                return

    def _ask(self, piece: PieceRow) -> bytes:
        return self._call(f"volumes/{piece.volume}/chunks/{piece.chunk}", limits.CHUNK_BYTES)

    def _call(self, path: str, most: int) -> bytes:
        wire = self.node.wire
        if wire is None:
            detail = "This node reaches no other; a disk can bring what is missing."
            raise PeerUnreachable(detail)
        target = f"/peers/1/transfers/{self.row.ident}/{path}"
        try:
            answer = wire.call(self.peer, "GET", target, most=most)
        except DoesNotVerify:
            return b""  # more than there can be of it: as wrong as any other bytes
        if answer.status == HTTPStatus.OK:
            return answer.body
        where = f"{self.row.ident} {path}"
        detail = f"It answered {answer.status}."
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR or answer.status in _BUSY:
            raise PeerUnreachable(detail, where=where)
        raise NotGiven(detail, where=where)

    def _refuse(self, where: str, error: ChunkWrong) -> None:
        if note_wrong(self.node, self.row, where, error) >= MOST_WRONG:
            raise TooManyWrong(where=str(self.row.ident)) from error
