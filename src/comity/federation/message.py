"""Messages: an act on its way from one authority to another, sealed for that one alone.

A message is one file: a statement in one line, a line feed, and an age file (the *body*) to
the receiver's current recipient. The statement is an envelope (DSSE) in canonical JSON of
type ``application/vnd.comity.message+json``, signed by the sending authority; its payload::

    {"body":"<digest of the age file>","exercise":<bool>,"from":{"authority":"…","state":"XA"},
     "made":"<instant>","priority":"emergency|urgent|routine","size":<bytes of the age file>,
     "to":{"authority":"…","state":"XB"},"type":"comity/message/1"}

``made`` is the time of the act within. The message's name is the SHA-256 of the payload, so
it stays the same however often it is sent. What is within is a bundle
(``comity.federation.bundle``). Whoever relays a message learns from whom to whom it goes,
when, how urgent and how large; nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from comity.base import Digest, Instant, canonical_bytes, limits, parse_canonical
from comity.base.canonical import Json
from comity.base.errors import BadValue, DoesNotVerify, Malformed, TooLarge
from comity.federation.delays import PRIORITIES
from comity.seal.dsse import Envelope, read_envelope, sign_envelope, verify_envelope
from comity.seal.fields import (
    is_line,
    read_boolean,
    read_document,
    read_number,
    read_object,
    read_text,
)
from comity.seal.keys import SigningKey, VerifyingKey

PAYLOAD_TYPE: Final = "application/vnd.comity.message+json"
_TYPE: Final = "comity/message/1"
_NAMES: Final = frozenset({"from", "to", "made", "priority", "exercise", "body", "size"})
_END: Final = b"\n"
_STATE: Final = re.compile(r"[A-Z]{2}")
_AUTHORITY: Final = 200
_PARTY: Final = frozenset({"state", "authority"})


class MessageAltered(DoesNotVerify):
    """The body of the message is not the one that its sender signed."""

    code = "message/altered"
    remedy = "Nothing of it was kept; it is sent again by itself."


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """An authority as it stands on messages and receipts."""

    state: str
    authority: str

    def __post_init__(self) -> None:
        """Refuse what names no authority; raise ``BadValue``."""
        is_authority = is_line(self.authority, least=1, most=_AUTHORITY)
        if _STATE.fullmatch(self.state) is None or not is_authority:
            detail = "An address is a State in two letters and an authority in one line."
            raise BadValue(detail)

    def as_data(self) -> dict[str, Json]:
        """Return the address as it stands in a document."""
        return {"state": self.state, "authority": self.authority}

    @classmethod
    def parse(cls, data: Json) -> Address:
        """Read an address; raise ``Malformed``."""
        found = read_object(data, _PARTY)
        try:
            return cls(
                read_text(found["state"], most=2), read_text(found["authority"], most=_AUTHORITY)
            )
        except BadValue as error:
            raise Malformed(error.detail) from error

    def __str__(self) -> str:
        """Return State and authority in one line."""
        return f"{self.state} {self.authority}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What is said on the outside of a message. ``body`` and ``size`` are the age file's."""

    sender: Address
    receiver: Address
    made: Instant
    priority: str
    exercise: bool
    body: Digest
    size: int

    def __post_init__(self) -> None:
        """Refuse what no message says; raise ``BadValue``."""
        if self.priority not in PRIORITIES or not 0 < self.size <= limits.MESSAGE_BYTES:
            detail = "The priority or the size of a message is none that is possible."
            raise BadValue(detail)

    def payload(self) -> bytes:
        """Return the canonical bytes that are signed."""
        return canonical_bytes(
            {
                "type": _TYPE,
                "from": self.sender.as_data(),
                "to": self.receiver.as_data(),
                "made": str(self.made),
                "priority": self.priority,
                "exercise": self.exercise,
                "body": str(self.body),
                "size": self.size,
            }
        )

    @classmethod
    def parse(cls, payload: bytes) -> Statement:
        """Read a payload; raise ``Malformed`` or ``TooLarge``."""
        data = parse_canonical(payload, limit=limits.STATEMENT_BYTES)
        found = read_document(data, _TYPE, _NAMES)
        try:
            return cls(**_fields(found))  # type: ignore[arg-type] # each is read by its own reader
        except BadValue as error:
            raise Malformed(error.detail) from error


@dataclass(frozen=True, kw_only=True)
class UnverifiedMessage:
    """A message of the right shape that anyone may have written."""

    unsafe_statement: Statement
    envelope: Envelope
    line: bytes
    body: bytes

    @cached_property
    def name(self) -> Digest:
        """Return the message's name: the digest of what is signed."""
        return Digest.of(self.envelope.payload)

    @property
    def is_whole(self) -> bool:
        """Return whether the body is the one that the statement names."""
        said = self.unsafe_statement
        return len(self.body) == said.size and Digest.of(self.body).matches(said.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message whose two signatures and body verified; made by ``verify_message`` alone."""

    name: Digest
    statement: Statement
    line: bytes
    body: bytes


def sign_statement(statement: Statement, key: SigningKey) -> bytes:
    """Return the first line of a message, without its end."""
    return sign_envelope(PAYLOAD_TYPE, statement.payload(), key)


def join_message(line: bytes, body: bytes) -> bytes:
    """Return the file that goes over the wire, or onto a disk."""
    return line + _END + body


def read_message(data: bytes) -> UnverifiedMessage:
    """Take a message apart without verifying it; raise ``Malformed`` or ``TooLarge``."""
    if len(data) > limits.MESSAGE_BYTES + limits.STATEMENT_BYTES:
        detail = f"{len(data)} bytes, where {limits.MESSAGE_BYTES} are the most."
        raise TooLarge(detail)
    end = data.find(_END, 0, limits.STATEMENT_BYTES + 1)
    if end < 0:
        detail = "A message begins with a statement in one line."
        raise Malformed(detail)
    line, body = data[:end], data[end + 1 :]
    envelope = read_envelope(line, PAYLOAD_TYPE)
    statement = Statement.parse(envelope.payload)
    return UnverifiedMessage(unsafe_statement=statement, envelope=envelope, line=line, body=body)


def verify_message(message: UnverifiedMessage, key: VerifyingKey) -> Message:
    """Return the message if both signatures of ``key`` fit, and the body is the one signed.

    Raise ``SealBroken``, or ``MessageAltered`` for another body.
    """
    verify_envelope(message.envelope, key)
    if not message.is_whole:
        raise MessageAltered
    return Message(
        name=message.name,
        statement=message.unsafe_statement,
        line=message.line,
        body=message.body,
    )


def _fields(found: Mapping[str, Json]) -> dict[str, object]:
    return {
        "sender": Address.parse(found["from"]),
        "receiver": Address.parse(found["to"]),
        "made": Instant.parse(read_text(found["made"], most=20)),
        "priority": read_text(found["priority"], most=20),
        "exercise": read_boolean(found["exercise"]),
        "body": Digest.parse(read_text(found["body"], most=80)),
        "size": read_number(found["size"]),
    }
