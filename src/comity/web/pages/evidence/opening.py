"""Opening and disclosing: the act first, then the bytes as one file.

What is handed out is a tar of the plain package, or of a part: any tool verifies it. A form sent
again, with the same key, makes no second act and hands out the same bytes.
"""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.urls import reverse
from django.utils.translation import pgettext_lazy

from comity.base import Digest, Ident, limits
from comity.service.custody import DISCLOSE, OPEN
from comity.service.early_export import export_early
from comity.service.exporting import Export, export_package, export_part
from comity.service.node import Officer
from comity.service.received import show_transfer
from comity.service.repeats import Once
from comity.service.situations import Move
from comity.web.api.dossiers import custody_roles
from comity.web.pages.evidence.parts import (
    StepForm,
    Told,
    list_gates,
    name_step,
    read_ident,
    read_package,
    reasons_field,
    show,
)
from comity.web.pages.evidence.serials import SerialsField
from comity.web.pages.kit.pages import ONCE, Answer, page
from comity.web.pages.kit.seat import Seat
from comity.web.permissions import Permission
from comity.web.streaming import stream_export

_PURPOSES: Final = [
    ("stated", pgettext_lazy("evidence", "The use that was stated when it was asked for")),
    ("court_order", pgettext_lazy("evidence", "A court’s order: name the decision")),
    (
        "exculpatory",
        pgettext_lazy("evidence", "It clears an accused person: the other State is told"),
    ),
]
_NOTICES: Final = [
    ("", pgettext_lazy("evidence", "Not needed")),
    ("given", pgettext_lazy("evidence", "Was given")),
    ("to_follow", pgettext_lazy("evidence", "Follows")),
]


class OpenForm(StepForm):
    """For what it is opened: the law asks it, and it is recorded."""

    purpose = forms.ChoiceField(
        label=pgettext_lazy("evidence", "For which use"),
        choices=_PURPOSES,
        widget=forms.RadioSelect,
        help_text=pgettext_lazy(
            "evidence",
            "Other use needs the consent of the State that gave it (UNCC 40(19)); a court’s order "
            "and "
            "what clears an accused person always open.",
        ),
    )
    decision = forms.CharField(
        label=pgettext_lazy("evidence", "The court’s decision: body, number, date"),
        required=False,
        max_length=limits.ACT_TEXT,
    )
    notice = forms.ChoiceField(
        label=pgettext_lazy("evidence", "Notice to the other State"),
        choices=_NOTICES,
        required=False,
    )
    reasons = reasons_field(
        pgettext_lazy("evidence", "Why it is opened"),
        hint=pgettext_lazy("evidence", "It stands sealed in the record, under your name."),
    )

    def move(self) -> Move:
        """Return what the act says."""
        said = self.cleaned_data
        terms = {name: said[name] for name in ("purpose", "decision", "notice") if said[name]}
        words = {name: said[name] for name in ("reasons", "to") if said.get(name)}
        return Move(terms=terms, content=words, reasons_against=self.against())


class DiscloseForm(OpenForm):
    """Which objects are shown, to whom, and why; the rest is withheld."""

    field_order = ("serials", "to", "purpose", "decision", "notice", "reasons")
    serials = SerialsField(
        label=pgettext_lazy("evidence", "Objects that are shown"),
        help_text=pgettext_lazy(
            "evidence",
            "Their numbers, such as 1, 4-6. The part verifies by itself, says how many are "
            "withheld, "
            "and tells nothing else of them.",
        ),
    )
    to = forms.CharField(
        label=pgettext_lazy("evidence", "To whom"),
        help_text=pgettext_lazy("evidence", "A court, the defence, an expert. It is kept sealed."),
        max_length=limits.ACT_TEXT,
    )


class EarlyForm(OpenForm):
    """Which objects of those that are here already are opened."""

    field_order = ("serials", "purpose", "decision", "notice", "reasons")
    serials = SerialsField(
        label=pgettext_lazy("evidence", "Objects that are opened"),
        help_text=pgettext_lazy("evidence", "Their numbers, such as 1, 4-6."),
    )


