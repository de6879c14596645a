"""Opening and disclosing: the moments at which content leaves its seal.

The package is examined, then the act is signed, and only then is anything written: who
opened what, and why, is on record even if the machine stops in the middle. What is
written is a plain package that any tool verifies; it has its name only when it is whole.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from comity import evidence
from comity.base import Digest, Ident, canonical_bytes
from comity.evidence import FolderSink, Source, Vouched, check_frame
from comity.seal.act import SignedAct
from comity.service.custody import DISCLOSE, OPEN, called
from comity.service.node import Node, Officer
from comity.service.ports import Unit
from comity.service.requests import keep_house_act
from comity.service.rows import PackageRow, ReceivedRow
from comity.service.situations import Move
from comity.service.volumes import PackageSource, open_sealed

_CHUNK: Final = 1 << 20


def open_package(
    node: Node, officer: Officer, package: Ident, out: Path, move: Move | None = None
) -> SignedAct:
    """Write a whole package, plain, into the new folder ``out``.

    ``move`` carries what the law asks of an opening: purpose, reasons.
    """
    row, source = _open(node, package)
    try:
        check_frame(source).report.require()
        sink = FolderSink(out)
        with _cleared(sink):
            signed = _record(node, officer, row, OPEN, move or Move())
        for name in source.names():
            _copy(source, sink, name)
        sink.finish()
    finally:
        source.close()
    _require_sound(node, sink, row)
    return signed


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What of a package is shown, and the new folder that it is written into."""

    serials: Collection[int]
    out: Path


def disclose_part(
    node: Node, officer: Officer, package: Ident, part: Part, move: Move | None = None
) -> SignedAct:
    """Write the part of a package that shows some objects, plain, into a new folder.

    Of one package there is one part that shows given objects, to the byte: so the act,
    which covers the list of their serials, says what was disclosed.
    """
    row, source = _open(node, package)
    shown = sorted(set(part.serials))
    plain = move or Move()
    try:
        check_frame(source).report.require()
        disclosing = replace(
            plain,
            content={**plain.content, "serials": [*shown]},
            covers={**plain.covers, "serials": Digest.of(canonical_bytes([*shown]))},
            terms={**plain.terms, "shown": str(len(shown))},
        )
        sink = FolderSink(part.out)
        with _cleared(sink):
            signed = _record(node, officer, row, DISCLOSE, disclosing)
        evidence.disclose_part(source, shown, sink)
        sink.finish()
    finally:
        source.close()
    return signed


def find_package(unit: Unit, package: Ident) -> PackageRow | ReceivedRow:
    """Return a package, sealed here or received; raise ``NotThere``."""
    received = unit.received.find(ident=package)
    return received[0] if received else unit.packages.get(package)


def _require_sound(node: Node, sink: FolderSink, row: PackageRow | ReceivedRow) -> None:
    """Compare what was written with its seal; what does not verify loses its name again.

    A sealer for whom nobody vouches is no fault of what was received: its act says so.
    """
    trust = [Vouched(card=node.sealer.card)]
    try:
        examined = evidence.check_package(evidence.FolderSource(sink.place), trust)
        if isinstance(row, PackageRow) or examined.contents is None:
            examined.report.require()
    except BaseException:
        sink.place.rename(sink.partial)
        raise


@contextmanager
def _cleared(sink: FolderSink) -> Iterator[None]:
    """Leave no empty folder behind where the law does not permit it."""
    try:
        yield
    except BaseException:
        sink.partial.rmdir()
        raise


def _open(node: Node, package: Ident) -> tuple[PackageRow | ReceivedRow, PackageSource]:
    with node.store.view() as unit:
        row = find_package(unit, package)
        begin = open_sealed(node, unit, row)
    return row, begin()


def _record(
    node: Node,
    officer: Officer,
    row: PackageRow | ReceivedRow,
    names: tuple[str, ...],
    move: Move,
) -> SignedAct:
    with node.store.view() as unit:
        head = unit.dossiers.get(row.dossier)
    said = replace(
        move,
        terms={**move.terms, "package": str(row.ident)},
        covers={**move.covers, "statement": row.statement},
    )
    return keep_house_act(node, officer, row.dossier, called(node, head, names, said))


def _copy(source: Source, sink: FolderSink, name: str) -> None:
    writer = sink.create(name)
    with source.open(name) as stream:
        while chunk := stream.read(_CHUNK):
            rest = memoryview(chunk)
            while rest:
                rest = rest[writer.write(rest) :]
    writer.close()
