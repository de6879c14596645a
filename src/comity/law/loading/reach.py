"""Reach: every state can be come to, and every matter can end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from comity.law.loading.faults import DeadEnd, LawFault, UnreachableState
from comity.law.place import Place
from comity.law.processes import State, Step

Moves = set[tuple[str, str]]


def check_reach(
    begins: str,
    states: Mapping[str, State],
    steps: Mapping[str, Step],
    places: Mapping[str, Place],
) -> Iterator[LawFault]:
    """Yield each state that no steps lead to, and each from which no steps lead to an end."""
    moves = _moves(steps.values())
    reached = _closure({begins}, moves)
    ends = {state.name for state in states.values() if state.ends}
    ending = _closure(ends, {(target, source) for source, target in moves})
    for name in states:
        if name not in reached:
            detail = f"No chain of steps leads from {begins!r} to {name!r}."
            yield UnreachableState(detail, places[name], key=f"states.{name}")
        if name not in ending:
            detail = f"From {name!r} no chain of steps leads to a state that ends."
            yield DeadEnd(detail, places[name], key=f"states.{name}", expected=sorted(ends))


def _moves(steps: Iterable[Step]) -> Moves:
    return {(source, step.target) for step in steps for source in step.sources if step.target}


def _closure(known: set[str], moves: Moves) -> set[str]:
    """Return all that can be reached from ``known`` along ``moves``."""
    while True:
        more = {target for source, target in moves if source in known} - known
        if not more:
            return known
        known = known | more
