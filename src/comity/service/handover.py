"""Handing over: a sealed package, encrypted anew to the authority that asked for it.

The officer asks; the law is asked then. A worker writes the package into volumes for the
receiver alone, what was chosen to come first in volumes of its own before the rest. Then
the law is asked again, for a remedy may be pending by now; and in one transaction the step
of handing over is taken, whose act covers the descriptor, and the volumes are offered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Final

from comity.base import Digest, Ident
from comity.base.canonical import Json
from comity.base.errors import BadValue, ComityError, OutOfReach
from comity.domain.moves import require_step
from comity.evidence import VolumeSink, check_frame
from comity.evidence.copying import Copier
from comity.evidence.entries import Source, object_name, record_name
from comity.federation.descriptor import ChunkHasher, Descriptor, Volume
from comity.federation.message import Address
from comity.seal.age import Recipient
from comity.seal.fields import read_base64, read_list, read_mapping, write_base64
from comity.service.custody import called
from comity.service.errors import AlreadyThere, LeaseLost, NotThere
from comity.service.jobs import Held, ask_for, finish, read_order
from comity.service.letters_parties import find_listed
from comity.service.node import Node, Officer
from comity.service.ports import Unit
from comity.service.requests import hold, step_words
from comity.service.rows import DossierRow, PackageRow, PieceRow, TransferRow
from comity.service.settling import record_act
from comity.service.situations import Move, see
from comity.service.transfers_state import (
    DESCRIPTOR,
    HAND_OVER,
    OFFERED,
    OUT,
    PACKAGE,
    PREPARING,
    STOPPED,
    TRANSFER,
    WITHDRAWN,
    change_transfer,
    drop_pieces,
    halt_transfer,
)
from comity.service.volumes import (
    JobVolumes,
    VolumeWriter,
    clear_earlier,
    drop_blobs,
    open_sealed,
)

JOB: Final = "hand_over"
DROP: Final = "drop_offer"
_DATA: Final = "bag/data/"


def request_handover(
    node: Node,
    officer: Officer,
    package: Ident,
    *,
    first: Sequence[int] = (),
    move: Move | None = None,
) -> Ident:
    """Ask for a package to be handed over to the other side; return the job's name.

    ``first`` are serials of objects that are to arrive first; ``move`` carries what the law
    asks of the step, conditions on use among it. Raise ``StepClosed`` if the law does not
    permit it now, ``UnknownAuthority`` if the directory does not know the receiver.
    """
    chosen = tuple(dict.fromkeys(first))
    with node.store.unit() as unit:
        row = unit.packages.get(package)
        head = hold(node, unit, row.dossier)
        _require_serials(row, chosen)
        _require_new(unit, row)
        named = called(node, head, HAND_OVER, move)
        require_step(see(node, unit, officer, head, named))
        _recipient(node, unit, head)
        transfer = node.idents.new("xfr")
        asked = _Asked(transfer=transfer, officer=officer, first=chosen, move=named)
        job = ask_for(node, unit, JOB, head.ident, asked.as_data())
        unit.transfers.add(_transfer_row(node, head, row, asked, job))
        return job


def offer(node: Node, held: Held) -> None:
    """Do a job of handing over."""
    asked = _Asked.read(read_order(node, held))
    clear_earlier(node, held)
    with node.store.unit() as unit:
        row = unit.transfers.get(asked.transfer)
        if row.act is not None or row.trouble == WITHDRAWN:
            finish(unit, held)  # withdrawn before it was ready
            return
    try:
        volumes = _write_volumes(node, held, row, asked)
        _take_step(node, held, asked, volumes)
    except (LeaseLost, OutOfReach):
        raise
    except ComityError as error:
        _stop(node, asked.transfer, error)
        raise


def drop_offer(node: Node, held: Held) -> None:
    """Do a job of dropping what was offered, once its receiver has confirmed it."""
    transfer = Ident(str(read_order(node, held)[TRANSFER]))
    with node.store.unit() as unit:
        finish(unit, held)
        blobs = drop_pieces(unit, unit.transfers.get(transfer))
    drop_blobs(node, blobs)


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What an officer asked for, as it lies sealed in the job."""

    transfer: Ident
    officer: Officer
    first: tuple[int, ...]
    move: Move

    def as_data(self) -> dict[str, Json]:
        move = self.move
        return {
            "transfer": str(self.transfer),
            "actor": self.officer.actor,
            "role": self.officer.role,
            "first": [*self.first],
            "step": move.step,
            "content": dict(move.content),
            "terms": dict(move.terms),
            "documents": {name: write_base64(one) for name, one in move.documents.items()},
            "covers": {name: str(one) for name, one in move.covers.items()},
            "cites": [str(one) for one in move.cites],
            "channel": move.channel,
            "reasons_against": dict(move.reasons_against),
        }

    @classmethod
    def read(cls, data: dict[str, Json]) -> _Asked:
        documents = read_mapping(data["documents"])
        move = Move(
            step=str(data["step"]),
            content=read_mapping(data["content"]),
            terms=_texts(data["terms"]),
            documents={name: read_base64(one) for name, one in documents.items()},
            covers={name: Digest.parse(one) for name, one in _texts(data["covers"]).items()},
            cites=tuple(Digest.parse(str(one)) for one in read_list(data["cites"])),
            channel=str(data["channel"]),
            reasons_against=_texts(data["reasons_against"]),
        )
        return cls(
            transfer=Ident(str(data["transfer"])),
            officer=Officer(actor=str(data["actor"]), role=str(data["role"])),
            first=tuple(int(str(one)) for one in read_list(data["first"])),
            move=move,
        )


