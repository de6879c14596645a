"""Who shows one bad token after the other is told to wait.

The tokens themselves cannot be guessed: this keeps the noise down. A good token always
passes, so that one broken program behind a shared address locks nobody out.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Final

from comity.base import Instant

MOST_TRIES: Final = 20
SECONDS: Final = 60
_ADDRESSES: Final = 10_000


class Throttle:
    """Bad tries by address, within the last minute; bounded."""

    def __init__(self) -> None:
        """Know of no try."""
        self._tries: OrderedDict[str, tuple[Instant, int]] = OrderedDict()
        self._lock = threading.Lock()

    def count(self, address: str, now: Instant) -> bool:
        """Count a bad try; return whether it was one too many."""
        with self._lock:
            since, tries = self._tries.pop(address, (now, 0))
            if not 0 <= now.seconds_after(since) < SECONDS:
                since, tries = now, 0
            self._tries[address] = (since, tries + 1)
            if len(self._tries) > _ADDRESSES:
                self._tries.popitem(last=False)
            return tries + 1 > MOST_TRIES
