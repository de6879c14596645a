"""Choosing: by serial, by pattern, by exact name; a wish that finds nothing is told."""

from __future__ import annotations

import pytest

from comity.base.errors import BadValue
from comity.evidence import Choice, NothingChosen, choose_serials, disclose_part
from tests.packages import MemorySink, MemorySource, make_package

NAMES = [b"mail/a.eml", b"mail/b.eml", b"notes", b"\xff\xfe", b"mail/[1].txt"]
SOURCE = MemorySource(make_package({name: name for name in NAMES}))


@pytest.mark.parametrize(
    ("choice", "serials"),
    [
        (Choice(serials=[2, 2]), {2}),
        (Choice(patterns=["*.eml"]), {1, 2}),
        (Choice(patterns=["mail/*", "notes"]), {1, 2, 3, 5}),
        (Choice(names=[b"\xff\xfe", b"mail/[1].txt"]), {4, 5}),
        (Choice(serials=[1], patterns=["n*"], names=[b"mail/b.eml"]), {1, 2, 3}),
    ],
)
def test_what_is_asked_for_is_chosen(choice: Choice, serials: set[int]) -> None:
    assert choose_serials(SOURCE, choice) == serials


@pytest.mark.parametrize(
    "choice",
    [
        Choice(),
        Choice(patterns=["*.pdf"]),
        Choice(patterns=["*.eml", "*.pdf"]),
        Choice(names=[b"mail"]),
        Choice(names=[b"mail/a.eml", b"gone"]),
        Choice(patterns=["NOTES"]),
    ],
)
def test_a_wish_that_finds_nothing_is_told(choice: Choice) -> None:
    with pytest.raises(NothingChosen):
        choose_serials(SOURCE, choice)


@pytest.mark.parametrize("serials", [[0], [6], [-1], [1, 99]])
def test_a_serial_that_is_not_there_is_told(serials: list[int]) -> None:
    with pytest.raises(BadValue):
        disclose_part(SOURCE, serials, MemorySink())


def test_no_serials_are_no_part() -> None:
    with pytest.raises(NothingChosen):
        disclose_part(SOURCE, [], MemorySink())
