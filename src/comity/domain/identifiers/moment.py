"""A moment as a log showed it: the time on the wall and the zone it was read in.

Written ``2026-11-20T03:14:05+03:00``, ``2026-11-20T00:14:05Z`` or, with the IANA
zone as in RFC 9557, ``2026-11-20T03:14:05+03:00[Africa/Nairobi]``; the offset may be
left out where the zone alone decides it. A time without zone names no moment: behind
one address there are other people an hour later. So a time that the clocks of the
zone skipped, and one that they showed twice without saying which, are refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from comity.base.clock import Instant, read_zone
from comity.base.errors import AskedWrongly

_TEXT: Final = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(Z|[+-]\d\d:\d\d)?(?:\[([A-Za-z0-9_+/-]{1,64})\])?",
    re.ASCII,
)
_EARLIEST: Final = 1970
_WIDEST: Final = timedelta(hours=14)


class MomentRefused(AskedWrongly):
    """A moment needs a date, a time to the second, and its zone."""

    code = "domain/moment"
    remedy = "Write it as 2026-11-20T03:14:05+03:00 or 2026-11-20T03:14:05[Africa/Nairobi]."


@dataclass(frozen=True, slots=True)
class Moment:
    """A time on the wall (naive), its offset from UTC in minutes, and its zone if told."""

    wall: datetime
    offset: int
    zone: str | None = None

    def __post_init__(self) -> None:
        """Refuse what is no moment, or an offset that the zone did not have then."""
        if self.wall.tzinfo is not None or self.wall.microsecond or self.wall.year < _EARLIEST:
            detail = "The time on the wall is to the second and not before 1970."
            raise MomentRefused(detail)
        if abs(timedelta(minutes=self.offset)) > _WIDEST:
            detail = "No zone lies more than 14 hours from UTC."
            raise MomentRefused(detail)
        if self.zone is not None and self.offset not in _offsets(self.wall, self.zone):
            detail = f"The clocks of {self.zone} did not show this time at this offset."
            raise MomentRefused(detail)
        Instant.of(self._aware())

    @classmethod
    def parse(cls, text: str) -> Moment:
        """Read the written form; raise ``MomentRefused``."""
        match = _TEXT.fullmatch(text)
        try:
            wall = datetime.fromisoformat(match[1] if match else "")
        except ValueError as error:
            detail = "It is not a date and a time to the second."
            raise MomentRefused(detail) from error
        told, zone = (match[2], match[3]) if match else (None, None)
        if told is not None:
            return cls(wall, _minutes(told), zone)
        if zone is None:
            detail = "It has no zone."
            raise MomentRefused(detail)
        return cls(wall, _only_offset(wall, zone), zone)

    @property
    def instant(self) -> Instant:
        """Return the moment in UTC."""
        return Instant.of(self._aware())

    def _aware(self) -> datetime:
        return self.wall.replace(tzinfo=timezone(timedelta(minutes=self.offset)))

    def __str__(self) -> str:
        """Return the written form: always the offset, and the zone if told."""
        hours, minutes = divmod(abs(self.offset), 60)
        sign = "-" if self.offset < 0 else "+"
        told = f"{sign}{hours:02}:{minutes:02}" if self.offset or self.zone else "Z"
        zone = f"[{self.zone}]" if self.zone else ""
        return f"{self.wall.isoformat()}{told}{zone}"


def _minutes(told: str) -> int:
    if told == "Z":
        return 0
    hours, minutes = int(told[1:3]), int(told[4:6])
    # RFC 3339 4.3: -00:00 says that the zone is not known.
    if told == "-00:00" or minutes > 59:  # noqa: PLR2004 # minutes of an hour
        detail = f"{told} is no offset."
        raise MomentRefused(detail)
    return (hours * 60 + minutes) * (-1 if told[0] == "-" else 1)


def _offsets(wall: datetime, zone: str) -> set[int]:
    """Return the offsets at which the clocks of ``zone`` showed ``wall``: none, one or two."""
    found: set[int] = set()
    named = read_zone(zone)
    for fold in (0, 1):
        aware = wall.replace(tzinfo=named, fold=fold)
        offset = aware.utcoffset() or timedelta()
        back = _there_and_back(aware)
        if back == wall and offset % timedelta(minutes=1) == timedelta():
            found.add(offset // timedelta(minutes=1))
    return found


def _there_and_back(aware: datetime) -> datetime | None:
    """Return what the zone's clocks show at that moment: a skipped hour comes back changed."""
    try:
        return aware.astimezone(UTC).astimezone(aware.tzinfo).replace(tzinfo=None, fold=0)
    except OverflowError:
        return None


def _only_offset(wall: datetime, zone: str) -> int:
    offsets = _offsets(wall, zone)
    if len(offsets) != 1:
        what = "never showed this time" if not offsets else "showed this time twice; add the offset"
        detail = f"The clocks of {zone} {what}."
        raise MomentRefused(detail)
    return offsets.pop()
