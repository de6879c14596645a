"""kill -9 on either side while a package goes across: it arrives once, whole, or not yet."""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from comity.app.databases import close_connections
from comity.base import Verdict
from comity.service.checking import check_node
from comity.service.handing import open_package
from comity.service.rows import TransferRow
from comity.service.situations import Move
from comity.service.sweeping import sweep_blobs
from tests import postgres
from tests.crossing import KEEPER
from tests.live import LiveNode, live_nodes
from tests.live_transfer import LivePackage, seal_live, wait_until
from tests.stores import DURABLE

MEBIBYTES = 200
_PATIENCE = 240
_KILLED = ("worker-1", "worker-2", "peers")


@pytest.mark.slow
@pytest.mark.parametrize("kind", DURABLE)
def test_a_transfer_survives_kills_of_either_side_while_fetched_and_while_verified(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    databases = _databases(kind, request)
    source = tmp_path / "disk.img"
    _write_large(source)
    with live_nodes(tmp_path, "XA", "XB", databases=databases) as (xa, xb):
        package = seal_live(xa, xb, source)
        package.request()
        xa.up(wait=False)
        xb.up(wait=False)
        xa.wait_until_up()
        xb.wait_until_up()
        chance = random.Random(11)
        _until(package, lambda row: row is not None and row.got > 0)
        for _ in range(4):
            _kill(xa, chance)
            _kill(xb, chance)
            time.sleep(chance.random() * 2)
        _until(package, _is_verified_soon)
        for _ in range(2):
            _kill(xa, chance)
            time.sleep(chance.random())
        _until(package, lambda row: row is not None and row.state == "done")
        xa.down()
        xb.down()
        _require_once_and_whole(package, source, tmp_path / "plain")


def _until(package: LivePackage, holds: Callable[[TransferRow | None], bool]) -> None:
    wait_until(lambda: holds(package.incoming()), _PATIENCE)


def _is_verified_soon(row: TransferRow | None) -> bool:
    return row is not None and row.state in {"verifying", "done"}


def _kill(node: LiveNode, chance: random.Random) -> None:
    """Kill one process of the node; it may be between two lives already."""
    with contextlib.suppress(ProcessLookupError, KeyError, ValueError):
        node.kill(chance.choice(_KILLED))


def _require_once_and_whole(package: LivePackage, source: Path, out: Path) -> None:
    for live in (package.xa, package.xb):
        node = live.open()
        report = check_node(node)
        assert report.verdict is not Verdict.FAILED, report
    node = package.xa.open()
    with node.store.view() as unit:
        assert len(unit.received.find()) == 1
        assert unit.pieces.count() == 0
        steps = [row.step for row in unit.acts.find(chain=package.dossier)]
    assert steps.count("receive_evidence") == 1
    assert steps.count("hand_over") == 1
    sweep_blobs(node)
    open_package(node, KEEPER, package.package, out, Move(terms={"purpose": "stated"}))
    (found,) = (out / "bag" / "data" / "objects").iterdir()
    assert _sum(found) == _sum(source)
    close_connections()


def _databases(kind: str, request: pytest.FixtureRequest) -> dict[str, str]:
    if kind != "postgres":
        return {}
    server: str = request.getfixturevalue("postgres_server")
    names = {state: f"kill_{os.urandom(4).hex()}" for state in ("XA", "XB")}
    return {state: postgres.new_database(server, name) for state, name in names.items()}


def _write_large(path: Path) -> None:
    block = os.urandom(1 << 20)
    with path.open("wb") as file:
        for number in range(MEBIBYTES):
            file.write(number.to_bytes(4, "big") + block[4:])


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
