"""Codes of an authenticator by RFC 6238, written from its text: the other side in tests.

Its own test (tests/interop/test_codes_others.py) holds it against the RFC's vectors and oathtool.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import time


def code_at(secret: str, moment: float, *, digits: int = 6, period: int = 30) -> str:
    """Return the code that an authenticator with this secret (base 32) shows at a moment."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    count = int(moment // period).to_bytes(8, "big")
    tag = hmac.digest(key, count, hashlib.sha1)
    offset = tag[-1] & 0xF
    number = int.from_bytes(tag[offset : offset + 4], "big") & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)


def now() -> float:
    """Return the time on the telephone."""
    return time.time()
