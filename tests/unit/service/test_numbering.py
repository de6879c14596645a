"""File numbers: ours and theirs, wherever they were said."""

from __future__ import annotations

from pathlib import Path

import pytest

from comity.base import Ident
from comity.base.errors import AskedWrongly, ComityError
from comity.service.chains import read_acts
from comity.service.numbering import FileNumbers, note_numbers, read_numbers
from comity.service.requests import amend_form
from comity.storage.memory import MemoryStore
from tests.nodes import FORM, OFFICER, Desk, make_desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return make_desk(MemoryStore(), tmp_path)


def numbers(desk: Desk, dossier: Ident) -> FileNumbers:
    with desk.node.store.view() as unit:
        head = unit.dossiers.get(dossier)
        return read_numbers(desk.node, unit, head, read_acts(unit, dossier))


def test_a_dossier_begins_without_numbers(desk: Desk) -> None:
    assert numbers(desk, desk.open()) == FileNumbers()


def test_our_number_stands_in_our_form(desk: Desk) -> None:
    dossier = desk.open()
    amend_form(desk.node, OFFICER, dossier, {**FORM, "own_reference": "XA-26-0042"})
    assert numbers(desk, dossier).ours == "XA-26-0042"


def test_their_number_comes_with_their_reply(desk: Desk) -> None:
    dossier = desk.open()
    desk.send(dossier)
    desk.reply(dossier, "grant", content={"reference": "B/17"})
    assert numbers(desk, dossier).theirs == "B/17"


def test_a_number_can_be_noted(desk: Desk) -> None:
    dossier = desk.open()
    note_numbers(desk.node, OFFICER, dossier, FileNumbers(theirs="B/18"))
    assert numbers(desk, dossier).theirs == "B/18"


def test_noting_one_number_leaves_the_other(desk: Desk) -> None:
    dossier = desk.open()
    note_numbers(desk.node, OFFICER, dossier, FileNumbers(ours="A"))
    note_numbers(desk.node, OFFICER, dossier, FileNumbers(theirs="B"))
    assert numbers(desk, dossier) == FileNumbers(ours="A", theirs="B")


def test_a_number_lies_sealed(desk: Desk) -> None:
    dossier = desk.open()
    signed = note_numbers(desk.node, OFFICER, dossier, FileNumbers(ours="CANARY-7"))
    assert b"CANARY" not in signed.envelope


def test_noting_nothing_is_refused(desk: Desk) -> None:
    with pytest.raises(ComityError):
        note_numbers(desk.node, OFFICER, desk.open(), FileNumbers())


def test_a_number_is_one_visible_line(desk: Desk) -> None:
    with pytest.raises(AskedWrongly):
        note_numbers(desk.node, OFFICER, desk.open(), FileNumbers(ours="a\u202eb"))
