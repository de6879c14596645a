"""What stands on a paper is what the eye can see."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.web.paper.model import direction, in_fours, show_hidden


def test_a_sign_that_turns_the_writing_is_written_out() -> None:
    assert show_hidden("a\u202eb") == "a⟨U+202E⟩b"


def test_arabic_with_its_joiners_stays_as_it_is() -> None:
    assert show_hidden("می\u200cخواهم\nسطر") == "می\u200cخواهم\nسطر"


@given(st.text())
def test_no_control_character_is_left_but_line_ends(said: str) -> None:
    shown = show_hidden(said).replace("\n", "").replace("\t", "")
    assert shown.isprintable() or not any(ord(sign) < 0x20 for sign in shown)


@pytest.mark.parametrize(
    ("said", "way"),
    [("+999 100", "ltr"), ("abc ابج", "ltr"), ("12 ابج abc", "rtl"), ("", "ltr"), ("שלום", "rtl")],
)
def test_a_text_runs_as_its_first_letter_says(said: str, way: str) -> None:
    assert direction(said) == way


def test_digits_stand_in_groups_of_four() -> None:
    assert in_fours("0123456789") == "0123 4567 89"
