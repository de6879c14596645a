"""Answers of providers: who may give one, what becomes of it, and that none is lost."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from comity.base import Digest, Instant
from comity.base.errors import ComityError, Malformed, TooLarge
from comity.federation.answering import Code, Costs
from comity.federation.directory import KeyRevoked, KeyUnknown
from comity.seal.errors import SealBroken
from comity.service.answers import accept_answer, list_answers, tell_holding
from comity.service.codes import make_code
from comity.service.order_errors import (
    CodeRefused,
    CodesResting,
    NotIdentified,
    OrderOver,
    OtherOrder,
    UnknownOrder,
    WrongTime,
)
from comity.service.orders import revoke_order
from comity.service.reading import show_document, show_dossier
from comity.storage.memory import MemoryStore
from tests.providers import (
    KEY,
    PROSECUTOR,
    PROVIDER,
    STRANGER,
    Desk,
    answer,
    know_provider,
    order_desk,
    read_order,
)

GIVEN = Digest.of(b"a salted digest")
LATER = Instant.parse("2026-12-01T00:00:00Z")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return order_desk(MemoryStore(), tmp_path)


@pytest.mark.parametrize(
    ("said", "state", "steps"),
    [
        ({}, "preserved", ["acknowledge", "preserve"]),
        (
            {"code": Code.PARTLY, "reasons": "Logs are gone."},
            "partly_preserved",
            ["acknowledge", "partly_preserve"],
        ),
        (
            {"code": Code.NO_SUCH_DATA, "reasons": "Never held."},
            "not_held",
            ["acknowledge", "find_nothing"],
        ),
        (
            {"code": Code.NOT_OURS, "reasons": "Castova hosts it."},
            "not_held",
            ["acknowledge", "find_nothing"],
        ),
        (
            {"code": Code.OBJECT, "ground": "manifest_error", "reasons": "Wrong name."},
            "objected",
            ["provider_objects"],
        ),
        ({"code": Code.NEED_MORE_TIME, "until": LATER}, "served", ["status_answer"]),
        (
            {"code": Code.NEED_MORE_TIME, "until": LATER, "asked": "Which year?"},
            "clarifying",
            ["ask_clarification"],
        ),
        (
            {"code": Code.COSTS, "costs": Costs(amount="120.00", currency="EUR")},
            "accepted",
            ["acknowledge", "state_costs"],
        ),
    ],
)
def test_each_code_becomes_the_step_that_says_it(
    desk: Desk, said: dict[str, Any], state: str, steps: list[str]
) -> None:
    dossier, file = desk.issue()
    accept_answer(desk.node, answer(file, desk.clock.now(), **said))
    before = ["open_dossier", "draft", "serve"]
    found = [step for step in desk.steps(dossier) if step not in before]
    assert (sorted(found), desk.state(dossier)) == (sorted(steps), state)


def test_a_production_that_is_done_is_recorded_as_produced(desk: Desk) -> None:
    dossier, file = desk.issue(measure="produce_traffic_data")
    accept_answer(desk.node, answer(file, desk.clock.now()))
    assert desk.state(dossier) == "produced"


def test_the_proof_of_a_recorded_answer_is_its_file_whole(desk: Desk) -> None:
    dossier, file = desk.issue()
    data = answer(file, desk.clock.now())
    accept_answer(desk.node, data)
    shown = list_answers(desk.node, dossier)[-1]
    assert show_document(desk.node, dossier, shown.file) == data


def test_what_is_no_step_now_is_kept_and_shown(desk: Desk) -> None:
    dossier, file = desk.issue()
    accept_answer(desk.node, answer(file, desk.clock.now()))
    desk.clock.forward("PT1M")
    accept_answer(desk.node, answer(file, desk.clock.now(), code=Code.PARTLY, reasons="Less."))
    assert [one.step for one in list_answers(desk.node, dossier)] == ["preserve", "keep_answer"]


def test_an_answer_says_that_it_is_recorded_and_not_signed_by_them(desk: Desk) -> None:
    dossier, file = desk.issue()
    accept_answer(desk.node, answer(file, desk.clock.now()))
    acts = {one.act.step: one for one in show_dossier(desk.node, dossier).acts}
    assert acts["preserve"].is_recorded


def test_the_same_file_again_changes_nothing_and_is_receipted_again(desk: Desk) -> None:
    dossier, file = desk.issue()
    data = answer(file, desk.clock.now())
    accept_answer(desk.node, data)
    before = desk.steps(dossier)
    desk.clock.forward("PT1H")
    accept_answer(desk.node, data)
    assert desk.steps(dossier) == before


def test_an_answer_that_crossed_the_revocation_is_told_apart(desk: Desk) -> None:
    dossier, file = desk.issue()
    desk.clock.forward("PT1H")
    data = answer(file, desk.clock.now())
    desk.clock.forward("PT1H")
    revoke_order(desk.node, PROSECUTOR, read_order(file).order, "Withdrawn.")
    desk.clock.forward("PT1H")
    accept_answer(desk.node, data)
    assert "preserve" in desk.steps(dossier)
    assert desk.state(dossier) == "revoked"


def test_an_answer_after_the_revocation_is_kept(desk: Desk) -> None:
    dossier, file = desk.issue()
    desk.clock.forward("PT1H")
    revoke_order(desk.node, PROSECUTOR, read_order(file).order, "Withdrawn.")
    desk.clock.forward("PT1H")
    accept_answer(desk.node, answer(file, desk.clock.now()))
    assert [one.step for one in list_answers(desk.node, dossier)] == ["keep_answer"]


def test_an_answer_after_the_order_ran_out_is_a_fact_too(desk: Desk) -> None:
    dossier, file = desk.issue()
    desk.clock.forward("P60D")
    accept_answer(desk.node, answer(file, desk.clock.now()))
    assert desk.state(dossier) == "preserved"


def test_the_asking_state_learns_one_word_and_the_digest(desk: Desk) -> None:
    dossier, file = desk.issue()
    accept_answer(desk.node, answer(file, desk.clock.now(), inventory=GIVEN))
    told = tell_holding(desk.node, dossier)
    assert (told.word, told.inventory) == ("held", GIVEN)


def test_before_an_answer_nothing_is_known(desk: Desk) -> None:
    dossier, _ = desk.issue()
    assert tell_holding(desk.node, dossier).word == "unknown"


def refused(desk: Desk, data: bytes, error: type[ComityError], code: str = "") -> None:
    """Claim that it is refused, that nothing is recorded, and that a person is shown it."""
    with desk.node.store.view() as unit:
        before = unit.acts.count()
    with pytest.raises(error):
        accept_answer(desk.node, data, code)
    with desk.node.store.view() as unit:
        assert unit.acts.count() == before
    assert desk.kinds()


def test_an_order_for_one_provider_is_not_answered_by_another(desk: Desk) -> None:
    other = "Hosting Castova"
    know_provider(desk.node, other, STRANGER)
    _, file = desk.issue()
    refused(desk, answer(file, desk.clock.now(), STRANGER, provider=other), OtherOrder)


def test_an_order_is_not_answered_with_anothers_key_in_its_providers_name(desk: Desk) -> None:
    know_provider(desk.node, "Hosting Castova", STRANGER)
    _, file = desk.issue()
    refused(desk, answer(file, desk.clock.now(), STRANGER), KeyUnknown)


def test_a_revoked_key_answers_nothing(desk: Desk) -> None:
    _, file = desk.issue()
    know_provider(desk.node, PROVIDER, KEY, revoked=Instant.parse("2026-11-20T00:00:00Z"))
    refused(desk, answer(file, desk.clock.now()), KeyRevoked)


def test_an_answer_to_one_order_is_none_to_another(desk: Desk) -> None:
    _, file = desk.issue()
    _, second = desk.issue()
    mixed = answer(second, desk.clock.now(), served=Digest.of(file))
    refused(desk, mixed, OtherOrder)


def test_an_order_that_was_never_issued_is_not_answered(desk: Desk) -> None:
    _, file = desk.issue()
    refused(desk, answer(file, desk.clock.now(), order="ord_" + "0" * 26), UnknownOrder)


def test_an_answer_outside_the_exercise_is_refused_in_it(desk: Desk) -> None:
    _, file = desk.issue()
    refused(desk, answer(file, desk.clock.now(), exercise=False), OtherOrder)


def test_an_altered_answer_is_refused(desk: Desk) -> None:
    _, file = desk.issue()
    data = answer(file, desk.clock.now())
    refused(
        desk, data.replace(b'"sig":"A', b'"sig":"B').replace(b'"sig":"', b'"sig":"A', 1), Malformed
    )


def test_a_half_signature_is_no_signature(desk: Desk) -> None:
    _, file = desk.issue()
    one, other = (answer(file, desk.clock.now(), reasons=text) for text in ("One.", "Two."))
    head, tail = one.split(b'"signatures"')[0], other.split(b'"signatures"')[1]
    refused(desk, head + b'"signatures"' + tail, SealBroken)


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"\x00" * 40, b'{"key":null}', b"{" * 999])
def test_what_is_no_answer_at_all_is_refused(desk: Desk, data: bytes) -> None:
    with pytest.raises(ComityError):
        accept_answer(desk.node, data)
    assert desk.kinds()


def test_what_is_too_long_is_refused_unread(desk: Desk) -> None:
    refused(desk, b"x" * (2 << 20), TooLarge)


def test_a_bare_answer_needs_a_code(desk: Desk) -> None:
    _, file = desk.issue()
    refused(desk, answer(file, desk.clock.now(), None), NotIdentified)


def test_a_code_opens_an_answer_that_is_marked_as_not_identified(desk: Desk) -> None:
    dossier, file = desk.issue()
    code = make_code(desk.node, PROSECUTOR, read_order(file).order)
    accept_answer(desk.node, answer(file, desk.clock.now(), None), code)
    shown = show_dossier(desk.node, dossier)
    marks = {
        one.act.terms.get("identified") for one in shown.acts if "answer_code" in one.act.terms
    }
    assert (list_answers(desk.node, dossier)[-1].is_identified, marks) == (
        False,
        {"provider not identified"},
    )


def test_a_code_is_heard_however_it_was_typed(desk: Desk) -> None:
    _, file = desk.issue()
    code = make_code(desk.node, PROSECUTOR, read_order(file).order)
    typed = f" {code.upper().replace('-', ' ')} "
    accept_answer(desk.node, answer(file, desk.clock.now(), None), typed)
    assert desk.kinds() == []


def test_a_code_is_used_once(desk: Desk) -> None:
    _, file = desk.issue()
    code = make_code(desk.node, PROSECUTOR, read_order(file).order)
    accept_answer(desk.node, answer(file, desk.clock.now(), None), code)
    second = answer(file, desk.clock.now(), None, reasons="Again.")
    refused(desk, second, CodeRefused, code)


def test_a_code_is_over_at_its_time(desk: Desk) -> None:
    _, file = desk.issue()
    code = make_code(desk.node, PROSECUTOR, read_order(file).order, hours=1)
    desk.clock.forward("PT1H")
    refused(desk, answer(file, desk.clock.now(), None), CodeRefused, code)


def test_a_code_for_one_order_opens_nothing_of_another(desk: Desk) -> None:
    _, file = desk.issue()
    _, other = desk.issue()
    code = make_code(desk.node, PROSECUTOR, read_order(other).order)
    refused(desk, answer(file, desk.clock.now(), None), CodeRefused, code)


def test_no_code_is_made_for_an_order_that_was_taken_back(desk: Desk) -> None:
    _, file = desk.issue()
    order = read_order(file).order
    revoke_order(desk.node, PROSECUTOR, order, "Withdrawn.")
    with pytest.raises(OrderOver):
        make_code(desk.node, PROSECUTOR, order)


def test_only_the_digest_of_a_code_is_kept(desk: Desk) -> None:
    _, file = desk.issue()
    code = make_code(desk.node, PROSECUTOR, read_order(file).order)
    with desk.node.store.view() as unit:
        kept = repr([*unit.codes.find(), *unit.acts.find(), *unit.findings.find()])
    assert code not in kept
    assert code.replace("-", "") not in kept


def test_codes_rest_when_too_many_were_wrong(desk: Desk) -> None:
    _, file = desk.issue()
    code = make_code(desk.node, PROSECUTOR, read_order(file).order)
    data = answer(file, desk.clock.now(), None)
    for _ in range(10):
        with pytest.raises(CodeRefused):
            accept_answer(desk.node, data, "00000-00000-00000-00000")
    with pytest.raises(CodesResting):
        accept_answer(desk.node, data, code)


def test_codes_that_rested_open_again(desk: Desk) -> None:
    _, file = desk.issue()
    code = make_code(desk.node, PROSECUTOR, read_order(file).order)
    data = answer(file, desk.clock.now(), None)
    for _ in range(10):
        with pytest.raises(CodeRefused):
            accept_answer(desk.node, data, "00000-00000-00000-00000")
    desk.clock.forward("PT15M")
    accept_answer(desk.node, data, code)


def test_wrong_codes_for_one_order_do_not_close_another(desk: Desk) -> None:
    _, file = desk.issue()
    _, other = desk.issue()
    for _ in range(10):
        with pytest.raises(CodeRefused):
            accept_answer(desk.node, answer(file, desk.clock.now(), None), "wrong")
    code = make_code(desk.node, PROSECUTOR, read_order(other).order)
    accept_answer(desk.node, answer(other, desk.clock.now(), None), code)


@pytest.mark.parametrize("hours", [-2, 2])
def test_an_answer_of_another_time_is_refused(desk: Desk, hours: int) -> None:
    _, file = desk.issue()
    at = desk.clock.now()
    said = Instant(at.at + timedelta(hours=hours))
    desk.clock.forward("PT1H")
    refused(desk, answer(file, said), WrongTime)
