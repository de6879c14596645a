"""Lists of open requests: what is read, what it becomes, what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from comity.base import Ident, limits
from comity.service.bringing import (
    ListRefused,
    bring_in,
    find_problems,
    read_list,
    template,
)
from comity.service.chains import read_acts
from comity.service.node import Node, Officer
from comity.service.numbering import FileNumbers, read_numbers
from comity.service.reading import show_dossier, show_form
from comity.storage.memory import MemoryStore
from tests.nodes import make_desk
from tests.world import book

ROLES = frozenset({"duty_officer"})
HEADS = "who_asks,process,state,authority,our_number,their_number,date,facts,data"
OURS = "we,uncc/preservation,XB,XB contact point,XA-1,B-1,2026-03-02,A hospital.,"
THEIRS = "they,uncc/preservation,XC,XC desk,XA-2,C-1,2026-03-02,A port.,"


@pytest.fixture
def node(tmp_path: Path) -> Node:
    return replace(make_desk(MemoryStore(), tmp_path).node, book=book())


def choose(_: frozenset[str]) -> Officer:
    return Officer(actor="p-1", role="duty_officer")


def bring(node: Node, *rows: str) -> tuple[Ident, ...]:
    return bring_in(node, choose, read_list("\n".join((HEADS, *rows)).encode()), ROLES)


def says(node: Node, *rows: str) -> set[str]:
    lines = read_list("\n".join((HEADS, *rows)).encode())
    return {one.column for one in find_problems(node, lines, ROLES)}


def test_the_template_is_a_list_without_problems(node: Node) -> None:
    lines = read_list(template(node.book))
    assert not find_problems(node, lines, frozenset({"duty_officer", "prosecutor"}))


def test_what_we_asked_is_opened_as_a_draft(node: Node) -> None:
    (dossier,) = bring(node, OURS)
    assert show_dossier(node, dossier).state == "drafting"


def test_what_they_asked_is_recorded_as_sent(node: Node) -> None:
    (dossier,) = bring(node, THEIRS)
    assert show_dossier(node, dossier).state == "sent"


def test_what_they_asked_is_marked_as_recorded_by_us(node: Node) -> None:
    (dossier,) = bring(node, THEIRS)
    sent = next(one for one in show_dossier(node, dossier).acts if one.act.step == "send")
    assert sent.is_recorded


def test_it_was_received_on_the_day_of_the_list(node: Node) -> None:
    (dossier,) = bring(node, THEIRS)
    sent = next(one for one in show_dossier(node, dossier).acts if one.act.step == "send")
    assert (sent.act.recorded or {})["received"] == "2026-03-02T00:00:00Z"


def test_what_the_list_knows_stands_in_the_form(node: Node) -> None:
    (dossier,) = bring(node, OURS)
    assert show_form(node, dossier)["facts"] == "A hospital."


def test_both_file_numbers_are_noted(node: Node) -> None:
    (dossier,) = bring(node, OURS)
    with node.store.view() as unit:
        head = unit.dossiers.get(dossier)
        held = read_numbers(node, unit, head, read_acts(unit, dossier))
    assert held == FileNumbers(ours="XA-1", theirs="B-1", dated="2026-03-02")


def test_semicolons_part_cells_too(node: Node) -> None:
    data = f"{HEADS}\n{OURS}".replace(",", ";").encode()
    assert len(bring_in(node, choose, read_list(data), ROLES)) == 1


def test_a_cell_that_our_export_quoted_is_read_as_it_was() -> None:
    (line,) = read_list(f"{HEADS}\n{OURS.replace('A hospital.', chr(39) + '=1+1')}".encode())
    assert line["facts"] == "=1+1"


def test_the_same_number_twice_is_a_problem(node: Node) -> None:
    assert says(node, OURS, OURS) == {"our_number"}


def test_a_number_that_the_register_has_is_a_problem(node: Node) -> None:
    lines = read_list(f"{HEADS}\n{OURS}".encode())
    known = frozenset({("XB", "XA-1")})
    assert [one.column for one in find_problems(node, lines, ROLES, known)] == ["our_number"]


def test_who_may_not_write_such_a_request_is_told(node: Node) -> None:
    assert says(node, OURS.replace("preservation", "stored_data")) == {"process"}


def test_a_range_of_addresses_is_a_problem(node: Node) -> None:
    assert says(node, f"{OURS}address: 203.0.113.*") == {"data"}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"who_asks,process\n",
        f"{HEADS},nonsense\n{OURS},x".encode(),
        f"{HEADS}\n".encode(),
        f"{HEADS}\n{OURS},one,too,many".encode(),
        ("\n".join([HEADS, *[OURS] * (limits.IMPORT_ROWS + 1)])).encode(),
        b"x" * (limits.IMPORT_BYTES + 1),
    ],
)
def test_what_is_no_list_of_ours_is_refused(data: bytes) -> None:
    with pytest.raises(ListRefused):
        read_list(data)
