"""Drafting, as an officer meets it: open, write page by page, check, send."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.test import Client

from comity.base import Ident
from comity.service.drafts import read_drafts
from comity.service.node import Officer
from comity.service.reading import show_dossier, show_form
from comity.service.requests import Opening, amend_form, open_dossier
from tests.seats import Seats, seats, sqlite_template
from tests.world import FULL_FORM

__all__ = ["seats", "sqlite_template"]

DUTY = Officer(actor="xa-duty", role="duty_officer")
OPEN = "/open?who=we&kind=uncc/preservation&with=other"
OPENING = {
    "kind": "uncc/preservation",
    "who": "we",
    "state": "XB",
    "authority": "XB contact point",
    "basis": "uncc",
    "channel": "letter",
    "priority": "urgent",
    "once": "open-1",
}


@pytest.fixture
def dossier(seats: Seats) -> Ident:
    opening = Opening(
        process="uncc/preservation",
        counterpart="XB",
        authority="XB contact point",
        basis="uncc",
        channel="letter",
    )
    return open_dossier(seats.node, DUTY, opening)


def shown(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.content
    return html.unescape(answer.content.decode())


def boxes(client: Client, path: str) -> dict[str, str]:
    """Return what stands hidden in a form: the once-key and what tells whether it moved."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', shown(client, path))
    return {name: value for name, value in found if name != "csrfmiddlewaretoken"}


def save(client: Client, dossier: Ident, page: str, do: str = "save", **given: str) -> Any:
    path = f"/dossiers/{dossier}/form/pages/{page}"
    return client.post(path, {**boxes(client, path), "do": do, **given})


WHAT = {"data": "address: 203.0.113.7 port 443 at 2026-03-01T23:14:05+02:00"}


def test_a_request_is_opened_in_two_pages(seats: Seats) -> None:
    client = seats.sit("duty")
    assert "Another authority" in shown(client, OPEN.replace("&with=other", ""))
    answer = client.post(OPEN, OPENING)
    assert re.fullmatch(r"/dossiers/dos_\w+/form", answer["Location"])


def test_pressing_twice_opens_one_dossier(seats: Seats) -> None:
    client = seats.sit("duty")
    first, second = client.post(OPEN, OPENING), client.post(OPEN, OPENING)
    assert first["Location"] == second["Location"]


def test_another_treaty_needs_its_title(seats: Seats) -> None:
    answer = seats.sit("duty").post(OPEN, {**OPENING, "basis": "treaty"})
    assert "Write the title of the treaty." in answer.content.decode()


def test_a_request_that_came_in_goes_on_to_be_recorded(seats: Seats) -> None:
    client = seats.sit("duty")
    answer = client.post(OPEN.replace("who=we", "who=they"), {**OPENING, "who": "they"})
    assert answer["Location"].endswith("/record")


def test_who_opens_is_told_that_designations_express_no_opinion(seats: Seats) -> None:
    assert "legal status of any country" in shown(seats.sit("duty"), "/open")


def test_oversight_does_not_open_requests(seats: Seats) -> None:
    assert seats.sit("watch").get("/open").status_code == 403


def test_oversight_does_not_read_a_form(seats: Seats, dossier: Ident) -> None:
    assert seats.sit("watch").get(f"/dossiers/{dossier}/form").status_code == 403


def test_the_task_list_names_what_is_missing(seats: Seats, dossier: Ident) -> None:
    assert "Not started" in shown(seats.sit("duty"), f"/dossiers/{dossier}/form")


def test_saving_a_page_writes_it_into_the_form(seats: Seats, dossier: Ident) -> None:
    save(seats.sit("duty"), dossier, "what", **WHAT)
    assert show_form(seats.node, dossier)["data"] == [WHAT["data"]]


def test_saving_a_page_leaves_the_other_pages(seats: Seats, dossier: Ident) -> None:
    amend_form(seats.node, DUTY, dossier, {"facts": "A hospital."})
    save(seats.sit("duty"), dossier, "what", **WHAT)
    assert show_form(seats.node, dossier)["facts"] == "A hospital."


