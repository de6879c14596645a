"""Typed identifiers: how a request says exactly whose or which data it means.

One line each, ``kind: particulars``, as in ``account: alice_84 at mail.example`` or
``address: 203.0.113.7 port 50412 at 2026-11-20T03:14:05+03:00``. Reading gives a typed
value whose printed form reads back as the same value. Each names one specific thing
(uncc:23(1), uncc:24): wildcards, ranges, networks, patterns and *all* are refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

from comity.domain.identifiers.account import Account, Iban, PaymentAccount, Wallet
from comity.domain.identifiers.device import Imei, Imsi, KnownObject, Mac, Number
from comity.domain.identifiers.moment import Moment, MomentRefused
from comity.domain.identifiers.network import Address, Domain, Locator, Mailbox
from comity.domain.identifiers.refusal import IdentifierRefused
from comity.domain.identifiers.specific import NotSpecific
from comity.domain.plain import require_line

Identifier: TypeAlias = (
    Account
    | PaymentAccount
    | Iban
    | Wallet
    | Number
    | Imei
    | Imsi
    | Mac
    | KnownObject
    | Address
    | Domain
    | Locator
    | Mailbox
)
_ALL: Final[tuple[type[Identifier], ...]] = (
    Account,
    Address,
    Domain,
    Iban,
    Imei,
    Imsi,
    KnownObject,
    Locator,
    Mac,
    Mailbox,
    Number,
    PaymentAccount,
    Wallet,
)
KINDS: Final[Mapping[str, type[Identifier]]] = MappingProxyType({one.kind: one for one in _ALL})


def read_identifier(line: str) -> Identifier:
    """Read ``kind: particulars``; raise one of the errors of this package, or ``TextRefused``."""
    require_line(line)
    name, found, rest = line.partition(": ")
    kind = KINDS.get(name)
    if not found or kind is None:
        detail = f"It begins with its kind and a colon; kinds are {', '.join(sorted(KINDS))}."
        raise IdentifierRefused(detail)
    return kind.parse(rest)


def write_identifier(identifier: Identifier) -> str:
    """Return the line that ``read_identifier`` reads back as the same value."""
    return f"{identifier.kind}: {identifier}"


__all__ = [
    "KINDS",
    "Account",
    "Address",
    "Domain",
    "Iban",
    "Identifier",
    "IdentifierRefused",
    "Imei",
    "Imsi",
    "KnownObject",
    "Locator",
    "Mac",
    "Mailbox",
    "Moment",
    "MomentRefused",
    "NotSpecific",
    "Number",
    "PaymentAccount",
    "Wallet",
    "read_identifier",
    "write_identifier",
]
