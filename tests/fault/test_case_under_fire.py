"""The whole case while processes are killed and the lines are bad: nothing lost, nothing doubled.

The seed is printed; ``COMITY_FIRE_SEED`` repeats a run as far as chance allows, and
``COMITY_FIRE_ROUNDS`` soaks: so many runs with other seeds.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from demo.house import House
from demo.play import play
from demo.provider_return import write_return
from demo.setting import set_stage
from demo.stage import Stage
from demo.telling import Teller
from tests import postgres
from tests.fault.fire import Burning, burning, read_kept, require_same, sqlite_place
from tests.proxy import bad_line, choose_by
from tests.stores import DURABLE, Place

SEED = int(os.environ.get("COMITY_FIRE_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)
ROUNDS = int(os.environ.get("COMITY_FIRE_ROUNDS", "1"))
# A process dies every few seconds, once the last is back; one connection in four meets trouble.
PAUSE = (5.0, 12.0)
SHARE = 0.25
PATIENCE = 240


@pytest.mark.fire
@pytest.mark.timeout(1500)
@pytest.mark.parametrize("kind", DURABLE)
@pytest.mark.parametrize("number", range(ROUNDS))
def test_nothing_is_lost_and_nothing_doubled_while_processes_die_and_lines_are_cut(
    kind: str, number: int, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    seed = SEED + number
    sys.stderr.write(f"\nCOMITY_FIRE_SEED={seed} ({kind})\n")
    with _databases(kind, tmp_path, request) as (address, place_of):
        _burn(seed, tmp_path, address, place_of)


def _burn(
    seed: int,
    folder: Path,
    address: Callable[[str], str],
    place_of: Callable[[House], Place],
) -> None:
    programs = Burning(folder)
    held = folder / "held-by-the-provider"
    write_return(held)
    try:
        with bad_line(choose_by(random.Random(seed), share=SHARE)) as line:
            stage = set_stage(
                Teller(), programs, held, address, front=line.front, patience=PATIENCE
            )
            figures, told = _play(stage, seed)
            sys.stderr.write(f"\nkilled {told}; connections {dict(line.counts)}\n")
        shared = {
            request.ident: request.asked.state
            for request in stage.requests
            if request.asked is not None
        }
        assert figures["verified"] is True
        assert figures["consistent"] is True
    finally:
        programs.stop_all()
    require_same(read_kept(stage, place_of), shared)


def _play(stage: Stage, seed: int) -> tuple[dict[str, object], dict[str, int]]:
    """Play the case while it burns; the last look at it is taken in calm."""
    with burning(list(stage.houses.values()), seed, pause=PAUSE) as killer:

        def pause(chapter: str) -> None:
            if chapter.startswith("Is all"):
                killer.calm()
                for house in stage.houses.values():
                    house.await_ready()

        stage.pause = pause
        stage.haste = "emergency"  # what failed is tried again within seconds
        figures = play(stage)
    return figures, dict(killer.killed)


@contextmanager
def _databases(
    kind: str, folder: Path, request: pytest.FixtureRequest
) -> Iterator[tuple[Callable[[str], str], Callable[[House], Place]]]:
    if kind == "sqlite":
        yield lambda _state: "", sqlite_place
        return
    server: str = request.getfixturevalue("postgres_server")
    mark = os.urandom(4).hex()
    made: dict[str, str] = {}

    def make(state: str) -> str:
        made[state] = postgres.new_database(server, f"fire_{state.lower()}_{mark}")
        return made[state]

    yield make, lambda house: Place("postgres", made[house.state])
