"""How States read what the instruments ask: their own gates, clocks and conditions.

A State's file closes steps on that State's own node alone. On every other node it is a
working note, and everywhere it is a draft until a lawyer of that State has signed it.
"""

from __future__ import annotations

from dataclasses import dataclass

from comity.law import Book, Clock, Gate, Process, StateProfile, Step
from comity.law.grounds import Ground
from comity.law.national import Condition

OPEN = "open"
CLOSED = "closed"
REASONS = "reasons"
NO_GROUND = "not_open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one State's own law adds to some processes."""

    state: StateProfile
    is_own: bool
    gates: tuple[Gate, ...]
    clocks: tuple[Clock, ...]
    conditions: tuple[Condition, ...]

    @property
    def is_signed(self) -> bool:
        """Return whether a named lawyer of that State stands behind it."""
        return bool(self.state.vouched.by)

    @property
    def is_silent(self) -> bool:
        """Return whether its file says nothing here."""
        return not (self.gates or self.clocks or self.conditions)


def read_states(book: Book, processes: frozenset[str], own: str) -> tuple[Reading, ...]:
    """Return how each State reads these processes, our own State first."""
    states = sorted(book.states.values(), key=lambda one: (one.state != own, one.state))
    return tuple(_reading(one, processes, own) for one in states)


def _reading(state: StateProfile, processes: frozenset[str], own: str) -> Reading:
    return Reading(
        state=state,
        is_own=state.state == own,
        gates=tuple(one for one in state.gates.values() if processes.intersection(one.processes)),
        clocks=tuple(one for one in state.clocks.values() if one.process in processes),
        conditions=tuple(one for one in state.conditions if processes.intersection(one.processes)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one State's file makes of one step or ground, and why."""

    state: str
    word: str
    gates: tuple[Gate, ...] = ()
    clocks: tuple[Clock, ...] = ()
    ground: Ground | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the table: a step or a ground, and a verdict for each State."""

    name: str
    means: str
    verdicts: tuple[Verdict, ...]


def judge_steps(book: Book, process: Process) -> tuple[Line, ...]:
    """Return a line for each step on which some State's own law bears."""
    lines = (_judge_step(book, process, step) for step in process.steps.values())
    return tuple(one for one in lines if any(it.gates or it.clocks for it in one.verdicts))


def judge_grounds(book: Book, process: Process) -> tuple[Line, ...]:
    """Return a line for each ground that is open only to a State which reserved it."""
    reserved = [one for one in book.grounds_of(process.key) if one.reservation]
    return tuple(
        Line(
            name=ground.ground,
            means=ground.means,
            verdicts=tuple(_judge_ground(state, process, ground) for state in book.states.values()),
        )
        for ground in reserved
    )


def _judge_step(book: Book, process: Process, step: Step) -> Line:
    found = []
    for state in book.states.values():
        gates = tuple(
            one
            for one in state.gates.values()
            if process.key in one.processes and step.name in one.closes
        )
        clocks = tuple(
            one
            for one in state.clocks.values()
            if one.process == process.key and step.name in one.starts
        )
        blocks = any(one.kind != "good_practice" for one in gates)
        word = CLOSED if blocks else REASONS if gates else OPEN
        found.append(Verdict(state=state.state, word=word, gates=gates, clocks=clocks))
    return Line(name=step.name, means=step.means, verdicts=tuple(found))


def _judge_ground(state: StateProfile, process: Process, ground: Ground) -> Verdict:
    held = any(
        one.condition == ground.reservation and process.key in one.processes
        for one in state.conditions
    )
    return Verdict(state=state.state, word=OPEN if held else NO_GROUND, ground=ground)
