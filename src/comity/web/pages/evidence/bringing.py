"""Bringing evidence in: what was uploaded or returned is taken in, then sealed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse
from django.utils.translation import pgettext_lazy

from comity.base import Digest, Ident, limits
from comity.evidence import Provenance
from comity.service.custody import SEAL, TAKE_IN
from comity.service.node import Node, Officer
from comity.service.returning import request_return_intake
from comity.service.rows import ReturnRow
from comity.service.sealing import request_seal
from comity.service.uploads import WHOLE, append_piece, begin_upload, list_returns
from comity.web.api.dossiers import custody_roles
from comity.web.pages.evidence.parts import Told, ask, read_ident
from comity.web.pages.kit.forms import DeskForm
from comity.web.pages.kit.pages import Answer, Go, page
from comity.web.pages.kit.seat import Seat
from comity.web.pages.kit.uploads import FILES_BYTES
from comity.web.permissions import Permission

_WORDS: Final = 500
_FILES: Final = 100


class ManyFiles(forms.FileInput):
    """A field that takes several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files, or none."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:  # noqa: ANN401 # Django's
        """Return the files, each of which has a name and at least one byte."""
        sent = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(one, initial) for one in sent if one]


class IntakeForm(DeskForm):
    """What is taken in, and where it comes from."""

    chosen = forms.MultipleChoiceField(
        label=pgettext_lazy("evidence", "What is here already"),
        help_text=pgettext_lazy(
            "evidence",
            "Returns of providers, and what was sent in pieces. Choose what goes together.",
        ),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    brought = FilesField(
        label=pgettext_lazy("evidence", "Small files from this computer"),
        help_text=pgettext_lazy(
            "evidence",
            "At most 32 MiB together. They are hashed when they arrive here, not before they leave "
            "your computer.",
        ),
        required=False,
    )
    origin = forms.CharField(
        label=pgettext_lazy("evidence", "Where it comes from"),
        help_text=pgettext_lazy(
            "evidence", "A host, a provider, a place. It stands beside every object."
        ),
        required=False,
        max_length=_WORDS,
    )
    collector = forms.CharField(
        label=pgettext_lazy("evidence", "Who collected it"),
        help_text=pgettext_lazy("evidence", "A unit, not a person’s name."),
        required=False,
        max_length=_WORDS,
    )
    tool = forms.CharField(
        label=pgettext_lazy("evidence", "With which tool"), required=False, max_length=_WORDS
    )
    basis = forms.CharField(
        label=pgettext_lazy("evidence", "On which legal basis"),
        help_text=pgettext_lazy("evidence", "The order, the decision, the provision."),
        required=False,
        max_length=_WORDS,
    )

    def __init__(self, *sent: Any, rows: Sequence[ReturnRow] = (), **more: Any) -> None:  # noqa: ANN401 # Django's
        """Offer the uploads that are whole."""
        super().__init__(*sent, **more)
        field = self.fields["chosen"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [(str(row.ident), _label(row)) for row in rows]
        if not rows:
            del self.fields["chosen"]

    def clean(self) -> dict[str, Any]:
        """Refuse a form that names nothing, or too much."""
        found = super().clean() or self.cleaned_data
        files = found.get("brought") or []
        if not files and not found.get("chosen"):
            raise forms.ValidationError(_NOTHING)
        if sum(one.size or 0 for one in files) > FILES_BYTES or len(files) > _FILES:
            raise forms.ValidationError(_TOO_MUCH)
        return found

    def provenance(self) -> Provenance | None:
        """Return what was said of the origin; None if nothing was, so that the return says it."""
        names = ("origin", "collector", "tool", "basis")
        said = {name: self.cleaned_data[name] for name in names}
        return Provenance(**said) if any(said.values()) else None


_NOTHING: Final = pgettext_lazy("evidence", "Choose something that is here, or a file.")
_TOO_MUCH: Final = pgettext_lazy(
    "evidence", "These are more than 32 MiB: send them in pieces, by the command."
)


def _label(row: ReturnRow) -> str:
    size = f"{row.size:,} B"
    if not row.order:
        return f"{row.ident} · {size}"
    mark = "" if row.is_identified else f" · {NOT_IDENTIFIED}"
    return f"{row.provider} · {size}{mark}"


NOT_IDENTIFIED: Final = pgettext_lazy("evidence", "provider not identified")


@page(
    "dossiers/<str:dossier>/intakes",
    Permission.EVIDENCE_BRING,
    name="intake",
    title=pgettext_lazy("evidence", "Bring evidence in"),
    takes_posts=True,
    room="dossiers",
)
def bring(seat: Seat, dossier: str) -> Answer:
    """Take in chosen uploads, returns and small files; a worker does it."""
    ident = read_ident(dossier, "dos")
    rows = [row for row in list_returns(seat.node, ident) if row.state == WHOLE]
    form = IntakeForm.of(seat, rows=rows)
    told = Told(
        title=pgettext_lazy("evidence", "Bring evidence in"),
        lead=pgettext_lazy(
            "evidence",
            "Every object is hashed at its first byte and encrypted to this dossier before it is "
            "written. A worker does it; you may close this page.",
        ),
        button=pgettext_lazy("evidence", "Take in"),
        back=reverse("evidence", kwargs={"dossier": dossier}),
        back_says=pgettext_lazy("evidence", "Evidence of this dossier"),
        template="evidence/intake.html",
        values={"dossier": ident},
    )
    return ask(seat, form, told, lambda node: _take_in(seat.at(node), ident, form))


def _take_in(seat: Seat, dossier: Ident, form: Any) -> Go:  # noqa: ANN401 # IntakeForm
    officer = seat.officer(custody_roles(seat.node, dossier, TAKE_IN))
    brought = [_upload(seat.node, officer, dossier, one) for one in form.cleaned_data["brought"]]
    chosen = [Ident(one) for one in form.cleaned_data.get("chosen", [])]
    request_return_intake(seat.node, officer, dossier, [*chosen, *brought], form.provenance())
    return Go(
        to=reverse("evidence", kwargs={"dossier": str(dossier)}),
        says=pgettext_lazy("evidence", "A worker takes it in. It goes on if you close this page."),
    )


def _upload(node: Node, officer: Officer, dossier: Ident, file: UploadedFile) -> Ident:
    """Keep a small file as what a program would send in pieces."""
    data = file.read()
    ident = begin_upload(node, officer, dossier, name=file.name or "file", size=len(data))
    for start in range(0, len(data), limits.PIECE_BYTES):
        piece = data[start : start + limits.PIECE_BYTES]
        append_piece(node, ident, start, piece, Digest.of(piece))
    return ident


@page(
    "dossiers/<str:dossier>/seals/<str:intake>",
    Permission.EVIDENCE_BRING,
    name="seal",
    title=pgettext_lazy("evidence", "Seal"),
    takes_posts=True,
    room="dossiers",
)
def seal(seat: Seat, dossier: str, intake: str) -> Answer:
    """Ask for a taking-in to be sealed; a worker does it."""
    ident, job = read_ident(dossier, "dos"), read_ident(intake, "job")
    form = DeskForm.of(seat)
    told = Told(
        title=pgettext_lazy("evidence", "Seal what was taken in"),
        lead=pgettext_lazy(
            "evidence",
            "It becomes one package, signed with your authority’s key. What is sealed is not "
            "changed any more; anybody can then tell whether it was.",
        ),
        button=pgettext_lazy("evidence", "Seal"),
        back=reverse("evidence", kwargs={"dossier": dossier}),
        back_says=pgettext_lazy("evidence", "Evidence of this dossier"),
    )
    return ask(seat, form, told, lambda node: _seal(seat.at(node), ident, job))


def _seal(seat: Seat, dossier: Ident, intake: Ident) -> Go:
    officer = seat.officer(custody_roles(seat.node, dossier, SEAL))
    request_seal(seat.node, officer, dossier, intake)
    return Go(
        to=reverse("evidence", kwargs={"dossier": str(dossier)}),
        says=pgettext_lazy("evidence", "A worker seals it."),
    )
