"""Which step answers which question, and what a step may rest on."""

from __future__ import annotations

from pathlib import Path

import pytest

from comity.law import Book, examine_book, load_book
from comity.law.rendering import render_book
from tests.lawbooks import BASE, change, copy_book


@pytest.fixture(scope="module")
def book() -> Book:
    return load_book(BASE)


def test_an_answer_is_found_by_its_question_and_a_question_by_its_answer(book: Book) -> None:
    assert book.answers_of("tst") == {"tell": "ask"}
    assert book.answers_to("tst", "ask") == {"tell"}


def test_nothing_answers_what_is_no_question_or_of_another_pack(book: Book) -> None:
    assert book.answers_to("tst", "tell") == book.answers_to("uncc", "ask") == frozenset()
    assert book.answers_of("uncc") == {}


def test_a_step_rests_on_the_effects_listed_and_another_on_none(book: Book) -> None:
    assert book.effects_of("tst", "refuse") == {"refuse"}
    assert book.effects_of("tst", "grant") == frozenset()


def test_a_line_without_its_own_level_has_that_of_its_provision(book: Book) -> None:
    question, rest = book.questions["tst/ask"], book.rests["tst/refuse"]
    assert (question.level, question.basis) == (
        book.packs["tst"].outline[question.law].level,
        book.packs["tst"].outline[question.law].basis,
    )
    assert rest.basis == "(unverified)"


def test_an_answer_in_a_process_without_its_question_is_refused(tmp_path: Path) -> None:
    root = copy_book(tmp_path)
    processes = root / "tst" / "processes"
    lines = (processes / "help.yaml").read_text("utf-8").splitlines(keepends=True)
    kept = [line for line in lines if "{step: ask," not in line and "{one: ask," not in line]
    (processes / "more.yaml").write_text("".join(kept), "utf-8")
    change(root, "tst/processes/more.yaml", "process: help", "process: more")
    change(root, "tst/processes/more.yaml", "within: answer, ", "")

    _, faults = examine_book(root)

    assert [fault.code for fault in faults] == ["law/unknown-name"]
    assert "In tst/more there is 'tell', and never 'ask'." in str(faults[0])


def test_the_page_of_a_process_says_what_answers_what(book: Book) -> None:
    page = render_book(book)["tst/help.md"]
    assert "- *ask* is answered by *tell*. [" in page
    assert "- *refuse* may rest on a ground that says: “assistance may be refused”. [" in page
