"""The request in the rows of the Council of Europe's templates, for a counterpart without a node.

Which rows there are, and how well each is known, stands in ``tcy.toml`` and is printed beside
each: nothing here was compared with the original. What the record does not hold is left as a
line to be filled in by hand: an act names no person.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import pgettext, pgettext_lazy

from comity.base.canonical import Json
from comity.domain.form import is_empty
from comity.federation.directory import AuthorityCard
from comity.service.directory.errors import UnknownAuthority
from comity.service.directory.knowing import own_card
from comity.web.pages.dossiers.words import CHANNELS, PRIORITIES, label
from comity.web.pages.kit.wording import say_provision
from comity.web.pages.papers.acts import act_inlays, checks_of, form_of, make_request, signer_rows
from comity.web.pages.papers.record import FORM, Held, Record, choose
from comity.web.pages.papers.words import field_bits, state_name, when
from comity.web.paper.errors import NothingToPrint
from comity.web.paper.model import Bit, Paper, Part, Row, digest_bit, mono, ref, text

_FILE: Final = Path(__file__).with_name("tcy.toml")
_FORM: Final = "form:"
_BLANK: Final = Bit(kind="blank", text="")

SOURCES: Final[dict[str, Promise]] = {
    "seen": pgettext_lazy("paper", "row seen in a copy of the template"),
    "treaty": pgettext_lazy("paper", "from the Convention; the template’s own row was not seen"),
    "memory": pgettext_lazy("paper", "from memory; not compared with the original"),
}

# What the file calls its rows, for the catalogues.
LABELS: Final[dict[str, Promise]] = {
    "Request for the preservation of stored computer data": pgettext_lazy(
        "template row", "Request for the preservation of stored computer data"
    ),
    "Date": pgettext_lazy("template row", "Date"),
    "Reference of the request": pgettext_lazy("template row", "Reference of the request"),
    "Status of the request": pgettext_lazy("template row", "Status of the request"),
    "Requested authority": pgettext_lazy("template row", "Requested authority"),
    "Requesting authority": pgettext_lazy("template row", "Requesting authority"),
    "Contact to confirm that the request is authentic": pgettext_lazy(
        "template row", "Contact to confirm that the request is authentic"
    ),
    "Authority that investigates": pgettext_lazy("template row", "Authority that investigates"),
    "Offence": pgettext_lazy("template row", "Offence"),
    "Brief summary of the facts": pgettext_lazy("template row", "Brief summary of the facts"),
    "Data to be preserved": pgettext_lazy("template row", "Data to be preserved"),
    "Relationship of the data to the offence": pgettext_lazy(
        "template row", "Relationship of the data to the offence"
    ),
    "Custodian of the data, or location of the system": pgettext_lazy(
        "template row", "Custodian of the data, or location of the system"
    ),
    "Necessity of the preservation": pgettext_lazy("template row", "Necessity of the preservation"),
    "Intention to submit a request for mutual assistance": pgettext_lazy(
        "template row", "Intention to submit a request for mutual assistance"
    ),
    "Confidentiality": pgettext_lazy("template row", "Confidentiality"),
    "Urgency, and why": pgettext_lazy("template row", "Urgency, and why"),
    "Request for stored computer data (subscriber information)": pgettext_lazy(
        "template row", "Request for stored computer data (subscriber information)"
    ),
    "Prosecution office or court, case numbers, decisions": pgettext_lazy(
        "template row", "Prosecution office or court, case numbers, decisions"
    ),
    "Earlier request for mutual assistance": pgettext_lazy(
        "template row", "Earlier request for mutual assistance"
    ),
    "Earlier request for preservation": pgettext_lazy(
        "template row", "Earlier request for preservation"
    ),
    "Domestic legal basis": pgettext_lazy("template row", "Domestic legal basis"),
    "Data sought": pgettext_lazy("template row", "Data sought"),
    "Persons concerned": pgettext_lazy("template row", "Persons concerned"),
    "Purpose and necessity": pgettext_lazy("template row", "Purpose and necessity"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A template: its number, its title, and its rows as the file has them."""

    number: str
    title: str
    laws: tuple[str, ...]
    rows: tuple[Mapping[str, Json], ...]


@cache
def _templates() -> Mapping[str, Template]:
    found = tomllib.loads(_FILE.read_text("utf-8"))
    return {
        process: Template(
            number=one["number"],
            title=one["title"],
            laws=tuple(one["laws"]),
            rows=tuple(one["rows"]),
        )
        for one in found["template"]
        for process in one["processes"]
    }


def has_template(process: str) -> bool:
    """Return whether there is a template for requests of that process."""
    return process in _templates()


