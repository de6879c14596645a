"""Delays of the wire: when receipts are due, and how long to pause before the next attempt.

A request is an emergency, urgent or routine; its receipts are then due within minutes or
hours (relay: the other node holds it; deliver: it read it; retrieve: a person opened it).
None of these is a time of the law: at its end somebody is told, and nothing is decided.
An attempt that failed is made again after a pause that doubles up to a cap, for ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from comity.base import Instant

EMERGENCY: Final = "emergency"
URGENT: Final = "urgent"
ROUTINE: Final = "routine"
# The first is served first.
PRIORITIES: Final = (EMERGENCY, URGENT, ROUTINE)


@dataclass(frozen=True, slots=True)
class Delays:
    """The delays of one priority: receipts in minutes, pauses in seconds."""

    relay: int
    deliver: int
    retrieve: int
    first_pause: int
    longest_pause: int

    def relay_by(self, start: Instant) -> Instant:
        """Return by when the other node must have said that it holds a message."""
        return later(start, 60 * self.relay)

    def deliver_by(self, start: Instant) -> Instant:
        """Return by when it must have read it."""
        return later(start, 60 * self.deliver)

    def retrieve_by(self, start: Instant) -> Instant:
        """Return by when a person must have opened it."""
        return later(start, 60 * self.retrieve)

    def pause(self, attempts: int) -> int:
        """Return the seconds to wait after so many attempts that failed."""
        doublings = min(max(attempts - 1, 0), 20)
        return min(self.first_pause << doublings, self.longest_pause)


_DELAYS: Final[Mapping[str, Delays]] = MappingProxyType(
    {
        EMERGENCY: Delays(5, 10, 30, first_pause=1, longest_pause=20),
        URGENT: Delays(60, 120, 720, first_pause=2, longest_pause=120),
        ROUTINE: Delays(720, 1440, 2160, first_pause=4, longest_pause=600),
    }
)


def delays_of(priority: str) -> Delays:
    """Return the delays of a priority; of a word that is none, those of routine."""
    return _DELAYS.get(priority, _DELAYS[ROUTINE])


def rank(priority: str) -> int:
    """Return the place of a priority: emergencies are 0."""
    return PRIORITIES.index(priority) if priority in PRIORITIES else len(PRIORITIES)


def later(start: Instant, seconds: int) -> Instant:
    """Return the moment so many seconds later."""
    return Instant(start.at + timedelta(seconds=seconds))
