"""What a page of a step asks with: the questions, and the fields that they are made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from django import forms

from comity.base import limits
from comity.domain.moves import Opening
from comity.law import Process, Step
from comity.service.rows import DossierRow
from comity.web.pages.dossiers.next_steps import gates_of
from comity.web.pages.kit.seat import Seat

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Words: TypeAlias = "str | _StrPromise"
CONTENT, TERMS, DOCUMENT, AGAINST = "content", "terms", "document", "against"
_LINE: Final = 200


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One question: where its answer goes, under which key, and the field that asks."""

    where: str
    key: str
    field: forms.Field

    @property
    def name(self) -> str:
        """Return the name of the field in the form."""
        return f"{self.where}-{self.key}"


@dataclass(frozen=True, kw_only=True)
class Asking:
    """For which step it is asked, and of whom: of us, who take it, or of what they wrote."""

    seat: Seat
    head: DossierRow
    process: Process
    step: Step
    opening: Opening | None = None

    @property
    def is_theirs(self) -> bool:
        """Return whether the step is the other side's, and is recorded: then nothing is owed."""
        return self.step.side != self.head.side

    def lacks(self, need: str) -> bool:
        """Return whether a need or gate is not met by what is there already."""
        if self.opening is None:
            return False
        return any(one.name == need for one in self.opening.unmet)

    def wants(self, need: str) -> bool:
        """Return whether the step needs it, or a gate of the step does."""
        gates = () if self.is_theirs else gates_of(self.seat.node, self.process, self.step.name)
        return need in self.step.needs or any(one.needs == need for one in gates)


def make_ask(where: str, key: str, field: forms.Field) -> Ask:
    """Return a question whose answer goes to one part of the act, under a key."""
    return Ask(where=where, key=key, field=field)


def text_field(
    label: Words, help_text: Words = "", *, required: bool, rows: int = 5
) -> forms.CharField:
    """Return a question that is answered in sentences."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=limits.TEXT_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": str(rows), "dir": "auto"}),
    )


def line_field(label: Words, help_text: Words = "", *, required: bool) -> forms.CharField:
    """Return a question that is answered in one line."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=_LINE,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )


def pick_field(
    label: Words,
    choices: Iterable[tuple[str, Words]],
    help_text: Words = "",
    *,
    required: bool,
) -> forms.ChoiceField:
    """Return a question with few answers, all in sight."""
    return forms.ChoiceField(
        label=label,
        help_text=help_text,
        required=required,
        choices=choices,
        widget=forms.RadioSelect(),
    )


class TickWidget(forms.CheckboxInput):
    """A box whose value is a word of the law files, and not merely *on*."""

    def __init__(self, value: str) -> None:
        """Send ``value`` if it is ticked."""
        super().__init__(check_test=lambda given: given == value)
        self.value = value

    def format_value(self, value: Any) -> str:  # noqa: ANN401 # Django's
        """Return the word that is sent."""
        del value
        return self.value

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str:  # noqa: ANN401 # Django's
        """Return the word if it was sent, else nothing."""
        del files
        return self.value if data.get(name) == self.value else ""


def tick_field(label: Words, value: str) -> forms.ChoiceField:
    """Return a statement that one makes or does not make."""
    return forms.ChoiceField(
        label=label, required=False, choices=[(value, label)], widget=TickWidget(value)
    )
