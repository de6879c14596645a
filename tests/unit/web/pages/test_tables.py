"""Tables sort, filter, page and export by the words of the address alone."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from typing import cast

import pytest
from django.http import QueryDict
from django.test import RequestFactory

from comity.base import Instant
from comity.web.pages.kit import tables
from comity.web.pages.kit.seat import Seat
from comity.web.pages.kit.tables import Column, Table


@dataclass(frozen=True)
class Held:
    http: object


COLUMNS = (
    Column(key="name", title="Name", value=lambda row: row[0]),
    Column(key="size", title="Size", value=lambda row: row[1], choices=True),
    Column(key="due", title="Due", value=lambda row: row[2]),
)
LATE = Instant.parse("2026-11-22T00:00:00Z")
EARLY = Instant.parse("2026-11-21T00:00:00Z")
ROWS = [("beta", 10, LATE), ("Alpha", 9, EARLY), ("gamma", 9, None)]


def ask(address: str = "", rows: object = ROWS, **more: object) -> Table:
    seat = cast("Seat", Held(http=RequestFactory().get(f"/{address}")))
    return Table.of(seat, name="things", columns=COLUMNS, rows=rows, **more)  # type: ignore[arg-type]


def names(table: Table) -> list[object]:
    return [line[0].value for line in table.lines]


def test_without_a_wish_the_rows_keep_their_order() -> None:
    assert names(ask()) == ["beta", "Alpha", "gamma"]


def test_texts_sort_without_regard_to_capitals() -> None:
    assert names(ask("?sort=name")) == ["Alpha", "beta", "gamma"]


def test_numbers_sort_as_numbers() -> None:
    assert names(ask("?sort=-size"))[0] == "beta"


def test_what_has_no_value_stands_last_upwards() -> None:
    assert names(ask("?sort=due")) == ["Alpha", "beta", "gamma"]


def test_what_has_no_value_stands_last_downwards() -> None:
    assert names(ask("?sort=-due")) == ["beta", "Alpha", "gamma"]


def test_an_unknown_column_sorts_nothing() -> None:
    assert names(ask("?sort=nothing")) == ["beta", "Alpha", "gamma"]


def test_every_word_that_is_looked_for_must_occur() -> None:
    assert names(ask("?find=ALPHA+9")) == ["Alpha"]


def test_a_choice_leaves_rows_of_that_value() -> None:
    assert names(ask("?is-size=9")) == ["Alpha", "gamma"]


def test_a_page_holds_so_many_rows() -> None:
    assert names(ask("?page=2", page_rows=2)) == ["gamma"]


@pytest.mark.parametrize("asked", ["0", "-1", "x", "99", "9999999999999999", "²"])
def test_a_page_that_is_not_there_is_the_nearest(asked: str) -> None:
    assert ask(f"?page={asked}", page_rows=2).page in {1, 2}


def test_sorting_keeps_what_is_looked_for() -> None:
    address = ask("?find=a&page=2").heads[0].address
    assert dict(QueryDict(address[1:]).items()) == {"find": "a", "sort": "name"}


def test_sorting_again_turns_the_order() -> None:
    assert ask("?sort=name").heads[0].address == "?sort=-name"


def test_csv_holds_every_row_that_was_found_on_whatever_page() -> None:
    answer = ask("?export=csv&page=2", page_rows=2).export_answer()
    read = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["name"] for row in read] == ["beta", "Alpha", "gamma"]


def test_no_cell_of_csv_is_a_formula() -> None:
    table = ask("?export=csv", rows=[("=1+1", 1, None)])
    assert b"'=1+1" in table.export_answer().content


def test_json_keeps_numbers_and_writes_instants_as_they_are_signed() -> None:
    told = json.loads(ask("?export=json").export_answer().content)
    assert told[0] == {"name": "beta", "size": 10, "due": "2026-11-22T00:00:00Z"}


def test_a_list_without_end_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST", 3)
    table = ask(rows=(("x", number, None) for number in range(10**9)))
    assert table.is_cut


def test_two_tables_of_one_page_are_asked_apart() -> None:
    assert names(ask("?sort=name", prefix="other-")) == ["beta", "Alpha", "gamma"]
