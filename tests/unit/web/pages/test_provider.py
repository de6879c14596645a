"""The words of the page for providers are the verifier's own."""

from __future__ import annotations

from comity.federation import Word
from comity.federation.judging import MEANINGS, NEXT
from comity.web.pages.provider import words


def test_every_word_means_on_the_page_what_the_command_says() -> None:
    assert {one: str(text) for one, text in words.MEANINGS.items()} == dict(MEANINGS)


def test_every_word_is_followed_by_what_the_command_advises() -> None:
    assert {one: str(text) for one, text in words.NEXT.items()} == dict(NEXT)


def test_every_word_has_its_title() -> None:
    assert {one: str(text) for one, text in words.TITLES.items()} == {
        one: one.value for one in Word
    }
