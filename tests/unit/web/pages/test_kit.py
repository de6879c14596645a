"""What every page of the desk does before it shows anything."""

from __future__ import annotations

import pytest

from comity.web.pages.kit import pages
from comity.web.pages.kit.seat import ROLE, ZONE
from tests.seats import Seats, seats, sqlite_template

__all__ = ["seats", "sqlite_template"]


def test_a_person_who_signed_in_sees_the_first_page(seats: Seats) -> None:
    answer = seats.sit("duty").get("/")
    assert answer.status_code == 200
    assert "<title>What needs you · Comity</title>" in answer.content.decode()


def test_nobody_sees_a_page_without_signing_in(seats: Seats) -> None:
    answer = seats.stranger().get("/")
    assert answer.status_code == 302


def test_a_page_forbids_scripts_and_styles_of_others(seats: Seats) -> None:
    policy = seats.sit("duty").get("/")["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


def test_a_page_asked_for_in_arabic_runs_from_right_to_left(seats: Seats) -> None:
    shown = seats.sit("duty", language="ar").get("/").content.decode()
    assert '<html lang="ar" dir="rtl">' in shown


def test_an_address_that_is_none_of_ours_is_answered_by_a_page(seats: Seats) -> None:
    answer = seats.sit("duty").get("/nothing/here")
    assert answer.status_code == 404
    assert "<h1>There is nothing at this address</h1>" in answer.content.decode()


def test_a_stranger_at_a_wrong_address_sees_a_page_too(seats: Seats) -> None:
    assert seats.stranger().get("/nothing/here").status_code == 404


def test_a_program_at_a_wrong_address_gets_problem_details(seats: Seats) -> None:
    answer = seats.sit("duty").get("/api/1/nothing")
    assert answer["Content-Type"] == "application/problem+json"


def test_a_form_from_elsewhere_is_refused_by_a_page(seats: Seats) -> None:
    client = seats.sit("duty")
    client.handler.enforce_csrf_checks = True
    answer = client.post("/choose", {"role": ""})
    assert answer.status_code == 403
    assert "<h1>This form cannot be taken</h1>" in answer.content.decode()


def test_a_fault_of_ours_is_answered_by_a_page(
    seats: Seats, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fall(*_: object, **__: object) -> None:
        raise RuntimeError

    client = seats.sit("duty")
    client.raise_request_exception = False
    monkeypatch.setattr(pages, "_require_permission", fall)
    answer = client.get("/")
    assert answer.status_code == 500
    assert "<h1>Something went wrong on our side</h1>" in answer.content.decode()


def test_the_navigation_shows_rooms_that_one_may_enter(seats: Seats) -> None:
    shown = seats.sit("duty").get("/").content.decode()
    assert '<a href="/" aria-current="page">What needs you</a>' in shown


def test_a_person_of_several_roles_chooses_one(seats: Seats) -> None:
    client = seats.sit("both")
    client.post("/choose", {"role": "prosecutor", "next": "/"})
    assert client.session[ROLE] == "prosecutor"


def test_nobody_chooses_a_role_that_they_do_not_hold(seats: Seats) -> None:
    client = seats.sit("both", role="prosecutor")
    client.post("/choose", {"role": "operator"})
    assert not client.session[ROLE]


def test_a_language_that_is_chosen_stays(seats: Seats) -> None:
    client = seats.sit("duty")
    client.post("/choose", {"language": "ar", "next": "/"})
    assert 'dir="rtl"' in client.get("/").content.decode()


def test_a_time_zone_that_is_none_is_not_kept(seats: Seats) -> None:
    client = seats.sit("duty")
    client.post("/choose", {"zone": "Mars/Olympus"})
    assert ZONE not in client.session


@pytest.mark.parametrize("there", ["https://elsewhere.example/", "//elsewhere.example", "\\\\x"])
def test_choosing_leads_to_nobody_elses_page(seats: Seats, there: str) -> None:
    answer = seats.sit("duty").post("/choose", {"role": "", "next": there})
    assert answer["Location"] == "/"


def test_a_page_names_the_state_and_the_authority(seats: Seats) -> None:
    shown = seats.sit("duty").get("/").content.decode()
    assert f"Arvenia · <bdi>{seats.node.authority}</bdi>" in shown


def test_an_exercise_is_called_one_on_every_page(seats: Seats) -> None:
    assert "Exercise: it binds nobody." in seats.stranger().get("/x").content.decode()
