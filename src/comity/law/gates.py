"""Gates: what keeps a step closed until a need is met."""

from __future__ import annotations

from dataclasses import dataclass, field

from comity.law.level import Level
from comity.law.place import Place
from comity.law.provision import Provision


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One gate.

    ``kind`` is treaty_content (blocks), own_law (blocks on that State's own node) or
    good_practice (opens with a named officer's written reasons). ``closes`` names the
    steps, ``needs`` the one predicate that opens it.
    """

    key: str
    gate: str
    kind: str
    processes: tuple[str, ...]
    closes: tuple[str, ...]
    needs: str
    law: Provision
    means: str
    level: Level
    basis: str
    place: Place = field(compare=False)
