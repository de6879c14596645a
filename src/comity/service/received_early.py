"""Opening what came first of a package, while the rest is still on its way.

Seal, lists and root are checked, and of the chosen objects metadata and bytes; the other
objects are not here and nothing is said of them. So what is written is no package: it lies
in a folder with ``early.json``, which says in so many words that it is verified in part.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from comity.base import Digest, Ident, Report, canonical_bytes, limits
from comity.base.canonical import Json
from comity.base.errors import BadValue, OutOfReach
from comity.evidence import FolderSink, Source, check_seal
from comity.evidence.copying import Copier
from comity.evidence.entries import STATEMENT, object_name, read_small, record_name, write_entry
from comity.evidence.errors import PackageBroken
from comity.evidence.unlocking import VolumeSource
from comity.evidence.verifying import Contents
from comity.federation.descriptor import Descriptor
from comity.seal.act import SignedAct
from comity.service.custody import OPEN, called
from comity.service.errors import Unfit
from comity.service.node import Node, Officer
from comity.service.received import list_checks, list_vouched, open_pieces, require_described
from comity.service.requests import keep_house_act
from comity.service.rows import DossierRow, PieceRow, TransferRow
from comity.service.situations import Move
from comity.service.transfers_state import (
    FETCHING,
    IN,
    PACKAGE,
    STOPPED,
    TRANSFER,
    VERIFICATION,
    VERIFYING,
    find_transfer,
    read_descriptor_of,
)

EARLY: Final = "early.json"
_SAYS: Final = (
    "Verified in part: the seal, the lists and the objects named here. Nothing is said of the "
    "other objects, which were not here yet."
)


class NotHereYet(OutOfReach):
    """The volumes with these objects are not here yet."""

    code = "service/not-here-yet"
    remedy = "Wait until they came, or ask for the objects to be handed over first."


@dataclass(frozen=True)
class Chosen:
    """Objects of a transfer that is not whole yet: ``serials`` in their order."""

    row: TransferRow
    head: DossierRow
    descriptor: Descriptor
    serials: tuple[int, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the entries that are handed out: the statement, then metadata and bytes."""
        pairs = ((record_name(serial), object_name(serial)) for serial in self.serials)
        return (STATEMENT, *(name for pair in pairs for name in pair))

    def move(self, move: Move) -> Move:
        """Return what the act of opening says."""
        return replace(
            move,
            terms={
                **move.terms,
                TRANSFER: str(self.row.ident),
                PACKAGE: str(self.row.package),
                VERIFICATION: "in part",
            },
            content={**move.content, "serials": [*self.serials]},
        )


@dataclass(frozen=True)
class Found:
    """What lies here of it, verified in part."""

    source: VolumeSource
    report: Report
    contents: Contents


def open_early(  # noqa: PLR0913, PLR0917 # as opening a package, with what is chosen of it
    node: Node,
    officer: Officer,
    transfer: Ident,
    serials: Sequence[int],
    out: Path,
    move: Move | None = None,
) -> SignedAct:
    """Write objects that are here already, plain, into the new folder ``out``.

    Raise ``NotHereYet``; ``ReportRefused`` or ``PackageBroken`` for what does not verify;
    ``StepClosed`` if the law does not permit the opening.
    """
    chosen = choose_early(node, transfer, serials)
    with looked_into(node, chosen) as found:
        words = called(node, chosen.head, OPEN, chosen.move(move or Move()))
        signed = keep_house_act(node, officer, chosen.row.dossier, words)
        sink = FolderSink(out)
        _write(found.source, sink, chosen.names)
        write_entry(sink, EARLY, tell_early(chosen, found.report))
        sink.finish()
    return signed


def choose_early(node: Node, transfer: Ident, serials: Sequence[int]) -> Chosen:
    """Return what is asked for, of a transfer under way; raise ``Unfit`` or ``BadValue``."""
    chosen = sorted(set(serials))
    with node.store.view() as unit:
        row = find_transfer(unit, transfer, IN)
        if row.state not in {FETCHING, VERIFYING, STOPPED}:
            raise Unfit(row.state, where=str(transfer))
        descriptor = read_descriptor_of(node, unit, row)
        head = unit.dossiers.get(row.dossier)
    if not chosen or not 1 <= chosen[0] <= chosen[-1] <= descriptor.objects:
        detail = f"Objects are named by their serials, 1 to {descriptor.objects}."
        raise BadValue(detail)
    return Chosen(row, head, descriptor, tuple(chosen))


@contextmanager
def looked_into(node: Node, chosen: Chosen) -> Iterator[Found]:
    """Open what is here and verify what was chosen of it; what is missing is ``NotHereYet``."""
    lost: list[PieceRow] = []
    try:
        with closing(open_pieces(node, chosen.row, chosen.descriptor, lost)) as source:
            examined = check_seal(
                source, list_vouched(node, chosen.row.peer_state, chosen.row.made)
            )
            contents = require_described(node, examined, chosen.descriptor)
            for serial in chosen.serials:
                _require_object(source, contents, serial)
            yield Found(source, examined.report, contents)
    except Exception as error:
        if lost:
            raise NotHereYet(where=str(chosen.row.ident)) from error
        raise


def tell_early(chosen: Chosen, report: Report) -> bytes:
    """Return what ``early.json`` says: that this is no package, and how far it was verified."""
    told: dict[str, Json] = {
        "says": _SAYS,
        "serials": [*chosen.serials],
        "checks": list_checks(report),
    }
    return canonical_bytes(told)


def _require_object(source: Source, contents: Contents, serial: int) -> None:
    """Raise ``PackageBroken`` unless an object and its metadata are those that were sealed."""
    record = read_small(source, record_name(serial), limits.OBJECT_METADATA_BYTES)
    with source.open(object_name(serial)) as stream:
        digest = Digest.of_stream(stream)  # type: ignore[arg-type] # only .read is used
    is_sealed = Digest.of(record).matches(contents.listed.record(serial))
    if not is_sealed or not digest.matches(contents.listed.object(serial)):
        detail = f"{object_name(serial)} is not what was sealed."
        raise PackageBroken(detail)


def _write(source: Source, sink: FolderSink, names: Sequence[str]) -> None:
    with Copier() as copier:
        for name in names:
            writer = sink.create(name.removeprefix("bag/data/"))
            with source.open(name) as stream:
                copier.copy(stream.readinto, writer)
            writer.close()
