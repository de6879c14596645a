"""Courier, out: everything for one authority onto a disk, as it would go over the wire.

Letters that the other side has not said it holds, our receipts for theirs, and
of what is offered to them descriptors and chunk lists; the volumes too if wished. An export
can be repeated: what lies on the disk already is not written again, and one that was
broken off goes on. The disk is written in full before it gets its manifest.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from comity.base import Digest
from comity.evidence.errors import PlaceTaken
from comity.federation.courier import (
    COVER,
    MANIFEST,
    Cover,
    DiskRefused,
    Item,
    chunks_name,
    descriptor_name,
    letter_name,
    receipt_name,
    volume_name,
    write_manifest,
)
from comity.federation.message import Address
from comity.service.contents import read_document
from comity.service.courier_disk import (
    flush_disk,
    is_there,
    list_items,
    remove_item,
    write_item,
)
from comity.service.letters import ACT, BY_COURIER, WAITING, letter_file, make_letters
from comity.service.letters_parties import find_listed
from comity.service.node import Node
from comity.service.ports import Unit
from comity.service.rows import TransferRow
from comity.service.transfers_state import OFFERED, OUT

_LETTERS: Final = frozenset({WAITING, BY_COURIER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What lies on the disk now, by kind; ``size`` in bytes."""

    letters: int
    receipts: int
    transfers: int
    volumes: int
    size: int


@dataclass(frozen=True, slots=True)
class _Cargo:
    """A file that is to lie on the disk: its bytes, or the blob that they are."""

    name: str
    data: bytes
    blob: Digest | None = None
    size: int = 0


def export_disk(
    node: Node, to: Address, out: Path, *, with_evidence: bool = False, made: bool = True
) -> Exported:
    """Write the disk for an authority into ``out``.

    ``made`` lets letters be made that wait for it. Raise ``UnknownAuthority``, ``PlaceTaken``
    if something else lies there, ``DiskRefused`` if what lies there is strange.
    """
    with node.store.view() as unit:
        find_listed(node, unit, to)
    if made:
        make_letters(node)
    _require_disk(out)
    remove_item(out, MANIFEST)
    _clear(out, {one.name for one in _list_cargo(node, to, with_evidence=with_evidence)})
    written = _Written()
    late: list[_Cargo] = []
    for one in _list_cargo(node, to, with_evidence=with_evidence):
        if one.blob is None:
            written.note(one, _put(node, out, one))
        else:
            late.append(one)
    # What is large is copied when the store is no longer held open.
    for one in late:
        written.note(one, _put(node, out, one))
    # Names first, then the manifest: it says that all is there.
    flush_disk(out)
    write_item(out, MANIFEST, io.BytesIO(write_manifest(written.digests)))
    flush_disk(out)
    return written.count()


@dataclass
class _Written:
    """What lies on the disk, counted as it is written."""

    digests: dict[str, Digest] = field(default_factory=dict)
    kinds: Counter[str] = field(default_factory=Counter)
    size: int = 0

    def note(self, one: _Cargo, digest: Digest) -> None:
        self.digests[one.name] = digest
        self.kinds[Item.parse(one.name).kind] += 1
        self.size += one.size or len(one.data)

    def count(self) -> Exported:
        return Exported(
            letters=self.kinds["letter"],
            receipts=self.kinds["receipt"],
            transfers=self.kinds["descriptor"],
            volumes=self.kinds["volume"],
            size=self.size,
        )


def _require_disk(out: Path) -> None:
    """Refuse a folder with anything in it that no disk of ours has."""
    if not out.exists():
        return
    items, strange = list_items(out)
    odd = [name for name in strange if not name.endswith("(left by a run that was broken off)")]
    if odd and not items:
        raise PlaceTaken(where=str(out))
    if odd:
        detail = f"There is something strange on it: {odd[0]}"
        raise DiskRefused(detail, where=str(out))


def _list_cargo(node: Node, to: Address, *, with_evidence: bool) -> Iterator[_Cargo]:
    cover = Cover(
        sender=Address(node.state, node.authority),
        receiver=to,
        made=node.clock.now(),
        exercise=node.exercise,
    )
    yield _Cargo(COVER, cover.document())
    with node.store.view() as unit:
        yield from _letters(unit, to)
        yield from _receipts(node, unit, to)
        offered = unit.transfers.find(
            direction=OUT, state=OFFERED, peer_state=to.state, peer_authority=to.authority
        )
        for row in offered:
            yield from _transfer(node, unit, row, with_evidence=with_evidence)


def _letters(unit: Unit, to: Address) -> Iterator[_Cargo]:
    rows = unit.letters.each(kind=ACT, receiver_state=to.state, receiver_authority=to.authority)
    for row in rows:
        if row.state in _LETTERS and row.body is not None:
            yield _Cargo(letter_name(row.message), letter_file(row))


def _receipts(node: Node, unit: Unit, to: Address) -> Iterator[_Cargo]:
    """Yield what we said of their messages."""
    own = {"state": node.state, "authority": node.authority}
    for row in unit.inbox.each(sender_state=to.state, sender_authority=to.authority):
        for receipt in unit.receipts.find(message=row.message, **own):
            yield _Cargo(receipt_name(row.message, receipt.event), receipt.envelope)


def _transfer(node: Node, unit: Unit, row: TransferRow, *, with_evidence: bool) -> Iterator[_Cargo]:
    if row.descriptor is None:
        return
    descriptor = read_document(node, unit, row.dossier, row.descriptor)
    yield _Cargo(descriptor_name(row.ident), descriptor)
    volumes: dict[int, list[bytes]] = {}
    sizes: dict[int, int] = {}
    blobs: dict[int, Digest | None] = {}
    for piece in unit.pieces.find(transfer=row.ident):
        volumes.setdefault(piece.volume, []).append(piece.blake3)
        sizes[piece.volume] = sizes.get(piece.volume, 0) + piece.size
        blobs[piece.volume] = piece.blob
    for number, chunks in volumes.items():
        yield _Cargo(chunks_name(row.ident, number), b"".join(chunks))
        if with_evidence:
            name = volume_name(row.ident, number)
            yield _Cargo(name, b"", blobs[number], sizes[number])


def _clear(out: Path, names: set[str]) -> None:
    """Remove what lies there from before and is no longer to go."""
    if not out.exists():
        return
    items, left = list_items(out)
    for item in items:
        if item.name not in names:
            remove_item(out, item.name)
    for name in left:
        remove_item(out, name.partition(" (left")[0])


def _put(node: Node, out: Path, one: _Cargo) -> Digest:
    with ExitStack() as opened:
        if one.blob is None:
            digest, source = Digest.of(one.data), io.BytesIO(one.data)
            if is_there(out, one.name, digest, len(one.data)):
                return digest
            return write_item(out, one.name, source)
        if is_there(out, one.name, one.blob, one.size):
            return one.blob
        blob = opened.enter_context(node.blobs.open(one.blob))
        return write_item(out, one.name, blob)  # type: ignore[arg-type] # it reads buffered
