"""Receipts: what became of a message, signed by whoever can know it.

Nine events, as in ETSI EN 319 532-1 (registered electronic mail). The sender's authority
signs what it knows: that the message was made or could not be made, and that nobody took it
in time. The receiver's signs the rest. An envelope (DSSE) in canonical JSON of type
``application/vnd.comity.receipt+json`` around::

    {"at":"<instant>","by":{"authority":"…","state":"XB"},"event":"delivered","exercise":<bool>,
     "message":"<digest>","reason":"","type":"comity/receipt/1"}

``message`` is the message's name; of ``submission_rejected`` the digest of the act's
envelope, for no message came to be. ``reason`` is a word in a receipt that says no, else
empty. A negative receipt does not take back a positive one, nor the other way round: both
stay, each with its time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from comity.base import Digest, Instant, canonical_bytes, limits, parse_canonical
from comity.base.errors import BadValue, Malformed, TooLarge
from comity.federation.message import Address
from comity.seal.dsse import Envelope, read_envelope, sign_envelope, verify_envelope
from comity.seal.fields import read_boolean, read_document, read_text
from comity.seal.keys import SigningKey, VerifyingKey

PAYLOAD_TYPE: Final = "application/vnd.comity.receipt+json"
_TYPE: Final = "comity/receipt/1"
_NAMES: Final = frozenset({"message", "event", "by", "at", "reason", "exercise"})
_REASON: Final = re.compile(r"[a-z][a-z0-9/-]{0,59}")


class Event(Enum):
    """What became of a message."""

    SUBMISSION_ACCEPTED = "submission_accepted"
    SUBMISSION_REJECTED = "submission_rejected"
    RELAY_ACCEPTED = "relay_accepted"
    RELAY_FAILED = "relay_failed"
    RELAY_REJECTED = "relay_rejected"
    DELIVERED = "delivered"
    NOT_DELIVERED = "not_delivered"
    RETRIEVED = "retrieved"
    NOT_RETRIEVED = "not_retrieved"

    @property
    def is_negative(self) -> bool:
        """Return whether it says that something did not happen."""
        return self in _NEGATIVE

    @property
    def is_of_sender(self) -> bool:
        """Return whether the sender's authority signs it, and not the receiver's."""
        return self in _OF_SENDER


_NEGATIVE: Final = frozenset(
    {
        Event.SUBMISSION_REJECTED,
        Event.RELAY_FAILED,
        Event.RELAY_REJECTED,
        Event.NOT_DELIVERED,
        Event.NOT_RETRIEVED,
    }
)
_OF_SENDER: Final = frozenset(
    {Event.SUBMISSION_ACCEPTED, Event.SUBMISSION_REJECTED, Event.RELAY_FAILED}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """One receipt, as it is said; whether it is true to its signature is asked apart."""

    message: Digest
    event: Event
    by: Address
    at: Instant
    reason: str
    exercise: bool

    def __post_init__(self) -> None:
        """Refuse a reason where there is none, and none where there must be one."""
        fits = _REASON.fullmatch(self.reason) is not None if self.event.is_negative else True
        if not fits or (self.reason and not self.event.is_negative):
            detail = "A receipt that says no gives a reason in one word; any other gives none."
            raise BadValue(detail)

    def payload(self) -> bytes:
        """Return the canonical bytes that are signed."""
        return canonical_bytes(
            {
                "type": _TYPE,
                "message": str(self.message),
                "event": self.event.value,
                "by": self.by.as_data(),
                "at": str(self.at),
                "reason": self.reason,
                "exercise": self.exercise,
            }
        )

    @classmethod
    def parse(cls, payload: bytes) -> Receipt:
        """Read a payload; raise ``Malformed`` or ``TooLarge``."""
        data = parse_canonical(payload, limit=limits.STATEMENT_BYTES)
        found = read_document(data, _TYPE, _NAMES)
        try:
            return cls(
                message=Digest.parse(read_text(found["message"], most=80)),
                event=_event(read_text(found["event"], most=40)),
                by=Address.parse(found["by"]),
                at=Instant.parse(read_text(found["at"], most=20)),
                reason=read_text(found["reason"], most=60),
                exercise=read_boolean(found["exercise"]),
            )
        except BadValue as error:
            raise Malformed(error.detail) from error


@dataclass(frozen=True, slots=True)
class UnverifiedReceipt:
    """A receipt of the right shape that anyone may have written: good for finding its key."""

    unsafe_receipt: Receipt
    envelope: Envelope


def sign_receipt(receipt: Receipt, key: SigningKey) -> bytes:
    """Return the envelope of a receipt."""
    return sign_envelope(PAYLOAD_TYPE, receipt.payload(), key)


def read_receipt(data: bytes) -> UnverifiedReceipt:
    """Read a receipt without verifying it; raise ``Malformed`` or ``TooLarge``."""
    if len(data) > limits.STATEMENT_BYTES:
        detail = f"{len(data)} bytes, where {limits.STATEMENT_BYTES} are the most."
        raise TooLarge(detail)
    envelope = read_envelope(data, PAYLOAD_TYPE)
    return UnverifiedReceipt(Receipt.parse(envelope.payload), envelope)


def verify_receipt(receipt: UnverifiedReceipt, key: VerifyingKey) -> Receipt:
    """Return what a receipt says if both signatures of ``key`` fit; else ``SealBroken``."""
    return Receipt.parse(verify_envelope(receipt.envelope, key))


def _event(text: str) -> Event:
    try:
        return Event(text)
    except ValueError as error:
        detail = f"{text[:40]!r} is no event of a receipt."
        raise Malformed(detail) from error
