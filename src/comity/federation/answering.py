"""What a provider says to an order: a coded answer, and the statement that goes before a return.

Both are closed documents in canonical JSON (RFC 8785). Signed, each is a DSSE envelope under
the provider's key, which stands in the document. A provider without a key in the
directory sends the document bare, with ``key`` null, and beside it a code that it was told by
another channel: then everything says *provider not identified*. Both name the order and
the digest of its file, so that what is said to one order is never taken for another.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from comity.base import Digest, Instant, canonical_bytes, limits, parse_canonical
from comity.base.canonical import Json
from comity.base.errors import AskedWrongly, BadValue, Malformed
from comity.federation.errors import AnswerImpossible, OrderImpossible
from comity.federation.order import read_instant, require_order_id
from comity.federation.signed import open_signed
from comity.federation.words import require_name, require_prose
from comity.seal.dsse import read_envelope, sign_envelope
from comity.seal.fields import (
    read_boolean,
    read_document,
    read_mapping,
    read_number,
    read_object,
    read_text,
)
from comity.seal.keys import SigningKey, VerifyingKey

ANSWER_PAYLOAD: Final = "application/vnd.comity.answer+json"
ANSWER_TYPE: Final = "comity/answer/1"
RETURN_PAYLOAD: Final = "application/vnd.comity.return+json"
RETURN_TYPE: Final = "comity/return/1"
_COMMON: Final = frozenset({"key", "order", "served", "provider", "at", "reasons", "exercise"})
_ANSWER: Final = _COMMON | {"code", "ground", "asked", "until", "costs", "inventory"}
_RETURN: Final = _COMMON | {"part", "inventory_bytes", "listing_bytes", "size"}
_COSTS: Final = frozenset({"amount", "currency"})
_AMOUNT: Final = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,2})?")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_GROUND: Final = re.compile(r"[a-z][a-z_]{1,59}")


class Code(Enum):
    """What the provider answers."""

    DONE = "done"
    PARTLY = "partly"
    NO_SUCH_DATA = "no_such_data"
    NOT_OURS = "not_ours"
    OBJECT = "object"
    NEED_MORE_TIME = "need_more_time"
    COSTS = "costs"


# Which of the particulars each code must carry; the others it may not (reasons always may).
_MUST: Final[Mapping[Code, frozenset[str]]] = {
    Code.DONE: frozenset(),
    Code.PARTLY: frozenset({"reasons"}),
    Code.NO_SUCH_DATA: frozenset({"reasons"}),
    Code.NOT_OURS: frozenset({"reasons"}),
    Code.OBJECT: frozenset({"ground", "reasons"}),
    Code.NEED_MORE_TIME: frozenset({"until"}),
    Code.COSTS: frozenset({"costs"}),
}
_MAY: Final[Mapping[Code, frozenset[str]]] = {
    Code.DONE: frozenset({"inventory"}),
    Code.PARTLY: frozenset({"inventory"}),
    Code.NEED_MORE_TIME: frozenset({"asked"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """Costs: an amount such as ``1200.00`` and a currency (ISO 4217)."""

    amount: str
    currency: str

    def __post_init__(self) -> None:
        """Refuse what is no amount of money; raise ``AnswerImpossible``."""
        if _AMOUNT.fullmatch(self.amount) is None or _CURRENCY.fullmatch(self.currency) is None:
            detail = "Costs are written as 1200.00 and EUR."
            raise AnswerImpossible(detail)

    def as_data(self) -> Json:
        """Return the costs as they stand in an answer."""
        return {"amount": self.amount, "currency": self.currency}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A coded answer. ``served`` is the digest of the order's file; ``key`` None with a code.

    ``asked`` is what the provider needs to know, ``until`` when it will have done, and
    ``inventory`` the salted digest of what it froze.
    """

    order: str
    served: Digest
    provider: str
    at: Instant
    code: Code
    reasons: str | None = None
    ground: str | None = None
    asked: str | None = None
    until: Instant | None = None
    costs: Costs | None = None
    inventory: Digest | None = None
    exercise: bool
    key: VerifyingKey | None

    def __post_init__(self) -> None:
        """Refuse what no answer can say; raise ``AnswerImpossible``."""
        _require_common(self.order, self.provider, self.reasons)
        if self.ground is not None and _GROUND.fullmatch(self.ground) is None:
            detail = "A ground is one word of the law files, such as manifest_error."
            raise AnswerImpossible(detail)
        _require_prose(self.asked)
        names = ("reasons", "ground", "asked", "until", "costs", "inventory")
        given = {name for name in names if getattr(self, name) is not None}
        must = _MUST[self.code]
        odd = (must - given) | (given - must - _MAY.get(self.code, frozenset()) - {"reasons"})
        if odd:
            detail = f"With {self.code.value} this is missing or has no place: {min(odd)}."
            raise AnswerImpossible(detail)
        if self.until is not None and self.until <= self.at:
            detail = "The time asked for is over already."
            raise AnswerImpossible(detail)

    def payload(self) -> bytes:
        """Return the canonical bytes: what is signed, or sent with a code."""
        costs = self.costs
        return canonical_bytes(
            {
                "type": ANSWER_TYPE,
                **_common_data(self),
                "code": self.code.value,
                "ground": self.ground,
                "asked": self.asked,
                "until": None if self.until is None else str(self.until),
                "costs": None if costs is None else costs.as_data(),
                "inventory": None if self.inventory is None else str(self.inventory),
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """What is said before an upload begins.

    The upload is ``size`` bytes: first the inventory of the freeze, opened (none if there was
    none), then the list of what is returned, then the bytes of these files one after the
    other. ``is_whole`` unless part of what was ordered is missing, with ``reasons``.
    """

    order: str
    served: Digest
    provider: str
    at: Instant
    is_whole: bool
    reasons: str | None = None
    inventory_bytes: int
    listing_bytes: int
    size: int
    exercise: bool
    key: VerifyingKey | None

    def __post_init__(self) -> None:
        """Refuse what no return can be; raise ``AnswerImpossible``."""
        _require_common(self.order, self.provider, self.reasons)
        if not self.is_whole and self.reasons is None:
            detail = "A return in part says what is missing and why."
            raise AnswerImpossible(detail)
        heads = (self.inventory_bytes, self.listing_bytes)
        if not all(0 <= one <= limits.INVENTORY_BYTES for one in heads) or not self.listing_bytes:
            detail = f"An inventory, and a list, have at most {limits.INVENTORY_BYTES} bytes."
            raise AnswerImpossible(detail)
        if not sum(heads) <= self.size <= limits.UPLOAD_BYTES:
            detail = f"A return has at most {limits.UPLOAD_BYTES} bytes."
            raise AnswerImpossible(detail)

    def payload(self) -> bytes:
        """Return the canonical bytes: what is signed, or sent with a code."""
        return canonical_bytes(
            {
                "type": RETURN_TYPE,
                **_common_data(self),
                "part": "whole" if self.is_whole else "part",
                "inventory_bytes": self.inventory_bytes,
                "listing_bytes": self.listing_bytes,
                "size": self.size,
            }
        )


def sign_answer(answer: Answer, key: SigningKey) -> bytes:
    """Return the answer file: the envelope, signed with the key that the answer bears."""
    return _sign(ANSWER_PAYLOAD, answer, key)


def sign_return(statement: Return, key: SigningKey) -> bytes:
    """Return the statement before an upload, signed with the key that it bears."""
    return _sign(RETURN_PAYLOAD, statement, key)


def open_answer(data: bytes) -> Answer:
    """Return an answer whose signatures hold, or a bare one; raise ``DoesNotVerify``.

    Whose key it is was not asked; a bare one needs a code.
    """
    found = read_document(_open(data, ANSWER_PAYLOAD), ANSWER_TYPE, _ANSWER)
    try:
        return Answer(
            **_read_common(found),  # type: ignore[arg-type] # each field is read by its own reader
            code=_read_code(found["code"]),
            ground=_text_or_none(found["ground"]),
            asked=_text_or_none(found["asked"]),
            until=None if found["until"] is None else read_instant(found["until"]),
            costs=None if found["costs"] is None else _read_costs(found["costs"]),
            inventory=_digest_or_none(found["inventory"]),
        )
    except AskedWrongly as error:
        raise Malformed(error.detail) from error


def open_return(data: bytes) -> Return:
    """Return a statement whose signatures hold, or a bare one; raise ``DoesNotVerify``."""
    found = read_document(_open(data, RETURN_PAYLOAD), RETURN_TYPE, _RETURN)
    if found["part"] not in {"whole", "part"}:
        detail = "A return is whole, or part."
        raise Malformed(detail)
    try:
        return Return(
            **_read_common(found),  # type: ignore[arg-type] # each field is read by its own reader
            is_whole=found["part"] == "whole",
            inventory_bytes=read_number(found["inventory_bytes"]),
            listing_bytes=read_number(found["listing_bytes"]),
            size=read_number(found["size"]),
        )
    except AskedWrongly as error:
        raise Malformed(error.detail) from error


def _sign(payload_type: str, said: Answer | Return, key: SigningKey) -> bytes:
    if said.key != key.public:
        detail = "It bears another key than the one to sign with."
        raise AnswerImpossible(detail)
    return sign_envelope(payload_type, said.payload(), key)


def _open(data: bytes, payload_type: str) -> Json:
    """Return the document of an envelope whose signatures hold, or the bare one without a key."""
    bare = read_mapping(parse_canonical(data, limit=limits.ENVELOPE_BYTES))
    if "payloadType" in bare:
        return dict(open_signed(read_envelope(data, payload_type)))
    if "key" not in bare or bare["key"] is not None:
        detail = "A document that bears a key is signed with it."
        raise Malformed(detail)
    return bare


def _require_common(order: str, provider: str, reasons: str | None) -> None:
    try:
        require_order_id(order)
        require_name(provider, limits.ACT_TEXT)
    except OrderImpossible as error:
        raise AnswerImpossible(error.detail) from error
    _require_prose(reasons)


def _require_prose(text: str | None) -> None:
    if text is None:
        return
    try:
        require_prose(text, limits.TEXT_CHARACTERS)
    except OrderImpossible as error:
        raise AnswerImpossible(error.detail) from error


def _common_data(said: Answer | Return) -> dict[str, Json]:
    return {
        "key": None if said.key is None else said.key.as_data(),
        "order": said.order,
        "served": str(said.served),
        "provider": said.provider,
        "at": str(said.at),
        "reasons": said.reasons,
        "exercise": said.exercise,
    }


def _read_common(found: Mapping[str, Json]) -> dict[str, object]:
    key = found["key"]
    return {
        "key": None if key is None else VerifyingKey.parse(key),
        "order": _line(found["order"]),
        "served": Digest.parse(_line(found["served"])),
        "provider": _line(found["provider"]),
        "at": read_instant(found["at"]),
        "reasons": _text_or_none(found["reasons"]),
        "exercise": read_boolean(found["exercise"]),
    }


def _read_code(value: Json) -> Code:
    try:
        return Code(value)
    except ValueError as error:
        detail = f"A code is one of {', '.join(code.value for code in Code)}."
        raise BadValue(detail) from error


def _read_costs(value: Json) -> Costs:
    found = read_object(value, _COSTS)
    return Costs(amount=_line(found["amount"]), currency=_line(found["currency"]))


def _line(value: Json) -> str:
    return read_text(value, most=limits.ACT_TEXT)


def _text_or_none(value: Json) -> str | None:
    return None if value is None else read_text(value, most=limits.TEXT_CHARACTERS)


def _digest_or_none(value: Json) -> Digest | None:
    return None if value is None else Digest.parse(_line(value))
