"""Taking in what was uploaded: returns of providers, and what officers brought.

An officer asks, the law is asked then, a worker does it as a job like any taking-in: every
object is digested at its first byte. A return is also compared with the inventory at the
freeze, item by item, with the digests measured here; the comparison is a house act with a
document, in the transaction of the act of taking in. Then the pieces are dropped.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Final

from comity.base import Digest, Ident, limits, parse_canonical
from comity.base.canonical import Json
from comity.base.errors import BadValue
from comity.evidence import ObjectRecord, Provenance, Stream, Taken
from comity.federation.answering import open_return
from comity.federation.comparison import (
    Compared,
    Told,
    compare_items,
    comparison_document,
    count_outcomes,
    judge_opened,
)
from comity.federation.inventory import Inventory, Item
from comity.seal.fields import read_list, read_mapping
from comity.service.answers import NODE
from comity.service.chains import read_acts
from comity.service.contents import live_identity, read_document
from comity.service.custody import TAKE_IN, called, done_words, intake_row, require_custody
from comity.service.errors import NotThere, Unfit
from comity.service.intake import (
    list_exhibits,
    read_officer,
    read_provenance,
    taking_move,
    write_objects,
)
from comity.service.jobs import Held, ask_for, finish, read_order
from comity.service.node import Node, Officer
from comity.service.ports import Unit
from comity.service.requests import hold, platform_words
from comity.service.returns import order_names, read_heads
from comity.service.rows import DossierRow, ReturnRow
from comity.service.settling import record_act
from comity.service.situations import Move
from comity.service.speakers import IDENTIFIED, NOT_IDENTIFIED
from comity.service.uploads import (
    TAKEN,
    WHOLE,
    PieceReader,
    drop_pieces,
    list_returns,
    open_pieces,
    read_statement,
    read_upload_name,
    remove_blobs,
)
from comity.service.volumes import JobVolumes, clear_earlier

__all__ = ["list_returns", "request_return_intake", "show_comparison", "take_in_returns"]

JOB: Final = "take_in_returns"
COMPARE: Final = "compare_inventory"
FILE: Final = "comparison"
_SERVED: Final = "serve_order"
_MOST: Final = 100


def request_return_intake(
    node: Node,
    officer: Officer,
    dossier: Ident,
    returns: Sequence[Ident],
    provenance: Provenance | None = None,
) -> Ident:
    """Ask for whole uploads to be taken in as evidence; return the job's name.

    ``dossier`` is that of the order, or a request's for which the order was served: one that
    holds the step ``serve_order`` with the order's name among its terms.

    Without a ``provenance`` it says which provider, whether identified, and the order. Raise
    ``StepClosed`` if the law does not permit it now, ``Unfit`` if an upload is not whole.
    """
    if not 0 < len(set(returns)) == len(returns) <= _MOST:
        detail = f"1 to {_MOST} uploads are taken in at once, each named once."
        raise BadValue(detail)
    with node.store.unit() as unit:
        held = hold(node, unit, dossier)
        require_custody(node, unit, officer, held, called(node, held, TAKE_IN))
        rows = [_require_whole(unit, dossier, ret) for ret in returns]
        order: Json = {
            "actor": officer.actor,
            "role": officer.role,
            "returns": [str(ret) for ret in returns],
            "provenance": dict(asdict(provenance or _provenance(node, rows))),
        }
        return ask_for(node, unit, JOB, dossier, order)


def take_in_returns(node: Node, held: Held) -> None:
    """Do a job of taking in uploads."""
    order = read_order(node, held)
    clear_earlier(node, held)
    names = [Ident(str(ret)) for ret in read_list(order["returns"])]
    with node.store.unit() as unit:
        identity = live_identity(node, unit, held.dossier)
        batches = [_open(node, unit, _require_whole(unit, held.dossier, ret)) for ret in names]
    measured = _Measured()
    with JobVolumes(node, held, identity) as sink:
        places = (stream for batch in batches for stream in measured.watch(batch))
        provenance = read_provenance(order["provenance"])
        tally = write_objects(node, places, provenance, sink, measured.see)
    blobs: list[Digest] = []
    with node.store.unit() as unit:
        head = hold(node, unit, held.dossier)
        finish(unit, held)
        move = taking_move(unit, held, identity, tally)
        move = replace(move, terms={**move.terms, "returns": " ".join(map(str, names))})
        words = done_words(node, head, called(node, head, TAKE_IN, move))
        signed = record_act(node, unit, read_officer(order), head, words)
        unit.intakes.add(intake_row(signed.act))
        list_exhibits(node, unit, intake_row(signed.act))
        for batch in batches:
            _compare(node, unit, batch, measured.items[batch.row.ident])
            taken = replace(batch.row, version=batch.row.version + 1, state=TAKEN)
            unit.returns.swap(taken, batch.row.version)
            blobs.extend(drop_pieces(unit, batch.row.ident))
    remove_blobs(node, blobs)


def show_comparison(node: Node, ret: Ident) -> dict[str, Json]:
    """Return how a return compares with the inventory at the freeze.

    ``inventory`` says whether what was opened is what was told at the freeze: ``first``, ``later``
    (told after it) or ``never`` (equal items then prove nothing). Then ``counts`` by outcome,
    ``items``, and ``damaged``. Raise ``NotThere`` before it was taken in, or if none came with it.
    """
    with node.store.view() as unit:
        row = unit.returns.get(ret)
        acts = read_acts(unit, row.dossier)
        found = [a for a in acts if a.step == COMPARE and a.terms.get("return") == str(ret)]
        if not found:
            raise NotThere(where=str(ret))
        data = read_document(node, unit, row.dossier, found[-1].covers[FILE])
    told = read_mapping(parse_canonical(data, limit=limits.ATTACHMENT_BYTES))
    identified = IDENTIFIED if row.is_identified else NOT_IDENTIFIED
    bound = found[-1].terms["inventory"]
    return {**told, "inventory": bound, "return": str(ret), "identified": identified}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    """One upload, opened: its objects in the order of its bytes."""

    row: ReturnRow
    items: tuple[Item, ...]
    inventory: Inventory | None
    reader: PieceReader
    name: bytes = b""

    def streams(self) -> Iterator[Stream]:
        """Yield the objects; each is read to its end before the next is asked for."""
        if not self.row.order:
            yield Stream(name=self.name, reader=self.reader)
            return
        for item in self.items:
            yield Stream(name=item.name.encode("utf-8"), reader=_Part(self.reader, item.size))


class _Part(io.RawIOBase):
    """The next so many bytes of an upload."""

    def __init__(self, reader: PieceReader, size: int) -> None:
        super().__init__()
        self._reader = reader
        self._left = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override] # narrower than any buffer
        room = memoryview(buffer)[: self._left]
        count = self._reader.readinto(room) if room else 0
        self._left -= count
        return count


@dataclass
class _Measured:
    """What every object was found to be when it was taken in, by its upload."""

    items: dict[Ident, list[Item]] = field(default_factory=dict)
    _now: Ident | None = None

    def watch(self, batch: _Batch) -> Iterator[Stream]:
        self._now = batch.row.ident
        self.items[self._now] = []
        yield from batch.streams()

    def see(self, taken: Taken) -> None:
        if self._now is None:
            message = "an object was taken in of no upload"
            raise RuntimeError(message)
        name = ObjectRecord.parse(taken.metadata).path.decode("utf-8")
        self.items[self._now].append(Item(name=name, size=taken.size, digest=taken.digest))


def _open(node: Node, unit: Unit, row: ReturnRow) -> _Batch:
    statement = read_statement(node, unit, row)
    reader = open_pieces(node, unit, row)
    if not row.order:
        name = read_upload_name(statement)
        return _Batch(row=row, items=(), inventory=None, reader=reader, name=name)
    orders = order_names(unit, row.dossier)
    heads = read_heads(reader, open_return(statement), orders)
    return _Batch(row=row, items=heads.items, inventory=heads.inventory, reader=reader)


def _require_whole(unit: Unit, dossier: Ident, ret: Ident) -> ReturnRow:
    row = unit.returns.lock(ret)
    if row.dossier != dossier and not _is_served_for(unit, dossier, row.order):
        raise NotThere(where=str(ret))
    if row.state != WHOLE:
        detail = f"It is {row.state}; what is taken in is whole."
        raise Unfit(detail, where=str(ret))
    return row


def _is_served_for(unit: Unit, dossier: Ident, order: str) -> bool:
    """Tell whether a request's dossier says that this order was served for it."""
    acts = read_acts(unit, dossier) if order else ()
    return any(act.step == _SERVED and act.terms.get("order") == order for act in acts)


