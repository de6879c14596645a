"""What every page of the desk does before it shows anything."""

from __future__ import annotations

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
