r"""The text files of a BagIt 1.0 bag (RFC 8493), in the one form that is written and read here.

RFC 8493 lets a bag be written in many ways; a sealed bag has one. Declaration and
``bag-info.txt`` are fixed to the byte by what is sealed. Manifest lines are 64 hexadecimal
digits, two spaces and the name, as ``sha256sum -c`` reads them, in a fixed order: of each
object, counting from 1, first itself and then its metadata; tag files by name::

    <hex>  data/objects/000001\n<hex>  data/meta/000001.json\n …

A part says neither how much it holds (``Payload-Oxum``) nor when it was made.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from io import BufferedIOBase
from typing import Final

from comity.base import Digest, Ident, Instant
from comity.evidence.entries import (
    Form,
    Layout,
    Sink,
    object_name,
    record_name,
    write_all,
)
from comity.evidence.errors import PackageBroken
from comity.evidence.tree import HASH_BYTES

DECLARATION_BYTES: Final = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
PART_INFO: Final = (
    b"Bag-Software-Agent: comity/package/1\n"
    b"External-Description: A disclosed part of a sealed package; seal/ tells of which.\n"
)
_BAG: Final = "bag/"
_LINE: Final = re.compile(rb"([0-9a-f]{64})  ([!-~]{1,60})\n")
_LINE_BYTES: Final = 64 + 2 + 60 + 1
TAG_MANIFEST_BYTES: Final = 6 * _LINE_BYTES
"""What the tag manifest of a whole package cannot exceed."""
_HELD_BYTES: Final = 1 << 18


def whole_info(package: Ident, sealed_at: Instant, octets: int, count: int) -> bytes:
    """Return ``bag-info.txt`` of a whole package of ``count`` objects.

    ``octets`` counts the whole payload; a payload has two streams to each object.
    """
    lines = (
        "Bag-Software-Agent: comity/package/1",
        f"Bagging-Date: {str(sealed_at)[:10]}",
        f"External-Identifier: {package}",
        f"Payload-Oxum: {octets}.{2 * count}",
    )
    return "".join(f"{line}\n" for line in lines).encode("ascii")


def manifest_line(digest: Digest, name: str) -> bytes:
    """Return the manifest line of the entry ``name``."""
    return f"{digest.hex}  {name.removeprefix(_BAG)}\n".encode("ascii")


def tag_manifest(digests: Mapping[str, Digest]) -> bytes:
    """Return the tag manifest of the tag files, by their names."""
    return b"".join(manifest_line(digests[name], name) for name in sorted(digests))


class TagWriter:
    """Write one tag file in small pieces, and digest it."""

    def __init__(self, sink: Sink, name: str) -> None:
        """Begin the tag file ``name``."""
        self._writer = sink.create(name)
        self._sha = hashlib.sha256()
        self._held = bytearray()

    def write(self, data: bytes) -> None:
        """Take in the next piece."""
        self._held += data
        if len(self._held) >= _HELD_BYTES:
            self._flush()

    def close(self) -> Digest:
        """End the file; return its digest."""
        self._flush()
        self._writer.close()
        return Digest(self._sha.digest())

    def _flush(self) -> None:
        self._sha.update(self._held)
        write_all(self._writer, bytes(self._held))
        self._held.clear()


class Listed:
    """The digests that a manifest lists, 64 bytes to each object."""

    def __init__(self, slab: bytes) -> None:
        """Keep the digests of object and metadata by turns, from serial 1 on."""
        self._slab = slab

    def object(self, serial: int) -> Digest:
        """Return the digest listed for the object ``serial``."""
        return self._at(2 * serial - 2)

    def record(self, serial: int) -> Digest:
        """Return the digest listed for the metadata of the object ``serial``."""
        return self._at(2 * serial - 1)

    def _at(self, index: int) -> Digest:
        return Digest(self._slab[index * HASH_BYTES : (index + 1) * HASH_BYTES])


def read_manifest(stream: BufferedIOBase, layout: Layout) -> Listed:
    """Read a manifest of exactly what ``layout`` has, in order; else raise ``PackageBroken``."""
    names = (
        name
        for serial in range(1, layout.count + 1)
        for name in (object_name(serial), record_name(serial))
    )
    slab = bytearray()
    for digest in _read_lines(stream, names):
        slab += digest.raw
    return Listed(bytes(slab))


def read_tag_manifest(stream: BufferedIOBase, layout: Layout) -> dict[str, Digest]:
    """Read a tag manifest of exactly the tag files of ``layout``; else ``PackageBroken``."""
    return dict(zip(layout.tags, _read_lines(stream, layout.tags), strict=True))


def info_bytes(form: Form, package: Ident, sealed_at: Instant, octets: int, count: int) -> bytes:
    """Return the only possible ``bag-info.txt`` of a package of this form."""
    return PART_INFO if form is Form.PART else whole_info(package, sealed_at, octets, count)


def _read_lines(stream: BufferedIOBase, names: Iterable[str]) -> Iterator[Digest]:
    for name in names:
        line = stream.readline(_LINE_BYTES)
        match = _LINE.fullmatch(line)
        if match is None or match[2].decode("ascii") != name.removeprefix(_BAG):
            detail = f"The line of {name} is missing, out of order or written otherwise."
            raise PackageBroken(detail)
        yield Digest(bytes.fromhex(match[1].decode("ascii")))
    if stream.readline(1):
        detail = "The manifest lists more than lies in the package."
        raise PackageBroken(detail)
