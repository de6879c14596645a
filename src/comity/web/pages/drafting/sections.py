"""Sections: the pages of a form, in the order in which one thinks of a request.

This is how a form is laid out and no rule of law: what is asked, and by which provision, the law
file alone says. A field that no section names goes where its kind belongs, so that a form that
comes later has a place for each of its fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from comity.law import Field, Form

_PLACES: Final[Mapping[str, tuple[str, ...]]] = {
    "who": (
        "requesting_authority",
        "investigating_authority",
        "conducting_authority",
        "own_reference",
        "call_back_number",
    ),
    "case": (
        "risk_facts",
        "persons_at_risk",
        "why_imminent",
        "how_averted",
        "offence",
        "nature",
        "facts",
        "persons",
    ),
    "what": (
        "preserved_under",
        "data",
        "data_kinds",
        "sought",
        "measure",
        "procedure",
        "period",
        "custodian",
        "custodian_involved",
        "provider",
        "location",
        "known_path",
    ),
    "why": (
        "link",
        "necessity",
        "alternatives",
        "purpose",
        "follow_on",
        "expedited_because",
        "urgency",
    ),
    "safeguards": (
        "confidential",
        "confidential_until",
        "no_user_notice",
        "own_authorisation",
        "marking",
    ),
    "sending": ("language", "channel", "priority", "answer_by", "answer_by_reason"),
}
_BY_KIND: Final = {
    "authority": "who",
    "offence": "case",
    "identifiers": "what",
    "period": "what",
    "list": "what",
    "act": "what",
    "yes_no": "safeguards",
    "instant": "sending",
    "choice": "sending",
}
TITLES: Final[Mapping[str, Promise]] = {
    "who": pgettext_lazy("drafting", "Who asks"),
    "case": pgettext_lazy("drafting", "The case"),
    "what": pgettext_lazy("drafting", "What is asked for"),
    "why": pgettext_lazy("drafting", "Why it is needed"),
    "safeguards": pgettext_lazy("drafting", "Safeguards"),
    "sending": pgettext_lazy("drafting", "Language, way and time"),
}
_SECTION_OF: Final = {field: name for name, fields in _PLACES.items() for field in fields}
# Which field opens what a need asks for; a need that is not listed is met elsewhere.
_FIELD_OF_NEED: Final = {
    "identifiers_specific": "data",
    "offence_in_scope": "offence",
    "language_accepted": "language",
    "translation_attached": "language",
    "necessity_written": "necessity",
    "alternatives_considered": "alternatives",
    "confidentiality_dated": "confidential_until",
    "deadline_reasoned": "answer_by_reason",
    "emergency_shown": "risk_facts",
    "urgency_stated": "urgency",
}


@dataclass(frozen=True, kw_only=True)
class Section:
    """One page of a form."""

    name: str
    title: str | Promise
    fields: tuple[Field, ...]


def sections_of(form: Form) -> tuple[Section, ...]:
    """Return the pages of a form; a page without a field is left out."""
    held: dict[str, list[Field]] = {name: [] for name in _PLACES}
    for field in form.fields.values():
        held[section_of(field)].append(field)
    return tuple(
        Section(name=name, title=TITLES[name], fields=_ordered(name, fields))
        for name, fields in held.items()
        if fields
    )


def section_of(field: Field) -> str:
    """Return the name of the page on which a field stands."""
    return _SECTION_OF.get(field.field) or _BY_KIND.get(field.kind, "why")


def field_of_need(form: Form, need: str) -> Field | None:
    """Return the field in which one meets a need; None if no field of this form does."""
    return form.fields.get(_FIELD_OF_NEED.get(need, ""))


def _ordered(name: str, fields: list[Field]) -> tuple[Field, ...]:
    order = _PLACES[name]
    known = [one for one in fields if one.field in order]
    known.sort(key=lambda one: order.index(one.field))
    return (*known, *(one for one in fields if one.field not in order))
