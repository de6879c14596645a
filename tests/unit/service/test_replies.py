"""Recorded by us and signed by them never look alike."""

from __future__ import annotations

import hashlib

import pytest

from comity.base import Instant
from comity.base.errors import BadValue
from comity.domain.moves import StepClosed
from comity.service import reading
from comity.service.errors import AlreadyThere, NotThere
from comity.service.requests import amend_form, take_step
from comity.service.situations import Move
from tests.nodes import FORM, OFFICER, Desk


def test_a_recorded_act_says_of_whom_by_which_channel_when_and_with_what_proof(
    desk: Desk,
) -> None:
    dossier = desk.open()
    desk.send(dossier)
    act = desk.reply(dossier, "grant").act
    assert act.recorded == {
        "of": "XB XB contact point",
        "channel": "letter",
        "received": "2026-11-21T02:14:05Z",
        "proof": f"sha256:{hashlib.sha256(b'a scanned letter').hexdigest()}",
    }
    assert (act.holder, act.side) == ("XA", "requested")


def test_a_step_of_our_own_is_not_marked_as_recorded(desk: Desk) -> None:
    dossier = desk.open()
    assert desk.send(dossier).act.recorded is None


def test_a_recorded_step_moves_the_standing(desk: Desk) -> None:
    dossier = desk.open()
    desk.send(dossier)
    desk.reply(dossier, "grant")
    assert reading.show_dossier(desk.node, dossier).state == "held"


def test_a_recorded_step_leaves_no_message(desk: Desk) -> None:
    dossier = desk.open()
    sent = desk.send(dossier)
    desk.reply(dossier, "grant")
    with desk.node.store.view() as unit:
        assert [row.act for row in unit.outbox.find()] == [sent.digest]


def test_a_step_of_our_own_cannot_be_recorded_for_the_other_side(desk: Desk) -> None:
    dossier = desk.open()
    with pytest.raises(StepClosed):
        desk.reply(dossier, "send")


def test_a_reply_without_grounds_is_recorded_all_the_same(desk: Desk) -> None:
    dossier = desk.open()
    desk.send(dossier)
    desk.reply(dossier, "refuse")
    assert reading.show_dossier(desk.node, dossier).state == "refused"


def test_nothing_is_recorded_before_it_happens(desk: Desk) -> None:
    dossier = desk.open()
    desk.send(dossier)
    with pytest.raises(BadValue):
        desk.reply(dossier, "grant", received=Instant.parse("2026-11-21T02:14:06Z"))


def test_a_reply_that_had_not_seen_our_withdrawal_is_overtaken(desk: Desk) -> None:
    dossier = desk.open()
    sent = desk.send(dossier)
    take_step(desk.node, OFFICER, dossier, Move(step="close"))
    granted = desk.reply(dossier, "grant", seen=sent.digest)
    shown = reading.show_dossier(desk.node, dossier)
    outcome = {one.act.digest: one.outcome for one in shown.acts}[granted.digest]
    assert (shown.state, outcome) == ("closed", "overtaken")


def test_what_they_saw_of_ours_was_sent_to_them(desk: Desk) -> None:
    dossier = desk.open()
    drafted = amend_form(desk.node, OFFICER, dossier, FORM)
    desk.send(dossier)
    with pytest.raises(NotThere):
        desk.reply(dossier, "grant", seen=drafted.digest)


def test_the_other_sides_clock_starts_with_the_proof_of_delivery(desk: Desk) -> None:
    dossier = desk.open()
    sent = desk.send(dossier)
    assert _answer(desk, dossier) == (None, "delivery")
    desk.clock.forward("P2D")
    desk.deliver(dossier, sent.digest)
    assert _answer(desk, dossier) == ("2026-11-26T02:14:05Z", "")


def test_the_proof_of_delivery_closes_the_message(desk: Desk) -> None:
    dossier = desk.open()
    sent = desk.send(dossier)
    desk.deliver(dossier, sent.digest)
    with desk.node.store.view() as unit:
        assert unit.outbox.get(sent.digest).delivered == desk.clock.now()


def test_an_act_is_delivered_once(desk: Desk) -> None:
    dossier = desk.open()
    sent = desk.send(dossier)
    desk.deliver(dossier, sent.digest)
    with pytest.raises(AlreadyThere):
        desk.deliver(dossier, sent.digest)


def test_an_act_of_another_dossier_is_not_delivered_here(desk: Desk) -> None:
    dossier = desk.open()
    sent = desk.send(dossier)
    with pytest.raises(NotThere):
        desk.deliver(desk.open(), sent.digest)


def _answer(desk: Desk, dossier: object) -> tuple[str | None, str]:
    shown = reading.show_dossier(desk.node, dossier)  # type: ignore[arg-type] # an identifier
    (row,) = [row for row in shown.deadlines if row.clock == "tst/help/answer"]
    return (str(row.due) if row.due else None, row.waits_for)
