"""Packages on their way: hand over, show a transfer, confirm, stop, resume, withdraw, discard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from comity.base import Ident, limits
from comity.seal.act import SignedAct
from comity.service.fetching import resume_transfer, stop_transfer
from comity.service.handover import request_handover
from comity.service.node import Node, Officer
from comity.service.received import (
    ACKNOWLEDGED,
    ShownTransfer,
    confirm_receipt,
    discard_refused,
    show_transfer,
)
from comity.service.situations import Move
from comity.service.transfers import withdraw_offer
from comity.web.api.dossiers import step_roles
from comity.web.pages.evidence.parts import (
    StepForm,
    Told,
    ask,
    list_gates,
    note_seen,
    read_ident,
    read_package,
    reasons_field,
)
from comity.web.pages.evidence.repeating import show_data
from comity.web.pages.evidence.serials import SerialsField
from comity.web.pages.kit.forms import DeskForm
from comity.web.pages.kit.pages import Answer, Go, Sheet, page
from comity.web.pages.kit.seat import Seat
from comity.web.permissions import Permission

_HAND_OVER: Final = "hand_over"
_CONFIRM: Final = "confirm_receipt"
_CONDITIONS: Final = "conditions"
_BACK: Final = pgettext_lazy("evidence", "This transfer")


class HandOverForm(StepForm):
    """Which objects arrive first, and on which conditions all may be used."""

    first = SerialsField(
        label=pgettext_lazy("evidence", "Objects that are to arrive first"),
        help_text=pgettext_lazy(
            "evidence",
            "Their numbers, such as 1, 4-6. They can be opened there while the rest comes.",
        ),
        required=False,
    )
    conditions = forms.CharField(
        label=pgettext_lazy("evidence", "Conditions on the use"),
        help_text=pgettext_lazy(
            "evidence",
            "They travel with the package, and bind whoever opens it (UNCC 36 and 40(19)). The "
            "other "
            "side acknowledges them before it opens anything.",
        ),
        required=False,
        max_length=limits.ACT_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    says = forms.CharField(
        label=pgettext_lazy("evidence", "What you wish to say with it"),
        required=False,
        max_length=limits.TEXT_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@page(
    "packages/<str:package>/hand-over",
    Permission.EVIDENCE_HAND_OVER,
    name="hand-over",
    title=pgettext_lazy("evidence", "Hand over"),
    takes_posts=True,
    room="dossiers",
)
def hand_over(seat: Seat, package: str) -> Answer:
    """Ask for a package to be handed over to the other side; a worker encrypts and offers it."""
    row = read_package(seat.node, package)
    with seat.node.store.view() as unit:
        head = unit.dossiers.get(row.dossier)
    form = HandOverForm.of(seat, gates=list_gates(seat.node, row.dossier, _HAND_OVER))
    told = Told(
        title=pgettext_lazy("evidence", "Hand over to the other side"),
        lead=pgettext_lazy(
            "evidence",
            "The package is encrypted to the key that the directory has for them, and offered. It "
            "cannot be called back once they have fetched it.",
        ),
        button=pgettext_lazy("evidence", "Sign and hand over"),
        back=reverse("package", kwargs={"package": package}),
        back_says=pgettext_lazy("evidence", "This package"),
        values={"package": row, "dossier": head},
        template="evidence/hand-over.html",
    )
    return ask(
        seat, form, told, lambda node: _hand_over(seat.at(node), row.dossier, row.ident, form)
    )


def _hand_over(seat: Seat, dossier: Ident, package: Ident, form: Any) -> Go:  # noqa: ANN401 # HandOverForm
    said = form.cleaned_data
    terms = {_CONDITIONS: said["conditions"]} if said["conditions"] else {}
    content = {"says": said["says"]} if said["says"] else {}
    move = Move(terms=terms, content=content, reasons_against=form.against())
    officer = seat.officer(step_roles(seat.node, dossier, _HAND_OVER))
    request_handover(seat.node, officer, package, first=said["first"], move=move)
    return Go(
        to=reverse("evidence", kwargs={"dossier": str(dossier)}),
        says=pgettext_lazy("evidence", "A worker encrypts it for the other side, and offers it."),
    )


@page(
    "transfers/<str:transfer>",
    Permission.DOSSIER_READ,
    name="transfer",
    title=pgettext_lazy("evidence", "Transfer"),
    room="dossiers",
)
def show_one(seat: Seat, transfer: str) -> Answer:
    """Show a transfer: how far it is, its conditions, what the verification said."""
    found = show_transfer(seat.node, read_ident(transfer, "xfr"))
    note_seen(seat, found.row.dossier)
    may_read = seat.has(Permission.CONTENT_READ)
    checks = found.checks if may_read else ()
    name = str(found.row.package)
    return Sheet(
        template="evidence/transfer.html",
        values={
            "transfer": found,
            "may_read": may_read,
            "checks": [show_data(one, name) for one in checks if isinstance(one, dict)],
            "deeds": _deeds(seat, found),
        },
    )


def _deeds(seat: Seat, found: ShownTransfer) -> list[tuple[str | Promise, str]]:
    """Return what may be done with a transfer as it stands."""
    row = found.row
    is_in = row.direction == "in"
    ways = (
        ("transfer-confirm", is_in and row.state in {"done", "refused"}, Permission.DOSSIER_ACT),
        ("transfer-early", is_in and row.state in _UNDER_WAY, Permission.EVIDENCE_OPEN),
        ("transfer-stop", is_in and row.state == "fetching", Permission.DOSSIER_ACT),
        ("transfer-resume", is_in and row.state == "stopped", Permission.DOSSIER_ACT),
        ("transfer-withdraw", not is_in and row.state in _OFFER, Permission.EVIDENCE_HAND_OVER),
        ("transfer-discard", is_in and row.state == "refused", Permission.EVIDENCE_BRING),
    )
    named = {"transfer": str(row.ident)}
    return [
        (_LABELS[name], reverse(name, kwargs=named))
        for name, fits, permission in ways
        if fits and seat.has(permission)
    ]


_UNDER_WAY: Final = frozenset({"fetching", "stopped"})
_OFFER: Final = frozenset({"preparing", "offered", "stopped"})
_LABELS: Final = {
    "transfer-confirm": pgettext_lazy("evidence", "Confirm receipt"),
    "transfer-early": pgettext_lazy("evidence", "Open what is here already"),
    "transfer-stop": pgettext_lazy("evidence", "Stop"),
    "transfer-resume": pgettext_lazy("evidence", "Go on"),
    "transfer-withdraw": pgettext_lazy("evidence", "Withdraw"),
    "transfer-discard": pgettext_lazy("evidence", "Drop what was refused"),
}


class ConfirmForm(StepForm):
    """What we tell the sender; the conditions are acknowledged by name."""

    acknowledged = forms.BooleanField(
        label=pgettext_lazy("evidence", "We have read the conditions and keep to them"),
        required=False,
    )
    says = forms.CharField(
        label=pgettext_lazy("evidence", "What you wish to say with it"),
        required=False,
        max_length=limits.TEXT_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@page(
    "transfers/<str:transfer>/confirmation",
    Permission.DOSSIER_ACT,
    name="transfer-confirm",
    title=pgettext_lazy("evidence", "Confirm receipt"),
    takes_posts=True,
    room="dossiers",
)
def confirm(seat: Seat, transfer: str) -> Answer:
    """Tell the sender what came of a package: the result of the verification, the conditions."""
    ident = read_ident(transfer, "xfr")
    found = show_transfer(seat.node, ident)
    dossier = found.row.dossier
    form = ConfirmForm.of(seat, gates=list_gates(seat.node, dossier, _CONFIRM))
    if not found.conditions:
        del form.fields["acknowledged"]
    told = Told(
        title=pgettext_lazy("evidence", "Confirm receipt"),
        lead=pgettext_lazy(
            "evidence",
            "The sender learns that the package is here and what the verification said, signed by "
            "your authority.",
        ),
        button=pgettext_lazy("evidence", "Sign and confirm"),
        back=reverse("transfer", kwargs={"transfer": transfer}),
        back_says=_BACK,
        values={"transfer": found},
        template="evidence/confirm.html",
    )

    def do(node: Node) -> Go:
        there = seat.at(node)
        said = form.cleaned_data
        terms = {_CONDITIONS: ACKNOWLEDGED} if said.get("acknowledged") else {}
        content = {"says": said["says"]} if said["says"] else {}
        officer = there.officer(step_roles(node, dossier, _CONFIRM))
        against = form.against()  # type: ignore[attr-defined] # a form of this class
        move = Move(terms=terms, content=content, reasons_against=against)
        confirm_receipt(node, officer, ident, move=move)
        return Go(
            to=reverse("transfer", kwargs={"transfer": transfer}),
            says=pgettext_lazy("evidence", "Confirmed, and signed."),
        )

    return ask(seat, form, told, do)


class ReasonsForm(DeskForm):
    """Why."""

    reasons = reasons_field(pgettext_lazy("evidence", "Why"))


_Deed = Callable[[Node, Officer, Ident, str], SignedAct]


def _reasoned(
    seat: Seat, transfer: str, titles: tuple[str | Promise, str | Promise], deed: _Deed
) -> Answer:
    """Ask for reasons, then do what they are for."""
    ident = read_ident(transfer, "xfr")
    show_transfer(seat.node, ident)
    form = ReasonsForm.of(seat)
    address = reverse("transfer", kwargs={"transfer": transfer})
    told = Told(title=titles[0], lead=titles[1], button=titles[0], back=address, back_says=_BACK)

    def do(node: Node) -> Go:
        deed(node, seat.at(node).officer(), ident, form.cleaned_data["reasons"])
        return Go(to=address, says=pgettext_lazy("evidence", "Done, and recorded."))

    return ask(seat, form, told, do)


@page(
    "transfers/<str:transfer>/stop",
    Permission.DOSSIER_ACT,
    name="transfer-stop",
    title=_LABELS["transfer-stop"],
    takes_posts=True,
    room="dossiers",
)
def stop(seat: Seat, transfer: str) -> Answer:
    """Let nothing more be fetched for now; what is here stays."""
    lead = pgettext_lazy(
        "evidence", "Nothing more is fetched for now. What is here stays, and it can go on later."
    )
    return _reasoned(seat, transfer, (_LABELS["transfer-stop"], lead), stop_transfer)


@page(
    "transfers/<str:transfer>/withdrawal",
    Permission.EVIDENCE_HAND_OVER,
    name="transfer-withdraw",
    title=_LABELS["transfer-withdraw"],
    takes_posts=True,
    room="dossiers",
)
def withdraw(seat: Seat, transfer: str) -> Answer:
    """Take back an offer that the other side has not fetched whole."""
    lead = pgettext_lazy(
        "evidence",
        "The offer is taken back. What the other side has fetched already stays there, encrypted "
        "to it.",
    )
    return _reasoned(seat, transfer, (_LABELS["transfer-withdraw"], lead), withdraw_offer)


@page(
    "transfers/<str:transfer>/discarding",
    Permission.EVIDENCE_BRING,
    name="transfer-discard",
    title=_LABELS["transfer-discard"],
    takes_posts=True,
    room="dossiers",
)
def discard(seat: Seat, transfer: str) -> Answer:
    """Drop the pieces of a package that was refused here."""
    lead = pgettext_lazy(
        "evidence", "The bytes that did not verify are deleted. The record of the refusal stays."
    )
    return _reasoned(seat, transfer, (_LABELS["transfer-discard"], lead), discard_refused)


@page(
    "transfers/<str:transfer>/resumption",
    Permission.DOSSIER_ACT,
    name="transfer-resume",
    title=_LABELS["transfer-resume"],
    takes_posts=True,
    room="dossiers",
)
def resume(seat: Seat, transfer: str) -> Answer:
    """Let a transfer that was stopped go on where it stopped."""
    ident = read_ident(transfer, "xfr")
    show_transfer(seat.node, ident)
    form = DeskForm.of(seat)
    address = reverse("transfer", kwargs={"transfer": transfer})
    told = Told(
        title=_LABELS["transfer-resume"],
        lead=pgettext_lazy("evidence", "It goes on where it stopped; nothing is fetched twice."),
        button=_LABELS["transfer-resume"],
        back=address,
        back_says=_BACK,
    )

    def do(node: Node) -> Go:
        resume_transfer(node, seat.at(node).reader(), ident)
        return Go(to=address, says=pgettext_lazy("evidence", "It goes on."))

    return ask(seat, form, told, do)
