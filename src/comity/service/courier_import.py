"""Courier, in: what lies on a disk goes the way that it would have gone over the wire.

Letters are accepted as at the door, receipts too; then the inbox is dealt with, so that acts
which hand evidence over are known; then chunk lists and chunks are taken in, each compared
with what was signed for. Every file is told of by number: new, known already, refused or
waiting for something that is not here. An import can be repeated and broken off; nothing is
doubled. Our receipts go back with the next export.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from comity.base import Digest, Ident, limits
from comity.base.errors import ComityError, OutOfReach
from comity.federation.courier import COVER, Cover, DiskRefused, Item
from comity.federation.descriptor import ChunkWrong, Descriptor, Volume
from comity.federation.message import Address
from comity.federation.receipt import read_receipt
from comity.service.courier_disk import list_items, open_item, read_item, read_listed
from comity.service.errors import OtherGround
from comity.service.fetching import keep_list, keep_piece, tell_wrong
from comity.service.findings import DISK, make_finding
from comity.service.jobs import wake
from comity.service.node import Node
from comity.service.receipts import accept_receipt
from comity.service.receiving import accept_message, take_inbox
from comity.service.rows import PieceRow, TransferRow
from comity.service.transfers_bounds import NoRoom, require_room
from comity.service.transfers_state import FETCHING, IN, read_descriptor_of

NEW: Final = "new"
KNOWN: Final = "known"
WAITS: Final = "waits"
REFUSED: Final = "refused"
_ROUNDS: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What became of one thing on the disk; ``outcome`` is new, known, waits or refused."""

    number: int
    name: str
    outcome: str
    says: str


@dataclass(frozen=True, slots=True)
class _Outcome:
    outcome: str
    says: str = ""


def import_disk(node: Node, place: Path) -> tuple[Told, ...]:
    """Take in what lies on a disk; return what became of each thing, by number.

    Raise ``DiskRefused`` if the disk is not for us, ``DiskUnfinished`` if it is not whole.
    """
    items, strange = list_items(place)
    listed = read_listed(place)
    _require_cover(node, place, listed)
    importing = _Importing(node, place, listed)
    told = list(importing.run(items, strange))
    missing = sorted(listed.keys() - {item.name for item in items})
    told += [
        (name, _Outcome(WAITS, "The manifest lists it, and it is not on this disk."))
        for name in missing
    ]
    return tuple(
        Told(number=number, name=name, outcome=found.outcome, says=found.says)
        for number, (name, found) in enumerate(told, start=1)
    )


def _require_cover(node: Node, place: Path, listed: dict[str, Digest]) -> None:
    """Return if the disk is for us; whom it says it is from proves nothing, and is not used."""
    data = read_item(place, Item.parse(COVER))
    if listed.get(COVER) != Digest.of(data):
        detail = "Its cover is not the one that its manifest lists."
        raise DiskRefused(detail, where=str(place))
    cover = Cover.parse(data)
    if cover.receiver != Address(node.state, node.authority):
        detail = f"It is for {cover.receiver}."
        raise DiskRefused(detail, where=str(place))
    if cover.exercise is not node.exercise:
        raise OtherGround(where=str(place))


