"""What waits at a desk: open deadlines, requests that wait for a step of ours, what came in.

Only what is open is asked of the store, and only so much of it as a person can look at: the
time does not grow with the number of dossiers. Nothing here reads content, and nothing writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from comity.base import Ident, Instant
from comity.domain.awaiting import awaited_steps, awaiting_states
from comity.domain.deadline import DeadlineState
from comity.law import Step
from comity.service import letters as sending
from comity.service.node import Node
from comity.service.notices import WAITING
from comity.service.ports import Unit
from comity.service.rows import DeadlineRow, DossierRow, NoticeRow, TransferRow

OPEN: Final = (
    DeadlineState.RUNNING.value,
    DeadlineState.EXTENDED.value,
    DeadlineState.WAITING_ON.value,
)
# What one page can show of each kind.
MOST: Final = 30
_COMING: Final = "in"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDeadline:
    """A deadline that runs or waits, with the head of its dossier."""

    row: DeadlineRow
    head: DossierRow
    state: str

    @property
    def is_ours(self) -> bool:
        """Return whether our side owes it."""
        return self.row.owed_by == self.head.side

    @property
    def is_wish(self) -> bool:
        """Return whether it is a wish of the asking side, and no duty."""
        return self.row.nature == "wish"


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaiting:
    """A dossier that waits for one of these steps of ours."""

    head: DossierRow
    state: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OddOne:
    """A finding that nobody has looked at, without the bytes that were kept of it."""

    ident: Ident
    kind: str
    at: Instant
    source: str
    says: str
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """A letter of ours that goes no further until a person steers it."""

    dossier: Ident | None
    receiver_state: str
    receiver_authority: str
    made: Instant
    trouble: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """All that waits; each kind in the order in which it is to be looked at."""

    deadlines: tuple[OpenDeadline, ...]
    awaiting: tuple[Awaiting, ...]
    transfers: tuple[TransferRow, ...]
    notices: tuple[NoticeRow, ...]
    heads: Mapping[Ident, DossierRow]
    states: Mapping[Ident, str]


def what_waits(node: Node, most: int = MOST) -> Waiting:
    """Return what waits in dossiers: no more than ``most`` of each kind, the first due first."""
    with node.store.view() as unit:
        due = _first_due(unit, most)
        standing = _standing_where(node, unit, most)
        transfers = unit.transfers.first("-made", most, direction=_COMING)
        notices = unit.notices.first("due", most, state=WAITING)
        idents = {row.dossier for row in due} | {row.dossier for row in transfers}
        idents |= {row.dossier for row in notices if row.dossier is not None}
        heads = {
            head.ident: head for head in unit.dossiers.among("ident", idents | standing.keys())
        }
        states = _states(unit, heads)
    return Waiting(
        deadlines=_joined(due, heads, states),
        awaiting=_awaiting(node, heads, standing)[:most],
        transfers=transfers,
        notices=notices,
        heads=heads,
        states=states,
    )


def open_deadlines(node: Node, most: int) -> tuple[OpenDeadline, ...]:
    """Return open deadlines of all dossiers, the first due first; those without a day come last."""
    with node.store.view() as unit:
        due = _first_due(unit, most)
        waits = unit.deadlines.first("clock", most, state=DeadlineState.WAITING_ON.value)
        rows = (*due, *(row for row in waits if row.due is None))[:most]
        idents = {row.dossier for row in rows}
        heads = {head.ident: head for head in unit.dossiers.among("ident", idents)}
        states = _states(unit, idents)
    return _joined(rows, heads, states)


def unseen_findings(node: Node, most: int = MOST) -> tuple[OddOne, ...]:
    """Return findings that nobody has looked at, the latest first."""
    names = ("ident", "kind", "at", "source", "says", "more")
    with node.store.view() as unit:
        found = unit.findings.pick(*names, seen_at=None)
    odd = [OddOne(**dict(zip(names, row, strict=True))) for row in found]  # type: ignore[arg-type] # the fields as they are
    return tuple(sorted(odd, key=lambda one: (one.at, one.ident), reverse=True)[:most])


def stopped_letters(node: Node, most: int = MOST) -> tuple[Stopped, ...]:
    """Return letters of ours that were stopped, the latest first."""
    names = ("dossier", "receiver_state", "receiver_authority", "made", "trouble")
    with node.store.view() as unit:
        found = unit.letters.pick(*names, state=sending.STOPPED)
    stopped = [Stopped(**dict(zip(names, row, strict=True))) for row in found]  # type: ignore[arg-type] # as above
    return tuple(sorted(stopped, key=lambda one: one.made, reverse=True)[:most])


def _first_due(unit: Unit, most: int) -> tuple[DeadlineRow, ...]:
    # State by state: each has an index in the order of what is due.
    found = [row for state in OPEN for row in unit.deadlines.first("due", most, state=state)]
    return tuple(sorted(found, key=lambda row: (str(row.due), row.dossier, row.clock))[:most])


def _states(unit: Unit, idents: Iterable[Ident]) -> dict[Ident, str]:
    return {row.dossier: row.state for row in unit.standings.among("dossier", tuple(idents))}


def _standing_where(node: Node, unit: Unit, most: int) -> dict[Ident, str]:
    """Return dossiers that stand where a process of this book may wait for our side."""
    wanted: dict[str, set[tuple[str, str]]] = {}
    for process in node.book.processes.values():
        for side in process.sides.both:
            for state in awaiting_states(process, side):
                wanted.setdefault(state, set()).add((process.key, side))
    return dict(unit.standings.where(wanted, most))


def _awaiting(
    node: Node, heads: Mapping[Ident, DossierRow], standing: Mapping[Ident, str]
) -> tuple[Awaiting, ...]:
    found = []
    for ident, state in standing.items():
        head = heads.get(ident)
        process = node.book.processes.get(head.process) if head else None
        if head is None or process is None:
            continue
        steps = awaited_steps(process, state, head.side)
        if steps:
            found.append(Awaiting(head=head, state=state, steps=steps))
    return tuple(sorted(found, key=lambda one: (one.head.opened, one.head.ident)))


def _joined(
    rows: Iterable[DeadlineRow], heads: Mapping[Ident, DossierRow], states: Mapping[Ident, str]
) -> tuple[OpenDeadline, ...]:
    return tuple(
        OpenDeadline(row=row, head=heads[row.dossier], state=states.get(row.dossier, ""))
        for row in rows
        if row.dossier in heads
    )
