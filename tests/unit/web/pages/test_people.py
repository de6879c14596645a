"""The people of the desk, the roster, and the authority's keys."""

from __future__ import annotations

import re

import pytest

from comity.service.people import read_person
from comity.service.roster import list_roster
from comity.service.tokens import issue_token, list_tokens
from tests.seats import Seats, seats, sqlite_template
from tests.signing import begin, invite

__all__ = ["seats", "sqlite_template"]
PAGES = ("people", "people/xa-duty", "roster", "keys")


def _text(page: bytes) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", page.decode()).split())


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("path", [*PAGES, "invite", "people/xa-duty/roles", "roster/change"])
def test_the_enrolment_officer_opens_every_page_of_people(
    seats: Seats, path: str, language: str
) -> None:
    answer = seats.sit("enrol", language=language).get(f"/{path}")
    assert answer.status_code == 200
    assert answer.content.count(b"<h1") == 1


@pytest.mark.parametrize("path", ["people", "people/xa-duty", "invite", "people/xa-duty/reset"])
def test_an_officer_of_the_case_sees_no_list_of_people(seats: Seats, path: str) -> None:
    assert seats.sit("duty").get(f"/{path}").status_code == 403


def test_oversight_sees_people_and_changes_nothing(seats: Seats) -> None:
    watch = seats.sit("watch")
    shown = watch.get("/people/xa-duty").content.decode()
    assert "/people/xa-duty/roles" not in shown
    assert watch.post("/people/xa-duty/retirement", {"once": "a"}).status_code == 403


def test_an_invitation_shows_its_code_once_and_it_begins_somebody(seats: Seats) -> None:
    enrol = seats.sit("enrol")
    told = {"login": "lina", "roles": ["duty_officer"], "language": "en", "once": "k"}
    assert enrol.post("/invite", told)["Location"] == "/me/shown"
    (code,) = re.findall(r"comity_[\w-]{43}", enrol.get("/me/shown").content.decode())
    assert "comity_" not in enrol.get("/me/shown").content.decode()
    assert begin(code, "lina").sees_the_desk()


def test_an_invitation_sent_twice_invites_once(seats: Seats) -> None:
    enrol = seats.sit("enrol")
    told = {"login": "lina", "roles": ["duty_officer"], "language": "en", "once": "k"}
    assert [enrol.post("/invite", told).status_code for _ in range(2)] == [302, 302]


def test_a_name_that_is_taken_is_refused_and_what_was_written_stays(seats: Seats) -> None:
    told = {"login": "duty", "roles": ["duty_officer"], "language": "en", "once": "k"}
    answer = seats.sit("enrol").post("/invite", told)
    assert "Somebody is enrolled under this login" in _text(answer.content)
    assert 'value="duty"' in answer.content.decode()


def test_roles_are_changed(seats: Seats) -> None:
    told = {"roles": ["prosecutor", "duty_officer"], "once": "k"}
    assert seats.sit("enrol").post("/people/xa-duty/roles", told).status_code == 302
    assert set(read_person(seats.node, "xa-duty").roles.split()) == {"prosecutor", "duty_officer"}


def test_nobody_changes_their_own_roles(seats: Seats) -> None:
    told = {"roles": ["prosecutor"], "once": "k"}
    answer = seats.sit("enrol").post("/people/xa-enrol/roles", told)
    assert "Nobody changes their own roles" in _text(answer.content)


def test_a_role_that_nobody_knows_is_not_given(seats: Seats) -> None:
    told = {"roles": ["king"], "once": "k"}
    assert seats.sit("enrol").post("/people/xa-duty/roles", told).status_code == 200
    assert read_person(seats.node, "xa-duty").roles == "duty_officer"


def test_a_reset_shows_a_code_with_which_the_person_begins_anew(seats: Seats) -> None:
    person = begin(invite(seats))
    enrol = seats.sit("enrol")
    enrol.post("/people/xa-new/reset", {"once": "k"})
    (code,) = re.findall(r"comity_[\w-]{43}", enrol.get("/me/shown").content.decode())
    assert not person.sees_the_desk()
    assert begin(code).sees_the_desk()


def test_whoever_is_retired_acts_no_more(seats: Seats) -> None:
    seats.sit("enrol").post("/people/xa-duty/retirement", {"once": "k"})
    assert not read_person(seats.node, "xa-duty").is_active
    assert "Acts no more" in _text(seats.sit("enrol").get("/people/xa-duty").content)


def test_nobody_retires_themselves(seats: Seats) -> None:
    seats.sit("enrol").post("/people/xa-enrol/retirement", {"once": "k"})
    assert read_person(seats.node, "xa-enrol").is_active


def test_a_token_of_somebody_is_ended(seats: Seats) -> None:
    digest = issue_token(seats.node, "xa-duty", "laptop").row.digest
    seats.sit("enrol").post(f"/people/xa-duty/tokens/{digest}")
    assert [row.revoked is None for row in list_tokens(seats.node, "xa-duty")] == [False]


def test_a_person_is_put_on_duty_and_taken_off(seats: Seats) -> None:
    enrol = seats.sit("enrol")
    told = {"place": "0", "actor": "xa-duty", "begins": "", "ends": "", "once": "a"}
    assert enrol.post("/roster/change", told)["Location"] == "/roster"
    assert [(row.place, row.actor) for row in list_roster(seats.node)] == [(0, "xa-duty")]
    enrol.post("/roster/0/clearing", {"once": "b"})
    assert list_roster(seats.node) == ()


def test_whom_no_notice_reaches_is_said_to_be_passed_over(seats: Seats) -> None:
    enrol = seats.sit("enrol")
    enrol.post("/roster/change", {"place": "0", "actor": "xa-duty", "once": "a"})
    assert "passed over" in _text(enrol.get("/roster").content)


def test_a_duty_that_ends_before_it_begins_is_refused(seats: Seats) -> None:
    told = {
        "place": "0",
        "actor": "xa-duty",
        "begins": "2026-11-22T08:00",
        "ends": "2026-11-22T07:00",
        "once": "a",
    }
    answer = seats.sit("enrol").post("/roster/change", told)
    assert "A duty ends after it begins." in _text(answer.content)


def test_keys_stand_in_groups_of_four_with_the_command_that_changes_them(seats: Seats) -> None:
    shown = _text(seats.sit("duty").get("/keys").content)
    name = str(seats.node.key.public.key_id).removeprefix("sha256:")
    assert " ".join(name[at : at + 4] for at in range(0, len(name), 4)) in shown
    assert "comity node rotate-key" in shown
