"""Who is on duty at an authority now, by its own clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Final

from comity.base import Instant
from comity.base.clock import read_zone
from comity.federation.directory import AuthorityCard, Duty

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEK: Final = 7
_MIDNIGHT: Final = "24:00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What the roster of a card says at a moment.

    ``local`` is the authority's own time; ``now`` are the duties that run, ``begins`` when the
    next one does, if none runs.
    """

    local: datetime
    now: tuple[Duty, ...]
    begins: Instant | None

    @property
    def is_on(self) -> bool:
        """Return whether somebody is to answer now."""
        return bool(self.now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """One duty, and when it begins and ends next in the reader's zone."""

    duty: Duty
    begins: datetime
    ends: datetime
    is_now: bool


def watch(card: AuthorityCard, at: Instant) -> Watch:
    """Return who is on duty at that moment."""
    local = at.at.astimezone(read_zone(card.zone))
    running = tuple(one for one in card.roster if _runs(one, local))
    starts = [start for one in card.roster for start, _ in _times(one, local) if start > local]
    return Watch(
        local=local,
        now=running,
        begins=Instant.of(min(starts)) if starts and not running else None,
    )


def say_hours(card: AuthorityCard, at: Instant, zone: tzinfo) -> tuple[Hours, ...]:
    """Return each duty with its next times in the zone of the reader."""
    local = at.at.astimezone(read_zone(card.zone))
    found = []
    for duty in card.roster:
        start, end = next(one for one in _times(duty, local) if one[1] > local)
        found.append(
            Hours(
                duty=duty,
                begins=start.astimezone(zone),
                ends=end.astimezone(zone),
                is_now=_runs(duty, local),
            )
        )
    return tuple(found)


def _runs(duty: Duty, local: datetime) -> bool:
    return any(start <= local < end for start, end in _times(duty, local))


def _times(duty: Duty, local: datetime) -> list[tuple[datetime, datetime]]:
    """Return when the duty begins and ends, from the day before until a week and a day later."""
    days = (local.date() + timedelta(days=number) for number in range(-1, _WEEK + 2))
    found = []
    for day in days:
        if _DAYS[day.weekday()] not in duty.days:
            continue
        begins = datetime.combine(day, datetime.min.time(), tzinfo=local.tzinfo)
        start, end = _at(begins, duty.begins), _at(begins, duty.ends)
        if end <= start:
            end = _at(begins + timedelta(days=1), duty.ends)
        found.append((start, end))
    return found


def _at(day: datetime, time: str) -> datetime:
    if time == _MIDNIGHT:
        return day + timedelta(days=1)
    hours, minutes = time.split(":")
    return day.replace(hour=int(hours), minute=int(minutes))
