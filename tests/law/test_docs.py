"""docs/law is what the law files say today: a change of law shows as a change of prose."""

from __future__ import annotations

import pytest

from comity.law import load_book
from comity.law.rendering import render_book
from tests.places import CHECKOUT

DOCS = CHECKOUT / "docs" / "law"
PAGES = render_book(load_book())


@pytest.mark.parametrize("path", PAGES)
def test_page_is_what_the_files_say(path: str) -> None:
    committed = (DOCS / path).read_text("utf-8")

    assert committed == PAGES[path], f"run `comity law render --out docs/law`: {path}"


def test_no_page_is_left_of_what_is_gone() -> None:
    found = {str(path.relative_to(DOCS)) for path in DOCS.rglob("*") if path.is_file()}

    assert found == set(PAGES)
