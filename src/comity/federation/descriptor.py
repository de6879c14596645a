"""The descriptor of a transfer: what a package consists of on its way, volume by volume.

A package goes across as encrypted volumes, in chunks of 8 MiB. Of each volume there is a
*chunk list*: the BLAKE3 digests of its chunks, 32 bytes each, end to end. The descriptor is
canonical JSON (RFC 8785) and names each chunk list by its SHA-256; the act of handing over
covers the descriptor. So the two signatures of that act reach down to every chunk, and a
chunk is known to be right before the next one is asked for::

    {"type":"comity/descriptor/1","transfer":"xfr_…","package":"pkg_…",
     "statement":"sha256:…","objects":12,"first":[7,3],"chunk_bytes":8388608,
     "volumes":[{"number":0,"size":40213,"chunks":"sha256:…"}, …]}

``statement`` is the digest of the sealed Statement, ``first`` the objects that come first,
in the volumes behind volume 0. Volumes are listed in the order in which they are to be had.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Final

from blake3 import blake3

from comity.base import Digest, Ident, canonical_bytes, limits, parse_canonical
from comity.base.canonical import Json
from comity.base.errors import DoesNotVerify, Malformed
from comity.seal.fields import read_document, read_list, read_number, read_object, read_text

CHUNK_BYTES: Final = limits.CHUNK_BYTES
DIGEST_BYTES: Final = 32
_TYPE: Final = "comity/descriptor/1"
_FIELDS: Final = frozenset(
    {"transfer", "package", "statement", "objects", "first", "chunk_bytes", "volumes"}
)
_VOLUME: Final = frozenset({"number", "size", "chunks"})
_TEXT: Final = 80


class ChunkWrong(DoesNotVerify):
    """This chunk is not the one that the sender signed for."""

    code = "federation/chunk-wrong"
    remedy = "It is fetched again; if it stays wrong, ask the sender to hand over anew."


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """One volume: its number, its size in bytes, and the SHA-256 of its chunk list."""

    number: int
    size: int
    chunks: Digest

    @property
    def count(self) -> int:
        """Return how many chunks it has."""
        return -(-self.size // CHUNK_BYTES)

    def chunk_size(self, chunk: int) -> int:
        """Return how many bytes the chunk of this number has."""
        return min(CHUNK_BYTES, self.size - chunk * CHUNK_BYTES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Descriptor:
    """What is on its way."""

    transfer: Ident
    package: Ident
    statement: Digest
    objects: int
    first: tuple[int, ...]
    volumes: tuple[Volume, ...]

    @property
    def size(self) -> int:
        """Return the bytes of all volumes."""
        return sum(volume.size for volume in self.volumes)

    def volume(self, number: int) -> Volume | None:
        """Return the volume of this number, if there is one."""
        return next((one for one in self.volumes if one.number == number), None)

    def document(self) -> bytes:
        """Return the canonical bytes, which the act of handing over covers."""
        return canonical_bytes(
            {
                "type": _TYPE,
                "transfer": str(self.transfer),
                "package": str(self.package),
                "statement": str(self.statement),
                "objects": self.objects,
                "first": [*self.first],
                "chunk_bytes": CHUNK_BYTES,
                "volumes": [_volume_data(one) for one in self.volumes],
            }
        )

    @classmethod
    def parse(cls, data: bytes) -> Descriptor:
        """Read a descriptor whose every field is known and possible; else ``Malformed``."""
        found = parse_canonical(data, limit=limits.DESCRIPTOR_BYTES)
        fields = read_document(found, _TYPE, _FIELDS)
        if fields["chunk_bytes"] != CHUNK_BYTES:
            detail = f"A chunk has {CHUNK_BYTES} bytes."
            raise Malformed(detail)
        return cls(
            transfer=_read_ident(fields["transfer"], "xfr"),
            package=_read_ident(fields["package"], "pkg"),
            statement=Digest.parse(read_text(fields["statement"], most=_TEXT)),
            objects=_read_between(fields["objects"], 1, limits.PACKAGE_OBJECTS),
            first=_read_first(fields["first"]),
            volumes=_read_volumes(fields["volumes"]),
        )


def digest_chunk(data: bytes | memoryview) -> bytes:
    """Return the BLAKE3 digest of a chunk."""
    return blake3(data).digest()


def require_chunk(data: bytes, size: int, digest: bytes) -> None:
    """Raise ``ChunkWrong`` unless ``data`` has this size and this BLAKE3 digest."""
    if len(data) != size:
        detail = f"It has {len(data)} bytes, where {size} were signed for."
        raise ChunkWrong(detail)
    if not hmac.compare_digest(digest_chunk(data), digest):
        detail = "Its BLAKE3 digest is another."
        raise ChunkWrong(detail)


def read_chunk_list(data: bytes, volume: Volume) -> tuple[bytes, ...]:
    """Return the digests of the chunks of ``volume``; raise ``ChunkWrong`` for another list."""
    if len(data) != volume.count * DIGEST_BYTES or not Digest.of(data).matches(volume.chunks):
        detail = f"The chunk list of volume {volume.number} is another."
        raise ChunkWrong(detail)
    return tuple(data[at : at + DIGEST_BYTES] for at in range(0, len(data), DIGEST_BYTES))


def _volume_data(volume: Volume) -> dict[str, Json]:
    return {"number": volume.number, "size": volume.size, "chunks": str(volume.chunks)}


def _read_ident(value: Json, kind: str) -> Ident:
    ident = Ident(read_text(value, most=_TEXT))
    if ident.kind != kind:
        detail = f"An identifier of the kind {kind} was expected."
        raise Malformed(detail)
    return ident


def _read_between(value: Json, least: int, most: int) -> int:
    number = read_number(value)
    if not least <= number <= most:
        detail = f"A number from {least} to {most} was expected."
        raise Malformed(detail)
    return number


def _read_first(value: Json) -> tuple[int, ...]:
    serials = read_list(value)
    if len(serials) > limits.CHOSEN_OBJECTS:
        detail = f"At most {limits.CHOSEN_OBJECTS} objects come first."
        raise Malformed(detail)
    found = tuple(_read_between(serial, 1, limits.PACKAGE_OBJECTS) for serial in serials)
    if len(set(found)) != len(found):
        detail = "An object comes first once."
        raise Malformed(detail)
    return found


def _read_volumes(value: Json) -> tuple[Volume, ...]:
    listed = read_list(value)
    if not 1 <= len(listed) <= limits.TRANSFER_VOLUMES:
        detail = f"A transfer has 1 to {limits.TRANSFER_VOLUMES} volumes."
        raise Malformed(detail)
    volumes = tuple(_read_volume(one) for one in listed)
    if {one.number for one in volumes} != set(range(len(volumes))) or volumes[0].number != 0:
        detail = "Volumes count from 0, and volume 0 comes first."
        raise Malformed(detail)
    return volumes


def _read_volume(value: Json) -> Volume:
    found = read_object(value, _VOLUME)
    return Volume(
        number=_read_between(found["number"], 0, limits.TRANSFER_VOLUMES - 1),
        size=_read_between(found["size"], 1, limits.VOLUME_BYTES),
        chunks=Digest.parse(read_text(found["chunks"], most=_TEXT)),
    )


class ChunkHasher:
    """Digests bytes that go by, chunk by chunk; ``close`` ends the last one."""

    def __init__(self) -> None:
        """Begin the first chunk."""
        self.digests: list[bytes] = []
        self._begin()

    def update(self, data: bytes | memoryview) -> None:
        """Take in the next bytes."""
        rest = memoryview(data)
        while rest:
            part = rest[: self._room]
            self._hasher.update(part)
            self._room -= len(part)
            rest = rest[len(part) :]
            if not self._room:
                self._end()

    def close(self) -> None:
        """End the last chunk, unless it has no bytes."""
        if self._room < CHUNK_BYTES:
            self._end()

    def _begin(self) -> None:
        self._hasher = blake3()
        self._room = CHUNK_BYTES

    def _end(self) -> None:
        self.digests.append(self._hasher.digest())
        self._begin()
