"""The standing in sentences: who did what last, what is owed by when, whose word is next."""

from __future__ import annotations

from dataclasses import dataclass

from comity.base import Instant
from comity.law import Clause, Process, State
from comity.service.reading import ShownDossier
from comity.service.rows import DeadlineRow
from comity.web.pages.dossiers.lanes import Moment, party
from comity.web.pages.kit.seat import Seat

_OPEN = frozenset({"running", "extended", "waiting_on", "lapsed"})


@dataclass(frozen=True, kw_only=True)
class Owed:
    """What one side owes, or what the other wished, and until when."""

    row: DeadlineRow
    who: str
    is_ours: bool

    @property
    def is_wish(self) -> bool:
        """Return whether it is a wish, which binds nobody."""
        return self.row.nature == "wish"

    @property
    def day(self) -> Instant | None:
        """Return when it is due, or at the earliest."""
        return self.row.due or self.row.earliest


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where the request stands, as sentences want it."""

    last: Moment | None
    state: State | None
    clause: Clause | None
    owed: tuple[Owed, ...]
    wished: tuple[Owed, ...]
    movers: tuple[str, ...]


def standing_of(
    seat: Seat, shown: ShownDossier, process: Process | None, seen: tuple[Moment, ...]
) -> Standing:
    """Return the standing of a dossier, in the parts of its sentences."""
    state = process.states.get(shown.state) if process else None
    law = state.law if state else None
    open_rows = sorted(
        (row for row in shown.deadlines if row.state in _OPEN),
        key=lambda row: str(row.due or row.earliest or "9"),
    )
    owed = tuple(_owed(seat, shown, row) for row in open_rows if _is_asked(shown, row))
    return Standing(
        last=_last(seen, process),
        state=state,
        clause=seat.node.book.clause(law) if law else None,
        owed=tuple(one for one in owed if not one.is_wish),
        wished=tuple(one for one in owed if one.is_wish),
        movers=_movers(seat, shown, process),
    )


def all_owed(seat: Seat, shown: ShownDossier) -> tuple[Owed, ...]:
    """Return every deadline of the dossier, those that are over too."""
    return tuple(_owed(seat, shown, row) for row in shown.deadlines if _is_asked(shown, row))


def _is_asked(shown: ShownDossier, row: DeadlineRow) -> bool:
    """Return whether a wish was made at all: one without a day waits for nothing."""
    if row.nature != "wish" or row.due is not None:
        return True
    return any(one.act.digest == row.act and "answer_by" in one.act.terms for one in shown.acts)


def _owed(seat: Seat, shown: ShownDossier, row: DeadlineRow) -> Owed:
    is_ours = row.owed_by == shown.head.side
    return Owed(row=row, who=party(seat, shown.head, is_ours=is_ours), is_ours=is_ours)


def _last(seen: tuple[Moment, ...], process: Process | None) -> Moment | None:
    """Return the act that last moved the standing; else the last act that counts."""
    acts = [one for one in seen if one.act is not None and not one.outcome]
    steps = process.steps if process else {}
    moved = [one for one in acts if one.act and one.act.step in steps and steps[one.act.step].moves]
    found = moved or acts
    return found[-1] if found else None


def _movers(seat: Seat, shown: ShownDossier, process: Process | None) -> tuple[str, ...]:
    """Return the States that can move the request on from here."""
    steps = process.steps.values() if process else ()
    sides = {one.side for one in steps if one.moves and shown.state in one.sources}
    found = sorted(sides, key=lambda side: side != shown.head.side)
    return tuple(party(seat, shown.head, is_ours=side == shown.head.side) for side in found)