def test_saving_what_was_not_changed_signs_nothing(seats: Seats, dossier: Ident) -> None:
    client = seats.sit("duty")
    save(client, dossier, "what", **WHAT)
    before = len(show_dossier(seats.node, dossier).acts)
    save(client, dossier, "what", **WHAT)
    assert len(show_dossier(seats.node, dossier).acts) == before


def test_an_offence_is_saved_in_its_parts(seats: Seats, dossier: Ident) -> None:
    given = {"offence.article": "uncc:7", "offence.longest_penalty_months": "60"}
    save(seats.sit("duty"), dossier, "case", **given)
    wanted = {"article": "uncc:7", "longest_penalty_months": "60"}
    assert show_form(seats.node, dossier)["offence"] == wanted


def test_a_time_is_saved_as_an_instant(seats: Seats, dossier: Ident) -> None:
    save(seats.sit("duty"), dossier, "safeguards", confidential_until="2027-01-01T08:00")
    assert show_form(seats.node, dossier)["confidential_until"] == "2027-01-01T08:00:00Z"


def test_what_has_not_the_shape_is_told_at_its_box(seats: Seats, dossier: Ident) -> None:
    answer = save(seats.sit("duty"), dossier, "what", data="address: 203.0.113.*")
    assert "wildcard" in answer.content.decode()


def test_what_was_refused_is_kept_as_a_draft(seats: Seats, dossier: Ident) -> None:
    save(seats.sit("duty"), dossier, "what", data="address: 203.0.113.*")
    draft = read_drafts(seats.node, "xa-duty", dossier)["what"]
    assert draft.texts["data"] == "address: 203.0.113.*"


def test_what_was_refused_signs_nothing(seats: Seats, dossier: Ident) -> None:
    before = len(show_dossier(seats.node, dossier).acts)
    save(seats.sit("duty"), dossier, "what", data="address: 203.0.113.*")
    assert len(show_dossier(seats.node, dossier).acts) == before


def test_typing_keeps_a_draft_and_signs_nothing(seats: Seats, dossier: Ident) -> None:
    before = len(show_dossier(seats.node, dossier).acts)
    answer = save(seats.sit("duty"), dossier, "case", "quietly", facts="A hosp")
    assert read_drafts(seats.node, "xa-duty", dossier)["case"].texts["facts"] == "A hosp"
    assert len(show_dossier(seats.node, dossier).acts) == before
    assert answer.content.decode().lstrip().startswith('<aside id="asks"')


def test_the_aside_judges_what_is_typed(seats: Seats, dossier: Ident) -> None:
    answer = save(seats.sit("duty"), dossier, "what", "quietly", **WHAT)
    assert "Missing" not in answer.content.decode()


def test_a_draft_is_shown_again(seats: Seats, dossier: Ident) -> None:
    client = seats.sit("duty")
    save(client, dossier, "case", "keep", facts="A hosp")
    text = shown(client, f"/dossiers/{dossier}/form/pages/case")
    assert "A hosp</textarea>" in text
    assert "You wrote this and did not save it" in text


def test_a_draft_of_one_is_not_shown_to_another(seats: Seats, dossier: Ident) -> None:
    save(seats.sit("duty"), dossier, "case", "keep", facts="A hosp")
    assert "A hosp" not in shown(seats.sit("pros"), f"/dossiers/{dossier}/form/pages/case")


def test_a_dropped_draft_is_gone(seats: Seats, dossier: Ident) -> None:
    client = seats.sit("duty")
    save(client, dossier, "case", "keep", facts="A hosp")
    save(client, dossier, "case", "drop")
    assert not read_drafts(seats.node, "xa-duty", dossier)


def test_saving_drops_the_draft(seats: Seats, dossier: Ident) -> None:
    client = seats.sit("duty")
    save(client, dossier, "case", "keep", facts="A hosp")
    save(client, dossier, "case", facts="A hospital was attacked.")
    assert not read_drafts(seats.node, "xa-duty", dossier)


