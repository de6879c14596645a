"""Clocks as lanes over time: where each deadline's end lies from today, as shares of a width.

What is near is drawn wider than what is far: a place is the root of its distance. Places are per
cent, so that a lane is drawn at any width, and run from the edge at which reading begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

from django.utils.translation import get_language_bidi, pgettext

from comity.base import Instant

_DAY: Final = 86_400
_TODAY: Final = 12.0
_END: Final = 96.0
_LEAST_SECONDS: Final = 7 * _DAY
_MOST_SECONDS: Final = 200 * _DAY
_MARKS: Final = (1, 7, 30, 90, 180)
# Two words side by side need so much room.
_ROOM: Final = 11.0


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A day on the axis."""

    place: str
    says: str


@dataclass(frozen=True, kw_only=True)
class Scale:
    """The axis that all lanes share: ``span`` seconds from now to its end."""

    now: Instant
    span: float
    is_mirrored: bool

    @classmethod
    def of(cls, now: Instant, dues: Sequence[Instant]) -> Scale:
        """Return the axis on which these moments lie."""
        furthest = max((due.seconds_after(now) for due in dues), default=_LEAST_SECONDS)
        span = min(max(furthest, _LEAST_SECONDS), _MOST_SECONDS)
        return cls(now=now, span=float(span), is_mirrored=get_language_bidi())

    @property
    def today(self) -> str:
        """Return where today is."""
        return self._say(_TODAY)

    def place(self, due: Instant | None) -> str:
        """Return where a moment lies: what is over before today, what is far at the end."""
        if due is None:
            return self._say(_END)
        seconds = due.seconds_after(self.now)
        if seconds < 0:
            return self._say(_TODAY / 3)
        return self._say(self._at(min(seconds, self.span)))

    @property
    def marks(self) -> list[Mark]:
        """Return the days that stand at the axis."""
        found = []
        last = _TODAY
        for days in _MARKS:
            place = self._at(days * _DAY) if days * _DAY <= self.span else _END + 1
            if last + _ROOM <= place <= _END:
                found.append(Mark(place=self._say(place), says=_in_days(days)))
                last = place
        return found

    def _at(self, seconds: float) -> float:
        return _TODAY + (_END - _TODAY) * sqrt(seconds / self.span)

    def _say(self, place: float) -> str:
        return f"{100 - place if self.is_mirrored else place:.1f}%"


def _in_days(days: int) -> str:
    return pgettext("inbox", "%(days)s d") % {"days": days}
