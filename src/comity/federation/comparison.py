"""Comparing what was returned with the inventory at the freeze, item by item.

Names go first: an item of the same name is *same* if its bytes are the same, else *changed*.
Of the rest, bytes that were frozen under one name and returned under another are *moved*:
of several with the same bytes the first in the order of names goes with the first. What
is then left of the inventory is *missing*, and of the return *added*. Nothing here judges why.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from comity.base import Digest, Instant, canonical_bytes
from comity.base.canonical import Json
from comity.federation.inventory import Item

TYPE: Final = "comity/comparison/1"
SAME: Final = "same"
CHANGED: Final = "changed"
MISSING: Final = "missing"
ADDED: Final = "added"
MOVED: Final = "moved"
FIRST: Final = "first"
LATER: Final = "later"
NEVER: Final = "never"
OUTCOMES: Final = (SAME, CHANGED, MOVED, MISSING, ADDED)


@dataclass(frozen=True, slots=True)
class Compared:
    """One item: as it was frozen, as it was returned, and what that makes of it."""

    outcome: str
    frozen: Item | None
    returned: Item | None

    def as_data(self) -> Json:
        """Return the row as it stands in a document."""
        return {
            "outcome": self.outcome,
            "frozen": _item_data(self.frozen),
            "returned": _item_data(self.returned),
        }


def compare_items(frozen: Iterable[Item], returned: Iterable[Item]) -> tuple[Compared, ...]:
    """Compare two lists, in each of which a name stands once; return rows in the order of names."""
    before = {item.name: item for item in frozen}
    after = {item.name: item for item in returned}
    rows = [_by_name(before[name], after[name]) for name in before.keys() & after.keys()]
    lost = [before[name] for name in sorted(before.keys() - after.keys())]
    found: dict[tuple[Digest, int], deque[Item]] = defaultdict(deque)
    for name in sorted(after.keys() - before.keys()):
        found[_bytes_of(after[name])].append(after[name])
    for item in lost:
        others = found[_bytes_of(item)]
        if others:
            rows.append(Compared(MOVED, item, others.popleft()))
        else:
            rows.append(Compared(MISSING, item, None))
    rows += [Compared(ADDED, None, item) for rest in found.values() for item in rest]
    return tuple(sorted(rows, key=_place))


def count_outcomes(rows: Iterable[Compared]) -> dict[str, int]:
    """Return how many items there are of each outcome; every outcome is named."""
    counts = dict.fromkeys(OUTCOMES, 0)
    for row in rows:
        counts[row.outcome] += 1
    return counts


@dataclass(frozen=True, slots=True)
class Told:
    """A salted digest that left the provider, and when it came in."""

    digest: Digest
    at: Instant


def comparison_document(
    rows: Iterable[Compared], *, told: Iterable[Told], opened: Digest, damaged: Iterable[str]
) -> bytes:
    """Return the document of a comparison.

    ``told`` are the salted digests that left at the freeze and after it, ``opened`` that of the
    inventory that came with the return; ``damaged`` names what did not arrive as it was listed.
    """
    kept = tuple(rows)
    listed: list[Json] = [row.as_data() for row in kept]
    return canonical_bytes(
        {
            "type": TYPE,
            "told": [{"digest": str(one.digest), "at": str(one.at)} for one in told],
            "opened": str(opened),
            "counts": dict(count_outcomes(kept)),
            "damaged": list(damaged),
            "items": listed,
        }
    )


def judge_opened(told: Sequence[Told], opened: Digest) -> str:
    """Return whether the inventory that was opened is the one that the provider was bound to.

    ``first``: that of the freeze. ``later``: one that was told after it. ``never``: neither, and
    then equal items prove nothing.
    """
    if told and told[0].digest.matches(opened):
        return FIRST
    return LATER if any(one.digest.matches(opened) for one in told) else NEVER


def _by_name(before: Item, after: Item) -> Compared:
    is_same = before.digest == after.digest and before.size == after.size
    return Compared(SAME if is_same else CHANGED, before, after)


def _bytes_of(item: Item) -> tuple[Digest, int]:
    return item.digest, item.size


def _place(row: Compared) -> tuple[str, str]:
    first = row.frozen or row.returned
    return (first.name if first else ""), row.outcome


def _item_data(item: Item | None) -> Json:
    if item is None:
        return None
    return {"name": item.name, "size": item.size, "sha256": item.digest.hex}