def _provenance(node: Node, rows: Sequence[ReturnRow]) -> Provenance:
    row = rows[0]
    if not row.order:
        return Provenance(tool=f"comity {node.version}", authority=node.authority)
    mark = "" if row.is_identified else f" ({NOT_IDENTIFIED})"
    return Provenance(
        origin=f"{row.provider[:400]}{mark}",
        collector=node.authority,
        tool=f"comity {node.version}",
        authority=node.authority,
        basis=row.order,
    )


def _compare(node: Node, unit: Unit, batch: _Batch, measured: Sequence[Item]) -> None:
    """Write the comparison down in the dossier of the order; nothing if no inventory came."""
    if batch.inventory is None:
        return
    rows = compare_items(batch.inventory.items, measured)
    listed = {item.name: item for item in batch.items}
    damaged = [item.name for item in measured if listed[item.name] != item]
    dossier = batch.row.dossier
    told = _told(unit, dossier)
    opened = batch.inventory.digest
    document = comparison_document(rows, told=told, opened=opened, damaged=damaged)
    move = Move(
        step=COMPARE,
        terms=_terms(batch.row, rows, told, opened),
        documents={FILE: document},
    )
    head: DossierRow = unit.dossiers.lock(dossier)
    record_act(node, unit, NODE, head, platform_words(node, head, move))


def _terms(
    row: ReturnRow, rows: Sequence[Compared], told: Sequence[Told], opened: Digest
) -> dict[str, str]:
    counts = {name: str(count) for name, count in count_outcomes(rows).items()}
    return {
        **counts,
        "return": str(row.ident),
        "order": row.order,
        "inventory": judge_opened(told, opened),
    }


def _told(unit: Unit, dossier: Ident) -> tuple[Told, ...]:
    """Return the salted digests that were told in this dossier, in the order of their coming."""
    acts = sorted(read_acts(unit, dossier), key=lambda act: (act.at, act.number))
    found: dict[Digest, Told] = {}
    for act in acts:
        if {"answer_code", "inventory"} <= act.terms.keys():
            digest = Digest.parse(act.terms["inventory"])
            found.setdefault(digest, Told(digest, act.at))
    return tuple(found.values())
