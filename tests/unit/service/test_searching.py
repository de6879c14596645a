"""What a search finds, for whom, and what it forgets."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from comity.service.erasing import erase_content
from comity.service.requests import amend_form
from comity.service.rows import DossierRow
from comity.service.searching import HEAD, Found, Index
from comity.service.situations import Move
from comity.storage.memory import MemoryStore
from tests.nodes import FORM, OFFICER, Desk, make_desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return make_desk(MemoryStore(), tmp_path)


def say(row: DossierRow) -> Iterable[str]:
    return (str(row.ident), "Belmora", row.counterpart_authority)


def find(desk: Desk, asked: str, *, content: bool = True, index: Index | None = None) -> Found:
    index = index or Index()
    return index.find(asked, content=content, unread=index.catch_up(desk.node, say, 100))


def test_a_dossier_is_found_by_its_state(desk: Desk) -> None:
    dossier = desk.open()
    assert [one.dossier for one in find(desk, "belmora").hits] == [dossier]


def test_a_dossier_is_found_by_its_identifier(desk: Desk) -> None:
    dossier = desk.open()
    desk.open()
    assert [one.dossier for one in find(desk, str(dossier).upper()).hits] == [dossier]


def test_the_facts_are_found_by_who_may_read_content(desk: Desk) -> None:
    dossier = desk.open()
    amend_form(desk.node, OFFICER, dossier, {**FORM, "facts": "A hospital was attacked."})
    assert find(desk, "hospitals").hits[0].places == ("facts",)


def test_the_facts_are_not_found_by_who_may_not(desk: Desk) -> None:
    dossier = desk.open()
    amend_form(desk.node, OFFICER, dossier, {**FORM, "facts": "A hospital was attacked."})
    assert not find(desk, "hospital", content=False).hits


def test_a_question_over_head_and_content_needs_both(desk: Desk) -> None:
    dossier = desk.open()
    amend_form(desk.node, OFFICER, dossier, {**FORM, "facts": "A hospital was attacked."})
    assert not find(desk, "Belmora hospital", content=False).hits
    assert find(desk, "Belmora hospital").hits[0].places == (HEAD, "facts")


def test_what_was_rewritten_is_found_anew(desk: Desk) -> None:
    dossier, index = desk.open(), Index()
    amend_form(desk.node, OFFICER, dossier, {**FORM, "facts": "A hospital."})
    find(desk, "hospital", index=index)
    amend_form(desk.node, OFFICER, dossier, {**FORM, "facts": "A harbour."})
    assert find(desk, "harbour", index=index).hits


def test_what_was_erased_is_forgotten(desk: Desk) -> None:
    dossier, index = desk.open(), Index()
    amend_form(desk.node, OFFICER, dossier, {**FORM, "facts": "A hospital."})
    find(desk, "hospital", index=index)
    erase_content(desk.node, OFFICER, dossier, Move(terms={"decision": "order 7"}))
    assert not find(desk, "hospital", index=index).hits


def test_what_was_not_looked_into_is_counted(desk: Desk) -> None:
    for _ in range(3):
        desk.open()
    assert Index().catch_up(desk.node, say, 2) == 1


def test_it_goes_on_where_it_stopped(desk: Desk) -> None:
    for _ in range(3):
        desk.open()
    index = Index()
    index.catch_up(desk.node, say, 2)
    assert index.catch_up(desk.node, say, 2) == 0


def test_nothing_asked_finds_nothing(desk: Desk) -> None:
    desk.open()
    assert not find(desk, "  ").hits