def _texts(value: Json) -> dict[str, str]:
    return {name: str(text) for name, text in read_mapping(value).items()}


def _require_serials(row: PackageRow, chosen: tuple[int, ...]) -> None:
    odd = [serial for serial in chosen if not 1 <= serial <= row.objects_count]
    if odd:
        detail = f"The package has no object {odd[0]}; it holds 1 to {row.objects_count}."
        raise BadValue(detail)


def _require_new(unit: Unit, row: PackageRow) -> None:
    """Refuse a second offer of the same package while the first goes on."""
    for other in unit.transfers.find(package=row.ident, direction=OUT, dossier=row.dossier):
        if other.state in {PREPARING, OFFERED}:
            detail = "This package is on its way already."
            raise AlreadyThere(detail, where=str(other.ident))


def _recipient(node: Node, unit: Unit, head: DossierRow) -> Recipient:
    """Return what the directory says that the other authority opens with."""
    card = find_listed(node, unit, Address(head.counterpart, head.counterpart_authority))
    return Recipient.parse(card.current_recipient(node.clock.now()))


def _transfer_row(
    node: Node, head: DossierRow, package: PackageRow, asked: _Asked, job: Ident
) -> TransferRow:
    return TransferRow(
        ident=asked.transfer,
        version=0,
        direction=OUT,
        dossier=head.ident,
        package=package.ident,
        job=job,
        act=None,
        descriptor=None,
        peer_state=head.counterpart,
        peer_authority=head.counterpart_authority,
        size=0,
        got=0,
        made=node.clock.now(),
        state=PREPARING,
        trouble="",
    )


class _OfferedWriter(VolumeWriter):
    """A volume being written whose chunks are digested as they go by."""

    def __init__(self, node: Node, held: Held, number: int) -> None:
        super().__init__(node, held, number)
        self.number = number
        self.size = 0
        self.chunks = ChunkHasher()

    def write(self, chunk: bytes | memoryview, /) -> int:
        self.chunks.update(chunk)
        self.size += len(chunk)
        return super().write(chunk)

    def close(self) -> None:
        self.chunks.close()
        super().close()

    def described(self) -> Volume:
        """Return the volume as the descriptor lists it."""
        chunks = Digest.of(b"".join(self.chunks.digests))
        return Volume(number=self.number, size=self.size, chunks=chunks)


