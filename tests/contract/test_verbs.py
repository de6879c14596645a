"""The verbs on every store: act, effect and message stand or fall together."""

from __future__ import annotations

import dataclasses

import pytest

from comity.base.errors import OutOfReach
from comity.service import reading
from comity.service.errors import Moved
from comity.service.ports import Unit
from comity.service.requests import take_step
from comity.service.rows import DossierRow
from comity.service.settling import settle
from comity.service.situations import Move
from tests.nodes import OFFICER, Desk


def test_a_case_told_by_one_side_reads_the_same_on_every_store(desk: Desk) -> None:
    first = desk.open()
    sent = desk.send(first)
    desk.clock.forward("PT5M")
    desk.deliver(first, sent.digest)
    desk.reply(first, "grant")
    second = desk.open(follows=first)
    desk.deliver(second, desk.send(second).digest)
    shown = reading.show_dossier(desk.node, first)
    assert shown.state == "held"
    assert [one.act.step for one in shown.acts] == [
        "open_dossier", "draft", "send", "record_delivery", "grant",
    ]  # fmt: skip
    assert [(row.clock, str(row.due), row.state) for row in shown.deadlines] == [
        ("XA/tst/help/order_lapses", "2027-02-19T02:19:05Z", "running"),
        ("tst/help/answer", "2026-11-24T02:19:05Z", "met"),
        ("tst/help/hold", "None", "waiting_on"),
    ]


def test_act_effect_and_message_are_one_transaction(desk: Desk) -> None:
    dossier = desk.open()
    desk.send(dossier)
    before = _everything(desk)
    broken = dataclasses.replace(desk.node, store=_Breaking(desk.node.store))  # type: ignore[arg-type] # breaks on purpose
    with pytest.raises(OutOfReach):
        take_step(broken, OFFICER, dossier, Move(step="close"))
    assert _everything(desk) == before


def test_settling_against_an_old_version_changes_nothing(desk: Desk) -> None:
    dossier = desk.open()
    desk.send(dossier)
    with pytest.raises(Moved), desk.node.store.unit() as unit:
        settle(desk.node, unit, dossier, expected=2)


def _everything(desk: Desk) -> list[object]:
    with desk.node.store.view() as unit:
        return [
            unit.acts.find(),
            unit.contents.find(),
            unit.dossiers.find(),
            unit.standings.find(),
            unit.deadlines.find(),
            unit.outbox.find(),
        ]


class _Breaking:
    """A store whose last write of a verb fails, as when the disk is full."""

    def __init__(self, store: object) -> None:
        self._store = store

    def unit(self) -> object:
        return _BreakingUnit(self._store.unit())  # type: ignore[attr-defined] # a store


class _BreakingUnit:
    def __init__(self, unit: object) -> None:
        self._unit = unit

    def __enter__(self) -> object:
        held = self._unit.__enter__()  # type: ignore[attr-defined] # a unit
        return _Tables(held)

    def __exit__(self, *error: object) -> object:
        return self._unit.__exit__(*error)  # type: ignore[attr-defined] # a unit


class _Tables:
    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def __getattr__(self, name: str) -> object:
        table = getattr(self._unit, name)
        return _Outbox(table) if name == "outbox" else table


class _Outbox:
    def __init__(self, table: object) -> None:
        self._table = table

    def find(self, **where: object) -> tuple[DossierRow, ...]:
        return self._table.find(**where)  # type: ignore[attr-defined,no-any-return] # a table

    def add(self, *_: object) -> None:
        raise OutOfReach