@page(
    "packages/<str:package>/open",
    Permission.EVIDENCE_OPEN,
    name="open-evidence",
    title=pgettext_lazy("evidence", "Open the evidence"),
    takes_posts=True,
    room="dossiers",
)
def open_whole(seat: Seat, package: str) -> Answer:
    """Hand a whole package out, plain; an act says who opened it and why."""
    row = read_package(seat.node, package)
    form = _form(OpenForm, seat, row.dossier, OPEN)
    if seat.is_post and form.is_valid():
        with form.catching():
            officer = _officer(seat, row.dossier, OPEN)
            return _send(
                row.ident, export_package(seat.node, officer, row.ident, form.move(), _once(seat))
            )
    return show(
        form,
        Told(
            title=pgettext_lazy("evidence", "Open the evidence"),
            lead=pgettext_lazy(
                "evidence",
                "The act is signed first; then the whole package comes to this computer as one "
                "file, "
                "plain. It is no longer encrypted there: keep it as your law says.",
            ),
            button=pgettext_lazy("evidence", "Sign and open"),
            back=reverse("package", kwargs={"package": package}),
            back_says=_PACKAGE,
        ),
    )


@page(
    "packages/<str:package>/disclose",
    Permission.EVIDENCE_DISCLOSE,
    name="disclose",
    title=pgettext_lazy("evidence", "Disclose a part"),
    takes_posts=True,
    room="dossiers",
)
def disclose(seat: Seat, package: str) -> Answer:
    """Hand out the part of a package that shows some objects, plain."""
    row = read_package(seat.node, package)
    form = _form(DiscloseForm, seat, row.dossier, DISCLOSE)
    if seat.is_post and form.is_valid():
        with form.catching():
            officer = _officer(seat, row.dossier, DISCLOSE)
            serials = form.cleaned_data["serials"]
            part = export_part(seat.node, officer, row.ident, serials, form.move(), _once(seat))
            return _send(row.ident, part)
    return show(
        form,
        Told(
            title=pgettext_lazy("evidence", "Disclose a part"),
            lead=pgettext_lazy(
                "evidence",
                "The act is signed first; then the part comes to this computer as one file. "
                "Whoever gets "
                "it can verify it alone, with the original seal.",
            ),
            button=pgettext_lazy("evidence", "Sign and disclose"),
            back=reverse("package", kwargs={"package": package}),
            back_says=_PACKAGE,
        ),
    )


@page(
    "transfers/<str:transfer>/early-opening",
    Permission.EVIDENCE_OPEN,
    name="transfer-early",
    title=pgettext_lazy("evidence", "Open what is here already"),
    takes_posts=True,
    room="dossiers",
)
def open_early(seat: Seat, transfer: str) -> Answer:
    """Hand out objects that are here while the rest is on its way."""
    ident = read_ident(transfer, "xfr")
    dossier = show_transfer(seat.node, ident).row.dossier
    form = _form(EarlyForm, seat, dossier, OPEN)
    if seat.is_post and form.is_valid():
        with form.catching():
            officer = _officer(seat, dossier, OPEN)
            serials = form.cleaned_data["serials"]
            early = export_early(seat.node, officer, ident, serials, form.move(), _once(seat))
            return _send(ident, early)
    return show(
        form,
        Told(
            title=pgettext_lazy("evidence", "Open what is here already"),
            lead=pgettext_lazy(
                "evidence",
                "Verified in part: the seal, the lists and the objects that you choose. Nothing "
                "is said "
                "of the others, which are still on their way.",
            ),
            button=pgettext_lazy("evidence", "Sign and open"),
            back=reverse("transfer", kwargs={"transfer": transfer}),
            back_says=pgettext_lazy("evidence", "This transfer"),
        ),
    )


_PACKAGE: Final = pgettext_lazy("evidence", "This package")


def _form(kind: type[OpenForm], seat: Seat, dossier: Ident, names: tuple[str, ...]) -> Any:  # noqa: ANN401 # a form of this kind
    step = name_step(seat.node, dossier, names)
    return kind.of(seat, gates=list_gates(seat.node, dossier, step))


def _officer(seat: Seat, dossier: Ident, names: tuple[str, ...]) -> Officer:
    return seat.officer(custody_roles(seat.node, dossier, names))


def _once(seat: Seat) -> Once:
    """Return what makes a form sent twice one: its key, and all that was written into it."""
    sent = seat.http.POST
    told = sorted((name, sent.getlist(name)) for name in sent if name != "csrfmiddlewaretoken")
    request = Digest.of(repr((seat.http.path, seat.role, told)).encode("utf-8", "surrogatepass"))
    return Once(actor=seat.actor, key=f"page-{sent.get(ONCE, '')}", request=request)


def _send(named: Ident, export: Export) -> Answer:
    return stream_export(named, export)
