"""Fire: processes of the case die at moments of no meaning, and what is held afterwards.

The oracle is not the product's: raw tables on both sides, compared with each other.
"""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from demo.house import House
from demo.programs import Programs, family
from demo.stage import Stage
from tests.raw import raw_tables
from tests.stores import Place

_ACTS = "SELECT chain, holder, track, number, digest, envelope FROM storage_act"
_DELIVERED = "SELECT message, count(*) FROM storage_receipt WHERE event = ? GROUP BY message"


class Burning(Programs):
    """Processes that somebody kills: that one of them is gone is no surprise."""

    def require_alive(self) -> None:
        """Not asked while it burns."""


@dataclass
class Killer:
    """Kills one process of one node now and then; what the supervisor was is started anew."""

    houses: list[House]
    chance: random.Random
    pause: tuple[float, float]
    killed: Counter[str] = field(default_factory=Counter)
    _over: threading.Event = field(default_factory=threading.Event)
    _calm: threading.Event = field(default_factory=threading.Event)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def burn(self) -> None:
        """Kill until it is over."""
        while not self._over.wait(self.chance.uniform(*self.pause)):
            with self._turn:
                if not self._calm.is_set():
                    self._kill_one()

    def calm(self) -> None:
        """Kill no more; what was killed has been started again."""
        with self._turn:
            self._calm.set()

    def _kill_one(self) -> None:
        house = self.chance.choice(self.houses)
        process = house.programs.running.get(house.program)
        if process is None or process.poll() is not None or not house.is_ready():
            return  # it has not come back from the last time
        pids = family(process.pid)
        pid = self.chance.choice(pids)
        is_supervisor = pid == process.pid
        self.killed["supervisor" if is_supervisor else "child"] += 1
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        if is_supervisor:
            process.wait()
            time.sleep(self.chance.random())
            house.start()


@contextmanager
def burning(houses: list[House], seed: int, *, pause: tuple[float, float]) -> Iterator[Killer]:
    """Let it burn while the block runs."""
    killer = Killer(houses, random.Random(seed), pause)
    thread = threading.Thread(target=killer.burn, daemon=True)
    thread.start()
    try:
        yield killer
    finally:
        killer._over.set()
        thread.join(30)


@dataclass(frozen=True)
class Kept:
    """What one node's tables hold of one kind of act: exchanged, by chain."""

    state: str
    acts: list[tuple[str, str, str, int, str]]
    delivered: dict[str, int]

    def exchanged(self) -> list[tuple[str, str, int, str]]:
        return [
            (chain, holder, number, digest)
            for chain, holder, track, number, digest in self.acts
            if track == "exchanged"
        ]


def read_kept(stage: Stage, place_of: Callable[[House], Place]) -> dict[str, Kept]:
    """Read the tables of all nodes with another tool than ours."""
    found = {}
    for state, house in stage.houses.items():
        with raw_tables(place_of(house)) as raw:
            acts = [
                (str(chain), str(holder), str(track), int(number), _text(digest))
                for chain, holder, track, number, digest, _ in raw(_ACTS)
            ]
            delivered = {_text(name): int(count) for name, count in raw(_DELIVERED, "delivered")}
        found[state] = Kept(state, acts, delivered)
    return found


def sqlite_place(house: House) -> Place:
    return Place("sqlite", str(Path(house.folder) / "node.sqlite3"))


def _text(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)


def require_same(kept: dict[str, Kept], shared: dict[str, str]) -> None:
    """Require that both sides of each shared dossier hold the same acts, one each.

    ``shared`` says which other State shares each dossier with XA.
    """
    for held in kept.values():
        doubled = [act for act, count in Counter(held.acts).items() if count > 1]
        assert not doubled, (held.state, doubled)
        places = Counter(act[:4] for act in held.acts)
        assert max(places.values()) == 1, (held.state, places.most_common(3))
    for chain, other in shared.items():
        ours = sorted(act for act in kept["XA"].exchanged() if act[0] == chain)
        theirs = sorted(act for act in kept[other].exchanged() if act[0] == chain)
        assert ours, chain
        assert ours == theirs, (chain, other, set(ours) ^ set(theirs))
        for holder in ("XA", other):
            numbers = sorted(number for _, who, number, _ in ours if who == holder)
            assert numbers == list(range(numbers[0], numbers[0] + len(numbers))), (chain, numbers)
    for held in kept.values():
        assert all(count == 1 for count in held.delivered.values())
