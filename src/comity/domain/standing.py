"""Standing: where a request stands, derived from the set of its entries.

The two sides act without waiting for each other, and messages arrive late, twice or
out of order. So nothing is stored as *the* state; it is computed, and two nodes that
hold the same set of entries compute the same standing. The rules, in the order in
which the code keeps them:

1. An entry is in hand once all that its author had in hand is settled. Entries whose
   ancestors are missing wait, and change nothing.
2. Of the entries in hand each side offers one: that which the present state permits
   before others, what a side signed itself before what was recorded for it, then the
   earlier, then the smaller digest. (A side that keeps one chain offers its next act.)
3. If both sides offer an entry that the state permits, the two *cross*: neither author
   had seen the other's. The process says which prevails, and the other is overtaken;
   or that both are applied, and which first. Where it says nothing neither disturbs the
   other, and the asking side's is taken first.
4. If one side's entry is permitted, it is applied; the other's waits.
5. If none is permitted, the asking side's, or else the only one, is set aside: as
   *overtaken* if it was permitted in its author's own view, else as *irregular*.

Every entry keeps its place in the record whatever its outcome. Needs are not examined
here: they close a step to those who take it (``moves``), not to those who receive it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from comity.base.clock import Instant
from comity.base.digest import Digest
from comity.domain.entry import Entry
from comity.domain.graph import Graph, members
from comity.law import Process


class Outcome(Enum):
    """What became of an entry."""

    APPLIED = "applied"
    OVERTAKEN = "overtaken"
    IRREGULAR = "irregular"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a request stands.

    ``order`` lists the settled entries as they were settled; ``overtaken_by`` names for
    the loser of a crossing the entry that prevailed; ``forks`` lists entries of one chain
    that claim the same predecessor, which an honest node never writes.
    """

    state: str
    outcomes: Mapping[Digest, Outcome]
    order: tuple[Digest, ...]
    overtaken_by: Mapping[Digest, Digest]
    forks: tuple[Digest, ...]

    @property
    def applied(self) -> tuple[Digest, ...]:
        """Return the entries that count, in their order."""
        return tuple(one for one in self.order if self.outcomes[one] is Outcome.APPLIED)


def derive(process: Process, entries: Iterable[Entry]) -> Standing:
    """Return the standing of this set of entries; order and repetition do not matter."""
    graph = Graph.of(entries)
    everything = (1 << len(graph.entries)) - 1
    run = _Run(process, graph, _Point(process.begins, 0, 0), everything)
    outcomes = dict.fromkeys(range(len(graph.entries)), Outcome.WAITING)
    outcomes |= dict.fromkeys(run.applied, Outcome.APPLIED)
    outcomes |= dict.fromkeys(run.beaten, Outcome.OVERTAKEN)
    for at in run.aside:
        is_lawful = permits(process, _view(process, graph, run, at), graph.entries[at])
        outcomes[at] = Outcome.OVERTAKEN if is_lawful else Outcome.IRREGULAR
    name = [entry.digest for entry in graph.entries]
    return Standing(
        state=run.state,
        outcomes={name[at]: outcome for at, outcome in outcomes.items()},
        order=tuple(name[at] for at in run.order),
        overtaken_by={name[lost]: name[won] for lost, won in run.beaten.items()},
        forks=_forks(graph.entries),
    )


def permits(process: Process, state: str, entry: Entry) -> bool:
    """Return whether the table permits this entry's side to take its step from ``state``."""
    step = process.steps.get(entry.step)
    return (
        step is not None
        and entry.process == process.key
        and step.is_exchanged
        and step.side == entry.side
        and state in step.sources
    )


@dataclass(frozen=True, slots=True)
class _Point:
    """A moment of a run: the state, what was settled, and what was on offer then."""

    state: str
    settled: int
    offered: int


@dataclass(slots=True)
class _Run:
    """One reading of the entries in ``within``, from ``start`` until nothing is in hand."""

    process: Process
    graph: Graph
    start: _Point
    within: int
    state: str = ""
    settled: int = 0
    trail: list[_Point] = field(default_factory=list)
    order: list[int] = field(default_factory=list)
    applied: list[int] = field(default_factory=list)
    aside: list[int] = field(default_factory=list)
    beaten: dict[int, int] = field(default_factory=dict)
    ready: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Read to the end."""
        self.state, self.settled = self.start.state, self.start.settled
        rest = self.within & ~self.settled
        self.ready = {at for at in members(rest) if self._in_hand(at)}
        while offers := self._offers():
            self.trail.append(_Point(self.state, self.settled, sum(1 << at for at in offers)))
            self._settle([at for at in offers if self._permits(at)], offers)

    def _permits(self, at: int) -> bool:
        return permits(self.process, self.state, self.graph.entries[at])

    def _in_hand(self, at: int) -> bool:
        needs = self.graph.needs[at]
        return needs is not None and not needs & ~self.settled

    def _offers(self) -> list[int]:
        """Return what each side offers, the asking side first (rule 2)."""
        asking = [at for at in self.ready if self._asks(at)]
        asked = [at for at in self.ready if not self._asks(at)]
        return [min(side, key=self._rank) for side in (asking, asked) if side]

    def _asks(self, at: int) -> bool:
        return self.graph.entries[at].side == self.process.sides.asking

    def _rank(self, at: int) -> tuple[bool, bool, Instant, Digest]:
        entry = self.graph.entries[at]
        return (not self._permits(at), entry.recorded, entry.at, entry.digest)

    def _settle(self, permitted: list[int], offers: list[int]) -> None:
        """Settle one entry, or the two of a crossing with a winner (rules 3 to 5)."""
        if not permitted:
            self.aside.append(offers[0])
            self._close(offers[0])
            return
        first, prevails = self._first(permitted)
        self._apply(first)
        if prevails:
            other = next(at for at in permitted if at != first)
            self.beaten[other] = first
            self._close(other)

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
        self._close(at)

    def _close(self, at: int) -> None:
        self.order.append(at)
        self.settled |= 1 << at
        self.ready.discard(at)
        fed = (one for one in self.graph.feeds[at] if self.within >> one & 1)
        self.ready.update(one for one in fed if self._in_hand(one))


def _view(process: Process, graph: Graph, run: _Run, at: int) -> str:
    """Return the state that the author of entry ``at`` had before them.

    The reading of the author's past goes as the whole reading did until that was
    offered an entry which the author had not; only from there on it is done anew.
    """
    past = graph.past(at)
    start = next(point for point in run.trail if point.offered & ~past)
    return _Run(process, graph, start, past).state


def _forks(entries: tuple[Entry, ...]) -> tuple[Digest, ...]:
    places: dict[tuple[str, str, Digest | None], list[Digest]] = {}
    for entry in entries:
        places.setdefault((entry.holder, entry.side, entry.before), []).append(entry.digest)
    return tuple(sorted(one for place in places.values() if len(place) > 1 for one in place))
