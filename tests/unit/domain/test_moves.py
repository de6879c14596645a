"""Which steps are open: side, standing, role, needs, gates of three kinds."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from comity.base.verdict import Verdict
from comity.domain.moves import StepClosed, next_steps, require_recording, require_step
from comity.domain.situation import Situation
from comity.law import Gate
from tests.lawyer import raw_processes
from tests.world import FULL_FORM, Desk, book

READY: dict[str, Any] = {"form": FULL_FORM, "role": "duty_officer"}


def names(situation: Situation, *, is_open: bool) -> set[str]:
    return {one.step.name for one in next_steps(situation) if one.is_open is is_open}


def test_a_full_request_can_be_sent() -> None:
    assert require_step(Desk().situation("send", **READY)).is_open


def test_an_incomplete_request_cannot_be_sent_and_it_is_said_why() -> None:
    form = {**FULL_FORM, "necessity": ""}
    with pytest.raises(StepClosed) as closed:
        require_step(Desk().situation("send", form=form))
    assert "Why preservation is necessary" in str(closed.value)
    assert closed.value.law == "uncc:42(3)"


def test_a_step_of_the_other_side_is_closed() -> None:
    desk = Desk()
    desk.do("send")
    with pytest.raises(StepClosed):
        require_step(desk.situation("acknowledge"))


def test_a_step_that_the_standing_does_not_permit_is_closed() -> None:
    desk = Desk()
    desk.do("send")
    with pytest.raises(StepClosed) as closed:
        require_step(desk.situation("send", **READY))
    assert "sent" in str(closed.value)


def test_an_unknown_step_is_closed() -> None:
    with pytest.raises(StepClosed):
        require_step(Desk().situation("seize_abroad"))


def test_a_role_that_the_step_does_not_name_is_refused() -> None:
    with pytest.raises(StepClosed) as closed:
        require_step(Desk().situation("send", **{**READY, "role": "translator"}))
    assert "translator" in str(closed.value)


def test_what_could_not_be_decided_keeps_the_step_closed() -> None:
    situation = Desk().situation("send", **READY, counterpart=None)
    (opening,) = [one for one in next_steps(situation) if one.step.name == "send"]
    assert {one.verdict for one in opening.unmet} == {Verdict.INDETERMINATE}
    assert not opening.is_open


def test_good_practice_opens_with_written_reasons_which_are_named() -> None:
    form = {**FULL_FORM, "language": "fr"}
    closed = Desk().situation("send", **{**READY, "form": form})
    with pytest.raises(StepClosed):
        require_step(closed)
    opened = dataclasses.replace(closed, reasons_against={"contact_language": "They read French."})
    assert require_step(opened).overridden == ("contact_language",)


@pytest.mark.parametrize("reasons", ["", "   "])
def test_empty_reasons_open_nothing(reasons: str) -> None:
    form = {**FULL_FORM, "language": "fr"}
    against = {"contact_language": reasons}
    situation = Desk().situation("send", **{**READY, "form": form}, reasons_against=against)
    with pytest.raises(StepClosed):
        require_step(situation)


def test_no_reasons_open_a_gate_of_treaty_content() -> None:
    form = {**FULL_FORM, "data": ["account: * at mail.example"]}
    against = {"specific_case": "In a hurry.", "form_complete": "In a hurry."}
    situation = Desk().situation("send", **{**READY, "form": form}, reasons_against=against)
    with pytest.raises(StepClosed) as closed:
        require_step(situation)
    assert "uncc:23(1)" in str(closed.value)


def own_gate(desk: Desk) -> Gate:
    gates = desk.book.states["XB"].gates
    return next(gate for gate in gates.values() if gate.gate == "competent_order")


def reported(desk: Desk, **more: Any) -> Situation:
    for step in ("send", "acknowledge", "grant", "serve_order"):
        desk.do(step)
    return desk.situation("execute", role="duty_officer", **more)


def test_a_states_own_law_closes_a_step_on_its_own_node() -> None:
    desk = Desk(own="XB")
    with pytest.raises(StepClosed) as closed:
        require_step(reported(desk))
    assert closed.value.law == str(own_gate(desk).law)


def test_no_reasons_open_a_gate_of_a_states_own_law() -> None:
    desk = Desk(own="XB")
    against = {"competent_order": "No time."}
    with pytest.raises(StepClosed):
        require_step(reported(desk, reasons_against=against))


def test_a_states_own_law_closes_nothing_elsewhere() -> None:
    desk = Desk(own="XB")
    assert require_step(reported(desk, profile=book().states["XA"])).is_open


def test_reasons_against_a_gate_do_not_meet_a_need_of_the_same_name() -> None:
    desk = Desk()
    step = dataclasses.replace(desk.process.steps["send"], needs=("language_accepted",))
    process = dataclasses.replace(desk.process, steps={**desk.process.steps, "send": step})
    form = {**FULL_FORM, "language": "fr"}
    situation = desk.situation(
        "send",
        **{**READY, "form": form},
        process=process,
        reasons_against={"contact_language": "x"},
    )
    with pytest.raises(StepClosed):
        require_step(situation)


PROCESSES = sorted(raw_processes())


def arrived(key: str) -> Desk:
    """An empty request that came in, by the first exchanged step of the asking side."""
    desk = Desk(key, own="XB")
    table = raw_processes()[key]
    first = next(
        row["step"]
        for row in table["steps"]
        if row["side"] == table["sides"]["asking"]
        and row["kept"] == "exchanged"
        and table["begins"] in row["from"]
        and row["step"] != "call"
    )
    desk.do(first)
    return desk


@pytest.mark.parametrize("key", PROCESSES)
def test_an_incomplete_request_that_comes_in_can_be_acknowledged_and_more_asked(key: str) -> None:
    desk = arrived(key)
    assert "acknowledge" in names(desk.situation(form={}, counterpart=None), is_open=True)
    desk.do("acknowledge")
    asks = {"ask", "ask_clarification"}
    terms = {"asked": "The account is missing."}
    assert asks & names(desk.situation(form={}, terms=terms, counterpart=None), is_open=True)


def test_only_what_the_standing_permits_to_the_own_side_is_listed() -> None:
    desk = Desk()
    desk.do("send")
    table = raw_processes()["uncc/preservation"]
    expected = {
        row["step"]
        for row in table["steps"]
        if row["side"] == "requesting" and "sent" in row["from"]
    }
    situation = desk.situation()
    assert {one.step.name for one in next_steps(situation)} == expected


def test_steps_are_listed_in_the_order_of_the_law_file() -> None:
    listed = [one.step.name for one in next_steps(Desk().situation())]
    order = [row["step"] for row in raw_processes()["uncc/preservation"]["steps"]]
    assert listed == [name for name in order if name in listed]


def test_every_need_and_gate_of_a_step_is_shown_with_its_provision() -> None:
    desk = Desk()
    (opening,) = [one for one in next_steps(desk.situation()) if one.step.name == "send"]
    gates = [gate.needs for gate in desk.book.gates_of("uncc/preservation", "send")]
    assert [one.name for one in opening.findings] == [*opening.step.needs, *gates]
    assert all(one.source for one in opening.findings)


def test_a_reply_without_reasons_can_be_recorded() -> None:
    desk = Desk()
    desk.do("send")
    desk.record("acknowledge")
    assert require_recording(desk.situation("refuse")).name == "refuse"


def test_a_letter_that_crossed_ours_can_be_recorded() -> None:
    desk = Desk()
    desk.do("send")
    desk.record("acknowledge")
    desk.do("withdraw", seen=None)
    assert require_recording(desk.situation("grant")).name == "grant"


@pytest.mark.parametrize("step", ["send", "serve_order", "no_such_step"])
def test_own_house_and_unknown_steps_cannot_be_recorded(step: str) -> None:
    with pytest.raises(StepClosed):
        require_recording(Desk().situation(step))


def test_a_situation_proposing_another_step_reads_the_history_once() -> None:
    desk = Desk()
    desk.do("send")
    situation = desk.situation("send")
    other = situation.proposing("withdraw")
    assert other.step == "withdraw"
    assert other.history is situation.history
