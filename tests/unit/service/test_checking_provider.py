"""Checks 26 and 27: orders on providers and what came back, each damage told by its number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from comity.base import Digest, Instant, Verdict
from comity.service.checking import check_node
from comity.service.codes import make_code
from comity.service.orders import revoke_order
from comity.service.ports import Unit
from comity.service.returns import Piece, begin_return, put_piece
from comity.service.rows import ReturnRow
from comity.storage.memory import MemoryStore
from tests.providers import PROSECUTOR, Desk, hand_over, order_desk, read_order, voice

RETURNS = "/providers/1/returns"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return order_desk(MemoryStore(), tmp_path)


def failed(desk: Desk) -> set[int]:
    report = check_node(desk.node)
    return {one.check for one in report.findings if one.verdict is Verdict.FAILED}


def spoil_order(desk: Desk, **change: Any) -> None:
    with desk.node.store.unit() as unit:
        (row,) = unit.orders.find()
        unit.orders.replace(replace(row, **change))


def test_an_order_as_it_was_issued_and_revoked_passes(desk: Desk) -> None:
    _, file = desk.issue()
    make_code(desk.node, PROSECUTOR, read_order(file).order)
    assert failed(desk) == set()
    desk.clock.forward("PT1H")
    revoke_order(desk.node, PROSECUTOR, read_order(file).order, "It was a mistake.")
    assert failed(desk) == set()


@pytest.mark.parametrize(
    "change",
    [
        {"provider": "Hosting Castova"},
        {"made": Instant.parse("2026-01-01T00:00:00Z")},
        {"until": Instant.parse("2030-01-01T00:00:00Z")},
        {"served": Digest.of(b"another file")},
        {"revoked": Instant.parse("2026-11-21T02:00:01Z")},
    ],
)
def test_an_order_whose_row_says_something_else_fails_at_26(
    desk: Desk, change: dict[str, Any]
) -> None:
    desk.issue()
    spoil_order(desk, **change)
    assert failed(desk) == {26}


def test_a_revocation_that_was_wiped_from_its_row_fails_at_26(desk: Desk) -> None:
    _, file = desk.issue()
    desk.clock.forward("PT1H")
    revoke_order(desk.node, PROSECUTOR, read_order(file).order, "It was a mistake.")
    spoil_order(desk, revoked=None)
    assert failed(desk) == {26}


def test_an_order_that_is_gone_fails_and_so_does_its_code(desk: Desk) -> None:
    _, file = desk.issue()
    make_code(desk.node, PROSECUTOR, read_order(file).order)
    with desk.node.store.unit() as unit:
        unit.orders.remove(order=read_order(file).order)
    assert failed(desk) == {26, 27}


def begin(desk: Desk) -> ReturnRow:
    """Let a provider begin a return and send its one piece."""
    _, file = desk.issue()
    handed = hand_over(file, {"a": b"one"}, desk.clock.now())
    row = begin_return(
        desk.node, handed.statement, voice("POST", RETURNS, desk.clock.now(), body=handed.statement)
    )
    put_piece(desk.node, row, Piece(offset=0, data=handed.data, digest=Digest.of(handed.data)))
    return row


def _lose_piece(unit: Unit, row: ReturnRow) -> None:
    unit.pieces.remove(transfer=row.ident)


def _count_more(unit: Unit, row: ReturnRow) -> None:
    held = unit.returns.lock(row.ident)
    unit.returns.swap(replace(held, version=held.version + 1, got=held.got - 1), held.version)


def _name_another(unit: Unit, row: ReturnRow) -> None:
    held = unit.returns.lock(row.ident)
    other = replace(held, version=held.version + 1, order="ord_" + "0" * 26)
    unit.returns.swap(other, held.version)


def _end_early(unit: Unit, row: ReturnRow) -> None:
    held = unit.returns.lock(row.ident)
    unit.returns.swap(replace(held, version=held.version + 1, state="refused"), held.version)


@pytest.mark.parametrize("damage", [_lose_piece, _count_more, _name_another, _end_early])
def test_a_return_that_does_not_add_up_fails_at_27(
    desk: Desk, damage: Callable[[Unit, ReturnRow], None]
) -> None:
    row = begin(desk)
    assert failed(desk) == set()
    with desk.node.store.unit() as unit:
        damage(unit, row)
    assert failed(desk) == {27}
