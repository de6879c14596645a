"""The hash tree of RFC 6962 section 2.1 over 32-byte leaf hashes.

A leaf is hashed with a zero byte before it, an inner node with a one byte: no inner
node can pass as a leaf. Leaves lie in one slab of bytes, 32 to each, so that two
million of them cost 64 MB. The path of a leaf holds its siblings from the bottom up;
walking it is RFC 9162 section 2.1.3.2, which fixes the length of a path by index and
size, so that a path one too short or one too long never leads to the root.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Final

from comity.base.errors import BadValue, Malformed

HASH_BYTES: Final = 32
_LEAF: Final = b"\x00"
_NODE: Final = b"\x01"


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf that holds ``data``."""
    return hashlib.sha256(_LEAF + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of the node above ``left`` and ``right``."""
    return hashlib.sha256(_NODE + left + right).digest()


class Tree:
    """A tree over leaf hashes, all its levels held."""

    def __init__(self, leaves: Iterable[bytes]) -> None:
        """Build every level over ``leaves`` (their hashes, 32 bytes each, in order)."""
        slab = b"".join(leaves)
        if not slab or len(slab) % HASH_BYTES:
            detail = "A tree stands on at least one leaf hash of 32 bytes."
            raise BadValue(detail)
        self._levels = [slab]
        while len(self._levels[-1]) > HASH_BYTES:
            self._levels.append(_level_above(self._levels[-1]))

    @property
    def size(self) -> int:
        """Return the number of leaves."""
        return len(self._levels[0]) // HASH_BYTES

    @property
    def root(self) -> bytes:
        """Return the hash of the whole tree."""
        return self._levels[-1]

    def path(self, index: int) -> tuple[bytes, ...]:
        """Return the inclusion path of leaf ``index``: its siblings from the bottom up."""
        if not 0 <= index < self.size:
            detail = f"There is no leaf {index} in a tree of {self.size}."
            raise BadValue(detail)
        found = []
        for level in self._levels[:-1]:
            sibling = index ^ 1
            if (sibling + 1) * HASH_BYTES <= len(level):
                found.append(_hash_at(level, sibling))
            index >>= 1
        return tuple(found)


def walk_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """Return the root that ``path`` leads to from ``leaf``; raise ``Malformed`` if to none."""
    if not 0 <= index < size:
        detail = f"There is no leaf {index} in a tree of {size}."
        raise Malformed(detail)
    if {len(leaf), *map(len, path)} != {HASH_BYTES}:
        detail = f"Each hash of a tree has {HASH_BYTES} bytes."
        raise Malformed(detail)
    at, last, reached = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            detail = "The path is longer than the tree is high."
            raise Malformed(detail)
        if at & 1 or at == last:
            reached = node_hash(sibling, reached)
            # The last node of a level without a sibling rises unchanged: skip those levels.
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            reached = node_hash(reached, sibling)
        at, last = at >> 1, last >> 1
    if last:
        detail = "The path ends below the root."
        raise Malformed(detail)
    return reached


def _level_above(level: bytes) -> bytes:
    pair = 2 * HASH_BYTES
    whole = len(level) // pair * pair
    nodes = [
        hashlib.sha256(_NODE + level[start : start + pair]).digest()
        for start in range(0, whole, pair)
    ]
    # An odd last node rises unchanged (RFC 6962: the split is at a power of two).
    return b"".join(nodes) + level[whole:]


def _hash_at(level: bytes, index: int) -> bytes:
    return level[index * HASH_BYTES : (index + 1) * HASH_BYTES]
