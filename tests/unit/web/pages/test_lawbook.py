"""The law explorer: readable by everybody, and honest about what stands behind a line."""

from __future__ import annotations

import html
import re

import pytest

from tests.seats import Seats, seats, sqlite_template
from tests.world import book

__all__ = ["seats", "sqlite_template"]
PROCESSES = sorted(book().processes)
PARTS = ("", "steps", "crossings", "clocks", "form", "grounds", "verdicts")
EVERYBODY = ("duty", "pros", "ca", "lab", "ops", "enrol", "watch")


def _read(seats: Seats, path: str, who: str = "duty", **more: str) -> str:
    answer = seats.sit(who, **more).get(path)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


@pytest.mark.parametrize("who", EVERYBODY)
def test_everybody_who_signed_in_reads_the_law(seats: Seats, who: str) -> None:
    assert "<h1>The law</h1>" in _read(seats, "/law", who)


def test_a_stranger_does_not(seats: Seats) -> None:
    assert seats.stranger().get("/law").status_code == 302


def test_a_provision_that_is_asked_for_leads_to_its_article(seats: Seats) -> None:
    answer = seats.sit("duty").get("/law", {"q": "uncc:42(3)"})
    assert answer["Location"] == "/law/uncc/42(3)"


def test_a_name_that_is_asked_for_is_found(seats: Seats) -> None:
    assert "Hold minimum" in _read(seats, "/law?q=clock:hold_minimum")


def test_a_name_that_nobody_knows_is_answered_with_what_is_near(seats: Seats) -> None:
    assert "Did you mean" in _read(seats, "/law?q=preservatoin")


def test_an_article_never_claims_to_be_the_certified_text(seats: Seats) -> None:
    assert "This is not the certified text" in _read(seats, "/law/uncc/42")


def test_an_article_names_the_line_of_the_file_that_says_it(seats: Seats) -> None:
    assert "uncc/outline.yaml:" in _read(seats, "/law/uncc/42")


def test_an_article_names_the_process_that_keeps_it(seats: Seats) -> None:
    assert "/law/processes/uncc/preservation" in _read(seats, "/law/uncc/42")


def test_a_reading_that_no_lawyer_signed_is_marked_a_draft(seats: Seats) -> None:
    shown = _read(seats, "/law/uncc/42")
    assert shown.count("No lawyer of this State has signed it.") == len(book().states)


def test_the_reading_of_another_state_is_a_working_note(seats: Seats) -> None:
    shown = _read(seats, "/law/uncc/42")
    assert shown.count("On this node it is a working note") == len(book().states) - 1


def test_a_provision_of_a_states_own_act_is_shown(seats: Seats) -> None:
    assert "without an order" in _read(seats, "/law/XB.ccp/88(1)")


def test_a_provision_that_is_not_in_the_book_is_refused(seats: Seats) -> None:
    assert seats.sit("duty").get("/law/uncc/999").status_code == 400


def test_every_provision_of_the_book_has_a_page(seats: Seats) -> None:
    client = seats.sit("duty")
    laws = [law for outline in book().outlines() for law in outline]
    some = laws[:: max(1, len(laws) // 40)]
    found = {client.get(f"/law/{law.pack}/{law.at}").status_code for law in some}
    assert found == {200}


def test_every_part_of_every_process_is_shown(seats: Seats) -> None:
    client = seats.sit("duty")
    paths = [f"/law/processes/{key}?part={part}" for key in PROCESSES for part in PARTS]
    assert {client.get(path).status_code for path in paths} == {200}


def test_no_part_of_a_process_is_heavier_than_a_page_may_be(seats: Seats) -> None:
    for part in PARTS:
        shown = _read(seats, f"/law/processes/uncc/stored_data?part={part}")
        assert len(shown.encode()) < 60_000, part


def test_the_score_of_a_process_is_drawn_without_a_style_of_its_own(seats: Seats) -> None:
    shown = _read(seats, "/law/processes/uncc/preservation")
    assert "<svg" in shown
    assert "<style" not in shown


def test_every_link_to_a_provision_leads_somewhere(seats: Seats) -> None:
    client = seats.sit("duty")
    shown = _read(seats, "/law/processes/uncc/preservation?part=steps")
    links = {
        html.unescape(one) for one in re.findall(r'href="(/law/[A-Za-z.]+/[0-9][^"]*)"', shown)
    }
    assert links
    assert {client.get(one).status_code for one in links} == {200}


def test_a_verdict_opens_to_its_reasons(seats: Seats) -> None:
    shown = _read(seats, "/law/processes/uncc/stored_data?part=verdicts")
    assert "Closed until" in shown
    assert "/law/XB.ccp/95" in shown


def test_the_table_of_verdicts_is_a_working_note(seats: Seats) -> None:
    assert "Working note." in _read(seats, "/law/processes/uncc/order?part=verdicts")


def test_a_process_that_nobody_knows_is_not_there(seats: Seats) -> None:
    assert seats.sit("duty").get("/law/processes/uncc/nothing").status_code == 404


def test_a_sentence_of_the_law_files_is_marked_as_english_on_an_arabic_page(seats: Seats) -> None:
    shown = _read(seats, "/law/processes/uncc/preservation?part=crossings", language="ar")
    assert '<li><span lang="en" dir="ltr">If <em>' in shown
