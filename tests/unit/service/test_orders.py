"""Orders: issued in one unit, taken back, listed for everybody."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from comity.base import Digest
from comity.domain.moves import StepClosed
from comity.federation import (
    Measure,
    OrderImpossible,
    Question,
    Voucher,
    Word,
    judge_order,
    open_revocation,
)
from comity.federation.answering import Code
from comity.seal import PublicCard
from comity.service.answers import accept_answer
from comity.service.errors import AlreadyThere
from comity.service.orders import (
    Issue,
    issue_order,
    list_orders,
    list_revocations,
    revoke_order,
    show_order,
)
from comity.service.reading import show_dossier
from comity.service.requests import take_step
from comity.service.situations import Move
from comity.storage.memory import MemoryStore
from tests.providers import COURT, PROSECUTOR, PROVIDER, Desk, answer, order_desk, read_order


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return order_desk(MemoryStore(), tmp_path)


def judge(desk: Desk, file: bytes) -> Word:
    card = PublicCard("key", desk.node.authority, desk.node.key.public)
    question = Question(
        now=desk.clock.now(),
        trust=(Voucher(card=card),),
        revocations=(list_revocations(desk.node),),
        provider=PROVIDER,
        exercise=True,
    )
    return judge_order(file, question).word


def test_what_is_issued_is_what_the_verifier_calls_genuine(desk: Desk) -> None:
    _, file = desk.issue()
    assert judge(desk, file) is Word.EXERCISE


def test_an_order_says_what_the_form_says(desk: Desk) -> None:
    _, file = desk.issue(remedy="In writing.", own_reference="PG 7", confidential="no")
    order = read_order(file)
    assert (order.provider, order.data, order.reference, order.objection.how) == (
        PROVIDER,
        ("account: alice_84 at mail.example",),
        "PG 7",
        "In writing.",
    )


def test_the_act_of_service_covers_the_digest_of_the_file(desk: Desk) -> None:
    dossier, file = desk.issue()
    row = list_orders(desk.node, dossier)[0]
    shown = show_dossier(desk.node, dossier)
    act = next(one.act for one in shown.acts if one.act.step == "serve")
    assert act.covers["order"] == row.served == Digest.of(file)


def test_the_file_lies_nowhere_in_the_clear(desk: Desk) -> None:
    desk.issue()
    with desk.node.store.view() as unit:
        rows = repr([*unit.orders.find(), *unit.contents.find(), *unit.outbox.find()])
    assert "alice_84" not in rows


def test_an_incomplete_form_issues_nothing(desk: Desk) -> None:
    dossier = desk.open(valid_until="")
    with pytest.raises(StepClosed):
        issue_order(desk.node, PROSECUTOR, dossier)
    assert list_orders(desk.node, dossier) == ()


def test_an_order_to_produce_needs_its_authorisation(desk: Desk) -> None:
    dossier = desk.open(measure="produce_traffic_data")
    with pytest.raises(StepClosed, match="authorisation"):
        issue_order(desk.node, PROSECUTOR, dossier)


def test_an_order_to_a_custodian_who_may_be_involved_needs_written_reasons(desk: Desk) -> None:
    dossier = desk.open(custodian_involved="possible")
    with pytest.raises(StepClosed, match="custodian"):
        issue_order(desk.node, PROSECUTOR, dossier)


def test_an_order_is_served_once(desk: Desk) -> None:
    dossier, _ = desk.issue()
    with pytest.raises(StepClosed):
        issue_order(desk.node, PROSECUTOR, dossier)


def test_a_revoked_order_is_revoked_for_whoever_looks_at_the_list(desk: Desk) -> None:
    _, file = desk.issue()
    revoke_order(desk.node, PROSECUTOR, read_order(file).order, "Not needed any more.")
    assert judge(desk, file) is Word.REVOKED


def test_the_list_names_revoked_orders_and_no_others(desk: Desk) -> None:
    _, first = desk.issue()
    _, _other = desk.issue()
    revoke_order(desk.node, PROSECUTOR, read_order(first).order, "Withdrawn.")
    assert open_revocation(list_revocations(desk.node)).orders == (read_order(first).order,)


def test_an_order_is_revoked_once(desk: Desk) -> None:
    _, file = desk.issue()
    order = read_order(file).order
    revoke_order(desk.node, PROSECUTOR, order, "Withdrawn.")
    with pytest.raises(AlreadyThere):
        revoke_order(desk.node, PROSECUTOR, order, "Withdrawn.")


def test_revoking_needs_reasons(desk: Desk) -> None:
    _, file = desk.issue()
    with pytest.raises(StepClosed, match="reasons"):
        revoke_order(desk.node, PROSECUTOR, read_order(file).order, "")


def test_the_file_can_be_had_again(desk: Desk) -> None:
    _, file = desk.issue()
    assert show_order(desk.node, read_order(file).order).document == file


def test_an_order_may_demand_that_the_list_be_looked_at(desk: Desk) -> None:
    dossier = desk.open()
    file = issue_order(desk.node, PROSECUTOR, dossier, Issue(must_check=True))
    assert read_order(file).must_check


def test_production_is_demanded_by_a_second_file_of_the_same_dossier(desk: Desk) -> None:
    dossier, file = desk.issue()
    accept_answer(desk.node, answer(file, desk.clock.now()))
    desk.authorise(dossier)
    wish = Issue(
        step="demand_production",
        replaces=read_order(file).order,
        changes={"measure": "produce_traffic_data"},
    )
    second = read_order(issue_order(desk.node, COURT, dossier, wish))
    assert (second.measure, second.replaces, desk.state(dossier)) == (
        Measure.PRODUCE,
        read_order(file).order,
        "demanded",
    )


def test_a_second_file_reaches_no_further_than_the_first(desk: Desk) -> None:
    dossier, file = desk.issue()
    accept_answer(desk.node, answer(file, desk.clock.now()))
    desk.authorise(dossier)
    wish = Issue(step="demand_production", changes={"data": ["account: other at mail.example"]})
    with pytest.raises(OrderImpossible):
        issue_order(desk.node, COURT, dossier, wish)


def test_revoking_takes_back_every_file_of_the_dossier(desk: Desk) -> None:
    dossier, file = desk.issue()
    accept_answer(desk.node, answer(file, desk.clock.now()))
    desk.authorise(dossier)
    wish = Issue(step="demand_production", changes={"measure": "produce_traffic_data"})
    second = issue_order(desk.node, COURT, dossier, wish)
    revoke_order(desk.node, PROSECUTOR, read_order(file).order, "Withdrawn.")
    assert {judge(desk, one) for one in (file, second)} == {Word.REVOKED}


def test_an_order_that_was_set_aside_is_in_the_list_too(desk: Desk) -> None:
    dossier, file = desk.issue()
    said: dict[str, Any] = {"code": Code.OBJECT, "ground": "manifest_error", "reasons": "No."}
    accept_answer(desk.node, answer(file, desk.clock.now(), **said))
    upheld = Move(step="uphold_objection", content={"reasons": "It is so."})
    take_step(desk.node, COURT, dossier, upheld)
    assert judge(desk, file) is Word.REVOKED


def test_an_order_revoked_as_any_step_is_taken_is_in_the_list_too(desk: Desk) -> None:
    dossier, file = desk.issue()
    move = Move(step="revoke", content={"reasons": "Withdrawn."})
    take_step(desk.node, PROSECUTOR, dossier, move)
    assert judge(desk, file) is Word.REVOKED
