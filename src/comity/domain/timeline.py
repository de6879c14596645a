"""The order in which things happened, as far as they count."""

from __future__ import annotations

from collections.abc import Iterable

from comity.base.clock import Instant
from comity.domain.entry import Entry
from comity.domain.standing import Standing


def timeline(entries: Iterable[Entry], standing: Standing) -> tuple[Entry, ...]:
    """Return what counts, in its order: applied entries as settled, the house's by their time.

    A house entry stands after the last applied one that is not later than it.
    """
    named = {entry.digest: entry for entry in entries}
    applied = [named[digest] for digest in standing.applied if digest in named]
    house = sorted(
        (entry for entry in named.values() if not entry.is_exchanged),
        key=lambda entry: (entry.at, entry.number, entry.digest),
    )
    placed = [(place, entry) for place, entry in enumerate(applied)]
    placed += [(_place(applied, entry.at), entry) for entry in house]
    return tuple(entry for _, entry in sorted(placed, key=lambda row: row[0]))


def _place(applied: list[Entry], at: Instant) -> int:
    return max((place for place, entry in enumerate(applied) if entry.at <= at), default=-1)
