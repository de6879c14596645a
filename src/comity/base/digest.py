"""Digests: what a court compares.

One algorithm, SHA-256 (FIPS 180-4), written ``sha256:`` and 64 lower-case
hexadecimal digits. A digest is a value: it compares, sorts and prints.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import BinaryIO, Final

from comity.base.errors import Malformed

_TEXT: Final = re.compile(r"sha256:([0-9a-f]{64})")
_CHUNK: Final = 1 << 20
_BYTES: Final = 32


@dataclass(frozen=True, slots=True, order=True)
class Digest:
    """A SHA-256 digest: 32 bytes."""

    raw: bytes

    def __post_init__(self) -> None:
        """Refuse anything but 32 bytes."""
        if len(self.raw) != _BYTES:
            detail = f"A SHA-256 digest has 32 bytes, not {len(self.raw)}."
            raise Malformed(detail)

    @classmethod
    def of(cls, data: bytes) -> Digest:
        """Return the digest of ``data``."""
        return cls(hashlib.sha256(data).digest())

    @classmethod
    def of_stream(cls, stream: BinaryIO) -> Digest:
        """Return the digest of all that ``stream`` still holds, in constant memory."""
        hasher = Hasher()
        while chunk := stream.read(_CHUNK):
            hasher.update(chunk)
        return hasher.digest()

    @classmethod
    def parse(cls, text: str) -> Digest:
        """Read ``sha256:<64 hexadecimal digits>``; raise ``Malformed`` for anything else."""
        match = _TEXT.fullmatch(text)
        if match is None:
            detail = "A digest is written sha256: and 64 lower-case hexadecimal digits."
            raise Malformed(detail)
        return cls(bytes.fromhex(match[1]))

    @property
    def hex(self) -> str:
        """Return the 64 hexadecimal digits that ``sha256sum`` prints."""
        return self.raw.hex()

    def matches(self, other: Digest) -> bool:
        """Compare in constant time."""
        return hmac.compare_digest(self.raw, other.raw)

    def __str__(self) -> str:
        """Return the written form."""
        return f"sha256:{self.hex}"


class Hasher:
    """Count and digest bytes as they pass."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._sha = hashlib.sha256()
        self.size = 0

    def update(self, chunk: bytes | memoryview) -> None:
        """Take in the next bytes."""
        self._sha.update(chunk)
        self.size += len(chunk)

    def digest(self) -> Digest:
        """Return the digest of all bytes so far."""
        return Digest(self._sha.digest())
