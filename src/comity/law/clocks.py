"""Clocks: what is owed by when. No clock decides; at its time something is shown or marked."""

from __future__ import annotations

from dataclasses import dataclass, field

from comity.base.clock import Period
from comity.law.level import Level
from comity.law.place import Place
from comity.law.provision import Provision


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One clock of one process.

    ``process`` is the process's key. ``counts_from`` is act or delivery. ``length`` is
    None where it is *asked*: taken from the terms of the starting step. Days count in
    ``zone``. ``then`` is until_follower_decided or None. ``at_its_time`` is shown,
    notified, sealed or lapsed. ``nature`` is treaty, own_law or wish.
    """

    key: str
    clock: str
    process: str
    owed_by: str
    starts: tuple[str, ...]
    counts_from: str
    length: Period | None
    zone: str
    ends: tuple[str, ...]
    extended_by: tuple[str, ...]
    then: str | None
    at_its_time: str
    nature: str
    law: Provision
    means: str
    level: Level
    basis: str
    place: Place = field(compare=False)
