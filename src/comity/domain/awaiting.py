"""Whom a request waits for, as far as the table of its process shows it.

It is a hint by which a desk's list is ordered: it opens no step and closes none. In a standing
some steps are possible almost everywhere (to withdraw, to ask how things stand), and some
hardly anywhere else (to acknowledge, to accept terms). The most particular ones say what the
standing is for: of the exchanged steps that leave it, those that are possible from the fewest
standings. If one of them moves the request, it waits for the side that may take it.
"""

from __future__ import annotations

from comity.law import Process, Step


def awaited_steps(process: Process, state: str, side: str) -> tuple[Step, ...]:
    """Return the steps of ``side`` for which a request waits that stands at ``state``."""
    found = process.states.get(state)
    if found is None or found.ends:
        return ()
    leaving = [one for one in process.steps.values() if one.is_exchanged and state in one.sources]
    fewest = min((len(one.sources) for one in leaving), default=0)
    return tuple(
        one
        for one in leaving
        if len(one.sources) == fewest and one.side == side and one.target not in {None, state}
    )


def awaiting_states(process: Process, side: str) -> frozenset[str]:
    """Return the standings in which a request waits for ``side``."""
    return frozenset(state for state in process.states if awaited_steps(process, state, side))
