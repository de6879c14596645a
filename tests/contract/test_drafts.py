"""What people have half-written is kept, sealed, on every store."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from comity.base import limits
from comity.base.errors import TooLarge
from comity.service.drafts import drop_draft, drop_drafts, keep_draft, read_drafts
from comity.service.erasing import erase_content
from comity.service.ports import Store
from comity.service.situations import Move
from tests.nodes import OFFICER, Desk, make_desk

CANARY = "CANARY half a sentence, نصف جملة"


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Desk:
    return make_desk(store, tmp_path)


def test_a_draft_comes_back_as_it_was_written(desk: Desk) -> None:
    dossier = desk.open()
    keep_draft(desk.node, "p-1", dossier, "what", {"facts": CANARY})
    assert read_drafts(desk.node, "p-1", dossier)["what"].texts == {"facts": CANARY}


def test_the_later_draft_of_a_page_takes_the_place_of_the_earlier(desk: Desk) -> None:
    dossier = desk.open()
    keep_draft(desk.node, "p-1", dossier, "what", {"facts": "a"})
    keep_draft(desk.node, "p-1", dossier, "what", {"facts": "ab"})
    assert read_drafts(desk.node, "p-1", dossier)["what"].texts == {"facts": "ab"}


def test_nobody_else_reads_a_draft(desk: Desk) -> None:
    dossier = desk.open()
    keep_draft(desk.node, "p-1", dossier, "what", {"facts": CANARY})
    assert not read_drafts(desk.node, "p-2", dossier)


def test_a_draft_lies_sealed(desk: Desk) -> None:
    dossier = desk.open()
    keep_draft(desk.node, "p-1", dossier, "what", {"facts": CANARY})
    with desk.node.store.view() as unit:
        (row,) = unit.drafts.find()
    assert b"CANARY" not in row.sealed


def test_a_draft_is_no_act(desk: Desk) -> None:
    dossier = desk.open()
    with desk.node.store.view() as unit:
        before = unit.acts.count(chain=dossier), unit.dossiers.get(dossier)
    keep_draft(desk.node, "p-1", dossier, "what", {"facts": CANARY})
    with desk.node.store.view() as unit:
        assert (unit.acts.count(chain=dossier), unit.dossiers.get(dossier)) == before


def test_what_is_dropped_is_gone(desk: Desk) -> None:
    dossier = desk.open()
    keep_draft(desk.node, "p-1", dossier, "what", {"facts": CANARY})
    drop_draft(desk.node, "p-1", dossier, "what")
    assert not read_drafts(desk.node, "p-1", dossier)


def test_all_drafts_of_a_dossier_go_when_it_is_sent(desk: Desk) -> None:
    dossier = desk.open()
    for actor in ("p-1", "p-2"):
        keep_draft(desk.node, actor, dossier, "what", {"facts": CANARY})
    drop_drafts(desk.node, dossier)
    with desk.node.store.view() as unit:
        assert not unit.drafts.find()


def test_erasing_a_dossier_erases_its_drafts(desk: Desk) -> None:
    dossier = desk.open()
    keep_draft(desk.node, "p-1", dossier, "what", {"facts": CANARY})
    erase_content(desk.node, OFFICER, dossier, Move(terms={"decision": "order 7"}))
    with desk.node.store.view() as unit:
        assert not unit.drafts.find()


def test_a_draft_that_cannot_be_opened_is_left_out(desk: Desk) -> None:
    dossier = desk.open()
    keep_draft(desk.node, "p-1", dossier, "what", {"facts": CANARY})
    with desk.node.store.unit() as unit:
        (row,) = unit.drafts.find()
        unit.drafts.replace(replace(row, sealed=b"damaged"))
    assert not read_drafts(desk.node, "p-1", dossier)


def test_a_draft_is_bounded(desk: Desk) -> None:
    dossier = desk.open()
    with pytest.raises(TooLarge):
        keep_draft(desk.node, "p-1", dossier, "what", {"facts": "a" * limits.DOCUMENT_BYTES})
