"""Instants, periods and the clock.

An instant is a moment in UTC, written ``2026-11-21T02:14:05Z``, to the second:
nothing in the law is finer. A period is counted in calendar days, hours or
minutes and written as in ISO 8601 (``P60D``, ``PT8H``). Days are counted in a named
zone, so that *sixty days* ends at the same local time whatever the season did.
No code but the composition root reads the machine's clock: it is handed in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from comity.base.errors import BadValue, Malformed

_INSTANT: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z", re.ASCII)
_PERIOD: Final = re.compile(r"P(?:(\d{1,5})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,5})M)?)?", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Instant:
    """A moment in UTC, to the second."""

    at: datetime

    def __post_init__(self) -> None:
        """Refuse a moment without zone, or finer than a second."""
        if self.at.tzinfo is not UTC or self.at.microsecond:
            detail = "An instant is in UTC and to the second."
            raise BadValue(detail)

    @classmethod
    def of(cls, moment: datetime) -> Instant:
        """Take any aware moment; drop what is finer than a second."""
        if moment.tzinfo is None:
            detail = "A moment without zone is not an instant."
            raise BadValue(detail)
        try:
            return cls(moment.astimezone(UTC).replace(microsecond=0))
        except OverflowError as error:
            detail = "The moment lies outside the calendar."
            raise BadValue(detail) from error

    @classmethod
    def parse(cls, text: str) -> Instant:
        """Read ``2026-11-21T02:14:05Z`` and nothing else; raise ``Malformed``."""
        match = _INSTANT.fullmatch(text)
        parts = [int(part) for part in match.groups()] if match else [0, 0, 0, 0, 0, 0]
        try:
            return cls(datetime(*parts, tzinfo=UTC))  # type: ignore[misc,arg-type] # six numbers
        except ValueError as error:
            detail = "An instant is written as 2026-11-21T02:14:05Z."
            raise Malformed(detail) from error

    def plus(self, period: Period, *, zone: str = "UTC") -> Instant:
        """Return this moment later by ``period``, its days counted as calendar days in ``zone``."""
        try:
            local = self.at.astimezone(read_zone(zone))
            shifted = (local + timedelta(days=period.days)).astimezone(UTC)
            return Instant(shifted + timedelta(minutes=period.minutes))
        except OverflowError as error:
            detail = "The period runs beyond the calendar."
            raise BadValue(detail) from error

    def seconds_after(self, other: Instant) -> int:
        """Return how many seconds this moment lies after ``other`` (negative if before)."""
        return int((self.at - other.at).total_seconds())

    def __str__(self) -> str:
        """Return the written form."""
        return self.at.strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time: calendar days, and minutes beside them."""

    days: int = 0
    minutes: int = 0

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read ``P60D``, ``PT8H``, ``PT30M`` or ``P1DT12H``; raise ``Malformed``."""
        match = _PERIOD.fullmatch(text)
        if match is None or not any(match.groups()) or text.endswith("T"):
            detail = "A period is written as P60D, PT8H, PT30M or P1DT12H."
            raise Malformed(detail)
        days, hours, minutes = (int(part or 0) for part in match.groups())
        return cls(days=days, minutes=hours * 60 + minutes)

    def __str__(self) -> str:
        """Return the written form."""
        hours, minutes = divmod(self.minutes, 60)
        day = f"{self.days}D" if self.days else ""
        hour = f"{hours}H" if hours else ""
        minute = f"{minutes}M" if minutes else ""
        if not (hour or minute):
            return f"P{self.days}D"
        return f"P{day}T{hour}{minute}"


class Clock(Protocol):
    """What tells the time."""

    def now(self) -> Instant:
        """Return the present moment."""


def read_zone(name: str) -> ZoneInfo:
    """Return the IANA zone called ``name``; raise ``BadValue`` if there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        detail = f"There is no time zone called {name!r}; use a name such as Africa/Nairobi."
        raise BadValue(detail) from error
