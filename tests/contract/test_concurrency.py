"""Several processes on one database: nothing is lost, nothing is done twice."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from comity.seal.chain import check_chain
from comity.service import reading
from comity.service.requests import amend_form, take_step
from comity.service.situations import Move
from tests.contract import rows
from tests.nodes import DUTY, FORM, OFFICER, make_desk
from tests.places import CHECKOUT
from tests.stores import Place, use

PROCESSES = 3


@pytest.mark.parametrize("way", ["lock", "compare"])
def test_no_change_is_lost(place: Place, tmp_path: Path, way: str) -> None:
    with use(place).unit() as unit:
        unit.dossiers.add(rows.dossier(version=0))
    _run_all(place, tmp_path, "count", "30", way)
    with use(place).view() as unit:
        assert unit.dossiers.get(rows.DOSSIER).version == PROCESSES * 30


def test_acts_of_several_processes_form_one_chain(place: Place, tmp_path: Path) -> None:
    desk = make_desk(use(place), tmp_path)
    dossier = desk.open()
    desk.send(dossier)
    told = _run_all(place, tmp_path, "tell", str(dossier), "6")
    with desk.node.store.view() as unit:
        held = unit.acts.find(chain=dossier, track="exchanged")
        outbox = {str(row.act) for row in unit.outbox.find(dossier=dossier)}
        version = unit.dossiers.get(dossier).version
    envelopes = [row.envelope for row in held]
    keys = [desk.node.key.public]
    check_chain(envelopes, keys=keys, known=(), now=desk.clock.now()).require()
    digests = [digest for done in told for digest in done]
    assert sorted(digests) == sorted(str(row.digest) for row in held[1:])
    assert outbox == {str(row.digest) for row in held}
    assert version == 3 + PROCESSES * 6
    shown = reading.show_dossier(desk.node, dossier)
    assert all(one.outcome == "applied" for one in shown.acts if one.act.track == "exchanged")


def test_every_job_is_finished_by_one_process(place: Place, tmp_path: Path) -> None:
    with use(place).unit() as unit:
        unit.dossiers.add(rows.dossier())
        unit.jobs.add(*(rows.job(number) for number in range(60)))
    done = [name for names in _run_all(place, tmp_path, "work") for name in names]
    assert sorted(done) == sorted(str(rows.job(number).ident) for number in range(60))
    with use(place).view() as unit:
        assert {job.state for job in unit.jobs.find()} == {"done"}


def test_of_two_that_decide_on_the_same_standing_one_is_refused(
    place: Place, tmp_path: Path
) -> None:
    desk = make_desk(use(place), tmp_path)
    dossier = desk.open()
    desk.send(dossier)
    seen = reading.show_dossier(desk.node, dossier).head.version
    take_step(desk.node, DUTY, dossier, Move(step="tell"), version=seen)
    amend = amend_form(desk.node, OFFICER, dossier, FORM)
    shown = reading.show_dossier(desk.node, dossier)
    assert shown.head.version == seen + 2
    assert amend.act.number == 2


def _run_all(place: Place, folder: Path, task: str, *words: str) -> list[Any]:
    """Run the same task in several processes at once; return what each printed."""
    (folder / "blobs").mkdir(exist_ok=True)
    command = [sys.executable, "-m", "tests.contract.worker", place.kind, place.address]
    running = [
        subprocess.Popen(
            [*command, str(folder), task, *words],
            cwd=CHECKOUT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(PROCESSES)
    ]
    printed = []
    for process in running:
        out, error = process.communicate(timeout=300)
        assert process.returncode == 0, error
        printed.append(json.loads(out))
    return printed
