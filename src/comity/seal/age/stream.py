"""The body of an age file: chunks of 64 KiB, each with its own proof (STREAM).

A nonce of 16 bytes, then chunks under ChaCha20-Poly1305. A chunk's nonce is its number
(11 bytes, big-endian) and one byte that is 1 for the last chunk alone: chunks can be
neither moved, left out, added nor cut off. Only an empty file has an empty last chunk.
"""

from __future__ import annotations

from typing import BinaryIO, Final, Protocol

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from comity.seal.age.header import derive_key
from comity.seal.errors import PayloadBroken

NONCE_BYTES: Final = 16
CHUNK: Final = 64 << 10
TAG: Final = 16
SEALED_CHUNK: Final = CHUNK + TAG
# So many chunks are read or copied at once: a mebibyte keeps the disk and both cores busy.
GROUP: Final = 16


class Writable(Protocol):
    """What takes bytes and says how many, or nothing, as any Python stream does."""

    def write(self, data: bytes | memoryview, /) -> int | None:
        """Take ``data``, which may be overwritten as soon as this has returned."""


def stream_cipher(file_key: bytes, nonce: bytes) -> ChaCha20Poly1305:
    """Return the cipher of the body."""
    return ChaCha20Poly1305(derive_key(file_key, salt=nonce, info=b"payload"))


def chunk_nonce(number: int, *, last: bool) -> bytes:
    """Return the nonce of chunk ``number``."""
    return (number << 8 | last).to_bytes(12, "big")


def plain_size(sealed: int) -> int:
    """Return how many bytes lie behind a body of ``sealed`` bytes (nonce not counted)."""
    chunks, rest = divmod(sealed, SEALED_CHUNK)
    chunks += rest > 0
    if rest in range(1, TAG) or chunks == 0 or (rest == TAG and chunks > 1):
        detail = "Its length is not one that whole chunks can have."
        raise PayloadBroken(detail)
    return sealed - chunks * TAG


def write_full(sink: Writable, data: bytes | memoryview) -> None:
    """Write all of ``data``, to raw streams that take part of it too."""
    rest = data
    while (taken := sink.write(rest)) is not None and taken < len(rest):
        rest = rest[taken:]


def read_into(source: BinaryIO, buffer: memoryview) -> int:
    """Fill ``buffer`` from ``source``; return how many bytes there were."""
    filled = 0
    while filled < len(buffer):
        part = source.readinto(buffer[filled:])  # type: ignore[attr-defined] # typeshed lacks it
        if not part:
            break
        filled += part
    return filled
