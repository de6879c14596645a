"""A copy of the depositary's register: who signed, who is bound since when, and what they declared.

Canonical JSON (RFC 8785) of type ``comity/register/1``; every field is always there::

    {"as_of":"2026-05-01","disclaimer":"…","exercise":true,"instrument":"uncc","source":"…",
     "states":[{"state":"XA","signed":"2025-10-25","ratified":"2026-02-01","means":"ratification",
                "in_force":null,
                "declarations":[{"on":"2026-02-01","law":"uncc:63(3)","says":"…"}],
                "notifications":[{"on":"2026-02-01","law":"uncc:40(12)","says":"…"}]}],
     "type":"comity/register/1"}

It is a copy for daily use. The depositary's own register alone is authoritative; nothing in
Comity decides by this copy, and every place that shows it says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from comity.base import canonical_bytes, limits, parse_canonical
from comity.base.canonical import Json
from comity.base.errors import AskedWrongly, Malformed
from comity.federation.words import require_name, require_prose
from comity.seal.fields import read_boolean, read_document, read_list, read_object, read_text

TYPE: Final = "comity/register/1"
DISCLAIMER: Final = (
    "This is a copy for daily use. The depositary's own register alone is authoritative."
)
# How a State expressed its consent to be bound; "" while it has not.
MEANS: Final = ("", "ratification", "acceptance", "approval", "accession", "succession")
_NAMES: Final = frozenset({"as_of", "disclaimer", "exercise", "instrument", "source", "states"})
_STATE_NAMES: Final = frozenset(
    {"state", "signed", "ratified", "means", "in_force", "declarations", "notifications"}
)
_STATEMENT_NAMES: Final = frozenset({"on", "law", "says"})
_STATE: Final = re.compile(r"[A-Z]{2}")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_INSTRUMENT: Final = re.compile(r"[a-z][a-z0-9-]{0,31}")
_LAW: Final = re.compile(r"(?:[a-z][a-z0-9-]{0,31}:[0-9]{1,4}(?:\([0-9a-z]{1,4}\)){0,5})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A declaration, reservation or notification, on a day, to a provision or to none."""

    on: date
    law: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """What the register says of one State; a date that is None has not come to pass."""

    state: str
    signed: date | None
    ratified: date | None
    means: str
    in_force: date | None
    declarations: tuple[Statement, ...]
    notifications: tuple[Statement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """A copy of the register as it stood on a day, and where it was copied from."""

    as_of: date
    source: str
    disclaimer: str
    instrument: str
    exercise: bool
    states: tuple[Participant, ...]

    @classmethod
    def parse(cls, data: bytes) -> Register:
        """Read a register; raise ``Malformed`` or ``TooLarge`` for anything else."""
        parsed = parse_canonical(data, limit=limits.REGISTER_BYTES)
        found = read_document(parsed, TYPE, _NAMES)
        try:
            return _from_data(found)
        except AskedWrongly as error:
            raise Malformed(error.detail) from error

    def document(self) -> bytes:
        """Return the register as bytes: canonical JSON."""
        return canonical_bytes(self.as_data())

    def as_data(self) -> dict[str, Json]:
        """Return the register as data."""
        return {
            "type": TYPE,
            "as_of": self.as_of.isoformat(),
            "source": self.source,
            "disclaimer": self.disclaimer,
            "instrument": self.instrument,
            "exercise": self.exercise,
            "states": [_participant_data(one) for one in self.states],
        }


def _from_data(found: Mapping[str, Json]) -> Register:
    listed = read_list(found["states"])
    if len(listed) > limits.STATES:
        detail = f"A register has at most {limits.STATES} States."
        raise Malformed(detail)
    states = tuple(_read_participant(one) for one in listed)
    if [one.state for one in states] != sorted({one.state for one in states}):
        detail = "States stand in the order of their codes, each once."
        raise Malformed(detail)
    source = read_text(found["source"], most=limits.CARD_TEXT, least=1)
    disclaimer = read_text(found["disclaimer"], most=limits.CARD_TEXT, least=1)
    require_name(source, limits.CARD_TEXT)
    require_prose(disclaimer, limits.CARD_TEXT)
    return Register(
        as_of=_read_date(found["as_of"]),
        source=source,
        disclaimer=disclaimer,
        instrument=_read_like(found["instrument"], _INSTRUMENT, "An instrument is one word."),
        exercise=read_boolean(found["exercise"]),
        states=states,
    )


def _read_participant(data: Json) -> Participant:
    found = read_object(data, _STATE_NAMES)
    means = read_text(found["means"], most=limits.ACT_TEXT)
    ratified = _read_maybe(found["ratified"])
    if means not in MEANS or bool(means) is not (ratified is not None):
        detail = f"With the day of consent stands its means: {', '.join(MEANS[1:])}."
        raise Malformed(detail)
    in_force = _read_maybe(found["in_force"])
    if in_force is not None and (ratified is None or in_force < ratified):
        detail = "It is in force for a State after that State's consent."
        raise Malformed(detail)
    return Participant(
        state=_read_like(found["state"], _STATE, "A State is two capital letters."),
        signed=_read_maybe(found["signed"]),
        ratified=ratified,
        means=means,
        in_force=in_force,
        declarations=_read_statements(found["declarations"]),
        notifications=_read_statements(found["notifications"]),
    )


def _read_statements(data: Json) -> tuple[Statement, ...]:
    listed = read_list(data)
    if len(listed) > limits.REGISTER_STATEMENTS:
        detail = f"A State has at most {limits.REGISTER_STATEMENTS} statements of a kind."
        raise Malformed(detail)
    return tuple(_read_statement(one) for one in listed)


def _read_statement(data: Json) -> Statement:
    found = read_object(data, _STATEMENT_NAMES)
    says = read_text(found["says"], most=limits.REGISTER_TEXT, least=1)
    require_prose(says, limits.REGISTER_TEXT)
    law = _read_like(
        found["law"],
        _LAW,
        "A provision is written as in the law files, treaty and article, or left empty.",
    )
    return Statement(on=_read_date(found["on"]), law=law, says=says)


def _read_like(data: Json, pattern: re.Pattern[str], detail: str) -> str:
    text = read_text(data, most=limits.ACT_TEXT)
    if not pattern.fullmatch(text):
        raise Malformed(detail)
    return text


def _read_maybe(data: Json) -> date | None:
    return None if data is None else _read_date(data)


def _read_date(data: Json) -> date:
    text = _read_like(data, _DATE, "A day is written 2026-05-01.")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        detail = f"{text} is no day."
        raise Malformed(detail) from error


def _participant_data(one: Participant) -> Json:
    return {
        "state": one.state,
        "signed": _day(one.signed),
        "ratified": _day(one.ratified),
        "means": one.means,
        "in_force": _day(one.in_force),
        "declarations": [_statement_data(it) for it in one.declarations],
        "notifications": [_statement_data(it) for it in one.notifications],
    }


def _statement_data(one: Statement) -> Json:
    return {"on": one.on.isoformat(), "law": one.law, "says": one.says}


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
