"""The world as a node finds it: the machine's clock and its source of random bytes."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from comity.base import Ident, Instant
from comity.service.ports import Random

_RANDOM_BYTES = 17


class SystemClock:
    """The machine's clock."""

    def now(self) -> Instant:
        """Return the present moment."""
        return Instant.of(datetime.now(UTC))


class RandomIdents:
    """Identifiers from random bytes."""

    def __init__(self, random: Random = os.urandom) -> None:
        """Draw from ``random``."""
        self._random = random

    def new(self, kind: str) -> Ident:
        """Return a new identifier of ``kind``."""
        return Ident.make(kind, self._random(_RANDOM_BYTES))
