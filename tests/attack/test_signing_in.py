"""Whoever has no business at the desk tries to come in."""

from __future__ import annotations

import json

import pytest
from django.core.cache import cache
from django.test import Client

from comity.service.findings import list_findings
from comity.web.pages.kit.seat import ROLE
from tests.seats import Seats, seats, sqlite_template
from tests.signing import PASSWORD, Person, begin, enrolled, invite

__all__ = ["seats", "sqlite_template"]
WRONG = "wrong horse under nine bridges"


def test_a_session_key_that_somebody_planted_is_not_the_one_signed_in_with(seats: Seats) -> None:
    person = enrolled(seats)
    cache.clear()
    person.give_password()
    planted = person.client.session.session_key
    person.give_code()
    assert person.sees_the_desk()
    thief = Client()
    thief.cookies["sessionid"] = planted or ""
    assert thief.get("/me").status_code == 302


def test_a_session_key_that_nobody_gave_out_is_not_taken(seats: Seats) -> None:
    person = enrolled(seats)
    person.client.cookies["sessionid"] = "a" * 32
    person.sign_in()
    assert person.client.session.session_key != "a" * 32


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "http:evil.example",
        "https:///evil.example",
        "/\t/evil.example",
        "me",
    ],
)
def test_nobody_is_sent_abroad_after_signing_in(seats: Seats, path: str) -> None:
    person = enrolled(seats)
    assert person.sign_in(next=path)["Location"] == "/"


def test_a_code_that_was_used_is_refused_while_it_would_still_be_right(seats: Seats) -> None:
    person = enrolled(seats)
    cache.clear()
    code = person.code()
    person.give_password()
    person.give_code(code)
    assert person.sees_the_desk()
    thief = Person("new", Client(), person.secret)
    thief.give_password()
    thief.give_code(code)
    assert not thief.sees_the_desk()


def test_a_code_of_before_or_of_later_than_a_period_opens_nothing(seats: Seats) -> None:
    person = enrolled(seats)
    for periods in (-3, 3):
        cache.clear()
        person.give_password()
        person.give_code(person.code(periods))
        assert not person.sees_the_desk()


def test_codes_cannot_be_tried_without_end(seats: Seats) -> None:
    person = enrolled(seats)
    cache.clear()
    person.give_password()
    for guess in range(5):
        person.give_code(f"{guess:06}")
    person.give_code()
    assert not person.sees_the_desk()


def test_passwords_cannot_be_tried_without_end(seats: Seats) -> None:
    enrolled(seats)
    cache.clear()
    thief = Person("new", Client())
    for _ in range(5):
        thief.give_password(WRONG)
    answer = thief.give_password()
    assert "There were too many failures" in answer.content.decode()
    assert "person-shut-out" in {row.kind for row in list_findings(seats.node)}


def test_a_stranger_who_keeps_failing_does_not_shut_out_the_person(seats: Seats) -> None:
    person = begin(invite(seats))
    person.client.post("/sign-out")
    thief = Person("new", Client())
    for _ in range(8):
        thief.give_password(WRONG)
    assert person.give_password()["Location"] == "/sign-in/code"


def test_a_browser_known_under_one_name_is_not_known_under_another(seats: Seats) -> None:
    known = begin(invite(seats, "thief"), "thief")
    known.client.post("/sign-out")
    enrolled(seats)
    cache.clear()
    thief = Person("new", known.client)
    for _ in range(6):
        thief.give_password(WRONG)
    assert "There were too many failures" in thief.give_password().content.decode()


def test_names_cannot_be_tried_without_end_from_one_address(seats: Seats) -> None:
    cache.clear()
    for number in range(20):
        Person(f"guess{number}", Client()).give_password()
    answer = Person("guess99", Client()).give_password()
    assert "There were too many failures" in answer.content.decode()


def test_codes_of_invitations_cannot_be_tried_without_end(seats: Seats) -> None:
    cache.clear()
    client = Client()
    told = {"code": "comity_" + "a" * 43, "password": PASSWORD, "again": PASSWORD}
    for _ in range(20):
        client.post("/invitation", told)
    told["code"] = invite(seats)
    assert client.post("/invitation", told).status_code == 200


def test_a_role_written_into_the_session_is_none(seats: Seats) -> None:
    client = seats.sit("ops", role="enrolment_officer")
    assert client.session[ROLE] == "enrolment_officer"
    assert client.get("/people").status_code == 403


def test_a_form_of_another_site_does_nothing(seats: Seats) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = begin(invite(seats)).client.cookies
    for path in ("/sign-out", "/me/sessions", "/me/password", "/sign-in", "/invitation"):
        assert browser.post(path, {"all": "1"}).status_code == 403


def test_who_signed_in_is_not_signed_in_as_another_by_a_strangers_form(seats: Seats) -> None:
    browser = Client(enforce_csrf_checks=True)
    assert browser.post("/sign-in", {"login": "new", "password": PASSWORD}).status_code == 403


def test_the_step_of_the_code_is_closed_without_a_password(seats: Seats) -> None:
    person = enrolled(seats)
    assert person.client.get("/sign-in/code")["Location"] == "/sign-in"
    assert person.give_code()["Location"] == "/sign-in"
    assert not person.sees_the_desk()


def test_the_second_page_of_an_invitation_is_closed_without_the_first(seats: Seats) -> None:
    assert seats.stranger().get("/invitation/second")["Location"] == "/invitation"


def test_nobody_begins_as_another_by_their_own_code(seats: Seats) -> None:
    enrolled(seats, "victim")
    thief = begin(invite(seats, "thief"), "thief")
    assert b"thief" in thief.client.get("/me").content
    assert Person("victim", Client()).give_password().status_code == 302


def test_a_session_of_another_cannot_be_ended(seats: Seats) -> None:
    victim = begin(invite(seats, "victim"), "victim")
    thief = begin(invite(seats, "thief"), "thief")
    for number in range(10):
        thief.client.post("/me/sessions", {"number": str(number)})
    assert victim.sees_the_desk()


@pytest.mark.parametrize(
    "sent",
    [
        "{}",
        "[]",
        "null",
        "1",
        "{",
        json.dumps({"response": {}}),
        json.dumps({"response": {"clientDataJSON": "e30"}}),
        json.dumps({"response": {"clientDataJSON": 7}}),
        json.dumps({"id": "a", "rawId": "a", "type": "public-key", "response": "x"}),
        "[" * 5_000,
        "a" * 100_000,
    ],
)
def test_what_is_no_passkey_opens_nothing(seats: Seats, sent: str) -> None:
    answer = seats.stranger().post("/sign-in/passkey", {"credential": sent})
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in")


def test_cookies_are_for_the_desk_alone_and_out_of_reach_of_scripts(seats: Seats) -> None:
    person = begin(invite(seats))
    for name in ("sessionid", "csrftoken", "sessionid-known"):
        cookie = person.client.cookies[name]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert cookie["domain"] == ""


def test_no_page_about_oneself_is_kept_by_a_browser(seats: Seats) -> None:
    person = begin(invite(seats))
    assert "no-store" in person.client.get("/me")["Cache-Control"]
