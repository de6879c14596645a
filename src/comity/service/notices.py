"""Notices: telling the people on duty that something waits, until one of them answers.

A notice is written in the transaction of its cause (``note``). ``send_notices`` tells the
first person on the roster, and after so many minutes without acknowledgement the next,
and so on round. It ends when somebody acknowledges it, or acts in its dossier. What goes
out says that something waits, how urgent it is and since when; nothing of what it is.

Two workers never send the same step: each claims it under a lease and a fence. A worker
that is killed after the mail server took the mail, and before that is written down, lets
it be sent again, to the letter: rather twice than not at all. Its Message-ID is the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from comity.base import Ident, Instant
from comity.base.errors import BadValue
from comity.domain.deadline import DeadlineState
from comity.service.errors import MailRefused, MailUnreachable, Moved
from comity.service.node import Node, Officer
from comity.service.notices_wording import word_notice
from comity.service.ports import Mailer, Unit
from comity.service.roster import on_duty
from comity.service.rows import DeadlineRow, NoticeRow, PersonRow

EMERGENCY: Final = "emergency"
URGENT: Final = "urgent"
ROUTINE: Final = "routine"
# The most urgent first; so many minutes until the next person is told.
MINUTES: Final = {EMERGENCY: 5, URGENT: 30, ROUTINE: 240}
REQUEST_ARRIVED: Final = "request-arrived"
STEP_ARRIVED: Final = "step-arrived"
NEGATIVE_RECEIPT: Final = "negative-receipt"
LETTER_STOPPED: Final = "letter-stopped"
TRANSFER_STOPPED: Final = "transfer-stopped"
FINDING: Final = "finding"
DEADLINE_NEAR: Final = "deadline-near"
DEADLINE_OVER: Final = "deadline-over"
KINDS: Final = frozenset(
    {
        *(REQUEST_ARRIVED, STEP_ARRIVED, NEGATIVE_RECEIPT, LETTER_STOPPED, TRANSFER_STOPPED),
        *(FINDING, DEADLINE_NEAR, DEADLINE_OVER),
    }
)
WAITING: Final = "waiting"
ACKNOWLEDGED: Final = "acknowledged"
# Who acts when the node itself does; its acts acknowledge nothing.
MACHINE: Final = "node"
NOBODY: Final = "service/nobody-on-duty"
# Longer than any mail server is waited for.
LEASE_SECONDS: Final = 180
_CANDIDATES: Final = 8
_MOST_AT_ONCE: Final = 50
_PAUSE_SECONDS: Final = 30
_LONGEST_SHIFT: Final = 5
# A deadline is near when less than a quarter of its time is left.
_QUARTER: Final = 4


@dataclass(frozen=True, slots=True)
class _Step:
    """A notice that this worker holds, and whom it is to tell."""

    notice: NoticeRow
    person: PersonRow
    people: int


def note(node: Node, unit: Unit, kind: str, priority: str, dossier: Ident | None = None) -> Ident:
    """Let the people on duty be told, in the transaction of what they are told of.

    What already waits of this kind and dossier is not doubled, but becomes as urgent as asked.
    """
    if kind not in KINDS or priority not in MINUTES:
        detail = f"No notice is of the kind {kind[:40]!r} and the priority {priority[:40]!r}."
        raise BadValue(detail)
    for row in unit.notices.find(state=WAITING, kind=kind, dossier=dossier):
        held = unit.notices.lock(row.ident)
        if held.state == WAITING:
            _hasten(node, unit, held, priority)
            return held.ident
    ident = node.idents.new("ntc")
    unit.notices.add(_new(ident, kind, priority, dossier, node.clock.now()))
    return ident


def acknowledge(node: Node, officer: Officer, notice: Ident) -> NoticeRow:
    """Say that somebody sees to it, so that nobody else is told; a second time does nothing."""
    with node.store.unit() as unit:
        held = unit.notices.lock(notice)
        return _acknowledge(node, unit, officer, held)


def acknowledge_acted(node: Node, unit: Unit, officer: Officer, dossier: Ident) -> None:
    """Acknowledge what waits of a dossier, since an officer acts in it."""
    if officer.actor == MACHINE:
        return
    for row in unit.notices.find(state=WAITING, dossier=dossier):
        _acknowledge(node, unit, officer, unit.notices.lock(row.ident))


def list_notices(node: Node, *, state: str | None = None) -> tuple[NoticeRow, ...]:
    """Return all notices, or those of one state."""
    with node.store.view() as unit:
        return unit.notices.find(**({} if state is None else {"state": state}))


def send_notices(node: Node) -> int:
    """Tell whoever is to be told now; return how many steps were dealt with."""
    if node.mailer is None:
        return 0
    for dealt in range(_MOST_AT_ONCE):
        step = _claim(node)
        if step is None or not _tell(node, node.mailer, step):
            return dealt
    return _MOST_AT_ONCE


def watch_deadlines(node: Node) -> int:
    """Note, once each, the deadlines that are near or over; return how many are new.

    Nothing else happens at its time: a person decides.
    """
    now = node.clock.now()
    with node.store.view() as unit:
        found = dict(_pressing(unit, now))
        known = {one for one in found if unit.notices.find(ident=one)}
    for ident in found.keys() - known:
        kind, row = found[ident]
        with node.store.unit() as unit:
            if not unit.notices.find(ident=ident):
                priority = unit.dossiers.get(row.dossier).priority
                unit.notices.add(_new(ident, kind, priority, row.dossier, now))
    return len(found) - len(known)


def _pressing(unit: Unit, now: Instant) -> Iterator[tuple[Ident, tuple[str, DeadlineRow]]]:
    for state in (DeadlineState.RUNNING, DeadlineState.EXTENDED):
        for row in unit.deadlines.each(state=state.value):
            if row.due is not None and row.due <= now:
                yield _name(DEADLINE_OVER, row), (DEADLINE_OVER, row)
            elif _is_near(row, now) and unit.dossiers.get(row.dossier).side == row.owed_by:
                yield _name(DEADLINE_NEAR, row), (DEADLINE_NEAR, row)


def _is_near(row: DeadlineRow, now: Instant) -> bool:
    if row.due is None or row.starts_at is None:
        return False
    return row.due.seconds_after(now) * _QUARTER < row.due.seconds_after(row.starts_at)


def _name(kind: str, row: DeadlineRow) -> Ident:
    """Return a name that follows from the deadline, so that it is noted once."""
    said = f"{kind} {row.dossier} {row.clock} {row.act} {row.due}"
    return Ident.make("ntc", hashlib.sha256(said.encode()).digest())


def _new(ident: Ident, kind: str, priority: str, dossier: Ident | None, now: Instant) -> NoticeRow:
    return NoticeRow(
        ident=ident,
        kind=kind,
        priority=priority,
        dossier=dossier,
        made=now,
        due=now,
        step=0,
        lease_until=None,
        fence=0,
        attempts=0,
        acknowledged_by="",
        acknowledged_at=None,
        state=WAITING,
        trouble="",
    )


def _hasten(node: Node, unit: Unit, held: NoticeRow, priority: str) -> None:
    """Make a notice more urgent; the worker that just tells it tells it again."""
    if MINUTES[priority] < MINUTES[held.priority]:
        now = node.clock.now()
        _swap(unit, held, replace(held, priority=priority, due=now, lease_until=None))


def _acknowledge(node: Node, unit: Unit, officer: Officer, held: NoticeRow) -> NoticeRow:
    if held.state != WAITING:
        return held
    done = replace(
        held,
        state=ACKNOWLEDGED,
        acknowledged_by=officer.actor,
        acknowledged_at=node.clock.now(),
        lease_until=None,
    )
    return _swap(unit, held, done)


def _claim(node: Node) -> _Step | None:
    """Take the notice that is longest due, if there is somebody to be told of it."""
    now = node.clock.now()
    with node.store.view() as unit:
        if not unit.notices.due(now, 1):
            return None  # most often; and nobody's write was held up
    with node.store.unit() as unit:
        people = on_duty(unit, now)
        for row in unit.notices.due(now, _CANDIDATES):
            try:
                taken = _take(unit, row, now, has_people=bool(people))
            except Moved:
                continue  # another worker was faster
            if people:
                return _Step(taken, people[row.step % len(people)], len(people))
    return None


def _take(unit: Unit, row: NoticeRow, now: Instant, *, has_people: bool) -> NoticeRow:
    if not has_people:
        pause = _later(now, 60 * MINUTES[EMERGENCY])
        return _swap(unit, row, replace(row, due=pause, trouble=NOBODY))
    lease = _later(now, LEASE_SECONDS)
    return _swap(unit, row, replace(row, attempts=row.attempts + 1, lease_until=lease))


def _tell(node: Node, mailer: Mailer, step: _Step) -> bool:
    """Send one mail and write down that it went; return whether others may go out too."""
    row = step.notice
    words = word_notice(row, step.person.language, MINUTES[row.priority])
    try:
        mailer.send(step.person.mail, words.subject, words.text)
    except MailRefused as error:
        # This address takes none: the next person, at once, but not round and round.
        waits = 0 if row.attempts < step.people else _pause(row)
        _close(node, row, replace(row, step=row.step + 1, trouble=error.code), waits)
        return True
    except MailUnreachable as error:
        _close(node, row, replace(row, trouble=error.code), _pause(row))
        return False
    told = replace(row, step=row.step + 1, attempts=0, trouble="")
    _close(node, row, told, 60 * MINUTES[row.priority])
    return True


def _close(node: Node, row: NoticeRow, after: NoticeRow, seconds: int) -> None:
    """Write down what came of a step, unless it was acknowledged or taken over meanwhile."""
    with node.store.unit() as unit:
        if unit.notices.lock(row.ident).fence == row.fence:
            due = _later(node.clock.now(), seconds)
            _swap(unit, row, replace(after, due=due, lease_until=None))


def _pause(row: NoticeRow) -> int:
    return _PAUSE_SECONDS << min(row.attempts, _LONGEST_SHIFT)


def _swap(unit: Unit, held: NoticeRow, after: NoticeRow) -> NoticeRow:
    after = replace(after, fence=held.fence + 1)
    unit.notices.swap(after, expected=held.fence)
    return after


def _later(now: Instant, seconds: int) -> Instant:
    return Instant(now.at + timedelta(seconds=seconds))
