"""What the check says when letters, messages or receipts are not what they were."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from comity.base import Digest, Verdict
from comity.service import reading
from comity.service.checking import check_node
from comity.service.contents import unwrap
from comity.service.erasing import erase_content
from comity.service.errors import ContentErased
from comity.service.node import Node
from comity.service.posting import post_letters
from comity.service.rebuilding import rebuild_node
from comity.service.requests import take_step
from comity.service.situations import Move
from comity.storage.memory import MemoryStore
from tests.nodes import DUTY, OFFICER
from tests.wires import Pair, make_pair


@pytest.fixture(scope="module")
def base() -> Pair:
    """One request that was delivered, one message that is on its way, and one that is held."""
    pair = make_pair()
    dossier, _ = pair.send()
    pair.run()
    take_step(pair.asking.node, DUTY, dossier, Move(step="tell", content={"a": "b"}))
    pair.net.is_cut = True
    post_letters(pair.asking.node)
    return pair


def failed(node: Node) -> set[str]:
    return {one.name for one in check_node(node).findings if one.verdict is not Verdict.PASSED}


def rows_of(node: Node) -> Any:
    store = node.store
    assert isinstance(store, MemoryStore)
    return store._kept


def altered(node: Node, table: str, change: Callable[[Any], Any], which: int = 0) -> set[str]:
    """Change one row behind the node's back, check, and put it back."""
    kept = rows_of(node)[table]
    key = sorted(kept)[which]
    before = kept[key]
    kept[key] = change(before)
    try:
        return failed(node)
    finally:
        kept[key] = before


def test_both_sides_pass(base: Pair) -> None:
    assert not failed(base.asking.node)
    assert not failed(base.asked.node)


@pytest.mark.parametrize(
    "change",
    [
        {"receiver_state": "XC"},
        {"receiver_authority": "another"},
        {"statement": b"{}"},
        {"message": Digest.of(b"")},
        {"act": Digest.of(b"")},
        {"body": b"other", "state": "waiting"},
        {"body": None, "state": "waiting"},
        {"body": b"kept", "state": "done"},
    ],
)
@pytest.mark.parametrize("which", [0, 1])
def test_a_letter_that_was_altered_is_found(base: Pair, change: dict[str, Any], which: int) -> None:
    found = altered(base.asking.node, "letters", lambda row: replace(row, **change), which)
    assert "letters" in found


def test_a_letter_that_was_stopped_waits_for_a_person(base: Pair) -> None:
    waiting = next(
        place
        for place, key in enumerate(sorted(rows_of(base.asking.node)["letters"]))
        if rows_of(base.asking.node)["letters"][key].state == "waiting"
    )
    stop = {"state": "stopped", "body": None}
    found = altered(base.asking.node, "letters", lambda row: replace(row, **stop), waiting)
    assert found == {"letters"}


@pytest.mark.parametrize(
    "change",
    [
        {"sender_authority": "another"},
        {"statement": b"{}"},
        {"act": Digest.of(b"")},
        {"body": b"kept"},
        {"state": "waiting"},
    ],
)
def test_a_message_that_was_altered_is_found(base: Pair, change: dict[str, Any]) -> None:
    assert altered(base.asked.node, "inbox", lambda row: replace(row, **change)) == {"inbox"}


@pytest.mark.parametrize(
    "change",
    [{"authority": "another"}, {"state": "XC"}, {"reason": "late"}, {"envelope": b"{}"}],
)
@pytest.mark.parametrize("which", [0, 1, 2])
def test_a_receipt_that_was_altered_is_found(
    base: Pair, change: dict[str, Any], which: int
) -> None:
    found = altered(base.asking.node, "receipts", lambda row: replace(row, **change), which)
    assert found == {"receipts"}


@pytest.mark.parametrize("side", ["asking", "asked"])
def test_a_receipt_that_is_missing_is_found(base: Pair, side: str) -> None:
    node = getattr(base, side).node
    kept = rows_of(node)["receipts"]
    for event in ("submission_accepted", "relay_accepted", "delivered"):
        for key in [one for one in kept if one[1] == event]:
            row = kept.pop(key)
            is_own = row.state == node.state
            assert bool(failed(node)) is is_own, event
            kept[key] = row


def test_rebuilding_leaves_letters_and_finds_the_same(base: Pair) -> None:
    for desk in (base.asking, base.asked):
        before = dict(rows_of(desk.node)["letters"])
        assert not any(rebuild_node(desk.node).values())
        assert rows_of(desk.node)["letters"] == before
        assert not failed(desk.node)


def test_erasing_leaves_nothing_readable_of_what_they_sent() -> None:
    pair = make_pair()
    dossier, signed = pair.send()
    pair.run()
    node = pair.asked.node
    digest = signed.act.covers["content"]
    assert reading.show_content(node, dossier, digest)
    erase_content(node, OFFICER, dossier, Move(terms={"decision": "XB 1/26"}))
    with pytest.raises(ContentErased):
        reading.show_content(node, dossier, digest)
    with node.store.view() as unit:
        assert all(row.body is None for row in unit.inbox.find())
        for row in unit.identities.find(chain=dossier, generation=0):
            with pytest.raises(ContentErased):
                unwrap(node, row)
    assert not failed(node)


def test_nothing_in_the_tables_tells_what_was_written(base: Pair) -> None:
    for desk in (base.asking, base.asked):
        for table in rows_of(desk.node).values():
            for row in table.values():
                assert "CANARY" not in repr(row)
