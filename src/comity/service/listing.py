"""The list of objects that a taking-in keeps for the sealing: one canonical JSON line each.

It holds names, digests and salts, so it lies sealed among the volumes, as an entry of
its own that is no part of a package.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from comity.base import Digest, canonical_bytes, limits, parse_canonical
from comity.base.canonical import Json
from comity.base.errors import Malformed
from comity.evidence import Source, Taken
from comity.evidence.leaves import leaf_of
from comity.seal.fields import read_hex, read_object, read_text

ROWS: Final = "rows.jsonl"
_NAMES: Final = frozenset(
    {"serial", "sha256", "size", "metadata", "salt", "circumstances", "irregular"}
)
_LINE_BYTES: Final = 4 * limits.OBJECT_METADATA_BYTES


def write_row(taken: Taken) -> bytes:
    """Return the line of one object."""
    return (
        canonical_bytes(
            {
                "serial": taken.serial,
                "sha256": taken.digest.hex,
                "size": str(taken.size),
                "metadata": taken.metadata.decode("utf-8"),
                "salt": taken.salt.hex(),
                "circumstances": taken.circumstances.decode("utf-8"),
                "irregular": taken.irregular,
            }
        )
        + b"\n"
    )


def read_rows(source: Source) -> Iterator[Taken]:
    """Yield the objects of a taking-in, in bounded memory; raise ``Malformed``."""
    with source.open(ROWS) as stream:
        while line := stream.readline(_LINE_BYTES):
            if not line.endswith(b"\n"):
                detail = "The list of objects ends in the middle of a line."
                raise Malformed(detail)
            yield _read_row(line.removesuffix(b"\n"))


def row_leaf(taken: Taken) -> bytes:
    """Return the salted leaf of an object: all of it that may stand in the clear."""
    return leaf_of(taken.salt, taken.digest, Digest.of(taken.metadata))


def _read_row(line: bytes) -> Taken:
    found = read_object(parse_canonical(line, limit=_LINE_BYTES), _NAMES)
    return Taken(
        serial=_read_count(found["serial"]),
        digest=Digest(read_hex(found["sha256"])),
        size=_read_size(found["size"]),
        metadata=_read_bytes(found["metadata"]),
        salt=read_hex(found["salt"]),
        circumstances=_read_bytes(found["circumstances"]),
        irregular=read_text(found["irregular"], most=limits.ACT_TEXT),
    )


def _read_bytes(value: Json) -> bytes:
    return read_text(value, most=_LINE_BYTES).encode("utf-8")


def _read_count(value: Json) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        detail = "A serial is a whole number."
        raise Malformed(detail)
    return value


def _read_size(value: Json) -> int:
    """Read a size: text, for a disk may be larger than JSON's whole numbers are safe."""
    text = read_text(value, most=20, least=1)
    if not (text.isascii() and text.isdigit()):
        detail = "A size is a whole number."
        raise Malformed(detail)
    return int(text)
