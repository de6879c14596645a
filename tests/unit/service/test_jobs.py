"""Jobs: claimed once, held under a fence, finished once."""

from __future__ import annotations

import pytest

from comity.base import Ident
from comity.service import jobs
from comity.service.errors import LeaseLost, StoreBusy
from comity.service.rows import JobRow
from tests.nodes import Desk


def test_a_job_is_claimed_by_one_worker(desk: Desk) -> None:
    ident = _ask(desk)
    held = jobs.claim(desk.node)
    assert held is not None
    assert held.ident == ident
    assert jobs.claim(desk.node) is None


def test_what_a_job_is_to_do_is_sealed_and_comes_back(desk: Desk) -> None:
    ident = _ask(desk)
    assert b"/srv/intake" not in _row(desk, ident).sealed
    held = jobs.claim(desk.node)
    assert held is not None
    assert jobs.read_order(desk.node, held) == {"place": "/srv/intake"}


def test_a_job_whose_worker_died_goes_to_the_next_when_the_lease_ends(desk: Desk) -> None:
    _ask(desk)
    jobs.claim(desk.node, seconds=60)
    desk.clock.forward("PT1M")
    again = jobs.claim(desk.node)
    assert again is not None
    assert again.fence == 2


def test_a_worker_believed_dead_cannot_finish(desk: Desk) -> None:
    ident = _ask(desk)
    first = jobs.claim(desk.node)
    desk.clock.forward("PT2M")
    jobs.claim(desk.node)
    assert first is not None
    with desk.node.store.unit() as unit, pytest.raises(LeaseLost):
        jobs.finish(unit, first)
    assert _row(desk, ident).state == "waiting"


def test_a_job_is_finished_once(desk: Desk) -> None:
    _ask(desk)
    held = jobs.claim(desk.node)
    assert held is not None
    with desk.node.store.unit() as unit:
        jobs.finish(unit, held)
    with desk.node.store.unit() as unit, pytest.raises(LeaseLost):
        jobs.finish(unit, held)


def test_a_renewed_lease_is_held_for_longer(desk: Desk) -> None:
    _ask(desk)
    held = jobs.claim(desk.node, seconds=60)
    assert held is not None
    desk.clock.forward("PT1M")
    jobs.renew(desk.node, held, seconds=60)
    assert jobs.claim(desk.node) is None


def test_a_lost_lease_cannot_be_renewed(desk: Desk) -> None:
    _ask(desk)
    first = jobs.claim(desk.node)
    desk.clock.forward("PT2M")
    jobs.claim(desk.node)
    assert first is not None
    with pytest.raises(LeaseLost):
        jobs.renew(desk.node, first)


def test_a_job_that_failed_waits_longer_each_time_and_then_stops(desk: Desk) -> None:
    ident = _ask(desk)
    pauses = []
    while (held := jobs.claim(desk.node)) is not None:
        jobs.give_back(desk.node, held, StoreBusy("CANARY"))
        row = _row(desk, ident)
        pauses.append(row.due.seconds_after(desk.clock.now()))
        desk.clock.forward("P1D")
    row = _row(desk, ident)
    assert row.state == "stopped"
    assert row.trouble == "service/store-busy"
    assert pauses == sorted(set(pauses))
    assert len(pauses) == jobs.MOST_ATTEMPTS


def test_a_job_that_kills_its_workers_stops(desk: Desk) -> None:
    ident = _ask(desk)
    for _ in range(jobs.MOST_ATTEMPTS):
        assert jobs.claim(desk.node) is not None
        desk.clock.forward("P1D")
    assert jobs.claim(desk.node) is None
    assert _row(desk, ident).state == "stopped"


def _ask(desk: Desk) -> Ident:
    dossier = desk.open()
    with desk.node.store.unit() as unit:
        return jobs.ask_for(desk.node, unit, "count", dossier, {"place": "/srv/intake"})


def _row(desk: Desk, ident: Ident) -> JobRow:
    with desk.node.store.view() as unit:
        return unit.jobs.get(ident)
