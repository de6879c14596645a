"""Tracing a package: every crossing of its custody, from the provider's disk to the courtroom.

All of it is read from acts, which are signed; nothing is added. What happened before the
taking-in stands in the dossier of the order, and is found through the return that was taken in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from comity.base import Digest, Ident, Instant
from comity.seal.act import Act
from comity.service.chains import read_acts
from comity.service.custody import DISCLOSE, OPEN, RECEIVE, SEAL, TAKE_IN
from comity.service.handing import find_package
from comity.service.node import Node
from comity.service.ports import Unit
from comity.service.returning import COMPARE
from comity.service.rows import PackageRow, ReceiptRow, ReceivedRow, TransferRow
from comity.service.transfers_state import CONFIRM, HAND_OVER, PACKAGE, TRANSFER

PROVIDER: Final = "provider"
OURS: Final = "ours"
THEIRS: Final = "theirs"
READER: Final = "reader"

# In whose hands the evidence is when each step is done.
_TO: Final[Mapping[str, str]] = {
    **dict.fromkeys(("serve", "serve_production", "demand_production"), PROVIDER),
    **dict.fromkeys(("preserve", "partly_preserve", "freeze_inventory"), PROVIDER),
    **dict.fromkeys(("produce", "partly_produce", "keep_return"), OURS),
    **dict.fromkeys((*TAKE_IN, *SEAL, *RECEIVE, COMPARE), OURS),
    **dict.fromkeys((*OPEN, *DISCLOSE), READER),
}


_ORDER: Final = (
    *("serve", "serve_production", "preserve", "partly_preserve", "demand_production"),
    *("produce", "partly_produce", "keep_return"),
    *(*TAKE_IN, COMPARE, *SEAL, *HAND_OVER, *RECEIVE, CONFIRM),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """One crossing: the act that records it, and whose hands the evidence is in.

    ``place`` is ``provider``, ``ours``, ``theirs`` or ``reader``: a court, the defence, whoever
    it was opened for. ``seal`` is the digest that binds it, if the act covers one. ``receipts`` are
    those for the act as a message, signed by the authority that each names.
    """

    act: Act
    place: str
    seal: Digest | None
    receipts: tuple[ReceiptRow, ...]

    @property
    def is_recorded(self) -> bool:
        """Return whether we wrote it down for the other side."""
        return self.act.recorded is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """A package, and its crossings in the order of their times."""

    package: PackageRow | ReceivedRow
    crossings: tuple[Crossing, ...]


def trace_package(node: Node, package: Ident) -> Traced:
    """Return every crossing of a package, sealed here or received; raise ``NotThere``."""
    with node.store.view() as unit:
        row = find_package(unit, package)
        acts = read_acts(unit, row.dossier)
        transfers = _transfers(unit, row)
        found = [*_before(unit, row, acts), *_with(row, acts, transfers)]
        ordered = sorted(_once(found), key=_in_time)
        crossings = tuple(_crossing(node, unit, act) for act in ordered)
    return Traced(package=row, crossings=crossings)


def _in_time(act: Act) -> tuple[Instant, int, int]:
    """Order acts by time; within one second, which is all that is told, by what must come first.

    The numbers of two chains say nothing of each other.
    """
    rank = _ORDER.index(act.step) if act.step in _ORDER else len(_ORDER)
    return act.at, rank, act.number


def _once(acts: Iterable[Act]) -> Iterator[Act]:
    return iter({act.digest: act for act in acts}.values())


def _transfers(unit: Unit, row: PackageRow | ReceivedRow) -> tuple[TransferRow, ...]:
    if isinstance(row, ReceivedRow):
        return (unit.transfers.get(row.transfer),)
    return unit.transfers.find(package=row.ident, dossier=row.dossier)


def _with(
    row: PackageRow | ReceivedRow, acts: Sequence[Act], transfers: Sequence[TransferRow]
) -> Iterator[Act]:
    """Yield the acts of the package's own dossier that speak of it."""
    named = {str(one.ident) for one in transfers}
    digests = {row.act} | {one.act for one in transfers}
    for act in acts:
        is_named = act.terms.get(PACKAGE) == str(row.ident) or act.terms.get(TRANSFER) in named
        if is_named or act.digest in digests:
            yield act


def _before(unit: Unit, row: PackageRow | ReceivedRow, acts: Sequence[Act]) -> Iterator[Act]:
    """Yield the taking-in, and what stands before it in the dossiers of orders."""
    if isinstance(row, ReceivedRow):
        return
    intake = unit.intakes.get(row.intake)
    for act in acts:
        if act.digest == intake.act:
            yield act
            for ret in act.terms.get("returns", "").split():
                yield from _of_return(unit, ret)


def _of_return(unit: Unit, ret: str) -> Iterator[Act]:
    for row in unit.returns.find(ident=Ident(ret)):
        if not row.order:
            continue
        for act in read_acts(unit, row.dossier):
            terms = act.terms
            if terms.get("return") == ret or (
                terms.get("order") == row.order and act.step in _TO and "return" not in terms
            ):
                yield act


def _crossing(node: Node, unit: Unit, act: Act) -> Crossing:
    return Crossing(
        act=act,
        place=_place(node, act),
        seal=_seal(act),
        receipts=unit.receipts.find(act=act.digest),
    )


def _place(node: Node, act: Act) -> str:
    """Return in whose hands the evidence is when the act is signed, seen from this node."""
    if act.step in {*HAND_OVER, CONFIRM}:
        return OURS if act.holder == node.state else THEIRS
    return _TO.get(act.step, OURS)


def _seal(act: Act) -> Digest | None:
    """Return what the act binds the evidence by: its statement, its root, the salted inventory."""
    for name in ("statement", "root", "proof", "order"):
        if name in act.covers:
            return act.covers[name]
    return None
