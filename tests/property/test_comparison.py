"""Comparing a return with the inventory, for all lists; the oracle counts on its fingers."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from comity.base import Digest, Instant
from comity.federation.comparison import Told, compare_items, count_outcomes, judge_opened
from comity.federation.inventory import Item

NAMES = st.sampled_from([*"abcdefgh"])
CONTENTS = st.sampled_from([b"", b"1", b"2", b"3"])
LISTS = st.dictionaries(NAMES, CONTENTS, max_size=8)


def items(files: dict[str, bytes]) -> list[Item]:
    return [Item(name=n, size=len(files[n]), digest=Digest.of(files[n])) for n in sorted(files)]


def expected(frozen: dict[str, bytes], returned: dict[str, bytes]) -> dict[str, int]:
    """Count as a clerk would, with two piles of cards."""
    both = frozen.keys() & returned.keys()
    same = sum(frozen[name] == returned[name] for name in both)
    lost = Counter(data for name, data in frozen.items() if name not in returned)
    new = Counter(data for name, data in returned.items() if name not in frozen)
    moved = sum((lost & new).values())
    return {
        "same": same,
        "changed": len(both) - same,
        "moved": moved,
        "missing": sum(lost.values()) - moved,
        "added": sum(new.values()) - moved,
    }


@given(LISTS, LISTS)
def test_the_counts_are_those_of_a_clerk(
    frozen: dict[str, bytes], returned: dict[str, bytes]
) -> None:
    rows = compare_items(items(frozen), items(returned))
    assert count_outcomes(rows) == expected(frozen, returned)


@given(LISTS, LISTS)
def test_every_item_of_both_lists_is_accounted_for_once(
    frozen: dict[str, bytes], returned: dict[str, bytes]
) -> None:
    rows = compare_items(items(frozen), items(returned))
    before = sorted(row.frozen.name for row in rows if row.frozen)
    after = sorted(row.returned.name for row in rows if row.returned)
    assert (before, after) == (sorted(frozen), sorted(returned))


@given(LISTS, LISTS)
def test_only_the_same_bytes_are_same_or_moved(
    frozen: dict[str, bytes], returned: dict[str, bytes]
) -> None:
    for row in compare_items(items(frozen), items(returned)):
        if row.frozen and row.returned:
            alike = frozen[row.frozen.name] == returned[row.returned.name]
            assert alike is (row.outcome != "changed")


@given(LISTS)
def test_what_comes_back_as_it_was_frozen_is_all_the_same(files: dict[str, bytes]) -> None:
    assert {row.outcome for row in compare_items(items(files), items(files))} <= {"same"}


@given(LISTS, LISTS)
def test_the_order_in_which_items_are_given_does_not_matter(
    frozen: dict[str, bytes], returned: dict[str, bytes]
) -> None:
    turned = compare_items(items(frozen)[::-1], items(returned)[::-1])
    assert turned == compare_items(items(frozen), items(returned))


@given(st.lists(st.integers(0, 3), max_size=4), st.integers(0, 3))
def test_only_what_was_told_binds(told: list[int], opened: int) -> None:
    at = Instant.parse("2026-11-21T00:00:00Z")
    known = list(dict.fromkeys(told))
    digests = [Told(Digest.of(bytes([one])), at) for one in known]
    place = known.index(opened) if opened in known else None
    word = judge_opened(digests, Digest.of(bytes([opened])))
    assert word == {None: "never", 0: "first"}.get(place, "later")