def _write_volumes(node: Node, held: Held, row: TransferRow, asked: _Asked) -> list[_OfferedWriter]:
    """Write the package for its receiver; return the volumes by their numbers."""
    with node.store.view() as unit:
        recipient = _recipient(node, unit, unit.dossiers.get(row.dossier))
        begin = open_sealed(node, unit, unit.packages.get(row.package))
    written: list[_OfferedWriter] = []

    def writer(node: Node, held: Held, number: int) -> _OfferedWriter:
        written.append(_OfferedWriter(node, held, number))
        return written[-1]

    with closing(begin()) as source, JobVolumes(node, held, recipient, writer) as sink:
        examined = check_frame(source)
        examined.report.require()
        with Copier() as copier:
            _copy_in_order(source, sink, copier, asked.first)
        sink.finish()
    return sorted(written, key=lambda one: one.number)


def _copy_in_order(
    source: Source, sink: VolumeSink, copier: Copier, first: tuple[int, ...]
) -> None:
    """Copy tags and seal, then what was chosen, then the rest in volumes of their own."""
    for name in source.names():
        if not name.startswith(_DATA):
            _copy(source, sink, copier, name)
    chosen = [name for serial in first for name in (record_name(serial), object_name(serial))]
    for name in chosen:
        _copy(source, sink, copier, name)
    if chosen:
        sink.turn()
    known = frozenset(chosen)
    for name in _rest(source, known):
        _copy(source, sink, copier, name)


def _rest(source: Source, known: frozenset[str]) -> Iterator[str]:
    for name in source.names():
        if name.startswith(_DATA) and name not in known:
            yield name


def _copy(source: Source, sink: VolumeSink, copier: Copier, name: str) -> None:
    writer = sink.create(name)
    with source.open(name) as stream:
        copied = copier.copy(stream.readinto, writer)
    if copied.size != source.size(name):
        detail = f"{name} ended early."
        raise NotThere(detail)
    writer.close()


def _take_step(node: Node, held: Held, asked: _Asked, volumes: list[_OfferedWriter]) -> None:
    """Take the step and offer the volumes, if the law permits it still."""
    with node.store.unit() as unit:
        head = hold(node, unit, held.dossier)
        finish(unit, held)
        row = unit.transfers.lock(asked.transfer)
        package = unit.packages.get(row.package)
        descriptor = Descriptor(
            transfer=row.ident,
            package=package.ident,
            statement=package.statement,
            objects=package.objects_count,
            first=asked.first,
            volumes=tuple(one.described() for one in volumes),
        )
        move = _with_descriptor(asked.move, descriptor)
        step = require_step(see(node, unit, asked.officer, head, move)).step
        signed = record_act(node, unit, asked.officer, head, step_words(head, step, move))
        unit.pieces.add(*_piece_rows(unit, held, row.ident, volumes))
        change_transfer(
            unit,
            row.ident,
            act=signed.act.digest,
            descriptor=signed.act.covers[DESCRIPTOR],
            size=descriptor.size,
            state=OFFERED,
            trouble="",
        )


def _with_descriptor(move: Move, descriptor: Descriptor) -> Move:
    return replace(
        move,
        terms={
            **move.terms,
            TRANSFER: str(descriptor.transfer),
            PACKAGE: str(descriptor.package),
        },
        documents={**move.documents, DESCRIPTOR: descriptor.document()},
        covers={**move.covers, "statement": descriptor.statement},
    )


def _piece_rows(
    unit: Unit, held: Held, transfer: Ident, volumes: list[_OfferedWriter]
) -> Iterator[PieceRow]:
    """Yield the chunks of what is offered; each lies in the blob of its volume."""
    blobs = {row.number: row.blob for row in unit.volumes.find(job=held.ident)}
    for one in volumes:
        volume = one.described()
        for chunk, digest in enumerate(one.chunks.digests):
            yield PieceRow(
                transfer=transfer,
                volume=one.number,
                chunk=chunk,
                size=volume.chunk_size(chunk),
                blake3=digest,
                blob=blobs[one.number],
            )


def _stop(node: Node, transfer: Ident, error: ComityError) -> None:
    """Let a person see that a package could not be handed over, and why."""
    with node.store.unit() as unit:
        halt_transfer(node, unit, transfer, STOPPED, error.code)
