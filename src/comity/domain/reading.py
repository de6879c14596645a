"""The reading of a set of entries, one after the other, by the rules of ``standing``."""

from __future__ import annotations

from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import TypeAlias

from comity.base.clock import Instant
from comity.base.digest import Digest
from comity.domain.entry import Entry
from comity.domain.graph import Graph, members
from comity.law import Process, Step

# What a side signed itself before what was recorded for it, then the earlier; then its number.
_Rank: TypeAlias = tuple[bool, Instant, Digest, int]


def permits(process: Process, state: str, entry: Entry) -> bool:
    """Return whether the table permits this entry's side to take its step from ``state``."""
    step = _row(process, entry)
    return step is not None and state in step.sources


def _row(process: Process, entry: Entry) -> Step | None:
    """Return the row of the table that the entry's side may use at all; None if there is none."""
    step = process.steps.get(entry.step)
    fits = (
        step is not None
        and entry.process == process.key
        and step.is_exchanged
        and step.side == entry.side
    )
    return step if fits else None


@dataclass(frozen=True, slots=True)
class Point:
    """A moment of a run: the state, what was settled, and what was on offer then."""

    state: str
    settled: int
    offered: int


@dataclass(slots=True)
class Reading:
    """The entries in ``within``, read from ``start`` until nothing is in hand."""

    process: Process
    graph: Graph
    start: Point
    within: int
    state: str = ""
    settled: int = 0
    trail: list[Point] = field(default_factory=list)
    order: list[int] = field(default_factory=list)
    applied: list[int] = field(default_factory=list)
    aside: list[int] = field(default_factory=list)
    beaten: dict[int, int] = field(default_factory=dict)
    piles: dict[tuple[bool, str], list[_Rank]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Read to the end."""
        self.state, self.settled = self.start.state, self.start.settled
        rest = self.within & ~self.settled
        for at in members(rest):
            if self._in_hand(at):
                self._lay(at)
        while offers := self._offers():
            self.trail.append(Point(self.state, self.settled, sum(1 << at for at in offers)))
            self._settle([at for at in offers if self._permits(at)], offers)

    def _permits(self, at: int) -> bool:
        return permits(self.process, self.state, self.graph.entries[at])

    def _in_hand(self, at: int) -> bool:
        needs = self.graph.needs[at]
        return needs is not None and not needs & ~self.settled

    def _pile(self, at: int) -> list[_Rank]:
        """Return the pile of an entry's side and step; steps that are never possible share one."""
        entry = self.graph.entries[at]
        row = _row(self.process, entry)
        asks = entry.side == self.process.sides.asking
        return self.piles.setdefault((asks, row.name if row else ""), [])

    def _lay(self, at: int) -> None:
        """Put an entry that is in hand on its pile; the best lies on top."""
        entry = self.graph.entries[at]
        heappush(self._pile(at), (entry.recorded, entry.at, entry.digest, at))

    def _offers(self) -> list[int]:
        """Return what each side offers, the asking side first (rule 2)."""
        found = []
        for asks in (True, False):
            tops = [pile[0] for (side, _), pile in self.piles.items() if side is asks and pile]
            if tops:
                found.append(min(tops, key=lambda top: (not self._permits(top[-1]), top))[-1])
        return found

    def _settle(self, permitted: list[int], offers: list[int]) -> None:
        """Settle one entry, or the two of a crossing with a winner (rules 3 to 5)."""
        if not permitted:
            self.aside.append(offers[0])
            self._close(offers[:1])
            return
        first, prevails = self._first(permitted)
        self._apply(first)
        if prevails:
            (other,) = (at for at in permitted if at != first)
            self.beaten[other] = first
            self._close([first, other])
        else:
            self._close([first])

    def _first(self, permitted: list[int]) -> tuple[int, bool]:
        """Return the entry to apply first, and whether it overtakes the other (rule 3)."""
        if len(permitted) == 1:
            return permitted[0], False
        steps = {self.graph.entries[at].step: at for at in permitted}
        crossing = self.process.crossing(*steps)
        if crossing is None:
            return permitted[0], False
        return steps[crossing.prevails or crossing.first], crossing.prevails is not None

    def _apply(self, at: int) -> None:
        target = self.process.steps[self.graph.entries[at].step].target
        self.state = self.state if target is None else target
        self.applied.append(at)

    def _close(self, settled: list[int]) -> None:
        """Take settled entries off their piles, then lay down what only waited for them."""
        for at in settled:
            heappop(self._pile(at))
            self.order.append(at)
            self.settled |= 1 << at
        fed = {one for at in settled for one in self.graph.feeds[at] if self.within >> one & 1}
        for one in fed:
            if self._in_hand(one):
                self._lay(one)
