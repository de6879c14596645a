"""The parts of a card: duties, keys, recipients; how each is written, read, and bounded."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from comity.base import Instant, limits
from comity.base.canonical import Json
from comity.base.errors import Malformed
from comity.federation.directory.errors import CardImpossible
from comity.seal.fields import read_list, read_object, read_text
from comity.seal.keys import VerifyingKey

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_NUMBER: Final = re.compile(r"\+[1-9][0-9]{6,14}")
_TIME: Final = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00")


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """A time at which a number answers: days, from ``begins`` to ``ends`` in the card's zone.

    A duty that ends before it begins ends on the next day.
    """

    days: tuple[str, ...]
    begins: str
    ends: str
    number: str
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CardKey:
    """A key that signs for the authority, from ``since`` until before ``until``.

    From ``revoked`` on nothing that comes in under it counts, whatever time it claims.
    """

    key: VerifyingKey
    since: Instant
    until: Instant | None = None
    revoked: Instant | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRecipient:
    """An age recipient of the authority, in use from ``since``."""

    recipient: str
    since: Instant


def require_duty(duty: Duty) -> None:
    """Refuse a duty that nobody can keep; raise ``CardImpossible``."""
    require(duty.days, "A duty is on some day.")
    require(
        list(duty.days) == [day for day in DAYS if day in duty.days],
        f"The days of a duty are of {', '.join(DAYS)}, in that order.",
    )
    for time in (duty.begins, duty.ends):
        require(_TIME.fullmatch(time), "A duty begins and ends at a time such as 08:00.")
    require_number(duty.number)
    require(len(duty.languages) <= limits.CARD_ENTRIES, "A duty has too many languages.")
    for language in duty.languages:
        require_language(language)


def require_language(text: str) -> None:
    """Refuse what is no language tag (BCP 47)."""
    require(_LANGUAGE.fullmatch(text), "A language is written as in BCP 47: en, zh-Hans.")


def require_number(text: str) -> None:
    """Refuse what is no telephone number (ITU-T E.164)."""
    require(_NUMBER.fullmatch(text), "A number is written as in ITU-T E.164: +254700000000.")


def require(holds: object, detail: str) -> None:
    """Raise ``CardImpossible`` unless it holds."""
    if not holds:
        raise CardImpossible(detail)


def duty_data(duty: Duty) -> Json:
    """Return a duty as it is written."""
    return {
        "days": [*duty.days],
        "begins": duty.begins,
        "ends": duty.ends,
        "number": duty.number,
        "languages": [*duty.languages],
    }


def key_data(one: CardKey) -> Json:
    """Return a key as it is written."""
    return {
        "key": one.key.as_data(),
        "since": str(one.since),
        "until": str(one.until) if one.until else None,
        "revoked": str(one.revoked) if one.revoked else None,
        "reason": one.reason,
    }


def read_duty(data: Json) -> Duty:
    """Read a duty; raise ``Malformed``."""
    found = read_object(data, frozenset({"days", "begins", "ends", "number", "languages"}))
    return Duty(
        days=read_lines(found["days"]),
        begins=read_line(found["begins"]),
        ends=read_line(found["ends"]),
        number=read_line(found["number"]),
        languages=read_lines(found["languages"]),
    )


def read_key(data: Json) -> CardKey:
    """Read a key; raise ``Malformed``."""
    found = read_object(data, frozenset({"key", "since", "until", "revoked", "reason"}))
    return CardKey(
        key=VerifyingKey.parse(found["key"]),
        since=Instant.parse(read_line(found["since"])),
        until=_read_end(found["until"]),
        revoked=_read_end(found["revoked"]),
        reason=read_text(found["reason"], most=limits.CARD_TEXT),
    )


def read_recipient(data: Json) -> CardRecipient:
    """Read a recipient; raise ``Malformed``."""
    found = read_object(data, frozenset({"recipient", "since"}))
    return CardRecipient(
        recipient=read_text(found["recipient"], most=limits.KEY_TEXT),
        since=Instant.parse(read_line(found["since"])),
    )


def _read_end(data: Json) -> Instant | None:
    return None if data is None else Instant.parse(read_line(data))


def read_line(data: Json) -> str:
    """Read one short text."""
    return read_text(data, most=limits.ACT_TEXT)


def read_lines(data: Json) -> tuple[str, ...]:
    """Read a list of short texts."""
    return tuple(read_line(one) for one in read_entries(data))


def read_entries(data: Json) -> list[Json]:
    """Read a list of bounded length; raise ``Malformed``."""
    found = read_list(data)
    if len(found) > limits.CARD_ENTRIES:
        detail = f"A list of a card has at most {limits.CARD_ENTRIES} entries."
        raise Malformed(detail)
    return found
