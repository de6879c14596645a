"""The boxes of a page of a form, made from the law file's own definition of each field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import pgettext

from comity.base import limits
from comity.law import Book, Field
from comity.web.pages.drafting.wording import say_article, say_option
from comity.web.pages.drafting.writing import boxes
from comity.web.pages.kit.forms import DeskForm
from comity.web.pages.kit.seat import Seat
from comity.web.pages.kit.wording import say_provision

Choices = list[tuple[str, str]]
_ROWS: Final = 5
_FEW: Final = 5
# A list of choices of which one is longer than this is one to fold out.
_LONG: Final = 60
_PLAIN: Final = {"dir": "auto"}
_LEFT: Final = {"dir": "ltr", "spellcheck": "false", "autocapitalize": "none"}


class SectionForm(DeskForm):
    """One page of a form: a box, or a group of them, for each field of the law file."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput, max_length=80)

    def __init__(  # what Django takes, and what a field is made from
        self,
        *given: Any,  # noqa: ANN401 # Django's
        seat: Seat,
        fields: tuple[Field, ...],
        pack: str,
        offers: Mapping[str, Choices],
        **more: Any,  # noqa: ANN401 # Django's
    ) -> None:
        """Make the boxes; ``offers`` are the choices of fields that take any text or act."""
        super().__init__(*given, **more)
        for law_field in fields:
            for name, box in make_boxes(seat, law_field, pack, offers):
                self.fields[name] = box
                box.required = law_field.asked == "always" and name == boxes(law_field)[0]
                if isinstance(box, OpenChoice):
                    box.keep(str(self.data.get(name) or self.initial.get(name) or ""))

    def _clean_fields(self) -> None:
        """Check what is there: what is missing may be written later, and keeps no page unsaved."""
        asked = [box for box in self.fields.values() if box.required]
        for box in asked:
            box.required = False
        super()._clean_fields()  # type: ignore[misc] # Django's, of no public name
        for box in asked:
            box.required = True

    @property
    def texts(self) -> Mapping[str, str]:
        """Return what stands in the boxes, as it was sent."""
        return {name: self.data.get(name, "") for name in self.fields if name != "seen"}


def make_boxes(
    seat: Seat, field: Field, pack: str, offers: Mapping[str, Choices]
) -> Iterator[tuple[str, forms.Field]]:
    """Yield the boxes of a field by their names; what is always asked is marked as required."""
    label = pgettext("law", field.label)
    names = boxes(field)
    if field.kind == "offence":
        yield from zip(names, _offence(seat.node.book, field, label, pack), strict=True)
    elif field.kind == "period":
        yield (
            names[0],
            _time(seat, pgettext("drafting", "%(field)s: from") % {"field": label}, field.help),
        )
        yield names[1], _time(seat, pgettext("drafting", "%(field)s: until") % {"field": label})
    else:
        yield names[0], _single(seat, field, label, offers)


def _single(seat: Seat, field: Field, label: str, offers: Mapping[str, Choices]) -> forms.Field:
    hint = pgettext("law", field.help) if field.help else ""
    if field.kind == "instant":
        return _time(seat, label, field.help)
    if field.kind in {"identifiers", "list"}:
        hint = f"{hint} {pgettext('drafting', 'One to a line.')}".strip()
        turn = _LEFT if field.kind == "identifiers" else _PLAIN
        return _area(label, hint, limits.FORM_LINES * limits.IDENTIFIER_CHARACTERS, turn)
    if field.kind == "text" and field.sensitivity != "plain":
        return _area(label, hint, limits.TEXT_CHARACTERS, _PLAIN)
    offered = _offered(field, offers)
    return _line(label, hint) if offered is None else _choice(label, hint, offered)


def _offered(field: Field, offers: Mapping[str, Choices]) -> Choices | None:
    """Return what one may choose from; None where one writes."""
    if field.kind == "yes_no":
        return [("yes", pgettext("answer", "yes")), ("no", pgettext("answer", "no"))]
    if field.kind == "choice":
        return [(one, say_option(one)) for one in field.options]
    return offers.get(field.field) or offers.get(field.kind)


def _offence(book: Book, field: Field, label: str, pack: str) -> Iterator[forms.Field]:
    known = book.packs.get(pack)
    articles = [(str(one), say_article(book, one)) for one in known.scope.offences] if known else []
    hint = pgettext("law", field.help) if field.help else ""
    if articles:
        yield _choice(label, hint, articles)
    else:
        yield _line(label, hint, turn=_LEFT)
    yield _line(
        pgettext("drafting", "What your law calls the offence"),
        pgettext("drafting", "If it is none of the above, or beside it."),
    )
    yield _line(
        pgettext("drafting", "Where your law says so"),
        pgettext("drafting", "The act and its section."),
    )
    serious = known.scope.serious if known else None
    told = pgettext("drafting", "With %(months)s months or more it is a serious crime (%(law)s).")
    yield _line(
        pgettext("drafting", "Longest penalty, in months"),
        told % {"months": serious.months, "law": say_provision(str(serious.law))}
        if serious
        else "",
        turn={**_LEFT, "inputmode": "numeric", "class": "short"},
    )


def _line(label: str, hint: str, turn: Mapping[str, str] = _PLAIN) -> forms.Field:
    widget = forms.TextInput(attrs={**turn})
    return forms.CharField(
        label=label, help_text=hint, required=False, max_length=limits.ACT_TEXT, widget=widget
    )


def _area(label: str, hint: str, most: int, turn: Mapping[str, str]) -> forms.Field:
    widget = forms.Textarea(attrs={"rows": _ROWS, **turn})
    return forms.CharField(
        label=label, help_text=hint, required=False, max_length=most, widget=widget
    )


def _time(seat: Seat, label: str, hint: str = "") -> forms.Field:
    said = pgettext("law", hint) if hint else ""
    zone = pgettext("drafting", "Time in %(zone)s.") % {"zone": str(seat.zone)}
    widget = forms.TextInput(attrs={"type": "datetime-local", "step": "1", "class": "narrow"})
    return forms.CharField(
        label=label,
        help_text=f"{said} {zone}".strip(),
        required=False,
        max_length=40,
        widget=widget,
    )


def _choice(label: str, hint: str, choices: Choices) -> forms.Field:
    nothing = ("", pgettext("drafting", "Not answered"))
    is_list = len(choices) > _FEW or max((len(one) for _, one in choices), default=0) > _LONG
    widget = forms.Select() if is_list else forms.RadioSelect()
    return OpenChoice(
        label=label, help_text=hint, required=False, choices=[nothing, *choices], widget=widget
    )


class OpenChoice(forms.ChoiceField):
    """A choice that also keeps a value from elsewhere: what was saved is never lost by a page."""

    def valid_value(self, value: Any) -> bool:  # noqa: ANN401 # Django's
        """Return True: whether the law admits it, ``check_form`` says."""
        del value
        return True

    def keep(self, value: str) -> None:
        """Let a value that is none of the choices be one of them."""
        if value and value not in dict(self.choices):  # type: ignore[arg-type] # pairs
            self.choices = [*self.choices, (value, value)]  # type: ignore[misc] # pairs
