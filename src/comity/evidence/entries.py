"""The names of a package, and what a package is written to and read from.

A package is a set of named entries and nothing else::

    bag/bagit.txt  bag/bag-info.txt  bag/manifest-sha256.txt  bag/tagmanifest-sha256.txt
    bag/package.json  bag/case.jsonld  bag/circumstances.jsonl          whole packages only
    bag/data/objects/000001 …        bag/data/meta/000001.json …        one of each per object
    seal/statement.dsse.json  seal/salts.json  seal/trust/sealer.pub

The names are a closed set of plain ASCII: there is nothing to traverse, nothing that
differs by case or by Unicode form, nothing that a system reserves. Serials count from
1 without a gap, in six digits or, above 999,999, seven.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final, Protocol

from comity.base import limits
from comity.base.errors import TooLarge
from comity.evidence.errors import LayoutRefused

DECLARATION: Final = "bag/bagit.txt"
INFO: Final = "bag/bag-info.txt"
MANIFEST: Final = "bag/manifest-sha256.txt"
TAG_MANIFEST: Final = "bag/tagmanifest-sha256.txt"
PACKAGE: Final = "bag/package.json"
CASE: Final = "bag/case.jsonld"
CIRCUMSTANCES: Final = "bag/circumstances.jsonl"
STATEMENT: Final = "seal/statement.dsse.json"
SALTS: Final = "seal/salts.json"
SEALER: Final = "seal/trust/sealer.pub"

_ALWAYS: Final = frozenset({DECLARATION, INFO, MANIFEST, TAG_MANIFEST, STATEMENT, SALTS, SEALER})
_WHOLE_ONLY: Final = frozenset({PACKAGE, CASE, CIRCUMSTANCES})
_NUMBERED: Final = re.compile(r"bag/data/(?:objects/([0-9]{6,7})|meta/([0-9]{6,7})\.json)")
FOLDERS: Final = frozenset({"bag", "bag/data", "bag/data/objects", "bag/data/meta", "seal"}) | {
    "seal/trust"
}
"""Every folder that a package on a disk has."""


class Form(Enum):
    """Whether all that was sealed lies here, or a part that was disclosed."""

    WHOLE = "whole"
    PART = "part"


class Writer(Protocol):
    """What one entry is written to."""

    def write(self, chunk: bytes | memoryview, /) -> int:
        """Take bytes; return how many were taken."""

    def close(self) -> None:
        """End the entry."""


class Sink(Protocol):
    """What a package is written to, entry by entry; an entry is written once."""

    def create(self, name: str) -> Writer:
        """Begin the entry ``name``."""


class Source(Protocol):
    """What a package is read from. Several threads may read at once."""

    def names(self) -> Iterator[str]:
        """Give every name there is; raise ``LayoutRefused`` for what is no plain entry."""

    def open(self, name: str) -> io.BufferedIOBase:
        """Open the entry ``name`` for reading."""

    def size(self, name: str) -> int:
        """Return how many bytes the entry ``name`` has."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What lies in a package: its form, and how many objects."""

    form: Form
    count: int

    @property
    def tags(self) -> tuple[str, ...]:
        """Return the entries that the tag manifest lists, in its order."""
        whole = _WHOLE_ONLY if self.form is Form.WHOLE else frozenset()
        return tuple(sorted({DECLARATION, INFO, MANIFEST} | whole))


def object_name(serial: int) -> str:
    """Return the name of the object ``serial``."""
    return f"bag/data/objects/{serial:06d}"


def record_name(serial: int) -> str:
    """Return the name of the metadata of the object ``serial``."""
    return f"bag/data/meta/{serial:06d}.json"


def read_layout(names: Iterable[str]) -> Layout:
    """Return what lies in a package of these ``names``; raise ``LayoutRefused``."""
    plain: set[str] = set()
    objects, records = _Serials("object"), _Serials("metadata file")
    for name in names:
        numbered = _NUMBERED.fullmatch(name)
        if numbered is not None:
            chosen = objects if numbered[1] else records
            chosen.add(numbered[1] or numbered[2])
        elif name in plain or name not in _ALWAYS | _WHOLE_ONLY:
            detail = f"{ascii(name)[:120]} does not belong here, or is here twice."
            raise LayoutRefused(detail)
        else:
            plain.add(name)
    return Layout(_form(plain), _count(objects, records))


def read_small(source: Source, name: str, limit: int) -> bytes:
    """Return all bytes of ``name``, of which there may be ``limit``; raise ``TooLarge``."""
    with source.open(name) as stream:
        data = stream.read(limit + 1)
    if len(data) > limit:
        detail = f"{name} has more than {limit} bytes."
        raise TooLarge(detail)
    return data


def write_entry(sink: Sink, name: str, data: bytes) -> None:
    """Write ``data`` as the entry ``name``."""
    writer = sink.create(name)
    write_all(writer, data)
    writer.close()


def write_all(writer: Writer, data: bytes | memoryview) -> None:
    """Write all of ``data``, however little is taken at a time."""
    taken = writer.write(data)
    while taken < len(data):
        taken += writer.write(memoryview(data)[taken:])


class _Serials:
    """Which serials were seen: one byte each, so that a hostile list costs nothing."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._seen = bytearray()
        self.count = 0
        self.most = 0

    def add(self, digits: str) -> None:
        serial = int(digits)
        if f"{serial:06d}" != digits or not 0 < serial <= limits.PACKAGE_OBJECTS:
            detail = f"{digits} is no serial of the {self._what}s."
            raise LayoutRefused(detail)
        if serial >= len(self._seen):
            self._seen.extend(bytes(serial + 1 - len(self._seen)))
        if self._seen[serial]:
            detail = f"The {self._what} {digits} is here twice."
            raise LayoutRefused(detail)
        self._seen[serial] = 1
        self.count += 1
        self.most = max(self.most, serial)


def _form(plain: set[str]) -> Form:
    lacking = _ALWAYS - plain
    some = plain & _WHOLE_ONLY
    if some and some != _WHOLE_ONLY:
        lacking |= _WHOLE_ONLY - some
    if lacking:
        detail = f"It lacks {', '.join(sorted(lacking))}."
        raise LayoutRefused(detail)
    return Form.WHOLE if some else Form.PART


def _count(objects: _Serials, records: _Serials) -> int:
    counted = {objects.count, objects.most, records.count, records.most}
    if len(counted) != 1 or counted == {0}:
        detail = (
            f"{objects.count} objects (to serial {objects.most}) and {records.count} metadata "
            f"files (to {records.most}): serials count from 1 without a gap, one of each."
        )
        raise LayoutRefused(detail)
    return objects.count
