"""Copies of the depositary's register for tests, and a shared directory that lists them."""

from __future__ import annotations

from datetime import date
from typing import Any

from comity.base import Digest
from comity.federation.directory.building import list_register
from comity.federation.directory.register import Participant, Register, Statement
from tests.directories import MIRROR, YEAR, Scene, sign_all

SAYS = "Requests are to be in Arabic or English."


def make_register(**change: Any) -> Register:
    """Return a register with one State that is bound and one that signed alone."""
    plain: dict[str, Any] = {
        "as_of": date(2026, 11, 1),
        "source": "Depositary's list of the exercise",
        "disclaimer": "A copy for exercises.",
        "instrument": "uncc",
        "exercise": True,
        "states": (
            Participant(
                state="XA",
                signed=date(2025, 10, 25),
                ratified=date(2026, 2, 1),
                means="ratification",
                in_force=date(2026, 5, 2),
                declarations=(Statement(on=date(2026, 2, 1), law="uncc:40(14)", says=SAYS),),
                notifications=(),
            ),
            Participant(
                state="XB",
                signed=date(2025, 10, 26),
                ratified=None,
                means="",
                in_force=None,
                declarations=(),
                notifications=(),
            ),
        ),
    }
    return Register(**{**plain, **change})


def deposit(scene: Scene, data: bytes | None, *, by: int = 3) -> str:
    """Let the directory's targets name a register, and its mirror have it; return its file."""
    world = scene.world
    version = world.targets.version + 1
    file = list_register(world.targets, version, data, world.later(YEAR))
    world.targets = sign_all(file, world.root_keys[:by])
    scene.publish()
    if data is None:
        return ""
    name = f"depositary/{Digest.of(data).hex}.register.json"
    world.old[name] = data
    scene.wire.mirrors[MIRROR] = {**(scene.wire.mirrors[MIRROR] or {}), name: data}
    return name
