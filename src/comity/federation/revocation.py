"""Revoking: a signed file by which an authority takes orders back (uncc:24(1)).

It names orders. If it is ``whole``, it says that of all orders that this authority has issued
these and no others are revoked, and until when that may be relied on; otherwise it says
nothing of orders that it does not name. A forged revocation is a way to have data deleted,
so it is believed on no less than an order is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from comity.base import Instant, canonical_bytes, limits
from comity.base.canonical import Json
from comity.base.errors import BadValue, Malformed
from comity.federation.errors import OrderImpossible, OrderRefused
from comity.federation.order import read_instant, read_lines, require_order_id, require_state
from comity.federation.signed import open_signed
from comity.federation.words import require_name, require_prose
from comity.seal.dsse import read_envelope, sign_envelope
from comity.seal.fields import read_document, read_text
from comity.seal.keys import SigningKey, VerifyingKey

PAYLOAD_TYPE: Final = "application/vnd.comity.order-revocation+json"
TYPE: Final = "comity/order-revocation/1"
_NAMES: Final = frozenset({"key", "state", "authority", "at", "orders", "valid_until", "reason"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """Which orders are taken back, by whom, from when.

    ``valid_until`` makes it whole: a list of all that are revoked, good until then.
    """

    state: str
    authority: str
    at: Instant
    orders: tuple[str, ...]
    valid_until: Instant | None
    reason: str | None
    key: VerifyingKey

    def __post_init__(self) -> None:
        """Refuse what no revocation can say; raise ``OrderImpossible``."""
        require_state(self.state)
        require_name(self.authority, limits.ACT_TEXT)
        if self.reason is not None:
            require_prose(self.reason, limits.TEXT_CHARACTERS)
        for order in self.orders:
            require_order_id(order)
        if list(self.orders) != sorted(set(self.orders)) or not (self.orders or self.is_whole):
            detail = "It names at least one order, each once, in the order of the alphabet."
            raise OrderImpossible(detail)
        if self.valid_until is not None and self.valid_until <= self.at:
            detail = "It is over before it begins."
            raise OrderImpossible(detail)

    @property
    def is_whole(self) -> bool:
        """Tell whether it names all orders of the authority that are revoked."""
        return self.valid_until is not None

    def payload(self) -> bytes:
        """Return the canonical bytes, which are signed."""
        orders: list[Json] = list(self.orders)
        return canonical_bytes(
            {
                "type": TYPE,
                "key": self.key.as_data(),
                "state": self.state,
                "authority": self.authority,
                "at": str(self.at),
                "orders": orders,
                "valid_until": None if self.valid_until is None else str(self.valid_until),
                "reason": self.reason,
            }
        )

    @classmethod
    def from_data(cls, data: Json) -> Revocation:
        """Read a document whose every name is known and possible; else ``DoesNotVerify``."""
        found = read_document(data, TYPE, _NAMES)
        until, reason = found["valid_until"], found["reason"]
        try:
            return cls(
                state=read_text(found["state"], most=limits.ACT_TEXT),
                authority=read_text(found["authority"], most=limits.ACT_TEXT),
                at=read_instant(found["at"]),
                orders=read_lines(found["orders"], limits.REVOKED_ORDERS),
                valid_until=None if until is None else read_instant(until),
                reason=None if reason is None else read_text(reason, most=limits.TEXT_CHARACTERS),
                key=VerifyingKey.parse(found["key"]),
            )
        except BadValue as error:
            raise Malformed(error.detail) from error
        except OrderImpossible as error:
            raise OrderRefused(error.detail) from error


def sign_revocation(revocation: Revocation, key: SigningKey) -> bytes:
    """Return the file: the envelope, signed with the key that the revocation bears."""
    if revocation.key != key.public:
        detail = "The revocation bears another key than the one to sign with."
        raise OrderImpossible(detail)
    return sign_envelope(PAYLOAD_TYPE, revocation.payload(), key)


def open_revocation(data: bytes) -> Revocation:
    """Return what the file says if its signatures hold; else raise ``DoesNotVerify``.

    Whose key it is was not asked.
    """
    return Revocation.from_data(dict(open_signed(read_envelope(data, PAYLOAD_TYPE))))
