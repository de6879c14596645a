"""Safeguards, and what in Comity keeps each of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from comity.law.level import Level
from comity.law.place import Place
from comity.law.provision import Provision


@dataclass(frozen=True, slots=True, kw_only=True)
class Safeguard:
    """One safeguard; ``kept_by`` names its keepers, such as ``gate:uncc/order_for_content``."""

    key: str
    safeguard: str
    law: Provision
    means: str
    kept_by: tuple[str, ...]
    level: Level
    basis: str
    place: Place = field(compare=False)
