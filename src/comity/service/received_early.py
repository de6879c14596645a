"""Opening what came first of a package, while the rest is still on its way.

Seal, lists and root are checked, and of the chosen objects metadata and bytes; the other
objects are not here and nothing is said of them. So what is written is no package: it lies
in a folder with ``early.json``, which says in so many words that it is verified in part.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Final

from comity.base import Digest, Ident, canonical_bytes, limits
from comity.base.canonical import Json
from comity.base.errors import BadValue, OutOfReach
from comity.evidence import FolderSink, Source, check_seal
from comity.evidence.copying import Copier
from comity.evidence.entries import STATEMENT, object_name, read_small, record_name, write_entry
from comity.evidence.errors import PackageBroken
from comity.evidence.verifying import Contents
from comity.seal.act import SignedAct
from comity.service.custody import OPEN, called
from comity.service.errors import Unfit
from comity.service.node import Node, Officer
from comity.service.received import list_checks, list_vouched, open_pieces, require_described
from comity.service.requests import keep_house_act
from comity.service.rows import PieceRow
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

_SAYS: Final = (
    "Verified in part: the seal, the lists and the objects named here. Nothing is said of the "
    "other objects, which were not here yet."
)


class NotHereYet(OutOfReach):
    """The volumes with these objects are not here yet."""

    code = "service/not-here-yet"
    remedy = "Wait until they came, or ask for the objects to be handed over first."


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
    lost: list[PieceRow] = []
    try:
        with closing(open_pieces(node, row, descriptor, lost)) as source:
            examined = check_seal(source, list_vouched(node))
            contents = require_described(node, examined, descriptor)
            for serial in chosen:
                _require_object(source, contents, serial)
            said = replace(
                move or Move(),
                terms={
                    **(move.terms if move else {}),
                    TRANSFER: str(transfer),
                    PACKAGE: str(row.package),
                    VERIFICATION: "in part",
                },
                content={**(move.content if move else {}), "serials": [*chosen]},
            )
            signed = keep_house_act(node, officer, row.dossier, called(node, head, OPEN, said))
            sink = FolderSink(out)
            _write(source, sink, chosen)
            told: dict[str, Json] = {
                "says": _SAYS,
                "serials": [*chosen],
                "checks": list_checks(examined.report),
            }
            write_entry(sink, "early.json", canonical_bytes(told))
            sink.finish()
    except Exception as error:
        if lost:
            raise NotHereYet(where=str(transfer)) from error
        raise
    return signed


def _require_object(source: Source, contents: Contents, serial: int) -> None:
    """Raise ``PackageBroken`` unless an object and its metadata are those that were sealed."""
    record = read_small(source, record_name(serial), limits.OBJECT_METADATA_BYTES)
    with source.open(object_name(serial)) as stream:
        digest = Digest.of_stream(stream)  # type: ignore[arg-type] # only .read is used
    is_sealed = Digest.of(record).matches(contents.listed.record(serial))
    if not is_sealed or not digest.matches(contents.listed.object(serial)):
        detail = f"{object_name(serial)} is not what was sealed."
        raise PackageBroken(detail)


def _write(source: Source, sink: FolderSink, serials: Sequence[int]) -> None:
    names = [STATEMENT]
    names += [name for serial in serials for name in (record_name(serial), object_name(serial))]
    with Copier() as copier:
        for name in names:
            writer = sink.create(name.removeprefix("bag/data/"))
            with source.open(name) as stream:
                copier.copy(stream.readinto, writer)
            writer.close()
