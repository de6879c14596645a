"""The salted leaves of a package, and ``salts.json``, which opens them.

The leaf of an object is the RFC 6962 leaf hash of 96 bytes: salt (32 random bytes),
digest of the object, digest of its metadata. The leaves stand in the tree in the order
of their hashes, which is random: the place of a leaf tells nothing of what stands beside
it. A whole package has all salts, by serial; a part has, for each object it shows, also
in the order of serials, the salt, the index in the tree and the inclusion path::

    {"type":"comity/salts/1","form":"whole","salts":["<hex>", …]}
    {"type":"comity/salts/1","form":"part",
     "shown":[{"salt":"<hex>","index":4,"path":["<hex>", …]}, …]}

In a part the serials follow the index. So of one package there is one part that shows
given objects, to the byte, and their order tells nothing of the order they had.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from comity.base import Digest, canonical_bytes, limits, parse_canonical
from comity.base.canonical import Json
from comity.base.errors import Malformed
from comity.evidence.bagging import Listed
from comity.evidence.entries import Form, Layout
from comity.evidence.errors import PackageBroken
from comity.evidence.tree import HASH_BYTES, Tree, leaf_hash, walk_path
from comity.seal.fields import read_document, read_hex, read_object

_TYPE: Final = "comity/salts/1"
# 64 digits, quotes and a comma; a path has at most 21 steps and an index 7 digits.
_SALT_CHARS: Final = 67
_PLACED_CHARS: Final = 23 * _SALT_CHARS
_FRAME_CHARS: Final = 100
_SHOWN: Final = frozenset({"salt", "index", "path"})


@dataclass(frozen=True, slots=True)
class Placed:
    """One leaf that is shown: its salt, its index in the tree, the path from it to the root."""

    salt: bytes
    index: int
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class WholeSalts:
    """The salts of all objects, by serial."""

    salts: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class PartSalts:
    """The leaves of the objects that a part shows, by serial."""

    shown: tuple[Placed, ...]


Salts: TypeAlias = WholeSalts | PartSalts
"""What opens the leaves of a package."""


def leaf_of(salt: bytes, content: Digest, record: Digest) -> bytes:
    """Return the leaf hash of an object."""
    return leaf_hash(salt + content.raw + record.raw)


class Grove:
    """The tree of a whole package, and where in it the leaf of each serial stands."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        """Sort ``leaves``, given by serial, into their tree; raise ``PackageBroken`` for twins."""
        order = sorted(range(len(leaves)), key=leaves.__getitem__)
        self._index = {at: index for index, at in enumerate(order)}
        if len(set(leaves)) != len(leaves):
            detail = "Two objects have the same leaf."
            raise PackageBroken(detail)
        self._tree = Tree(leaves[at] for at in order)

    @property
    def root(self) -> Digest:
        """Return the root."""
        return Digest(self._tree.root)

    def place(self, serial: int, salt: bytes) -> Placed:
        """Return what shows the leaf of ``serial``."""
        index = self._index[serial - 1]
        return Placed(salt, index, self._tree.path(index))


def write_salts(salts: Salts) -> bytes:
    """Return ``salts.json``."""
    if isinstance(salts, WholeSalts):
        every: list[Json] = [salt.hex() for salt in salts.salts]
        return canonical_bytes({"type": _TYPE, "form": Form.WHOLE.value, "salts": every})
    shown: list[Json] = [
        {
            "salt": placed.salt.hex(),
            "index": placed.index,
            "path": [step.hex() for step in placed.path],
        }
        for placed in salts.shown
    ]
    return canonical_bytes({"type": _TYPE, "form": Form.PART.value, "shown": shown})


def salts_limit(layout: Layout) -> int:
    """Return how many bytes ``salts.json`` can have; a hostile one must not fill the memory."""
    each = _SALT_CHARS if layout.form is Form.WHOLE else _PLACED_CHARS
    return min(limits.SALTS_BYTES, _FRAME_CHARS + each * layout.count)


def read_salts(data: bytes, layout: Layout) -> Salts:
    """Read the ``salts.json`` of a package of this layout; raise what does not verify."""
    found = parse_canonical(data, limit=limits.SALTS_BYTES)
    if layout.form is Form.WHOLE:
        fields = read_document(found, _TYPE, frozenset({"form", "salts"}))
        entries = _require_form(fields["form"], fields["salts"], layout)
        return WholeSalts(tuple(_read_hash(entry) for entry in entries))
    fields = read_document(found, _TYPE, frozenset({"form", "shown"}))
    entries = _require_form(fields["form"], fields["shown"], layout)
    return PartSalts(tuple(_read_placed(entry) for entry in entries))


def require_root(salts: Salts, listed: Listed, root: Digest, objects: int) -> None:
    """Raise unless every object's leaf stands in the tree of ``objects`` leaves under ``root``."""
    leaves = _leaves(salts, listed)
    if isinstance(salts, WholeSalts):
        _require_whole(leaves, root)
    else:
        _require_paths(salts, leaves, root, objects)


def show_leaves(salts: Salts, listed: Listed, serials: Iterable[int]) -> dict[int, Placed]:
    """Return what shows the leaves of ``serials``, by serial, in the order of the tree."""
    if isinstance(salts, WholeSalts):
        grove = Grove(_leaves(salts, listed))
        shown = {serial: grove.place(serial, salts.salts[serial - 1]) for serial in serials}
    else:
        shown = {serial: salts.shown[serial - 1] for serial in serials}
    return dict(sorted(shown.items(), key=lambda item: item[1].index))


def _leaves(salts: Salts, listed: Listed) -> list[bytes]:
    every = salts.salts if isinstance(salts, WholeSalts) else [at.salt for at in salts.shown]
    return [
        leaf_of(salt, listed.object(serial), listed.record(serial))
        for serial, salt in enumerate(every, start=1)
    ]


def _require_whole(leaves: Sequence[bytes], root: Digest) -> None:
    if not Grove(leaves).root.matches(root):
        detail = "The objects, their metadata and salts do not lead to the sealed root."
        raise PackageBroken(detail)


def _require_paths(salts: PartSalts, leaves: Sequence[bytes], root: Digest, objects: int) -> None:
    before = -1
    for serial, (placed, leaf) in enumerate(zip(salts.shown, leaves, strict=True), start=1):
        if placed.index <= before:
            detail = f"Object {serial} does not follow the one before it in the tree."
            raise PackageBroken(detail)
        if not Digest(walk_path(leaf, placed.index, objects, placed.path)).matches(root):
            detail = f"Object {serial} does not lead to the sealed root."
            raise PackageBroken(detail)
        before = placed.index


def _require_form(form: Json, entries: Json, layout: Layout) -> list[Json]:
    if form != layout.form.value or not isinstance(entries, list):
        detail = f"The salts of a {layout.form.value} package were expected."
        raise Malformed(detail)
    if len(entries) != layout.count:
        detail = f"There are {len(entries)} salts to {layout.count} objects."
        raise PackageBroken(detail)
    return entries


def _read_hash(value: Json) -> bytes:
    raw = read_hex(value)
    if len(raw) != HASH_BYTES:
        detail = f"A salt or a step of a path has {HASH_BYTES} bytes."
        raise Malformed(detail)
    return raw


def _read_placed(value: Json) -> Placed:
    fields = read_object(value, _SHOWN)
    index, path = fields["index"], fields["path"]
    if not isinstance(index, int) or isinstance(index, bool) or not isinstance(path, list):
        detail = "An index is a whole number, a path a list."
        raise Malformed(detail)
    return Placed(_read_hash(fields["salt"]), index, tuple(_read_hash(step) for step in path))
