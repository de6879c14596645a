"""A world for tests: a clock that is set by hand, and identifiers and bytes from a seed."""

from __future__ import annotations

import random

from comity.base import Ident, Instant, Period


class HandClock:
    """Stands still until it is set forward."""

    def __init__(self, start: str = "2026-11-21T02:14:05Z") -> None:
        self.at = Instant.parse(start)

    def now(self) -> Instant:
        return self.at

    def forward(self, period: str) -> None:
        self.at = self.at.plus(Period.parse(period))


class SeedIdents:
    """Identifiers that are the same in every run."""

    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)

    def new(self, kind: str) -> Ident:
        return Ident.make(kind, self._random.randbytes(17))


class SeedBytes:
    """Random bytes that are the same in every run."""

    def __init__(self, seed: int = 2) -> None:
        self._random = random.Random(seed)

    def __call__(self, size: int) -> bytes:
        return self._random.randbytes(size)
