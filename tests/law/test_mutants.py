"""Break the real process files on purpose: each break is refused, or shows in the prose.

A break that the loader refuses cannot be loaded. One that it cannot know to be wrong (a
need dropped, a target changed) must change the page of that process: then the review of
its sentences, and the test that the committed pages are those of the files, meet it.
"""

from __future__ import annotations

import functools
import re
import types
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.law import LawFault, Process, load_book
from comity.law.loading.desk import Desk, Row
from comity.law.loading.nodes import Table
from comity.law.loading.proceedings import read_process
from comity.law.loading.reading import read_law
from comity.law.loading.rules import check_within
from comity.law.loading.shapes import check_shape
from comity.law.rendering.pages import process_page
from tests.lawbooks import FILES

KEYS = [f"{path.parts[-3]}/{path.stem}" for path in sorted(FILES.glob("*/processes/*.yaml"))]


@dataclass(frozen=True)
class Break:
    """One line of a process file, and what it becomes; nothing where it is dropped."""

    key: str
    line: int
    becomes: str

    def lay(self) -> bytes:
        """Return the broken file."""
        lines = _text(self.key).splitlines(keepends=True)
        lines[self.line] = self.becomes
        return "".join(lines).encode()


@functools.cache
def _text(key: str) -> str:
    pack, _, name = key.partition("/")
    return Path(FILES / pack / "processes" / f"{name}.yaml").read_text("utf-8")


def _read(key: str, data: bytes) -> tuple[Process | None, list[LawFault]]:
    """Read one process file against the rest of the real book."""
    book = load_book()
    try:
        node = read_law(data, "f")
    except LawFault as fault:
        return None, [fault]
    faults = list(check_shape("process", node))
    if faults or not isinstance(node, Table):
        return None, faults
    desk = Desk(
        clauses={law: clause for outline in book.outlines() for law, clause in outline.items()},
        needs=dict(book.needs),
        roles=dict(book.roles),
    )
    process = read_process(Row(node, "", key.partition("/")[0]), desk)
    for step in process.steps.values():
        check_within(step, process, book.clocks, desk)
    return process, desk.faults


@functools.cache
def _page(key: str) -> str:
    return process_page(load_book(), load_book().processes[key])


def _notices(found: Break) -> bool:
    process, faults = _read(found.key, found.lay())
    if faults or process is None:
        return True
    book = load_book()
    changed = types.MappingProxyType({**book.processes, found.key: process})
    return process_page(replace(book, processes=changed), process) != _page(found.key)


def _lists(line: str) -> Iterator[str]:
    """Yield the line with each one name of a list left out, and with it misspelt."""
    for match in re.finditer(r"\b(from|needs|roles|with): \[([^\]]+)\]", line):
        names = match[2].split(", ")
        for number, name in enumerate(names):
            for put in ([], [name[:-1]]):
                changed = ", ".join([*names[:number], *put, *names[number + 1 :]])
                yield line.replace(match[0], f"{match[1]}: [{changed}]")


def _words(line: str, states: list[str]) -> Iterator[str]:
    """Yield the line with one word changed: target, winner, side, house, end, provision."""
    one = re.search(r"\bone: (\w+)", line)
    for target in [*states, "same"]:
        yield re.sub(r"\bto: \w+", f"to: {target}", line)
    for winner in [one[1], "with", "both"] if one else []:
        yield re.sub(r"\bprevails: \w+", f"prevails: {winner}", line)
    for old, new in (("requesting", "requested"), ("exchanged", "house"), ("house", "exchanged")):
        yield re.sub(rf"(side|kept): {old}", rf"\1: {new}", line)
    yield line.replace(' ends: "yes",', "")
    yield re.sub(r"(law: \"?\w+:\d+)", r"\g<1>9", line)


def _breaks(key: str) -> Iterator[Break]:
    states = list(load_book().processes[key].states)
    for number, line in enumerate(_text(key).splitlines(keepends=True)):
        if re.match(r"  (- \{|\w+: \{)", line):
            changes = {"", *_lists(line), *_words(line, states)} - {line}
            yield from (Break(key, number, changed) for changed in sorted(changes))


@functools.cache
def _all_breaks() -> tuple[Break, ...]:
    return tuple(found for key in KEYS for found in _breaks(key))


@pytest.mark.parametrize("key", KEYS)
def test_an_unbroken_file_is_read_as_in_the_book(key: str) -> None:
    assert _read(key, _text(key).encode())[1] == []


def test_there_are_thousands_of_breaks_to_choose_from() -> None:
    assert len(_all_breaks()) > 5000


@given(st.data())
def test_every_break_of_a_process_file_is_refused_or_shows_in_its_prose(
    data: st.DataObject,
) -> None:
    found = data.draw(st.sampled_from(_all_breaks()))

    assert _notices(found)


def _refused(key: str, old: str, new: str) -> set[str]:
    text = _text(key)
    assert old in text, old
    return {fault.code for fault in _read(key, text.replace(old, new, 1).encode())[1]}


KEY = "uncc/preservation"


def test_a_dropped_row_of_crossings_is_refused() -> None:
    row = re.search(r"  - \{one: withdraw, with: \[refuse\].*\n", _text(KEY))
    assert row is not None

    assert _refused(KEY, row[0], "") == {"law/missing-crossing"}


def test_a_dropped_pair_of_a_row_is_refused() -> None:
    assert _refused(KEY, "with: [acknowledge, ask,", "with: [ask,") == {"law/missing-crossing"}


def test_both_where_only_one_can_hold_is_refused() -> None:
    old = "{one: withdraw, with: [refuse], prevails: withdraw"

    assert _refused(KEY, old, old.replace("prevails: withdraw", "prevails: both")) == {
        "law/impossible-crossing"
    }


def test_a_misspelt_need_is_refused() -> None:
    assert _refused(KEY, "needs: [form_complete,", "needs: [form_compleet,") == {"law/unknown-name"}


def test_a_misspelt_key_is_refused() -> None:
    assert _refused(KEY, "needs: [form_complete,", "neeeds: [form_complete,") == {"law/unknown-key"}


def test_a_state_that_no_step_leads_to_any_more_is_refused() -> None:
    assert "law/unreachable-state" in _refused(KEY, "to: called", "to: sent")


def test_an_end_that_is_left_again_is_refused() -> None:
    assert "law/leaves-end" in _refused(KEY, "from: [not_held, withdrawn]", "from: [refused]")


def test_an_end_that_ends_no_more_is_refused_where_nothing_leads_on() -> None:
    text = _text(KEY)
    row = next(line for line in text.splitlines() if line.startswith("  refused:"))

    assert "law/dead-end" in _refused(KEY, row, row.replace(' ends: "yes",', ""))
