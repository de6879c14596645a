"""Keys, acts and chains for tests of seals: the same in every run, but for the signatures."""

from __future__ import annotations

import base64
import json
import random
from typing import Any, cast

from comity.base import Digest, Ident, Instant
from comity.base.canonical import Json
from comity.seal import Act, SignedAct, SigningKey, next_link, sign_act


class SeedBytes:
    """Random bytes that are the same in every run."""

    def __init__(self, seed: int = 2) -> None:
        self._random = random.Random(seed)

    def __call__(self, size: int) -> bytes:
        return self._random.randbytes(size)


KEY = SigningKey.generate(SeedBytes(11))
OTHER = SigningKey.generate(SeedBytes(12))
CHAIN = str(Ident.make("dos", SeedBytes(13)(17)))
START = Instant.parse("2026-11-21T02:14:05Z")
LAWBOOK = Digest.of(b"lawbook")


def make_act(**change: Any) -> Act:
    """Return an act that sends a preservation request, with ``change`` made to it."""
    fields: dict[str, Any] = {
        "chain": CHAIN,
        "track": "exchanged",
        "holder": "XA",
        "number": 0,
        "before": None,
        "seen": None,
        "at": START,
        "process": "uncc/preservation",
        "step": "send",
        "side": "asking",
        "law": "uncc:42(3)",
        "lawbook": LAWBOOK,
        "authority": "Duty desk of Arvenia",
        "actor": "officer-7f3a",
        "role": "duty_officer",
        "channel": "node",
        "exercise": True,
        "covers": {"content": Digest.of(b"content")},
        "cites": (Digest.of(b"house act"),),
        "terms": {"until": "2027-01-20T00:00:00Z"},
        "recorded": None,
    }
    return Act(**(fields | change))


def make_chain(count: int, **change: Any) -> list[SignedAct]:
    """Return ``count`` acts in a row, a minute apart."""
    acts: list[SignedAct] = []
    for number in range(count):
        link = next_link(acts[-1] if acts else None)
        at = Instant.parse(f"2026-11-21T02:{14 + number:02}:05Z")
        act = make_act(**{"at": at, "number": link.number, "before": link.before} | change)
        acts.append(sign_act(act, KEY))
    return acts


def loads(envelope: bytes) -> dict[str, Any]:
    """Take an envelope apart, to be broken."""
    return cast("dict[str, Any]", json.loads(envelope))


def dumps(value: Json) -> bytes:
    """Write as RFC 8785 does for what stands in envelopes (ASCII text without escapes)."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def flip(text: str) -> str:
    """Change one bit of what base64 text stands for."""
    raw = bytearray(base64.b64decode(text))
    raw[len(raw) // 2] ^= 1
    return base64.b64encode(raw).decode()