def make_template(record: Record, wanted: str, language: str) -> Paper:
    """Return the request in the rows of the template; raise ``NothingToPrint``."""
    template = _templates().get(record.process.key)
    if template is None:
        raise NothingToPrint
    acts = record.of_side(record.process.sides.asking)
    held = choose(tuple(one for one in acts if FORM in record.values(one)), wanted)
    plain = make_request(record, str(held.digest), language)
    laws = ", ".join(say_provision(one) for one in template.laws)
    return Paper(
        kind="tcy",
        language=language,
        title=str(LABELS[template.title]),
        says=pgettext("paper", "After template %(number)s (%(laws)s).")
        % {"number": template.number, "laws": laws},
        state=plain.state,
        authority=plain.authority,
        reference=plain.reference,
        at=plain.at,
        exercise=plain.exercise,
        digest=held.digest,
        named="act.json",
        marks=(
            pgettext(
                "paper",
                "Not the template itself: its rows are given as far as they are known here, and "
                "none was compared with the original. Each row says how well it is known.",
            ),
            *plain.marks,
        ),
        parts=(
            _rows(_Giver(record, held, language), template),
            Part(title=pgettext("paper", "What the signature covers"), rows=signer_rows(held)),
        ),
        checks=checks_of(held),
        inlays=act_inlays(record, held),
    )


def _rows(giver: _Giver, template: Template) -> Part:
    return Part(
        title=pgettext("paper", "Rows of the template"),
        rows=tuple(_row(giver, one) for one in template.rows),
    )


def _row(giver: _Giver, told: Mapping[str, Json]) -> Row:
    number, name = str(told["row"]), str(LABELS[str(told["label"])])
    gives = told["gives"]
    names = [str(one) for one in gives] if isinstance(gives, list) else []
    bits = tuple(bit for one in names for bit in giver.give(one))
    law = told.get("law")
    return Row(
        label=f"{number}. {name}" if number else name,
        bits=bits or (_BLANK,),
        law=say_provision(str(law)) if law else "",
        note=str(SOURCES[str(told["source"])]),
    )


class _Giver:
    """Gives what the record holds for a row."""

    def __init__(self, record: Record, held: Held, language: str) -> None:
        self._record = record
        self._held = held
        self._language = language
        values = record.values(held).get(FORM)
        self._values = values if isinstance(values, dict) else {}
        self._form = form_of(record, held)

    def give(self, name: str) -> tuple[Bit, ...]:
        """Return what is known of one name; nothing where nothing is."""
        if name.startswith(_FORM):
            return self._field(name.removeprefix(_FORM))
        found: tuple[Bit, ...] = getattr(self, f"_{name}")()
        return found

    def _field(self, name: str) -> tuple[Bit, ...]:
        field = self._form.fields.get(name) if self._form else None
        value = self._values.get(name)
        if field is None or is_empty(value):
            return ()
        said = Bit(kind="label", text=pgettext("law", field.label))
        return (said, *field_bits(field.kind, value, self._language))

    def _date(self) -> tuple[Bit, ...]:
        return (when(self._held.act.at, self._language),)

    def _reference(self) -> tuple[Bit, ...]:
        return (ref(self._record.reference(self._held)), ref(self._record.ident))

    def _status(self) -> tuple[Bit, ...]:
        steps = {one.act.step for one in self._record.acts}
        if "ask_extension" in steps:
            return (
                text(pgettext("paper", "Extension of a request made before")),
                *self._reference(),
            )
        if self._record.shown.head.follows is not None:
            return (text(pgettext("paper", "Follows an earlier request")), *self._follows())
        return (text(pgettext("paper", "New request")),)

    def _follows(self) -> tuple[Bit, ...]:
        follows = self._record.shown.head.follows
        return () if follows is None else (ref(follows),)

    def _requested(self) -> tuple[Bit, ...]:
        head, sides = self._record.shown.head, self._record.process.sides
        ours = head.side == sides.asked
        node = self._record.node
        state = node.state if ours else head.counterpart
        authority = node.authority if ours else head.counterpart_authority
        return (text(authority), text(state_name(node, state, self._language)))

    def _requesting(self) -> tuple[Bit, ...]:
        node, act = self._record.node, self._held.act
        state = self._record.state_of[act.side]
        return (text(act.authority), text(state_name(node, state, self._language)))

    def _card(self) -> AuthorityCard | None:
        if self._held.act.holder != self._record.node.state:
            return None
        try:
            return own_card(self._record.node).card
        except UnknownAuthority:
            return None

    def _numbers(self) -> tuple[Bit, ...]:
        card = self._card()
        return tuple(mono(one) for one in card.call_back) if card else ()

    def _zone(self) -> tuple[Bit, ...]:
        card = self._card()
        return (mono(card.zone),) if card else ()

    def _channel(self) -> tuple[Bit, ...]:
        return (text(label(CHANNELS, self._record.shown.head.channel)),)

    def _priority(self) -> tuple[Bit, ...]:
        return (text(label(PRIORITIES, self._record.shown.head.priority)),)

    def _person(self) -> tuple[Bit, ...]:
        return (Bit(kind="blank", text=pgettext("paper", "Name and function")),)

    def _mail(self) -> tuple[Bit, ...]:
        return (Bit(kind="blank", text=pgettext("paper", "Electronic mail")),)

    def _blank(self) -> tuple[Bit, ...]:
        return (_BLANK,)

    def _domestic(self) -> tuple[Bit, ...]:
        return (text(say_provision(self._held.act.law)), digest_bit(self._held.act.lawbook))
