from __future__ import annotations

import pytest

from comity.law import Level
from comity.law.level import draft_level


@pytest.mark.parametrize("mark", ["T", "V", "U", "S", "T UNTC entry", "V, Arabic text"])
def test_what_was_read_is_sourced(mark: str) -> None:
    assert draft_level(mark) is Level.DRAFT_SOURCED


@pytest.mark.parametrize(
    "mark",
    ["M:UNCAC 46(23)", "M", "(unverified)", "unverified low", "?", "", "Test", "practice", "Union"],
)
def test_memory_and_everything_else_is_unsourced(mark: str) -> None:
    assert draft_level(mark) is Level.DRAFT_UNSOURCED


@pytest.mark.parametrize("mark", ["U; (2) unverified", "T, M:Bud 29", "V?", "S UNVERIFIED"])
def test_a_mixed_mark_counts_as_its_weakest_part(mark: str) -> None:
    assert draft_level(mark) is Level.DRAFT_UNSOURCED


def test_only_drafts_are_drafts() -> None:
    assert [level for level in Level if level.is_draft] == [
        Level.DRAFT_UNSOURCED,
        Level.DRAFT_SOURCED,
    ]
