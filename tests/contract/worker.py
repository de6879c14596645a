"""One of several processes that work on one database at once; run by the tests.

    python -m tests.contract.worker KIND ADDRESS FOLDER TASK …

Prints what it did as one line of JSON.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Callable
from pathlib import Path

from comity.base import Ident
from comity.base.errors import OutOfReach
from comity.service import jobs
from comity.service.node import Node
from comity.service.requests import take_step
from comity.service.situations import Move
from tests.contract.rows import DOSSIER
from tests.nodes import DUTY, make_desk
from tests.stores import Place, use


def main(words: list[str]) -> None:
    kind, address, folder, task, *rest = words
    node = make_desk(use(Place(kind, address)), Path(folder)).node
    sys.stdout.write(json.dumps(TASKS[task](node, *rest)))


def count(node: Node, times: str, way: str) -> int:
    """Add one to a version ``times`` times, reading it first; return how many were added."""
    done = 0
    while done < int(times):
        try:
            with node.store.unit() as unit:
                held = (unit.dossiers.lock if way == "lock" else unit.dossiers.get)(DOSSIER)
                unit.dossiers.swap(
                    dataclasses.replace(held, version=held.version + 1), expected=held.version
                )
        except OutOfReach:
            continue
        done += 1
    return done


def tell(node: Node, dossier: str, times: str) -> list[str]:
    """Take the same step ``times`` times; return the digests of the acts."""
    done: list[str] = []
    while len(done) < int(times):
        try:
            signed = take_step(node, DUTY, Ident(dossier), Move(step="tell"))
        except OutOfReach:
            continue
        done.append(str(signed.digest))
    return done


def work(node: Node) -> list[str]:
    """Claim and finish jobs until none is due; return the names of those finished."""
    done: list[str] = []
    while True:
        try:
            held = jobs.claim(node)
            if held is None:
                return done
            with node.store.unit() as unit:
                jobs.finish(unit, held)
        except OutOfReach:
            continue
        done.append(str(held.ident))


TASKS: dict[str, Callable[..., object]] = {"count": count, "tell": tell, "work": work}

if __name__ == "__main__":
    main(sys.argv[1:])
