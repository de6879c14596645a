from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from comity.base import Period
from comity.law import Book, load_book
from comity.law.rendering import (
    render_book,
    say_clock,
    say_crossings,
    say_gate,
    say_ground,
    say_safeguard,
    say_scope,
    say_step,
)
from comity.law.rendering.wording import say_list, say_period, say_side
from tests.lawbooks import BASE, change, copy_book

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def book() -> Book:
    return load_book(BASE)


def _say(book: Book, step: str) -> str:
    process = book.processes["tst/help"]
    return say_step(process, process.steps[step], book.needs)


def test_a_step_is_told_whole(book: Book) -> None:
    assert _say(book, "refuse") == (
        "**refuse** – Help is refused. The requested authority (central authority) may do so "
        "while the request is *sent* or *held*, if a ground is named; the request is then "
        "*refused*. [tst:1(2)(a)] (draft-unsourced, (unverified))"
    )


def test_a_step_that_answers_a_clock_says_so(book: Book) -> None:
    assert "It answers the clock *answer*." in _say(book, "grant")


def test_a_step_that_stays_says_so(book: Book) -> None:
    assert "; the standing stays as it is." in _say(book, "ask")


def test_a_house_step_says_where_it_is_kept(book: Book) -> None:
    assert "kept in its own house" in _say(book, "note")


def test_crossings_say_which_prevails(book: Book) -> None:
    process = book.processes["tst/help"]

    assert [sentence.partition(" [")[0] for sentence in say_crossings(process)] == [
        (
            "If *close* crosses with *grant* or *refuse*, *close* prevails and the other is "
            "overtaken. Who asked may always stop."
        ),
        "If *ask* crosses with *close*, both hold, *ask* first. The question is moot.",
        "If *tell* crosses with *grant*, both hold, *tell* first. What was told still counts.",
        (
            "If *tell* crosses with *refuse*, the other prevails and *tell* is overtaken. "
            "The refusal stands."
        ),
    ]


def test_a_clock_is_told_whole(book: Book) -> None:
    assert say_clock(book.clocks["tst/help/hold"]) == (
        "**hold** (treaty) – Held for sixty days. It is owed by the requested authority. It runs "
        "60 days, days counted in Africa/Nairobi, from the act of *grant*; it ends with *close*. "
        "It is extended by *tell*. It then goes on until the request that follows is decided. At "
        "its time what it measured is marked lapsed. [tst:40(10)] (draft-unsourced, "
        "M:UNCAC 46(10))"
    )


def test_a_ground_says_whether_reasons_are_owed(book: Book) -> None:
    assert "Assistance may be refused. Reasons are owed. [" in say_ground(
        book.grounds["tst/sovereignty"]
    )


def test_a_gate_says_what_opens_it(book: Book) -> None:
    told = say_gate(book.gates["tst/order"], book.needs)

    assert "It closes *grant* until the order is named. Good practice: it also opens" in told


def test_a_safeguard_says_what_keeps_it(book: Book) -> None:
    assert "Kept by `gate:tst/order`," in say_safeguard(book.safeguards["tst/one_case"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("P60D", "60 days"),
        ("P1D", "1 day"),
        ("PT8H", "8 hours"),
        ("PT1M", "1 minute"),
        ("P1DT12H", "1 day and 12 hours"),
    ],
)
def test_periods_are_said_in_words(text: str, said: str) -> None:
    assert say_period(Period.parse(text)) == said


@pytest.mark.parametrize(
    ("parts", "said"),
    [([], ""), (["a"], "a"), (["a", "b"], "a or b"), (["a", "b", "c"], "a, b or c")],
)
def test_lists_are_said_as_people_say_them(parts: str, said: str) -> None:
    assert say_list(parts) == said


@pytest.mark.parametrize(
    ("side", "said"),
    [
        ("requesting", "the requesting authority"),
        ("requested", "the requested authority"),
        ("issuing", "the issuing authority"),
        ("provider", "the provider"),
    ],
)
def test_sides_are_called_as_the_treaty_calls_them(side: str, said: str) -> None:
    assert say_side(side) == said


def test_a_bar_in_a_text_does_not_break_its_table(tmp_path: Path) -> None:
    root = copy_book(tmp_path)
    change(root, "glossary.yaml", "One item of evidence.", "One | item.")

    assert "| exhibit | One \\| item. |" in render_book(load_book(root))["glossary.md"]


def _picture(book: Book) -> ET.Element:
    return ET.fromstring(render_book(book)["tst/help.svg"])  # noqa: S314 - our own picture


def test_the_picture_is_well_formed_and_named_for_those_who_cannot_see_it(book: Book) -> None:
    picture = _picture(book)

    assert picture.get("role") == "img"
    assert picture.get("aria-labelledby") == "title desc"
    assert [child.tag for child in picture[:2]] == [f"{SVG}title", f"{SVG}desc"]


def test_the_picture_draws_each_moving_step_from_its_sources_to_its_target(book: Book) -> None:
    drawn = {}
    for group in _picture(book).iter(f"{SVG}g"):
        marks = [*group.iter(f"{SVG}circle"), *group.iter(f"{SVG}rect")]
        drawn[group.findtext(f"{SVG}title")] = (len(marks), len(list(group.iter(f"{SVG}path"))))

    assert drawn == {"send": (1, 1), "close": (2, 1), "grant": (1, 1), "refuse": (2, 1)}


def test_nothing_in_the_picture_lies_outside_its_sheet(book: Book) -> None:
    picture = _picture(book)
    _, _, width, height = map(int, picture.get("viewBox", "").split())
    for text in picture.iter(f"{SVG}text"):
        if text.get("x"):
            assert 0 <= float(text.get("x", "")) < width
            assert 0 <= float(text.get("y", "")) < height


def test_rendering_twice_gives_the_same_pages(book: Book) -> None:
    assert render_book(book) == render_book(load_book(BASE))


def test_a_ground_by_reservation_says_for_whom_it_is_open(book: Book) -> None:
    assert "only to a State whose file holds the condition *first reservation*." in say_ground(
        book.grounds["tst/reserved"]
    )
    assert "condition" not in say_ground(book.grounds["tst/sovereignty"])


def test_a_scope_names_its_articles_and_its_least_penalty(book: Book) -> None:
    said = say_scope(book.packs["tst"].scope)
    assert said == (
        "It reaches the offences of [tst:1]. It also reaches any offence whose longest penalty is "
        "at least 48 months. [tst:1(1)] [tst:1] (draft-sourced, T)"
    )


def test_a_scope_without_a_list_reaches_any_offence() -> None:
    assert say_scope(load_book().packs["budapest"].scope).startswith(
        "It reaches evidence of any offence. [budapest:"
    )
