"""A State's own law, as far as it bears on a request. It closes steps on that State's node only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from comity.law.clocks import Clock
from comity.law.gates import Gate
from comity.law.level import Level
from comity.law.outline import Clause
from comity.law.place import Place
from comity.law.provision import Provision


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A condition that the State always attaches to what it hands over."""

    condition: str
    processes: tuple[str, ...]
    law: Provision
    means: str
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    """Who vouches for a State's file: a level, a note, and where signed, by whom and when."""

    level: Level
    note: str
    by: str = ""
    on: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StateProfile:
    """One State's own law and ways; ``state`` is its ISO alpha-2 code.

    ``acts`` maps the short names of its laws to their titles; ``outline`` holds their provisions.
    """

    state: str
    name: str
    exercise: bool
    zone: str
    languages: tuple[str, ...]
    legal_original: str
    channels: tuple[str, ...]
    acts: Mapping[str, str]
    outline: Mapping[Provision, Clause]
    clocks: Mapping[str, Clock]
    gates: Mapping[str, Gate]
    conditions: tuple[Condition, ...]
    vouched: Vouched
    place: Place = field(compare=False)
