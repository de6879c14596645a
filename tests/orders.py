"""Orders, revocations and cards for tests: a real authority, a stranger, and what they sign."""

from __future__ import annotations

import json
from typing import Any

from comity.base import Digest, Instant, canonical_bytes
from comity.federation import (
    DataKind,
    Judged,
    Measure,
    Objection,
    Order,
    Question,
    Revocation,
    Span,
    Voucher,
    judge_order,
    sign_order,
    sign_revocation,
)
from comity.federation.order import PAYLOAD_TYPE
from comity.seal import PublicCard, SigningKey, sign_envelope
from tests.seals import KEY, OTHER

AUTHORITY = "Prosecutor General of Belmora"
PROVIDER = "Hosting Belmora"
ISSUED = Instant.parse("2026-11-21T02:30:00Z")
NOW = Instant.parse("2026-11-21T03:00:00Z")
UNTIL = Instant.parse("2027-02-19T02:30:00Z")
ID = "ord_0123456789abcdefghjkmnpqrs"
ID2 = "ord_1123456789abcdefghjkmnpqrs"
CARD = PublicCard("order key", AUTHORITY, KEY.public)
TRUST = (Voucher(card=CARD),)


def make_order(**change: Any) -> Order:
    """Return an order to preserve, with ``change`` made to it."""
    fields: dict[str, Any] = {
        "order": ID,
        "reference": "PG-2026/4711",
        "replaces": None,
        "state": "XB",
        "authority": AUTHORITY,
        "provider": PROVIDER,
        "measure": Measure.PRESERVE,
        "kinds": (DataKind.CONTENT, DataKind.TRAFFIC),
        "data": ("account: alice_84 at mail.example",),
        "period": Span(Instant.parse("2026-11-01T00:00:00Z"), ISSUED),
        "law": ("Code of Criminal Procedure of Belmora, section 112",),
        "authorisation": None,
        "issued_at": ISSUED,
        "valid_until": UNTIL,
        "answer_by": None,
        "confidential_until": Instant.parse("2027-01-01T00:00:00Z"),
        "objection": Objection(how="In writing.\nWith reasons.", to="District court", by=None),
        "carries": Digest.of(b"the request of Arvenia"),
        "must_check": False,
        "exercise": False,
        "key": KEY.public,
    }
    return Order(**(fields | change))


def signed(key: SigningKey = KEY, **change: Any) -> bytes:
    """Return the file of an order that ``key`` signed."""
    return sign_order(make_order(key=key.public, **change), key)


def sign_data(change: dict[str, Any], key: SigningKey = KEY, *drop: str) -> bytes:
    """Return a file of a document that no order can be, but truly signed."""
    data: dict[str, Any] = {**json.loads(make_order().payload()), **change}
    for name in drop:
        del data[name]
    return sign_envelope(PAYLOAD_TYPE, canonical_bytes(data), key)


def revocation(key: SigningKey = KEY, **change: Any) -> bytes:
    """Return the file of a revocation of the order, with ``change`` made to it."""
    fields: dict[str, Any] = {
        "state": "XB",
        "authority": AUTHORITY,
        "at": Instant.parse("2026-11-21T02:45:00Z"),
        "orders": (ID,),
        "valid_until": None,
        "reason": None,
        "key": key.public,
    }
    return sign_revocation(Revocation(**(fields | change)), key)


def judge(data: bytes, **change: Any) -> Judged:
    """Judge with the authority's card at hand, half an hour after the issue."""
    fields: dict[str, Any] = {"now": NOW, "trust": TRUST}
    return judge_order(data, Question(**(fields | change)))


def verdicts(judged: Judged) -> dict[int, str]:
    """Return the verdict of each check by its number."""
    return {one.check: one.verdict.value for one in judged.report.findings}


__all__ = [
    "AUTHORITY", "CARD", "ID", "ID2", "ISSUED", "KEY", "NOW", "OTHER", "PROVIDER", "TRUST", "UNTIL",
    "judge", "make_order", "revocation", "sign_data", "signed", "verdicts",
]  # fmt: skip # a set of words, not a column
