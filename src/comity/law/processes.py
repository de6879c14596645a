"""Processes: the table of states, steps and crossings that a lawyer can read.

A process holds names only; nothing in it is ever evaluated. Two sides act on it,
``asking`` and ``asked``. A step moves the standing to its target, or leaves it where
it is (``target`` None). Two steps of the two sides that were taken without either
having seen the other *cross*; the table says which of them then prevails.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from comity.law.level import Level
from comity.law.place import Place
from comity.law.provision import Provision


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """What the two sides are called: who asks, and who is asked."""

    asking: str
    asked: str

    @property
    def both(self) -> tuple[str, str]:
        """Return both, the asking one first."""
        return (self.asking, self.asked)

    def other(self, side: str) -> str:
        """Return the side that is not ``side``."""
        return self.asked if side == self.asking else self.asking


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Where a request can stand; ``ends`` if nothing moves it any more."""

    name: str
    means: str
    ends: bool = False
    law: Provision | None = None
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one side may do.

    ``sources`` are the states from which it may be taken, ``target`` the state it
    leads to (None: the standing stays). ``needs`` name predicates of the domain,
    ``within`` the clock that this step answers. ``kept`` is exchanged or house.
    """

    name: str
    side: str
    roles: tuple[str, ...]
    sources: frozenset[str]
    target: str | None
    needs: tuple[str, ...]
    within: str | None
    law: Provision
    kept: str
    means: str
    level: Level
    basis: str
    place: Place = field(compare=False)

    @property
    def is_exchanged(self) -> bool:
        """Return whether both sides hold it."""
        return self.kept == "exchanged"

    @property
    def moves(self) -> bool:
        """Return whether it changes the standing."""
        return self.target is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """What holds when two steps cross.

    ``prevails`` is the name of the step that is applied, the other being overtaken.
    None: both are, ``first`` before ``second``.
    """

    first: str
    second: str
    prevails: str | None
    law: Provision
    means: str
    level: Level
    basis: str
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One kind of request, from its drafting to its end."""

    key: str
    title: str
    subject: str
    law: Provision
    level: Level
    basis: str
    begins: str
    sides: Sides
    states: Mapping[str, State]
    steps: Mapping[str, Step]
    crossings: Mapping[tuple[str, str], Crossing]
    place: Place = field(compare=False)

    @property
    def pack(self) -> str:
        """Return the pack it belongs to."""
        return self.key.partition("/")[0]

    @property
    def name(self) -> str:
        """Return its name within the pack."""
        return self.key.partition("/")[2]

    def crossing(self, asking_step: str, asked_step: str) -> Crossing | None:
        """Return what holds when these two cross; None if they cannot disturb each other."""
        return self.crossings.get((asking_step, asked_step))
