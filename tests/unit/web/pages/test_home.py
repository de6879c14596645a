"""The first page and the deadlines: what needs a person, the first to lapse first."""

from __future__ import annotations

import csv
import io
import re

import pytest

from comity.base import Ident, Instant, Period
from comity.service.findings import make_finding
from comity.service.node import Officer
from comity.service.notices import EMERGENCY, REQUEST_ARRIVED, note
from comity.service.replies import Delivery, Reply, record_delivery, record_step
from comity.service.requests import Opening, amend_form, open_dossier, take_step
from comity.service.situations import Move
from comity.web.pages.home.lanes import Scale
from tests.seats import Seats, seats, sqlite_template
from tests.world import FULL_FORM

__all__ = ["seats", "sqlite_template"]
DUTY = Officer(actor="xa-duty", role="duty_officer")
CENTRAL = Officer(actor="xa-ca", role="central_authority")
CANARY = "CANARY the records of a hospital"
FORM = {**FULL_FORM, "facts": CANARY, "urgency": "Logs are about to be lost."}


def opened(seats: Seats, *, is_asking: bool = True) -> Ident:
    opening = Opening(
        process="uncc/preservation",
        counterpart="XB",
        authority="XB contact point",
        basis="uncc",
        channel="letter",
        is_asking=is_asking,
    )
    return open_dossier(seats.node, DUTY, opening)


def sent(seats: Seats, days: int) -> Ident:
    """XA asked by letter, and wished for an answer in so many days."""
    node, now = seats.node, seats.node.clock.now()
    dossier = opened(seats)
    amend_form(node, DUTY, dossier, FORM)
    day = str(now.plus(Period(days=days)))
    terms = {"answer_by": day, "reason_by": "The hospital's logs are kept for ten days."}
    act = take_step(node, DUTY, dossier, Move(step="send", terms=terms)).act
    proof = Delivery(act=act.digest, at=node.clock.now(), channel="letter", proof=b"a receipt")
    record_delivery(node, DUTY, dossier, proof)
    return dossier


def asked(seats: Seats) -> Ident:
    """XB asked XA by letter."""
    dossier = opened(seats, is_asking=False)
    reply = Reply(
        step="send",
        channel="letter",
        received=seats.node.clock.now(),
        proof=b"a scanned letter",
        content={"form": FORM},
    )
    record_step(seats.node, DUTY, dossier, reply)
    return dossier


def shown(seats: Seats, login: str = "duty", path: str = "/", language: str = "en") -> str:
    answer = seats.sit(login, language=language).get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_empty_list_teaches_the_first_step(seats: Seats) -> None:
    said = shown(seats)
    assert "Nothing waits for you." in said
    assert "A request begins with a dossier" in said


def test_what_is_due_first_stands_first(seats: Seats) -> None:
    later, sooner = sent(seats, 9), sent(seats, 2)
    said = shown(seats)
    assert said.index(str(sooner)) < said.index(str(later))


def test_a_deadline_says_how_long_is_left_in_words(seats: Seats) -> None:
    sent(seats, 9)
    assert re.search(r'class="left">\s*[89] days left', shown(seats))


def test_a_wish_is_never_called_a_duty(seats: Seats) -> None:
    sent(seats, 9)
    assert "You wished for it by then; it is no duty of theirs." in shown(seats)


def test_a_deadline_links_the_provision_that_sets_it(seats: Seats) -> None:
    sent(seats, 9)
    assert 'href="/law/uncc/42(4)"' in shown(seats)


def test_a_request_that_came_waits_to_be_acknowledged(seats: Seats) -> None:
    dossier = asked(seats)
    assert f'href="/dossiers/{dossier}/steps/acknowledge"' in shown(seats)


def test_between_near_steps_a_person_decides(seats: Seats) -> None:
    dossier = asked(seats)
    take_step(seats.node, CENTRAL, dossier, Move(step="acknowledge"))
    said = shown(seats, "ca")
    assert f'href="/dossiers/{dossier}">Decide' in said


def test_a_step_that_is_not_theirs_is_said_to_be_anothers(seats: Seats) -> None:
    asked(seats)
    assert "For: Duty officer, Central authority" in shown(seats, "pros")


def test_an_emergency_that_nobody_acknowledged_stands_before_all(seats: Seats) -> None:
    near, emergency = sent(seats, 1), asked(seats)
    with seats.node.store.unit() as unit:
        note(seats.node, unit, REQUEST_ARRIVED, EMERGENCY, emergency)
    said = shown(seats)
    assert said.index(str(emergency)) < said.index(str(near))


def test_who_sees_to_a_matter_stops_the_telling(seats: Seats) -> None:
    with seats.node.store.unit() as unit:
        notice = note(seats.node, unit, REQUEST_ARRIVED, EMERGENCY, None)
    given = {"once": str(notice)}
    seats.sit("duty").post(f"/notices/{notice}/acknowledgement", given)
    with seats.node.store.view() as unit:
        assert unit.notices.get(notice).state == "acknowledged"


def test_the_operator_cannot_see_to_a_matter(seats: Seats) -> None:
    with seats.node.store.unit() as unit:
        notice = note(seats.node, unit, REQUEST_ARRIVED, EMERGENCY, None)
    answer = seats.sit("ops").post(f"/notices/{notice}/acknowledgement", {"once": "1"})
    assert answer.status_code == 403


def test_the_operator_sees_no_dossier(seats: Seats) -> None:
    dossier = asked(seats)
    assert str(dossier) not in shown(seats, "ops")


def test_the_operator_sees_what_is_odd(seats: Seats) -> None:
    with seats.node.store.unit() as unit:
        make_finding(seats.node, unit, kind="fork", says="Two acts claim one place.")
    assert "Two acts claim one place." in shown(seats, "ops")


@pytest.mark.parametrize("login", ["duty", "watch", "ca"])
def test_no_content_stands_on_the_first_page(seats: Seats, login: str) -> None:
    asked(seats)
    assert "CANARY" not in shown(seats, login)


def test_the_first_page_speaks_arabic(seats: Seats) -> None:
    assert "لا شيء ينتظرك." in shown(seats, language="ar")


def test_no_deadline_runs_where_nothing_was_asked(seats: Seats) -> None:
    assert "No clock runs." in shown(seats, path="/deadlines")


def test_every_clock_has_its_lane(seats: Seats) -> None:
    sent(seats, 9)
    sent(seats, 2)
    said = shown(seats, path="/deadlines")
    assert said.count('class="lane-row"') == said.count('role="rowheader"') == 2


def test_deadlines_are_exported_with_their_reference(seats: Seats) -> None:
    dossier = sent(seats, 9)
    answer = seats.sit("duty").get("/deadlines?export=csv")
    read = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["reference"] for row in read] == [str(dossier)]


NOW = Instant.parse("2026-11-21T00:00:00Z")


def place(scale: Scale, days: int) -> float:
    return float(scale.place(NOW.plus(Period(days=days))).rstrip("%"))


def test_what_is_later_lies_further_on_the_axis() -> None:
    scale = Scale.of(NOW, [NOW.plus(Period(days=60))])
    places = [place(scale, days) for days in (0, 1, 7, 30, 60)]
    assert places == sorted(set(places))


def test_what_is_over_lies_before_today() -> None:
    scale = Scale.of(NOW, [])
    assert place(scale, -3) < float(scale.today.rstrip("%"))


def test_what_lies_beyond_the_axis_stands_at_its_end() -> None:
    scale = Scale.of(NOW, [NOW.plus(Period(days=5_000))])
    assert place(scale, 5_000) == place(scale, 4_000) <= 100
