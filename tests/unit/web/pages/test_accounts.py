"""Signing in, as the people of the desk do it."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import Client

from comity.service.findings import list_findings
from comity.service.people import change_roles, retire_person
from comity.service.tokens import issue_token
from comity.web.pages.kit.pages import PAGES
from tests.seats import Seats, seats, sqlite_template
from tests.signing import ENROL, PASSWORD, Person, begin, enrolled, invite, reset

__all__ = ["seats", "sqlite_template"]


def _kinds(seats: Seats) -> list[str]:
    return sorted(row.kind for row in list_findings(seats.node))


def _text(page: bytes) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", page.decode()).split())


def test_whoever_has_a_code_begins_with_a_password_and_an_authenticator(seats: Seats) -> None:
    person = begin(invite(seats))
    assert person.sees_the_desk()


def test_ten_recovery_codes_are_shown_once(seats: Seats) -> None:
    person = begin(invite(seats))
    assert len(person.codes) == 10
    again = person.client.get("/me/codes").content.decode()
    assert 'class="recovery"' not in again


def test_a_password_alone_opens_nothing(seats: Seats) -> None:
    person = enrolled(seats)
    answer = person.give_password()
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/code")
    assert not person.sees_the_desk()


def test_a_password_and_a_code_open_the_desk(seats: Seats) -> None:
    person = enrolled(seats)
    assert person.sign_in()["Location"] == "/"
    assert person.sees_the_desk()


def test_a_wrong_code_opens_nothing_and_says_so(seats: Seats) -> None:
    person = enrolled(seats)
    person.give_password()
    answer = person.give_code("000000")
    assert "This code is not right" in _text(answer.content)
    assert not person.sees_the_desk()


def test_a_recovery_code_opens_the_desk_once(seats: Seats) -> None:
    person = enrolled(seats)
    person.give_password()
    person.give_code(person.codes[0])
    assert person.sees_the_desk()
    cache.clear()
    person.client = Client()
    person.give_password()
    person.give_code(person.codes[0])
    assert not person.sees_the_desk()


def test_a_wrong_password_and_a_name_that_nobody_has_are_refused_alike(seats: Seats) -> None:
    person = enrolled(seats)
    wrong = person.give_password("wrong horse under nine bridges")
    nobody = Person("nobody", Client()).give_password()
    token = re.compile(rb'value="[^"]*"')
    assert token.sub(b"", wrong.content) == token.sub(b"", nobody.content)


def test_after_signing_in_one_is_where_one_wanted_to_go(seats: Seats) -> None:
    person = enrolled(seats)
    assert person.sign_in(next="/me")["Location"] == "/me"


def test_who_was_only_invited_cannot_sign_in(seats: Seats) -> None:
    invite(seats)
    answer = Person("new", Client()).give_password()
    assert answer.status_code == 200


def test_an_invitation_is_spent_only_when_the_second_means_is_there(seats: Seats) -> None:
    code = invite(seats)
    told = {"code": code, "password": PASSWORD, "again": PASSWORD}
    assert Client().post("/invitation", told).status_code == 302
    assert begin(code).sees_the_desk()


def test_a_spent_code_begins_nothing(seats: Seats) -> None:
    code = invite(seats)
    begin(code)
    told = {"code": code, "password": PASSWORD, "again": PASSWORD}
    answer = Client().post("/invitation", told)
    assert "This token does not open this door." in _text(answer.content)


@pytest.mark.parametrize("password", ["short", "password1234", "123456789012"])
def test_a_poor_password_is_not_taken(seats: Seats, password: str) -> None:
    told = {"code": invite(seats), "password": password, "again": password}
    assert Client().post("/invitation", told).status_code == 200


def test_a_password_lies_as_an_argon2_hash(seats: Seats) -> None:
    enrolled(seats)
    assert get_user_model().objects.get(login="new").password.startswith("argon2$argon2id$")


def test_the_secret_of_an_authenticator_lies_sealed(seats: Seats) -> None:
    person = enrolled(seats)
    held = repr([one.data for one in Authenticator.objects.all()])
    assert person.secret not in held


def test_a_reset_ends_sessions_and_every_means(seats: Seats) -> None:
    person = begin(invite(seats))
    reset(seats, person)
    assert not person.sees_the_desk()
    person.client = Client()
    person.sign_in()
    assert not person.sees_the_desk()


def test_after_a_reset_one_begins_anew_with_its_code(seats: Seats) -> None:
    person = enrolled(seats)
    again = begin(reset(seats, person))
    assert again.sees_the_desk()
    assert again.secret != person.secret
    person.give_password()
    person.give_code()
    assert not person.sees_the_desk()


def test_whoever_is_retired_is_out_at_once(seats: Seats) -> None:
    person = begin(invite(seats))
    retire_person(seats.node, ENROL, "xa-new")
    assert not person.sees_the_desk()
    person.client = Client()
    person.sign_in()
    assert not person.sees_the_desk()


def test_roles_are_read_anew_on_each_request(seats: Seats) -> None:
    person = begin(invite(seats, roles=("operator",)))
    assert person.client.get("/people").status_code == 403
    change_roles(seats.node, ENROL, "xa-new", ["enrolment_officer"])
    assert person.client.get("/people").status_code == 200


def test_a_session_ends_after_half_an_hour_of_nothing(seats: Seats) -> None:
    person = begin(invite(seats))
    seats.desk.clock.forward("PT29M")
    assert person.sees_the_desk()
    seats.desk.clock.forward("PT30M")
    assert not person.sees_the_desk()


def test_a_session_ends_after_twelve_hours_of_work(seats: Seats) -> None:
    person = begin(invite(seats))
    for _ in range(24 * 2 - 1):
        seats.desk.clock.forward("PT15M")
        assert person.sees_the_desk()
    seats.desk.clock.forward("PT15M")
    assert not person.sees_the_desk()


def test_one_session_can_be_ended_from_another(seats: Seats) -> None:
    person = begin(invite(seats))
    other = Person("new", Client(), person.secret)
    other.sign_in()
    shown = person.client.get("/me").content.decode()
    (number,) = re.findall(r'name="number" value="(\d+)">End this session', shown)
    person.client.post("/me/sessions", {"number": number})
    assert (person.sees_the_desk(), other.sees_the_desk()) == (True, False)


def test_all_sessions_can_be_ended(seats: Seats) -> None:
    person = begin(invite(seats))
    other = Person("new", Client(), person.secret)
    other.sign_in()
    person.client.post("/me/sessions", {"all": "1"})
    assert (person.sees_the_desk(), other.sees_the_desk()) == (False, False)


def test_another_password_ends_the_other_sessions(seats: Seats) -> None:
    person = begin(invite(seats))
    other = Person("new", Client(), person.secret)
    other.sign_in()
    new = "seven lanterns by the quay"
    answer = person.client.post("/me/password", {"password": new, "again": new})
    assert answer["Location"] == "/me"
    assert (person.sees_the_desk(), other.sees_the_desk()) == (True, False)


def test_means_are_changed_only_by_who_proved_it_a_moment_ago(seats: Seats) -> None:
    plain = seats.sit("duty")
    for path in ("/me/password", "/me/authenticator", "/me/passkey", "/me/codes", "/me/tokens"):
        assert plain.get(path)["Location"] == f"/me/confirm?next={path}"


def test_who_shows_that_it_is_they_may_change_their_means(seats: Seats) -> None:
    person = begin(invite(seats))
    session = person.client.session
    del session["account_authentication_methods"]
    session.save()
    assert "/me/confirm" in person.client.get("/me/password")["Location"]
    cache.clear()
    answer = person.client.post("/me/confirm", {"code": person.code(), "next": "/me/password"})
    assert answer["Location"] == "/me/password"
    assert person.client.get("/me/password").status_code == 200


def test_a_token_is_made_and_shown_once(seats: Seats) -> None:
    person = begin(invite(seats))
    person.client.post("/me/tokens", {"label": "laptop", "days": "30"})
    assert "comity_" in person.client.get("/me/shown").content.decode()
    assert "comity_" not in person.client.get("/me/shown").content.decode()


def test_a_token_of_ones_own_can_be_ended(seats: Seats) -> None:
    person = begin(invite(seats))
    issued = issue_token(seats.node, "xa-new", "laptop")
    person.client.post(f"/me/tokens/{issued.row.digest}")
    assert "ended" in _text(person.client.get("/me").content)


def test_every_entrance_failure_and_new_means_leaves_a_trace(seats: Seats) -> None:
    person = enrolled(seats)
    person.give_password("wrong horse under nine bridges")
    person.sign_in()
    assert _kinds(seats) == [
        "person-accepted",
        "person-entered",
        "person-entered",
        "person-invited",
        "person-means",
        "person-turned-away",
    ]


def test_traces_name_nobody(seats: Seats) -> None:
    person = enrolled(seats, "amal.haddad")
    person.give_password("wrong horse under nine bridges")
    says = " ".join(row.says for row in list_findings(seats.node))
    assert "amal" not in says.replace("xa-amal.haddad", "")


def test_the_last_second_means_cannot_be_given_up(seats: Seats) -> None:
    person = begin(invite(seats))
    number = Authenticator.objects.get(type="totp").pk
    person.client.post("/me/means", {"number": str(number)})
    assert Authenticator.objects.filter(type="totp").exists()


def test_signing_out_ends_the_session(seats: Seats) -> None:
    person = begin(invite(seats))
    key = person.client.session.session_key
    person.client.post("/sign-out")
    person.client.cookies["sessionid"] = key or ""
    assert not person.sees_the_desk()


def test_none_of_the_librarys_own_pages_is_there(seats: Seats) -> None:
    for path in ("/accounts/login/", "/accounts/signup/", "/login/", "/2fa/", "/signup/"):
        assert seats.stranger().get(path).status_code == 404


PUBLIC = ("sign-in", "invitation")


@pytest.mark.parametrize("name", PUBLIC)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_public_pages_are_shown_to_nobody_in_particular(
    seats: Seats, name: str, language: str
) -> None:
    answer = Client(HTTP_ACCEPT_LANGUAGE=language).get(f"/{PAGES[name].path}")
    assert answer.status_code == 200
    assert answer.content.count(b"<h1") == 1
    assert f'lang="{language}"' in answer.content.decode()
