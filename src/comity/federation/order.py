"""The order on a provider: a signed file that says all that a provider must know to obey it.

A closed document in canonical JSON (RFC 8785) within a DSSE envelope. It says what is
ordered, of whom, of which data, under which law, by whom, until when, and how to object; it
bears the key that it is signed with. It does not bear a telephone number for the call back:
that number is the directory's, and never one that came with the order. Of a foreign request
that it serves it holds the digest alone (uncc:42(4)).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeVar

from comity.base import Digest, Ident, Instant, canonical_bytes, limits
from comity.base.canonical import Json
from comity.base.errors import BadValue, Malformed
from comity.federation.errors import OrderImpossible, OrderRefused
from comity.federation.words import require_identifier, require_name, require_prose
from comity.seal.dsse import sign_envelope
from comity.seal.fields import Random, draw, read_boolean, read_list, read_object, read_text
from comity.seal.keys import SigningKey, VerifyingKey

PAYLOAD_TYPE: Final = "application/vnd.comity.order+json"
TYPE: Final = "comity/order/1"
_NAME: Final = limits.ACT_TEXT
_ID: Final = re.compile(r"ord_[0-9abcdefghjkmnpqrstvwxyz]{26}")
_STATE: Final = re.compile(r"[A-Z]{2}")
_ID_BYTES: Final = 17
_SPAN: Final = frozenset({"from", "until"})
_OBJECTION: Final = frozenset({"how", "to", "by"})
_T = TypeVar("_T", bound=Enum)


class Measure(Enum):
    """What the provider is ordered to do."""

    PRESERVE = "preserve"
    PRODUCE = "produce"


class DataKind(Enum):
    """Which kind of data (uncc:2): about the subscriber, the traffic, or the content."""

    CONTENT = "content"
    SUBSCRIBER = "subscriber"
    TRAFFIC = "traffic"


@dataclass(frozen=True, slots=True)
class Span:
    """When the data arose: from, and until before."""

    begins: Instant
    ends: Instant

    def __post_init__(self) -> None:
        """Refuse a span that ends before it begins."""
        if self.begins >= self.ends:
            detail = "The period of the data ends before it begins."
            raise OrderImpossible(detail)

    def as_data(self) -> Json:
        """Return the span as it stands in the document."""
        return {"from": str(self.begins), "until": str(self.ends)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """How to object, to whom, and by when (None: as the law says)."""

    how: str
    to: str
    by: Instant | None

    def __post_init__(self) -> None:
        """Refuse words that cannot be shown."""
        require_prose(self.how, limits.TEXT_CHARACTERS)
        require_name(self.to, _NAME)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One order. ``data`` are the identifiers of whose data; ``kinds`` which kinds of them.

    ``carries`` is the digest of the foreign request served, if any. With ``must_check`` the
    order is not to be obeyed before a current list of revocations was looked at.
    """

    order: str
    reference: str
    replaces: str | None
    state: str
    authority: str
    provider: str
    measure: Measure
    kinds: tuple[DataKind, ...]
    data: tuple[str, ...]
    period: Span | None
    law: tuple[str, ...]
    authorisation: str | None
    issued_at: Instant
    valid_until: Instant
    answer_by: Instant | None
    confidential_until: Instant | None
    objection: Objection
    carries: Digest | None
    must_check: bool
    exercise: bool
    key: VerifyingKey

    def __post_init__(self) -> None:
        """Refuse what no order can say; raise ``OrderImpossible``."""
        require_order_id(self.order)
        if self.replaces is not None:
            require_order_id(self.replaces)
        for text in (self.reference, self.authority, self.provider, *self.law):
            require_name(text, _NAME)
        if self.authorisation is not None:
            require_name(self.authorisation, _NAME)
        require_state(self.state)
        for line in self.data:
            require_identifier(line, limits.IDENTIFIER_CHARACTERS)
        for rows in (self.data, self.law):
            _require_rows(rows)
        if not self.kinds or list(self.kinds) != sorted(set(self.kinds), key=lambda k: k.value):
            detail = "The kinds of data are one or more, each once, in the order of the alphabet."
            raise OrderImpossible(detail)
        self._require_times()
        if self.replaces == self.order:
            detail = "An order does not replace itself."
            raise OrderImpossible(detail)

    def _require_times(self) -> None:
        ends = (self.valid_until, self.answer_by, self.confidential_until, self.objection.by)
        if any(end is not None and end <= self.issued_at for end in ends):
            detail = "A time that the order sets lies before its issue."
            raise OrderImpossible(detail)

    def as_data(self) -> dict[str, Json]:
        """Return the document. Every name is always there, null where there is nothing."""
        return {"type": TYPE, "key": self.key.as_data(), **self.says()}

    def says(self) -> dict[str, Json]:
        """Return what the order says: the document without its type and its key."""
        span, objection = self.period, self.objection
        return {
            "order": self.order,
            "reference": self.reference,
            "replaces": self.replaces,
            "state": self.state,
            "authority": self.authority,
            "provider": self.provider,
            "measure": self.measure.value,
            "kinds": [kind.value for kind in self.kinds],
            "data": list(self.data),
            "period": None if span is None else span.as_data(),
            "law": list(self.law),
            "authorisation": self.authorisation,
            "issued_at": str(self.issued_at),
            "valid_until": str(self.valid_until),
            "answer_by": _written(self.answer_by),
            "confidential_until": _written(self.confidential_until),
            "objection": {
                "how": objection.how,
                "to": objection.to,
                "by": _written(objection.by),
            },
            "carries": _written(self.carries),
            "must_check": self.must_check,
            "exercise": self.exercise,
        }

    def payload(self) -> bytes:
        """Return the canonical bytes, which are signed."""
        return canonical_bytes(self.as_data())

    @classmethod
    def from_data(cls, data: Json) -> Order:
        """Read a document whose every name is known and possible; else ``DoesNotVerify``."""
        found = read_object(data, ORDER_NAMES)
        if found["type"] != TYPE:
            detail = f"A document of type {TYPE} was expected."
            raise Malformed(detail)
        try:
            return cls(**_fields(found), key=VerifyingKey.parse(found["key"]))  # type: ignore[arg-type] # each field is read by its own reader
        except BadValue as error:
            raise Malformed(error.detail) from error
        except OrderImpossible as error:
            raise OrderRefused(error.detail) from error


