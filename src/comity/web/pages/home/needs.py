"""What needs whoever sits here: one line for each matter, the first to lapse first.

A line says what it is, how long is left, what lapses and under which provision, and leads to one
place. What is no matter of a dossier (findings, letters that stopped) stands among the others
by its weight. No content is read: who may see no content sees the same lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import pgettext, pgettext_lazy

from comity.base import Ident, Instant
from comity.law import Step
from comity.service.findings import WEIGHTY
from comity.service.node import Node
from comity.service.notices import EMERGENCY, MINUTES
from comity.service.rows import NoticeRow, TransferRow
from comity.service.waiting import (
    OpenDeadline,
    Waiting,
    stopped_letters,
    unseen_findings,
    what_waits,
)
from comity.web.pages.home.naming import (
    link,
    name_dossier,
    name_other,
    name_standing,
    next_act,
)
from comity.web.pages.kit.seat import Seat
from comity.web.pages.kit.wording import name_state, say_left
from comity.web.permissions import Permission

_DAY: Final = 86_400
_SOON_SECONDS: Final = 3 * _DAY
# Evidence that came stands in the list for so long.
_NEWS_SECONDS: Final = 14 * _DAY
# How heavy a matter is that has no day: after all that have one.
_AT_ONCE, _WAITS, _TOLD = 1, 2, 3
_NOTICES: Final[dict[str, Promise]] = {
    "request-arrived": pgettext_lazy("inbox", "A message came, the first in this dossier."),
    "step-arrived": pgettext_lazy("inbox", "The other side took a step."),
    "negative-receipt": pgettext_lazy("inbox", "A letter of yours was not taken in time."),
    "letter-stopped": pgettext_lazy("inbox", "A letter of yours goes no further by itself."),
    "transfer-stopped": pgettext_lazy("inbox", "A transfer of evidence stopped."),
    "finding": pgettext_lazy("inbox", "Something odd was found."),
    "deadline-near": pgettext_lazy("inbox", "A deadline is near."),
    "deadline-over": pgettext_lazy("inbox", "The time of a deadline is over."),
}
_COMING: Final[dict[str, Promise]] = {
    "done": pgettext_lazy("inbox", "Evidence is here and was verified as it came."),
    "refused": pgettext_lazy("inbox", "Evidence came and did not verify; it was refused."),
    "stopped": pgettext_lazy("inbox", "The transfer of evidence stopped; a person must look."),
}
_COMING_YET: Final = pgettext_lazy("inbox", "Evidence is on its way.")


@dataclass(frozen=True, kw_only=True)
class Need:
    """One matter. ``rank`` orders those without a day; ``tone`` is over, soon or nothing."""

    title: str
    says: tuple[str, ...]
    rank: int
    at: Instant
    due: Instant | None = None
    left: str = ""
    tone: str = ""
    law: str = ""
    label: str = ""
    address: str = ""
    whose: str = ""
    dossier: Ident | None = None
    notices: tuple[Ident, ...] = ()
    priority: str = ""
    is_ours: bool = False

    @property
    def order(self) -> tuple[int, str]:
        """Return what sorts it: what has a day by that, emergencies with them; then by weight."""
        if self.due is not None:
            return 0, str(self.due)
        return (0, str(self.at)) if self.priority == EMERGENCY else (self.rank, str(self.at))


def list_needs(seat: Seat) -> tuple[Need, ...]:
    """Return what needs this person, in the order in which it is to be seen to."""
    found = [*_of_dossiers(seat), *_letters(seat), *_findings(seat)]
    return tuple(sorted(found, key=lambda one: one.order))


def _of_dossiers(seat: Seat) -> Iterator[Need]:
    held = what_waits(seat.node)
    sees = seat.has(Permission.DOSSIER_READ)
    matters: dict[Ident, Need] = {}
    if sees:
        for due in held.deadlines:
            matters.setdefault(due.head.ident, _deadline(seat, due))
        for one in held.awaiting:
            known = matters.get(one.head.ident) or _matter(seat, held, one.head.ident)
            matters[one.head.ident] = _answered(seat, held, known, one.head.ident, one.steps)
        yield from _evidence(seat, held)
    if seat.has(Permission.NOTICE_READ):
        for notice in held.notices:
            ident = notice.dossier
            if sees and ident is not None and ident in held.heads:
                known = matters.get(ident) or _matter(seat, held, ident)
                matters[ident] = _told(known, notice)
            else:
                yield _notice(notice)
    yield from matters.values()


def _matter(seat: Seat, held: Waiting, ident: Ident) -> Need:
    head, state = held.heads[ident], held.states.get(ident, "")
    label, address, _ = next_act(seat, head, state, ())
    return Need(
        title=name_dossier(seat, head),
        says=tuple(filter(None, (name_standing(seat, head, state),))),
        rank=_WAITS,
        at=head.opened,
        label=label,
        address=address,
        dossier=ident,
        priority=head.priority,
    )


def _deadline(seat: Seat, due: OpenDeadline) -> Need:
    head, row, now = due.head, due.row, seat.node.clock.now()
    steps = _enders(seat.node, due) if due.is_ours else ()
    label, address, whose = next_act(seat, head, due.state, steps)
    says = (name_standing(seat, head, due.state), say_owed(seat, due), pgettext("law", row.means))
    return Need(
        title=name_dossier(seat, head),
        says=tuple(filter(None, says)),
        rank=_WAITS,
        at=head.opened,
        due=row.due,
        left=say_left(now, row.due),
        tone=tone_of(now, row.due),
        law=row.law,
        label=label,
        address=address,
        whose=whose,
        dossier=head.ident,
        priority=head.priority,
        is_ours=due.is_ours,
    )


def say_owed(seat: Seat, due: OpenDeadline) -> str:
    """Return who owes it, or who wishes for it."""
    other = {"other": name_other(seat, due.head)}
    if due.is_ours:
        wish = pgettext("inbox", "%(other)s wishes for it by then; it is no duty.")
        return wish % other if due.is_wish else pgettext("inbox", "This is owed by you.")
    if due.is_wish:
        return pgettext("inbox", "You wished for it by then; it is no duty of theirs.")
    return pgettext("inbox", "This is owed by %(other)s.") % other


def tone_of(now: Instant, due: Instant | None) -> str:
    """Return whether its time is over, or soon will be."""
    if due is None:
        return ""
    seconds = due.seconds_after(now)
    return "over" if seconds < 0 else "soon" if seconds < _SOON_SECONDS else ""


def _enders(node: Node, due: OpenDeadline) -> tuple[Step, ...]:
    """Return the steps of ours that would end or extend it now, the most particular first."""
    process = node.book.processes.get(due.head.process)
    own = node.profile.clocks if node.profile else {}
    clock = node.book.clocks.get(due.row.clock) or own.get(due.row.clock)
    if process is None or clock is None:
        return ()
    named = (process.steps.get(name) for name in (*clock.ends, *clock.extended_by))
    fit = [
        one
        for one in named
        if one is not None and one.side == due.head.side and due.state in one.sources
    ]
    return tuple(sorted(fit, key=lambda one: len(one.sources)))


def _answered(
    seat: Seat, held: Waiting, known: Need, ident: Ident, steps: tuple[Step, ...]
) -> Need:
    """Return a matter with the step of ours for which it waits."""
    state = held.states.get(ident, "")
    label, address, whose = next_act(seat, held.heads[ident], state, steps)
    says = (*known.says, pgettext("inbox", "It waits for you."))
    return replace(known, says=says, label=label, address=address, whose=whose, is_ours=True)


def _told(known: Need, notice: NoticeRow) -> Need:
    """Return a matter of which the people on duty are being told."""
    graver = min(known.priority or notice.priority, notice.priority, key=lambda one: MINUTES[one])
    says = known.says
    if not known.notices and notice.kind in _NOTICES:
        says = (str(_NOTICES[notice.kind]), *says)
    return replace(known, says=says, notices=(*known.notices, notice.ident), priority=graver)


def _notice(notice: NoticeRow) -> Need:
    return Need(
        title=str(_NOTICES.get(notice.kind, notice.kind)),
        says=(),
        rank=_AT_ONCE,
        at=notice.made,
        notices=(notice.ident,),
        priority=notice.priority,
        label=pgettext("inbox", "Open") if notice.dossier is None else "",
        address=link("findings") if notice.kind == "finding" else "",
    )


def _evidence(seat: Seat, held: Waiting) -> Iterator[Need]:
    now = seat.node.clock.now()
    for row in held.transfers:
        if row.state == "done" and now.seconds_after(row.made) > _NEWS_SECONDS:
            continue
        yield _transfer(seat, held, row)


def _transfer(seat: Seat, held: Waiting, row: TransferRow) -> Need:
    head = held.heads.get(row.dossier)
    peer = name_state(seat, row.peer_state)
    title = pgettext("inbox", "Evidence from %(state)s") % {"state": peer}
    says = [str(_COMING.get(row.state, _COMING_YET))]
    if head is not None:
        says.append(name_dossier(seat, head))
    return Need(
        title=title,
        says=tuple(says),
        rank=_AT_ONCE if row.state in {"refused", "stopped"} else _TOLD,
        at=row.made,
        label=pgettext("inbox", "Look at it"),
        address=link("evidence", row.dossier) or link("dossier", row.dossier),
        dossier=row.dossier,
        is_ours=True,
    )


def _letters(seat: Seat) -> Iterator[Need]:
    if not seat.has(Permission.LETTER_READ):
        return
    for one in stopped_letters(seat.node):
        said = pgettext("inbox", "A letter to %(state)s goes no further by itself.")
        yield Need(
            title=said % {"state": name_state(seat, one.receiver_state)},
            says=(pgettext("law", one.trouble),) if one.trouble else (),
            rank=_AT_ONCE,
            at=one.made,
            label=pgettext("inbox", "See to it"),
            address=link("letters"),
            dossier=one.dossier,
            is_ours=True,
        )


def _findings(seat: Seat) -> Iterator[Need]:
    if not seat.has(Permission.FINDING_READ):
        return
    for one in unseen_findings(seat.node):
        yield Need(
            title=pgettext("law", one.says),
            says=(pgettext("inbox", "Found with %(source)s.") % {"source": one.source},),
            rank=_AT_ONCE if one.kind in WEIGHTY else _TOLD,
            at=one.at,
            label=pgettext("inbox", "Look at it"),
            address=link("findings"),
        )
