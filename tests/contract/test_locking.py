"""A row that is locked keeps others waiting; what is settled for another dossier is not lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from comity.app.databases import close_connections
from comity.service import reading
from comity.service.ports import Store
from comity.service.settling import derive_held
from tests.contract import rows
from tests.nodes import make_desk
from tests.stores import Place, use

SOON = 1.0


def test_who_locks_a_row_first_ends_first(place: Place) -> None:
    store = use(place)
    with store.unit() as unit:
        unit.dossiers.add(rows.dossier())
    ended: list[str] = []
    locked = threading.Event()

    def second() -> None:
        locked.wait()
        with store.unit() as unit:
            unit.dossiers.lock(rows.DOSSIER)
            ended.append("second")

    thread = _started(second)
    with store.unit() as unit:
        unit.dossiers.lock(rows.DOSSIER)
        locked.set()
        thread.join(SOON)
        ended.append("first")
    thread.join()
    assert ended == ["first", "second"]


def test_a_hold_is_not_settled_on_what_its_follower_was_before(
    place: Place, tmp_path: Path
) -> None:
    """The follower's delivery waits while the followed dossier is held, and then counts."""
    desk = make_desk(use(place), tmp_path)
    first = desk.open()
    desk.send(first)
    desk.reply(first, "grant")
    second = desk.open(follows=first)
    sent = desk.send(second)
    locked = threading.Event()

    def deliver() -> None:
        locked.wait()
        desk.deliver(second, sent.digest)

    thread = _started(deliver)
    with desk.node.store.unit() as unit:
        held = unit.dossiers.lock(first)
        locked.set()
        thread.join(SOON)
        # As a verb does that began before the delivery: it settles on what it sees now.
        derived = derive_held(desk.node, unit, first)
        unit.deadlines.remove(dossier=first)
        unit.deadlines.add(*derived.deadlines)
        unit.dossiers.swap(derived.head, expected=held.version)
    thread.join()
    shown = reading.show_dossier(desk.node, first)
    (hold,) = [row for row in shown.deadlines if row.clock == "tst/help/hold"]
    assert (hold.state, hold.waits_for) == ("waiting_on", "follower")


def _started(work: Callable[[], None]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            close_connections()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_no_change_is_lost_between_threads(store: Store) -> None:
    with store.unit() as unit:
        unit.dossiers.add(rows.dossier(version=0))

    def count() -> None:
        for _ in range(15):
            with store.unit() as unit:
                held = unit.dossiers.lock(rows.DOSSIER)
                unit.dossiers.swap(replace(held, version=held.version + 1), expected=held.version)

    threads = [_started(count) for _ in range(4)]
    for thread in threads:
        thread.join()
    with store.view() as unit:
        assert unit.dossiers.get(rows.DOSSIER).version == 60