ORDER_NAMES: Final = frozenset(
    {
        "type", "key", "order", "reference", "replaces", "state", "authority", "provider",
        "measure", "kinds", "data", "period", "law", "authorisation", "issued_at", "valid_until",
        "answer_by", "confidential_until", "objection", "carries", "must_check", "exercise",
    }
)  # fmt: skip # a set of words, not a column


def sign_order(order: Order, key: SigningKey) -> bytes:
    """Return the file that is served: the envelope, signed with the key that the order bears."""
    if order.key != key.public:
        detail = "The order bears another key than the one to sign with."
        raise OrderImpossible(detail)
    return sign_envelope(PAYLOAD_TYPE, order.payload(), key)


def new_order_id(random: Random) -> str:
    """Return a new name of an order: 130 random bits, in the letters of our identifiers."""
    return Ident.make("ord", draw(random, _ID_BYTES)).text


def require_order_id(text: str) -> None:
    """Refuse what is not the name of an order; raise ``OrderImpossible``."""
    if _ID.fullmatch(text) is None:
        detail = "The name of an order is ord_ and 26 characters."
        raise OrderImpossible(detail)


def require_state(text: str) -> None:
    """Refuse what is not the code of a State (ISO 3166-1 alpha-2); raise ``OrderImpossible``."""
    if _STATE.fullmatch(text) is None:
        detail = "A State is written with two capital letters."
        raise OrderImpossible(detail)


def read_instant(value: Json) -> Instant:
    """Read an instant; raise ``Malformed``."""
    return Instant.parse(_line(value))


def read_lines(value: Json, most: int) -> tuple[str, ...]:
    """Read a list of at most ``most`` texts; raise ``Malformed``."""
    rows = read_list(value)
    if len(rows) > most:
        detail = f"A list of {len(rows)}, where {most} are the most."
        raise Malformed(detail)
    return tuple(_line(row) for row in rows)


def _fields(found: Mapping[str, Json]) -> dict[str, object]:
    lines = {
        name: _line(found[name])
        for name in ("order", "reference", "state", "authority", "provider")
    }
    instants = {name: read_instant(found[name]) for name in ("issued_at", "valid_until")}
    ends = {name: _instant_or_none(found[name]) for name in ("answer_by", "confidential_until")}
    marks = {name: read_boolean(found[name]) for name in ("must_check", "exercise")}
    kinds = read_lines(found["kinds"], len(DataKind))
    carries = found["carries"]
    return {
        **lines,
        **instants,
        **ends,
        **marks,
        "replaces": _line_or_none(found["replaces"]),
        "authorisation": _line_or_none(found["authorisation"]),
        "measure": _member(Measure, _line(found["measure"])),
        "kinds": tuple(_member(DataKind, kind) for kind in kinds),
        "data": read_lines(found["data"], limits.FORM_LINES),
        "law": read_lines(found["law"], limits.FORM_LINES),
        "period": None if found["period"] is None else _read_span(found["period"]),
        "objection": _read_objection(found["objection"]),
        "carries": None if carries is None else Digest.parse(_line(carries)),
    }


def _read_span(value: Json) -> Span:
    found = read_object(value, _SPAN)
    return Span(read_instant(found["from"]), read_instant(found["until"]))


def _read_objection(value: Json) -> Objection:
    found = read_object(value, _OBJECTION)
    how = read_text(found["how"], most=limits.TEXT_CHARACTERS)
    return Objection(how=how, to=_line(found["to"]), by=_instant_or_none(found["by"]))


def _line(value: Json) -> str:
    return read_text(value, most=limits.IDENTIFIER_CHARACTERS)


def _line_or_none(value: Json) -> str | None:
    return None if value is None else _line(value)


def _instant_or_none(value: Json) -> Instant | None:
    return None if value is None else read_instant(value)


def _member(kind: type[_T], text: str) -> _T:
    try:
        return kind(text)
    except ValueError as error:
        detail = f"One of {', '.join(member.value for member in kind)} was expected."
        raise Malformed(detail) from error


def _require_rows(rows: Iterable[str]) -> None:
    found = list(rows)
    if not 0 < len(found) == len(set(found)) <= limits.FORM_LINES:
        detail = f"A list holds 1 to {limits.FORM_LINES} lines, each once."
        raise OrderImpossible(detail)


def _written(value: Instant | Digest | None) -> str | None:
    return None if value is None else str(value)