@dataclass(frozen=True)
class _Importing:
    """One disk being taken in."""

    node: Node
    place: Path
    listed: dict[str, Digest]

    def run(
        self, items: tuple[Item, ...], strange: tuple[str, ...]
    ) -> Iterator[tuple[str, _Outcome]]:
        """Take in letters, receipts, then evidence; yield what became of each."""
        for name in strange:
            self._note(f"{name} on a courier's disk was not opened.")
            yield name, _Outcome(REFUSED, "It does not belong on a courier's disk.")
        for kind, take in (("letter", self._take_letter), ("receipt", self._take_receipt)):
            for item in items:
                if item.kind == kind:
                    yield item.name, self._take_small(item, take)
        for _ in range(_ROUNDS):
            if not take_inbox(self.node):
                break
        yield from self._take_transfers(items)

    def _take_small(self, item: Item, take: Callable[[bytes], _Outcome]) -> _Outcome:
        """Take in a small file, if it is the one that the manifest lists."""
        try:
            data = read_item(self.place, item)
            if self.listed.get(item.name) != Digest.of(data):
                return _Outcome(REFUSED, "It is not what the manifest lists.")
            return take(data)
        except OutOfReach:
            raise
        except ComityError as error:
            return _Outcome(REFUSED, str(error))

    def _take_letter(self, data: bytes) -> _Outcome:
        with self.node.store.view() as unit:
            before = unit.inbox.count()
        receipt = read_receipt(accept_message(self.node, None, data)).unsafe_receipt
        with self.node.store.view() as unit:
            is_new = unit.inbox.count() > before
        if receipt.event.value != "relay_accepted":
            return _Outcome(REFUSED, f"We answer {receipt.event.value}: {receipt.reason}")
        return _Outcome(NEW if is_new else KNOWN)

    def _take_receipt(self, data: bytes) -> _Outcome:
        said = read_receipt(data).unsafe_receipt
        with self.node.store.view() as unit:
            is_known = bool(
                unit.receipts.find(message=said.message, event=said.event.value, envelope=data)
            )
        accept_receipt(self.node, data)
        return _Outcome(KNOWN if is_known else NEW, said.event.value)

    def _take_transfers(self, items: tuple[Item, ...]) -> Iterator[tuple[str, _Outcome]]:
        transfers: dict[str, dict[str, Item]] = {}
        for item in items:
            if item.kind in {"descriptor", "chunks", "volume"}:
                transfers.setdefault(item.parts[0], {})[item.name] = item
        for ident, held in sorted(transfers.items()):
            yield from self._take_transfer(Ident(ident), held)

    def _take_transfer(self, ident: Ident, held: dict[str, Item]) -> Iterator[tuple[str, _Outcome]]:
        with self.node.store.view() as unit:
            rows = unit.transfers.find(ident=ident, direction=IN)
            row = rows[0] if rows else None
            descriptor = read_descriptor_of(self.node, unit, row) if row else None
        if row is None or descriptor is None:
            says = "No act that hands it over is here yet; import its letter first."
            yield from ((name, _Outcome(WAITS, says)) for name in held)
            return
        if row.state != FETCHING:
            says = f"The transfer is {row.state}."
            yield from ((name, _Outcome(KNOWN, says)) for name in held)
            return
        for kind in ("descriptor", "chunks", "volume"):
            for name, item in held.items():
                if item.kind == kind:
                    yield name, self._take_part(row, descriptor, item)
        with self.node.store.unit() as unit:
            if row.job is not None:
                wake(self.node, unit, row.job)

    def _take_part(self, row: TransferRow, descriptor: Descriptor, item: Item) -> _Outcome:
        try:
            if item.kind == "descriptor":
                return self._compare(row, item)
            volume = descriptor.volume(int(item.parts[1]))
            if volume is None:
                return _Outcome(REFUSED, "The descriptor names no such volume.")
            if item.kind == "chunks":
                return self._take_list(row, volume, item)
            return self._take_volume(row, volume, item)
        except (OutOfReach, NoRoom):
            raise
        except ComityError as error:
            self._tell_wrong(row, item.name, error)
            return _Outcome(REFUSED, str(error))

    def _compare(self, row: TransferRow, item: Item) -> _Outcome:
        if Digest.of(read_item(self.place, item)) != row.descriptor:
            return _Outcome(REFUSED, "It is not the one that the act of handing over covers.")
        return _Outcome(KNOWN)

    def _take_list(self, row: TransferRow, volume: Volume, item: Item) -> _Outcome:
        if self._pieces(row, volume):
            return _Outcome(KNOWN)
        keep_list(self.node, row, volume, read_item(self.place, item))
        return _Outcome(NEW)

    def _take_volume(self, row: TransferRow, volume: Volume, item: Item) -> _Outcome:
        """Take in the chunks of a volume that are not here yet."""
        pieces = self._pieces(row, volume)
        if not pieces:
            return _Outcome(WAITS, "Its chunk list is not here.")
        waiting = [piece for piece in pieces if piece.blob is None]
        if not waiting:
            return _Outcome(KNOWN)
        require_room(self.node, volume.size)
        with open_item(self.place, item) as file:
            wrong = [piece for piece in waiting if not self._take_chunk(row, piece, file)]
        says = f"{len(waiting) - len(wrong)} of {len(pieces)} chunks were new."
        if wrong:
            first = f"The first that is wrong is {wrong[0].chunk}."
            return _Outcome(REFUSED, f"{says} Wrong: {len(wrong)}. {first}")
        return _Outcome(NEW, says)

    def _take_chunk(self, row: TransferRow, piece: PieceRow, file: io.FileIO) -> bool:
        file.seek(piece.chunk * limits.CHUNK_BYTES)
        try:
            keep_piece(self.node, piece, file.read(piece.size))
        except ChunkWrong as error:
            self._tell_wrong(row, f"Chunk {piece.chunk} of volume {piece.volume}", error)
            return False
        return True

    def _pieces(self, row: TransferRow, volume: Volume) -> tuple[PieceRow, ...]:
        with self.node.store.view() as unit:
            return unit.pieces.find(transfer=row.ident, volume=volume.number)

    def _note(self, says: str) -> None:
        with self.node.store.unit() as unit:
            make_finding(self.node, unit, kind="disk-strange", says=says, source=DISK)

    def _tell_wrong(self, row: TransferRow, where: str, error: ComityError) -> None:
        """Tell of it as of a disk's: it does not count against what the sender sends."""
        with self.node.store.unit() as unit:
            tell_wrong(self.node, unit, row, where, error, source=DISK)