def test_who_saves_over_anothers_page_is_told(seats: Seats, dossier: Ident) -> None:
    client = seats.sit("duty")
    path = f"/dossiers/{dossier}/form/pages/case"
    held = boxes(client, path)
    amend_form(seats.node, DUTY, dossier, {"facts": "Theirs."})
    answer = client.post(path, {**held, "do": "save", "facts": "Mine."})
    assert "Somebody else saved this page" in answer.content.decode()
    assert show_form(seats.node, dossier)["facts"] == "Theirs."


def test_a_page_that_is_none_is_not_found(seats: Seats, dossier: Ident) -> None:
    answer = seats.sit("duty").get(f"/dossiers/{dossier}/form/pages/nothing")
    assert answer.status_code == 404


def test_an_incomplete_request_cannot_be_sent(seats: Seats, dossier: Ident) -> None:
    text = shown(seats.sit("duty"), f"/dossiers/{dossier}/form/check")
    assert "It cannot be sent yet" in text


def test_a_gate_of_good_practice_asks_for_reasons(seats: Seats, dossier: Ident) -> None:
    amend_form(seats.node, DUTY, dossier, {**FULL_FORM, "language": "es"})
    text = shown(seats.sit("duty"), f"/dossiers/{dossier}/form/check")
    assert 'name="reasons-contact_language"' in text


def test_a_complete_request_is_sent(seats: Seats, dossier: Ident) -> None:
    amend_form(seats.node, DUTY, dossier, FULL_FORM)
    client = seats.sit("duty")
    path = f"/dossiers/{dossier}/form/check"
    answer = client.post(path, boxes(client, path))
    assert answer.status_code == 302, answer.content.decode()
    assert show_dossier(seats.node, dossier).state == "sent"


def test_reasons_open_a_gate_of_good_practice(seats: Seats, dossier: Ident) -> None:
    amend_form(seats.node, DUTY, dossier, {**FULL_FORM, "language": "fr"})
    client = seats.sit("duty")
    path = f"/dossiers/{dossier}/form/check"
    why = {"reasons-contact_language": "Their officer reads French."}
    client.post(path, {**boxes(client, path), **why})
    assert show_dossier(seats.node, dossier).state == "sent"


def test_what_was_wished_is_a_term_of_the_act(seats: Seats, dossier: Ident) -> None:
    wish = {"answer_by": "2027-01-01T08:00:00Z", "answer_by_reason": "A hearing."}
    amend_form(seats.node, DUTY, dossier, {**FULL_FORM, **wish})
    client = seats.sit("duty")
    path = f"/dossiers/{dossier}/form/check"
    client.post(path, boxes(client, path))
    sent = next(one.act for one in show_dossier(seats.node, dossier).acts if one.act.step == "send")
    assert sent.terms["answer_by"] == wish["answer_by"]


def test_sending_drops_all_drafts(seats: Seats, dossier: Ident) -> None:
    amend_form(seats.node, DUTY, dossier, FULL_FORM)
    save(seats.sit("pros"), dossier, "case", "keep", facts="Half")
    client = seats.sit("duty")
    path = f"/dossiers/{dossier}/form/check"
    client.post(path, boxes(client, path))
    assert not read_drafts(seats.node, "xa-pros", dossier)


def test_what_was_sent_is_no_longer_written(seats: Seats, dossier: Ident) -> None:
    amend_form(seats.node, DUTY, dossier, FULL_FORM)
    client = seats.sit("duty")
    path = f"/dossiers/{dossier}/form/check"
    client.post(path, boxes(client, path))
    assert "no longer be changed" in shown(client, f"/dossiers/{dossier}/form/pages/case")


@pytest.mark.parametrize("page", ["who", "case", "what", "why", "safeguards", "sending"])
def test_every_page_of_the_form_is_there_in_arabic(seats: Seats, dossier: Ident, page: str) -> None:
    client = seats.sit("duty", language="ar")
    assert 'dir="rtl"' in shown(client, f"/dossiers/{dossier}/form/pages/{page}")
