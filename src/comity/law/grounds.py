"""Grounds on which assistance may be refused, postponed, made conditional or must be warned of."""

from __future__ import annotations

from dataclasses import dataclass, field

from comity.law.level import Level
from comity.law.place import Place
from comity.law.provision import Provision


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """One ground.

    ``effect`` is refuse, postpone, condition, warn, or forbidden (a ground on which
    nobody may refuse). ``processes`` are keys of the processes to which it applies.
    ``reservation`` names the condition in a State's file without which the ground is not
    open to that State; it is empty where the ground is open to all.
    """

    key: str
    ground: str
    effect: str
    processes: tuple[str, ...]
    law: Provision
    reasons_owed: bool
    consult_first: bool
    means: str
    level: Level
    basis: str
    reservation: str = ""
    place: Place = field(compare=False)
