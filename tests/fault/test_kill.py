"""kill -9 at any moment: nothing is lost, nothing is doubled, and check says what to do."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.db import connections

from comity.app.compose import init_node, open_node
from comity.app.settings import Settings
from comity.base import Ident, Verdict
from comity.evidence import Provenance
from comity.service.checking import check_node
from comity.service.handing import open_package
from comity.service.intake import request_intake
from comity.service.node import Node, Officer
from comity.service.requests import Opening, open_dossier
from comity.service.sealing import request_seal
from comity.service.sweeping import sweep_blobs
from tests import postgres
from tests.places import CHECKOUT
from tests.raw import raw_tables
from tests.stores import DURABLE, Place

OFFICER = Officer(actor="p-1", role="central_authority")
MEBIBYTES = 96
_STOPPED = "SELECT count(*) FROM storage_job WHERE state = 'stopped'"


@dataclass
class Bench:
    """A node in a folder of its own, and the processes that work on it."""

    folder: Path
    place: Place
    node: Node
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def drafts(self) -> Path:
        return self.folder / "blobs" / "drafts"

    def worker(self) -> subprocess.Popen[str]:
        script = "from comity.cli.main import run; run()"
        command = [sys.executable, "-c", script, "node", "work"]
        return self.start([*command, str(self.folder), "--for", "600", "--lease", "2"])

    def stepper(self, dossier: Ident) -> subprocess.Popen[str]:
        module = ["-m", "tests.fault.stepper", str(self.folder), str(dossier)]
        return self.start([sys.executable, *module])

    def start(self, command: list[str]) -> subprocess.Popen[str]:
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, cwd=CHECKOUT, stdout=pipe, stderr=pipe, text=True)
        self.started.append(process)
        return process

    def one(self, sql: str) -> int:
        with raw_tables(self.place) as raw:
            return int(raw.one(sql))

    def await_that(self, is_so: Callable[[], bool], process: subprocess.Popen[str]) -> None:
        """Wait until something is so; a process that ends by itself ends the test."""
        for _ in range(6000):
            if is_so():
                return
            if self.one(_STOPPED):
                pytest.fail("the job was stopped")
            if process.poll() is not None:
                _, error = process.communicate()
                pytest.fail(f"it ended by itself: {error[-2000:]}")
            time.sleep(0.02)
        pytest.fail("it never came so far")

    def done(self) -> int:
        return self.one("SELECT count(*) FROM storage_job WHERE state = 'done'")


@pytest.fixture(params=DURABLE)
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    folder = tmp_path / "node"
    if request.param == "postgres":
        server: str = request.getfixturevalue("postgres_server")
        place = Place("postgres", postgres.new_database(server, f"kill_{os.urandom(4).hex()}"))
        database = place.address
    else:
        place = Place("sqlite", str(folder / "node.sqlite3"))
        database = "node.sqlite3"
    settings = Settings(
        state="XA",
        authority="XA-CA",
        kind="central_authority",
        exercise=True,
        database=database,
    )
    init_node(folder, settings)
    node = open_node(folder)
    made = Bench(folder=folder, place=place, node=node)
    yield made
    for process in made.started:
        if process.poll() is None:
            _kill(process)
    connections.close_all()


@pytest.mark.slow
def test_a_worker_killed_while_taking_in_and_sealing_leaves_one_package(
    bench: Bench, tmp_path: Path
) -> None:
    source = _make_evidence(tmp_path / "evidence")
    dossier = _open(bench.node)
    intake = request_intake(bench.node, OFFICER, dossier, [source], Provenance())
    connections.close_all()
    # In the middle of taking in: a volume is half written.
    for chance in (0.0, 0.1):
        process = bench.worker()
        bench.await_that(lambda: bool(list(bench.drafts.glob("*"))), process)
        time.sleep(chance)
        _kill(process)
        assert bench.done() == 0
        _clear(bench.drafts)
    assert check_node(bench.node).verdict is Verdict.PASSED
    assert "comity node work" in check_node(bench.node).findings[16].says
    # Wherever it is, a dozen times.
    _let_work(bench, 1, kills=3)
    request_seal(bench.node, OFFICER, dossier, intake)
    connections.close_all()
    _let_work(bench, 2, kills=3)
    assert bench.one("SELECT count(*) FROM storage_act WHERE step = 'take_in'") == 1
    assert bench.one("SELECT count(*) FROM storage_act WHERE step = 'seal_evidence'") == 1
    assert bench.one("SELECT count(*) FROM storage_package") == 1
    report = check_node(bench.node)
    assert report.verdict is Verdict.PASSED, report
    sweep_blobs(bench.node)
    named = bench.one("SELECT count(DISTINCT blob) FROM storage_volume")
    assert len(list(bench.node.blobs.names())) == named
    _require_same(bench, tmp_path / "plain", source)


@pytest.mark.slow
def test_a_process_killed_between_its_steps_keeps_what_it_reported(bench: Bench) -> None:
    dossier = _open(bench.node)
    connections.close_all()
    chance = random.Random(7)
    reported: set[str] = set()
    for _ in range(3):
        process = bench.stepper(dossier)
        count = bench.one("SELECT count(*) FROM storage_act")
        bench.await_that(
            lambda count=count: bench.one("SELECT count(*) FROM storage_act") > count + 3,  # type: ignore[misc] # a default
            process,
        )
        time.sleep(chance.random() / 10)
        reported |= _kill(process)
    with raw_tables(bench.place) as raw:
        kept = {digest for (digest,) in raw("SELECT digest FROM storage_act")}
        version = raw.one("SELECT version FROM storage_dossier")
    assert len(reported) >= 6
    assert reported <= kept
    assert version == len(kept)
    report = check_node(bench.node)
    assert report.verdict is Verdict.PASSED, report


def _open(node: Node) -> Ident:
    opening = Opening(
        process="uncc/preservation",
        counterpart="XB",
        authority="XB contact point",
        basis="uncc",
        channel="letter",
    )
    return open_dossier(node, OFFICER, opening)


def _make_evidence(folder: Path) -> Path:
    folder.mkdir()
    block = os.urandom(1 << 20)
    with (folder / "disk.img").open("wb") as file:
        for _ in range(MEBIBYTES):
            file.write(block)
    for number in range(300):
        (folder / f"mail-{number}").write_bytes(os.urandom(200))
    return folder


def _let_work(bench: Bench, jobs: int, kills: int) -> None:
    """Let workers do so many jobs in all, killing some of them at moments of no meaning."""
    chance = random.Random(jobs)
    for _ in range(kills):
        process = bench.worker()
        rest = 1.5 + chance.random() * 3
        while rest > 0 and bench.done() < jobs:
            time.sleep(0.05)
            rest -= 0.05
        _kill(process)
    process = bench.worker()
    bench.await_that(lambda: bench.done() >= jobs, process)
    _kill(process)


def _require_same(bench: Bench, out: Path, source: Path) -> None:
    with bench.node.store.view() as unit:
        (package,) = unit.packages.find()
    open_package(bench.node, OFFICER, package.ident, out)
    objects = {path.read_bytes() for path in (out / "bag" / "data" / "objects").iterdir()}
    assert objects >= {path.read_bytes() for path in source.iterdir()}


def _kill(process: subprocess.Popen[str]) -> set[str]:
    """Kill it as the power would; return the whole lines that it printed."""
    process.send_signal(signal.SIGKILL)
    out, _ = process.communicate()
    return {line.removesuffix("\n") for line in out.splitlines(keepends=True) if "\n" in line}


def _clear(folder: Path) -> None:
    """Remove drafts, so that the next ones are seen; a node leaves them for its sweep."""
    for path in folder.glob("*"):
        path.unlink()
