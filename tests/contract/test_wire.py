"""Several workers at the outbox, the door and the inbox of one store: all happens once."""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connections

from comity.app.databases import close_connections
from comity.base import Verdict
from comity.base.errors import OutOfReach
from comity.federation.message import read_message
from comity.service.checking import check_node
from comity.service.letters import list_letters, read_letter
from comity.service.node import Node
from comity.service.peers import Caller
from comity.service.posting import post_letters
from comity.service.receipts import accept_receipt, list_receipts
from comity.service.receiving import accept_message, take_inbox
from comity.service.requests import take_step
from comity.service.situations import Move
from comity.storage.memory import MemoryStore
from tests.nodes import DUTY
from tests.stores import make_place, use
from tests.wires import Pair, make_pair

WORKERS = 4


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Pair]:
    numbers = itertools.count()

    def fresh() -> object:
        if request.param == "memory":
            return MemoryStore()
        folder = tmp_path / f"store-{next(numbers)}"
        folder.mkdir()
        return use(make_place(request.param, folder, request))

    yield make_pair(tmp_path, stores=fresh)  # type: ignore[arg-type] # each is a store
    if request.param != "memory":
        connections.close_all()


def together(work: Callable[[], object]) -> list[object]:
    """Do the same in several threads at once; a busy store is asked again."""
    given: list[object] = []
    faults: list[BaseException] = []
    start = threading.Barrier(WORKERS)

    def run() -> None:
        try:
            start.wait()
            for _ in range(20):
                try:
                    given.append(work())
                except OutOfReach:
                    continue
                return
        except BaseException as error:  # noqa: BLE001 # told by the test below
            faults.append(error)
        finally:
            close_connections()

    threads = [threading.Thread(target=run) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    assert len(given) == WORKERS
    return given


def write(pair: Pair, dossiers: int = 3, more: int = 2) -> int:
    """Let XA write several acts into several dossiers; return how many."""
    for _ in range(dossiers):
        dossier, _ = pair.send()
        for _ in range(more):
            take_step(pair.asking.node, DUTY, dossier, Move(step="tell", content={"a": "b"}))
    return dossiers * (1 + more)


def messages(pair: Pair) -> list[bytes]:
    pair.net.is_cut = True
    post_letters(pair.asking.node)
    node = pair.asking.node
    return [read_letter(node, row.message) for row in list_letters(node)]


def caller_of(node: Node) -> Caller:
    return Caller(state=node.state, authority=node.authority)


def test_several_workers_make_and_send_every_letter_once(pair: Pair) -> None:
    count = write(pair)
    together(lambda: post_letters(pair.asking.node))
    sent = Counter(
        str(read_message(body).name)
        for _, path, body in pair.net.calls
        if path == "/peers/1/messages"
    )
    assert len(sent) == count
    assert set(sent.values()) == {1}
    with pair.asking.node.store.view() as unit:
        assert unit.letters.count(kind="act") == count
        assert unit.receipts.count(event="submission_accepted") == count


def test_a_message_that_comes_several_times_at_once_has_one_receipt(pair: Pair) -> None:
    write(pair, 1, 0)
    (data,) = messages(pair)
    caller = caller_of(pair.asking.node)
    given = together(lambda: accept_message(pair.asked.node, caller, data))
    assert len(set(given)) == 1
    with pair.asked.node.store.view() as unit:
        assert unit.inbox.count() == 1
        assert unit.receipts.count() == 1


def test_several_workers_take_every_message_in_once_and_in_order(pair: Pair) -> None:
    count = write(pair)
    caller = caller_of(pair.asking.node)
    for data in reversed(messages(pair)):
        accept_message(pair.asked.node, caller, data)
    together(lambda: take_inbox(pair.asked.node))
    pair.forward("PT1M")
    take_inbox(pair.asked.node)
    with pair.asked.node.store.view() as unit:
        assert unit.acts.count(track="exchanged") == count
        assert unit.acts.count(step="record_delivery") == count
        assert {row.state for row in unit.inbox.find()} == {"done"}
        assert unit.receipts.count(event="delivered") == count
    assert check_node(pair.asked.node).verdict is Verdict.PASSED


def test_a_delivery_told_several_times_at_once_is_noted_once(pair: Pair) -> None:
    write(pair, 1, 0)
    (data,) = messages(pair)
    caller = caller_of(pair.asking.node)
    accept_message(pair.asked.node, caller, data)
    take_inbox(pair.asked.node)
    receipts = list_receipts(pair.asked.node, caller, read_message(data).name)
    together(lambda: [accept_receipt(pair.asking.node, one) for one in receipts])
    with pair.asking.node.store.view() as unit:
        assert unit.acts.count(step="record_delivery") == 1
        assert {row.state for row in unit.letters.find()} == {"done"}
    assert check_node(pair.asking.node).verdict is Verdict.PASSED


def test_both_sides_work_at_once_and_end_alike(pair: Pair) -> None:
    count = write(pair, 2, 1)

    def work() -> None:
        for desk in (pair.asking, pair.asked):
            post_letters(desk.node)
            take_inbox(desk.node)

    together(work)
    for _ in range(3):
        pair.forward("PT11M")
        work()
    held = []
    for desk in (pair.asking, pair.asked):
        with desk.node.store.view() as unit:
            held.append(sorted(str(row.digest) for row in unit.acts.find(track="exchanged")))
        assert check_node(desk.node).verdict is Verdict.PASSED
    assert held[0] == held[1]
    assert len(held[0]) == count
