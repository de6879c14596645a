"""The register and the search, as those meet them who may read content, and who may not."""

from __future__ import annotations

import csv
import html
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from comity.base import Ident
from comity.service.node import Officer
from comity.service.numbering import FileNumbers, note_numbers
from comity.service.requests import Opening, amend_form, open_dossier
from tests.seats import Seats, seats, sqlite_template

__all__ = ["seats", "sqlite_template"]

DUTY = Officer(actor="xa-duty", role="duty_officer")
HEADS = "who_asks,process,state,authority,our_number"
ROW = "we,uncc/preservation,XB,XB contact point,XA-7"


@pytest.fixture
def dossier(seats: Seats) -> Ident:
    opening = Opening(
        process="uncc/preservation",
        counterpart="XB",
        authority="XB contact point",
        basis="uncc",
        channel="letter",
    )
    ident = open_dossier(seats.node, DUTY, opening)
    facts = "CANARY: the records of a hospital were encrypted."
    amend_form(seats.node, DUTY, ident, {"facts": facts, "own_reference": "XA-26-0042"})
    note_numbers(seats.node, DUTY, ident, FileNumbers(theirs="B/17/2026"))
    return ident


def shown(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.content
    return html.unescape(answer.content.decode())


def send(client: Client, rows: str, do: str = "look") -> str:
    file = SimpleUploadedFile("list.csv", f"{HEADS}\n{rows}".encode(), "text/csv")
    answer = client.post("/import", {"file": file, "do": do, "once": "one"}, follow=True)
    return html.unescape(answer.content.decode())


def count(seats: Seats) -> int:
    with seats.node.store.view() as unit:
        return unit.dossiers.count()


def test_an_empty_register_teaches_the_first_step(seats: Seats) -> None:
    assert "Start a request" in shown(seats.sit("duty"), "/register")


@pytest.mark.parametrize("number", ["XA-26-0042", "B/17/2026"])
def test_the_register_shows_both_numbers(seats: Seats, dossier: Ident, number: str) -> None:
    assert number in shown(seats.sit("duty"), "/register")


@pytest.mark.parametrize("number", ["XA-26-0042", "B/17/2026"])
def test_who_reads_no_content_sees_no_number(seats: Seats, dossier: Ident, number: str) -> None:
    assert number not in shown(seats.sit("watch"), "/register")


def test_who_reads_no_content_exports_no_number(seats: Seats, dossier: Ident) -> None:
    assert "XA-26-0042" not in shown(seats.sit("watch"), "/register?export=json")


def test_the_register_is_exported_for_spreadsheets(seats: Seats, dossier: Ident) -> None:
    text = shown(seats.sit("duty"), "/register?export=csv").removeprefix("\ufeff")
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["dossier"], row["our_number"]) == (str(dossier), "XA-26-0042")


def test_no_exported_cell_is_a_formula(seats: Seats, dossier: Ident) -> None:
    note_numbers(seats.node, DUTY, dossier, FileNumbers(ours="=1+1"))
    text = shown(seats.sit("duty"), "/register?export=csv").removeprefix("\ufeff")
    (row,) = csv.DictReader(io.StringIO(text))
    assert not row["our_number"].startswith("=")


def test_numbers_are_noted_on_their_page(seats: Seats, dossier: Ident) -> None:
    client = seats.sit("duty")
    given = {"ours": "XA-26-0042", "theirs": "B/18", "once": "n-1"}
    client.post(f"/register/{dossier}", given)
    assert "B/18" in shown(client, "/register")


def test_noting_what_stands_signs_nothing(seats: Seats, dossier: Ident) -> None:
    client = seats.sit("duty")
    given = {"ours": "XA-26-0042", "theirs": "B/17/2026", "once": "n-1"}
    answer = client.post(f"/register/{dossier}", given, follow=True)
    assert "nothing was signed" in answer.content.decode()


def test_oversight_notes_no_numbers(seats: Seats, dossier: Ident) -> None:
    assert seats.sit("watch").get(f"/register/{dossier}").status_code == 403


@pytest.mark.parametrize("asked", ["hospitals", "Belmora", "B/17/2026", "xa-26-0042"])
def test_a_dossier_is_found(seats: Seats, dossier: Ident, asked: str) -> None:
    assert str(dossier) in shown(seats.sit("duty"), f"/search?find={asked}")


@pytest.mark.parametrize("asked", ["hospitals", "XA-26-0042", "canary"])
def test_content_is_not_found_by_who_may_not_read_it(
    seats: Seats, dossier: Ident, asked: str
) -> None:
    assert str(dossier) not in shown(seats.sit("watch"), f"/search?find={asked}")


def test_who_may_not_read_content_learns_nothing_from_the_count(
    seats: Seats, dossier: Ident
) -> None:
    client = seats.sit("watch")
    told = [shown(client, f"/search?find={asked}") for asked in ("hospital", "qwertyuiop")]
    bare = [re.sub("hospital|qwertyuiop", "", one) for one in told]
    drop = re.compile(r'(csrf\w*"? value=")[^"]*|\d\d:\d\d')
    assert drop.sub("", bare[0]) == drop.sub("", bare[1])


def test_heads_are_found_by_who_may_read_dossiers(seats: Seats, dossier: Ident) -> None:
    assert str(dossier) in shown(seats.sit("watch"), "/search?find=belmora")


def test_an_operator_does_not_search(seats: Seats) -> None:
    assert seats.sit("ops").get("/search").status_code == 403


def test_a_list_is_looked_at_before_anything_is_done(seats: Seats) -> None:
    text = send(seats.sit("duty"), ROW)
    assert "nothing is wrong with it" in text
    assert count(seats) == 0


def test_what_is_wrong_is_told_row_by_row(seats: Seats) -> None:
    text = send(seats.sit("duty"), f"{ROW}\n{ROW.replace('XB,', 'ZZ,')}")
    assert "This is not the code of a State." in text


def test_a_list_with_a_problem_is_not_brought_in(seats: Seats) -> None:
    send(seats.sit("duty"), f"{ROW}\n{ROW.replace('XB,', 'ZZ,')}", do="bring")
    assert count(seats) == 0


def test_a_good_list_is_brought_in(seats: Seats) -> None:
    client = seats.sit("duty")
    text = send(client, ROW)
    held = re.search(r'name="held" value="([^"]+)"', text)
    assert held is not None
    client.post("/import", {"held": held[1], "do": "bring", "once": "two"})
    assert count(seats) == 1


def test_the_same_list_twice_is_told(seats: Seats) -> None:
    client = seats.sit("duty")
    send(client, ROW, do="bring")
    assert "is there already" in send(client, ROW)


def test_the_empty_list_can_be_saved(seats: Seats) -> None:
    assert "our_number" in shown(seats.sit("duty"), "/import?template=csv")
