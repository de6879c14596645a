"""age files made by hand, chunk by chunk, to be wrong in one way at a time."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from hashlib import sha256
from io import BytesIO

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from comity.seal import Encryptor, Identity
from tests.seals import SeedBytes

IDENTITY = Identity.generate(SeedBytes(31))
STRANGER = Identity.generate(SeedBytes(32))
CHUNK = 65536


def hkdf(secret: bytes, salt: bytes, info: bytes) -> bytes:
    """RFC 5869 for 32 bytes of SHA-256, written out."""
    first = hmac.digest(salt or bytes(32), secret, "sha256")
    return hmac.digest(first, info + b"\1", sha256)


def head_and_key() -> tuple[bytes, bytes, bytes]:
    """Return a good head, the nonce after it, and the key of the body."""
    sink = BytesIO()
    Encryptor(sink, [IDENTITY.recipient], SeedBytes(33)).abandon()
    drawn = SeedBytes(33)
    file_key, nonce = drawn(16), drawn(16)
    return sink.getvalue()[:-16], nonce, hkdf(file_key, nonce, b"payload")


def forge(chunks: Iterable[tuple[int, bool, bytes]]) -> bytes:
    """Return an age file of these chunks: number, whether marked as last, content."""
    head, nonce, key = head_and_key()
    cipher = ChaCha20Poly1305(key)
    body = [
        cipher.encrypt(number.to_bytes(11, "big") + bytes([last]), content, None)
        for number, last, content in chunks
    ]
    return head + nonce + b"".join(body)
