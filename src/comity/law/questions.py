"""Which step answers which question, and on which grounds a step may rest."""

from __future__ import annotations

from dataclasses import dataclass, field

from comity.law.level import Level
from comity.law.place import Place
from comity.law.provision import Provision


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A step that asks, and the steps of which any one answers it. ``key`` is ``pack/question``."""

    key: str
    question: str
    answers: tuple[str, ...]
    law: Provision
    level: Level
    basis: str
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """A step, and the effects of the grounds on which it may rest. ``key`` is ``pack/step``."""

    key: str
    step: str
    effects: tuple[str, ...]
    law: Provision
    level: Level
    basis: str
    place: Place = field(compare=False)
