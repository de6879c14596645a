"""What several pages of this room do: find names, ask a form, tell what the law names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import pgettext, pgettext_lazy

from comity.base import Ident, limits
from comity.domain.moves import Opening
from comity.law import Gate
from comity.service.custody import step_name
from comity.service.errors import NotThere
from comity.service.handing import find_package
from comity.service.node import Node
from comity.service.reading import list_steps
from comity.service.receipts import retrieve
from comity.service.rows import PackageRow, ReceivedRow
from comity.web.pages.kit.forms import DeskForm
from comity.web.pages.kit.pages import Answer, Go, Sheet, do_it
from comity.web.pages.kit.seat import Seat
from comity.web.permissions import Permission

ACT: Final = "evidence/act.html"
_GOOD_PRACTICE: Final = "good_practice"
_AGAINST: Final = "against-"
# Answered by the very form that takes the step.
_BY_FORM: Final = frozenset({"use_covered"})


def read_ident(text: str, kind: str) -> Ident:
    """Return an identifier of this kind from an address; raise ``NotThere`` for another's."""
    ident = Ident(text)
    if ident.kind != kind:
        raise NotThere(where=text)
    return ident


def read_package(node: Node, text: str) -> PackageRow | ReceivedRow:
    """Return a package from an address; raise ``NotThere``."""
    with node.store.view() as unit:
        return find_package(unit, read_ident(text, "pkg"))


def note_seen(seat: Seat, dossier: Ident) -> None:
    """Let the sender know that somebody here opened what it sent, if they may read content."""
    if seat.has(Permission.CONTENT_READ):
        retrieve(seat.node, seat.reader(), dossier)


@dataclass(frozen=True, kw_only=True)
class Told:
    """What stands around a form: where one is, what it does, what one must know before."""

    title: str | Promise
    lead: str | Promise
    button: str | Promise
    back: str
    back_says: str | Promise
    notes: tuple[str | Promise, ...] = ()
    values: dict[str, Any] = field(default_factory=dict)
    template: str = ACT


def ask(seat: Seat, form: DeskForm, told: Told, do: Callable[[Node], Go]) -> Answer:
    """Show a form, or do once what it asks."""
    if seat.is_post and form.is_valid():
        with form.catching():
            return do_it(seat, do)
    return show(form, told)


def show(form: DeskForm, told: Told) -> Sheet:
    """Show a form, with what stands around it."""
    return Sheet(
        template=told.template, values={"form": form, "told": told, **told.values}, title=told.title
    )


def name_step(node: Node, dossier: Ident, names: tuple[str, ...]) -> str:
    """Return what our side of a dossier calls a step of custody."""
    with node.store.view() as unit:
        head = unit.dossiers.get(dossier)
    return step_name(node.process(head.process), head.side, names)


def find_opening(seat: Seat, dossier: Ident, names: tuple[str, ...]) -> Opening | None:
    """Return how a step stands now; None if the standing does not permit it."""
    wanted = name_step(seat.node, dossier, names)
    steps = list_steps(seat.node, seat.reader(), dossier)
    return next((one for one in steps if one.step.name == wanted), None)


@dataclass(frozen=True, kw_only=True)
class Way:
    """A step of custody on the page of a package: open, or closed and why."""

    label: str | Promise
    address: str
    is_open: bool
    why: tuple[str, ...]


def show_way(
    seat: Seat, dossier: Ident, names: tuple[str, ...], label: str | Promise, address: str
) -> Way:
    """Return a step as the page shows it; what the form itself asks does not close it."""
    known = name_step(seat.node, dossier, names)
    with seat.node.store.view() as unit:
        head = unit.dossiers.get(dossier)
    if known not in seat.node.process(head.process).steps:
        return Way(label=label, address=address, is_open=True, why=())
    found = find_opening(seat, dossier, names)
    if found is None:
        return Way(label=label, address=address, is_open=False, why=(str(_NOT_NOW),))
    soft = {gate.needs for gate in list_gates(seat.node, dossier, known)}
    unmet = [one for one in found.unmet if one.name not in _BY_FORM | soft]
    return Way(
        label=label, address=address, is_open=not unmet, why=tuple(one.says for one in unmet)
    )


_NOT_NOW: Final = pgettext_lazy(
    "evidence", "The request does not stand where the law has this step."
)


def list_gates(node: Node, dossier: Ident, step: str) -> tuple[Gate, ...]:
    """Return the gates of good practice before a step: written reasons open them."""
    with node.store.view() as unit:
        head = unit.dossiers.get(dossier)
    gates = node.book.gates_of(head.process, step)
    return tuple(gate for gate in gates if gate.kind == _GOOD_PRACTICE)


class StepForm(DeskForm):
    """A form that takes a step: gates of good practice ask for reasons if one goes on without."""

    gates: tuple[Gate, ...] = ()

    def __init__(self, *sent: Any, gates: tuple[Gate, ...] = (), **more: Any) -> None:  # noqa: ANN401 # Django's
        """Ask for reasons against each of ``gates``, which may be left out."""
        super().__init__(*sent, **more)
        self.gates = gates
        for gate in gates:
            self.fields[f"{_AGAINST}{gate.gate}"] = forms.CharField(
                label=_REASONS_AGAINST,
                help_text=pgettext("law", gate.means),
                required=False,
                max_length=limits.ACT_TEXT,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def against(self) -> dict[str, str]:
        """Return the reasons that were written, by the name of the gate."""
        told = {gate.gate: self.cleaned_data[f"{_AGAINST}{gate.gate}"] for gate in self.gates}
        return {name: text for name, text in told.items() if text.strip()}


_REASONS_AGAINST: Final = pgettext_lazy(
    "evidence", "Good practice: if you go on without this, write why"
)


def reasons_field(label: Any, *, required: bool = True, hint: Any = "") -> forms.CharField:  # noqa: ANN401 # a text, or one translated later
    """Return a field for reasons."""
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=limits.ACT_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
