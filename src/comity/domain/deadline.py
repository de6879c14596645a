"""Deadlines: what is due, when, and from which provision.

A deadline is derived, like the standing, from the set of entries: from those that are
applied, in the order in which they were settled. Both sides so compute the same day
from the same record. The rules, in the order in which the code keeps them:

1. Each applied entry whose step starts a clock starts one deadline of that clock. If
   another starts it again before it has ended, the later one counts alone.
2. It counts from the act's own time where the clock says *act*, else from the delivery
   receipt; until there is one it waits on delivery. Days are calendar days in the
   clock's zone.
3. A clock whose length is *asked* takes its day from the terms of the starting entry, a
   wish from ``answer_by``, others from ``until``; where none was asked there is none.
4. The first entry after it that ends the clock meets the deadline.
5. An entry that extends it moves the day to the one its terms name, or else by the
   clock's length; never back. It must come before the day then due is over, or answer a
   question that did.
6. A hold that runs *until the follower is decided* lasts as long as the shortest period;
   if a request that follows it was received by then, until that is decided if later.

No clock decides. ``as_of`` marks what has lapsed by a given moment; a wish of the
asking side is shown, and neither lapses nor becomes a duty.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from comity.base.clock import Instant
from comity.base.digest import Digest
from comity.base.ident import Ident
from comity.domain.entry import Entry
from comity.domain.extending import extend, named_day
from comity.domain.standing import Standing
from comity.domain.timeline import timeline
from comity.law import Book, Clock, Process, Provision, StateProfile

_WISH: Final = "wish"
_DELIVERY: Final = "delivery"
_FOLLOWER: Final = "follower"


class DeadlineState(Enum):
    """How a deadline stands."""

    RUNNING = "running"
    EXTENDED = "extended"
    WAITING_ON = "waiting_on"
    MET = "met"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowerView:
    """What a dossier must know of the request that follows it.

    ``received`` is when the asked authority had it, ``decided`` when it was decided.
    """

    dossier: Ident
    received: Instant | None
    decided: Instant | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A moment by which, or until which, one side owes something.

    ``due`` is None while it waits on delivery, or while nothing but the follower's
    decision will end it; ``earliest`` is then the end of the shortest period.
    """

    clock: str
    owed_by: str
    started_by: Digest
    starts_at: Instant | None
    due: Instant | None
    earliest: Instant | None
    state: DeadlineState
    waits_for: str
    ended_by: Digest | None
    ended_at: Instant | None
    nature: str
    at_its_time: str
    law: Provision
    means: str

    @property
    def is_duty(self) -> bool:
        """Return whether law sets it; a wish of the asking side is no duty."""
        return self.nature != _WISH

    @property
    def is_open(self) -> bool:
        """Return whether it still runs or waits."""
        return self.state not in {DeadlineState.MET, DeadlineState.LAPSED}

    def is_past(self, now: Instant) -> bool:
        """Return whether its time is over at ``now``; the moment itself is still in time."""
        return self.due is not None and self.due < now

    def as_of(self, now: Instant) -> Deadline:
        """Return it as it stands at ``now``: lapsed if it is a duty, open, and its time over."""
        if self.is_open and self.is_duty and self.is_past(now):
            return dataclasses.replace(self, state=DeadlineState.LAPSED)
        return self


def deadlines(  # noqa: PLR0913 # each part of what a deadline depends on has its own source
    book: Book,
    process: Process,
    entries: Iterable[Entry],
    standing: Standing,
    *,
    delivered: Mapping[Digest, Instant],
    follower: FollowerView | None,
    profile: StateProfile | None,
) -> tuple[Deadline, ...]:
    """Return all deadlines of one dossier, sorted by clock and by the entry that started each.

    ``delivered`` tells when the other side's receipt says that it had an entry;
    ``profile`` is the own State's, whose own clocks run on its own node.
    """
    taken = timeline(entries, standing)
    own = profile.clocks.values() if profile else ()
    clocks = [*book.clocks_of(process.key), *(one for one in own if one.process == process.key)]
    known = _Known(delivered, follower, book.answers_of(process.pack))
    found = [deadline for clock in clocks for deadline in _of_clock(clock, taken, known)]
    return tuple(sorted(found, key=lambda one: (one.clock, one.started_by)))


@dataclass(frozen=True, slots=True)
class _Known:
    """What bears on a deadline beside its clock: deliveries, the follower, which step answers."""

    delivered: Mapping[Digest, Instant]
    follower: FollowerView | None
    answers: Mapping[str, str]


def _of_clock(clock: Clock, taken: tuple[Entry, ...], known: _Known) -> list[Deadline]:
    """Return the deadlines of one clock; a start is replaced by a later one (rule 1)."""
    found: list[Deadline] = []
    for place, entry in enumerate(taken):
        if entry.step not in clock.starts:
            continue
        deadline = _deadline(clock, entry, taken[place + 1 :], known)
        if deadline is None:
            continue
        if found and found[-1].ended_by == deadline.ended_by:
            found.pop()
        found.append(deadline)
    return found


def _deadline(
    clock: Clock,
    entry: Entry,
    later: tuple[Entry, ...],
    known: _Known,
) -> Deadline | None:
    start = entry.at if clock.counts_from == "act" else known.delivered.get(entry.digest)
    first = _first_due(clock, entry, start)
    if start is not None and first is None:
        return None
    ender = next((one for one in later if one.step in clock.ends), None)
    due, is_moved = extend(clock, first, _until(later, ender), known.answers)
    earliest, (due, waits) = due, _follow(clock, due, known.follower)
    waits = waits if start else _DELIVERY
    return Deadline(
        clock=clock.key,
        owed_by=clock.owed_by,
        started_by=entry.digest,
        starts_at=start,
        due=due,
        earliest=earliest,
        state=_state(ender, waits, is_moved=is_moved),
        waits_for="" if ender else waits,
        ended_by=ender.digest if ender else None,
        ended_at=ender.at if ender else None,
        nature=clock.nature,
        at_its_time=clock.at_its_time,
        law=clock.law,
        means=clock.means,
    )


def _first_due(clock: Clock, entry: Entry, start: Instant | None) -> Instant | None:
    """Return the day first due (rules 2 and 3); None if nothing is asked or it has not begun."""
    if start is None:
        return None
    if clock.length is None:
        return named_day(clock, entry, start)
    return start.plus(clock.length, zone=clock.zone)


def _until(later: tuple[Entry, ...], ender: Entry | None) -> tuple[Entry, ...]:
    return later if ender is None else later[: later.index(ender)]


def _follow(
    clock: Clock, due: Instant | None, follower: FollowerView | None
) -> tuple[Instant | None, str]:
    """Let the follower hold the end open, or set it (rule 6)."""
    if clock.then is None or due is None or follower is None or follower.received is None:
        return due, ""
    if follower.received > due:
        return due, ""
    if follower.decided is None:
        return None, _FOLLOWER
    return max(due, follower.decided), ""


def _state(ender: Entry | None, waits: str, *, is_moved: bool) -> DeadlineState:
    if ender is not None:
        return DeadlineState.MET
    if waits:
        return DeadlineState.WAITING_ON
    return DeadlineState.EXTENDED if is_moved else DeadlineState.RUNNING
