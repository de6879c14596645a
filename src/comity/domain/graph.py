"""What had to be known before what: entries as a graph of numbered nodes.

Entries are numbered in the order of their digests, so the numbering depends on the set
alone. Sets of entries are bit masks: the past of an entry is one whole number.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from comity.base.digest import Digest
from comity.domain.entry import Entry


@dataclass(frozen=True, slots=True)
class Graph:
    """Numbered entries, for each the numbers it needs (None: some are missing) and feeds."""

    entries: tuple[Entry, ...]
    needs: tuple[int | None, ...]
    feeds: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Graph:
        """Give every exchanged entry its number; what is given twice counts once."""
        named = {entry.digest: entry for entry in entries if entry.is_exchanged}
        ordered = tuple(named[digest] for digest in sorted(named))
        number = {entry.digest: at for at, entry in enumerate(ordered)}
        feeds: list[list[int]] = [[] for _ in ordered]
        for at, entry in enumerate(ordered):
            for digest in set(entry.after) & number.keys():
                feeds[number[digest]].append(at)
        needs = tuple(_mask(entry.after, number) for entry in ordered)
        return cls(ordered, needs, tuple(tuple(row) for row in feeds))

    def past(self, at: int) -> int:
        """Return all that the author of entry ``at`` had in hand, near and far."""
        seen, rest = 0, self.needs[at] or 0
        while rest:
            lowest = rest & -rest
            seen |= lowest
            rest = (rest | (self.needs[lowest.bit_length() - 1] or 0)) & ~seen
        return seen


def members(mask: int) -> list[int]:
    """Return the numbers in ``mask``, rising."""
    found = []
    while mask:
        lowest = mask & -mask
        found.append(lowest.bit_length() - 1)
        mask ^= lowest
    return found


def _mask(digests: Iterable[Digest], number: dict[Digest, int]) -> int | None:
    """Return the mask of ``digests``; None if one of them is not in the set."""
    mask = 0
    for digest in digests:
        if digest not in number:
            return None
        mask |= 1 << number[digest]
    return mask
