"""The chain of custody of a package: a river, and the same facts as a list beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import get_language_bidi, pgettext_lazy

from comity.seal.act import Act
from comity.service.node import Node
from comity.service.rows import DossierRow, ReceiptRow
from comity.service.tracing import OURS, PROVIDER, READER, THEIRS, Crossing, trace_package
from comity.web.pages.evidence.parts import note_seen, read_ident
from comity.web.pages.evidence.river import draw_river
from comity.web.pages.kit.pages import Answer, Sheet, page
from comity.web.pages.kit.seat import Seat
from comity.web.permissions import Permission

_BANKS: Final = {
    PROVIDER: pgettext_lazy("custody", "Provider"),
    OURS: pgettext_lazy("custody", "Us"),
    THEIRS: pgettext_lazy("custody", "Other State"),
    READER: pgettext_lazy("custody", "Court, defence"),
}
# What the platform calls acts of its own that no law file has as steps.
_OWN: Final = {
    "take_in": pgettext_lazy("custody", "Evidence was taken in, hashed at its first byte."),
    "seal_evidence": pgettext_lazy("custody", "What was taken in was sealed as a package."),
    "receive_evidence": pgettext_lazy(
        "custody", "The package was fetched, verified and kept under our own key."
    ),
    "refuse_evidence": pgettext_lazy(
        "custody", "The package did not verify and was not taken over."
    ),
    "open_evidence": pgettext_lazy("custody", "The evidence was opened for a stated use."),
    "disclose_part": pgettext_lazy("custody", "A part was disclosed, and the rest withheld."),
    "compare_inventory": pgettext_lazy(
        "custody", "What was returned was compared with the inventory at the freeze."
    ),
    "keep_return": pgettext_lazy("custody", "A return came that no step fitted; it was kept."),
    "withdraw_offer": pgettext_lazy("custody", "The offer was withdrawn."),
    "stop_transfer": pgettext_lazy("custody", "The transfer was stopped."),
    "discard_refused": pgettext_lazy("custody", "What was refused was dropped."),
}
_RECEIPTS: Final = frozenset({"relay_accepted", "delivered", "retrieved"})
_TOLD: Final = {
    "objects": pgettext_lazy("custody", "Objects"),
    "shown": pgettext_lazy("custody", "Objects shown"),
    "verification": pgettext_lazy("custody", "Verification"),
    "purpose": pgettext_lazy("custody", "Use"),
    "inventory": pgettext_lazy("custody", "Salted digest of the inventory"),
    "conditions": pgettext_lazy("custody", "Conditions"),
}


@dataclass(frozen=True, kw_only=True)
class ShownCrossing:
    """A crossing as the list tells it."""

    number: int
    act: Act
    means: str | Promise
    bank: str | Promise
    seal: object
    is_recorded: bool
    is_house: bool
    receipts: tuple[ReceiptRow, ...]
    told: tuple[tuple[str | Promise, str], ...]


@page(
    "packages/<str:package>/custody",
    Permission.DOSSIER_READ,
    name="custody",
    title=pgettext_lazy("custody", "Custody"),
    room="dossiers",
)
def show_custody(seat: Seat, package: str) -> Answer:
    """Show every crossing of a package: seal, time, who signed, which receipts stand for it."""
    traced = trace_package(seat.node, read_ident(package, "pkg"))
    with seat.node.store.view() as unit:
        head = unit.dossiers.get(traced.package.dossier)
    note_seen(seat, traced.package.dossier)
    return Sheet(
        template="evidence/custody.html",
        values={
            "package": traced.package,
            "dossier": head,
            "river": draw_river(traced.crossings, is_mirrored=get_language_bidi()),
            "banks": _BANKS,
            "crossings": [
                _show(seat.node, head, number, one)
                for number, one in enumerate(traced.crossings, 1)
            ],
        },
    )


def _show(node: Node, head: DossierRow, number: int, one: Crossing) -> ShownCrossing:
    return ShownCrossing(
        number=number,
        act=one.act,
        means=_means(node, one.act),
        bank=_BANKS[one.place],
        seal=one.seal,
        is_recorded=one.is_recorded,
        is_house=one.act.track == "house" and not one.is_recorded,
        receipts=_outside(one.receipts, node.state if head.channel == "node" else ""),
        told=tuple(
            (label, one.act.terms[name]) for name, label in _TOLD.items() if one.act.terms.get(name)
        ),
    )


def _outside(receipts: Sequence[ReceiptRow], own: str) -> tuple[ReceiptRow, ...]:
    """Return the receipts that others signed: what stands outside this node."""
    kept = [one for one in receipts if one.event in _RECEIPTS and one.state != own]
    return tuple(sorted(kept, key=lambda one: (one.at, one.event)))


def _means(node: Node, act: Act) -> str | Promise:
    process = node.book.processes.get(act.process)
    step = process.steps.get(act.step) if process else None
    return step.means if step else _OWN.get(act.step, act.step)
