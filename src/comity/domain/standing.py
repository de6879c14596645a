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
from dataclasses import dataclass
from enum import Enum

from comity.base.digest import Digest
from comity.domain.entry import Entry
from comity.domain.graph import Graph
from comity.domain.reading import Point, Reading, permits
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
    run = Reading(process, graph, Point(process.begins, 0, 0), everything)
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


def _view(process: Process, graph: Graph, run: Reading, at: int) -> str:
    """Return the state that the author of entry ``at`` had before them.

    The reading of the author's past goes as the whole reading did until that was
    offered an entry which the author had not; only from there on it is done anew.
    """
    past = graph.past(at)
    start = next(point for point in run.trail if point.offered & ~past)
    return Reading(process, graph, start, past).state


def _forks(entries: tuple[Entry, ...]) -> tuple[Digest, ...]:
    places: dict[tuple[str, str, Digest | None], list[Digest]] = {}
    for entry in entries:
        places.setdefault((entry.holder, entry.side, entry.before), []).append(entry.digest)
    return tuple(sorted(one for place in places.values() if len(place) > 1 for one in place))
