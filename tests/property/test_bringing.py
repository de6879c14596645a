"""A list is brought in whole or not at all, whatever is wrong with it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from comity.base.errors import ComityError
from comity.service.bringing import COLUMNS, bring_in, find_problems, read_list
from comity.service.node import Node, Officer
from comity.storage.memory import MemoryStore
from tests.nodes import make_desk
from tests.world import book

ROLES = frozenset({"duty_officer"})
GOOD = {
    "who_asks": "we",
    "process": "uncc/preservation",
    "state": "XB",
    "authority": "XB contact point",
    "our_number": "XA-1",
}
WRONG = st.sampled_from(
    [
        {"who_asks": "somebody"},
        {"process": "uncc/nothing"},
        {"state": "ZZ"},
        {"state": "XA"},
        {"authority": ""},
        {"our_number": ""},
        {"date": "2999-01-01"},
        {"date": "yesterday"},
        {"channel": "pigeon"},
        {"priority": "soon"},
        {"basis": "nothing"},
        {"data": "address: 203.0.113.*"},
        {"authority": "two\nlines"},
    ]
)


@contextmanager
def new_node() -> Iterator[Node]:
    with TemporaryDirectory() as folder:
        yield replace(make_desk(MemoryStore(), Path(folder)).node, book=book())


def choose(_: frozenset[str]) -> Officer:
    return Officer(actor="p-1", role="duty_officer")


def write(rows: list[dict[str, str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def count(node: Node) -> int:
    with node.store.view() as unit:
        return unit.dossiers.count() + unit.acts.count() + unit.contents.count()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 3), WRONG, st.integers(0, 3))
def test_one_wrong_row_lets_nothing_in(before: int, wrong: dict[str, str], after: int) -> None:
    rows = [{**GOOD, "our_number": f"XA-{at}"} for at in range(before + after + 1)]
    rows[before] |= wrong
    with new_node() as node:
        try:
            bring_in(node, choose, read_list(write(rows)), ROLES)
        except ComityError:
            assert count(node) == 0
        else:
            message = f"{wrong} was let in"
            raise AssertionError(message)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 3), WRONG)
def test_the_wrong_row_is_named_as_spreadsheets_count(before: int, wrong: dict[str, str]) -> None:
    rows = [{**GOOD, "our_number": f"XA-{at}"} for at in range(before + 1)]
    rows[before] |= wrong
    with new_node() as node:
        problems = find_problems(node, read_list(write(rows)), ROLES)
    assert {one.row for one in problems} == {before + 2}


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        read_list(data)
    except ComityError:
        return


@settings(deadline=None)
@given(st.lists(st.text(max_size=30), min_size=len(COLUMNS), max_size=len(COLUMNS)))
def test_any_cells_are_looked_at_without_a_fault(cells: list[str]) -> None:
    data = write([dict(zip(COLUMNS, cells, strict=True))]).replace(b"\x00", b"")
    with new_node() as node:
        try:
            find_problems(node, read_list(data), ROLES)
        except ComityError:
            return
