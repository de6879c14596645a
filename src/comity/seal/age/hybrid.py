"""The receivers of ours: ML-KEM-768 with X25519 (``mlkem768x25519``), safe against both worlds.

The file key is wrapped with HPKE (RFC 9180) in base mode: KEM ``MLKEM768-X25519``
(0x647A), HKDF-SHA256, ChaCha20-Poly1305, and the info string below. An identity is a
seed of 32 bytes from which SHAKE256 makes the two secret keys. What HPKE draws for
each wrapping comes from the library's own source of randomness: it takes none from outside.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from comity.base.errors import BadValue, Malformed
from comity.seal.age.bech32 import read_bech32, write_bech32
from comity.seal.age.header import Stanza, read_argument, write_bare
from comity.seal.errors import HeaderBroken
from comity.seal.fields import Random, draw

KIND: Final = "mlkem768x25519"
_INFO: Final = b"age-encryption.org/mlkem768x25519"
_IDENTITY: Final = "age-secret-key-pq-"
_RECIPIENT: Final = "age1pq"
_SEED_BYTES: Final = 32
_MLKEM_SEED: Final = 64
_MLKEM_PUBLIC: Final = 1184
_X25519_BYTES: Final = 32
_ENC_BYTES: Final = 1120


def _suite() -> Suite:
    return Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


@dataclass(frozen=True)
class Recipient:
    """A receiver, ``age1pq1…``: 1216 bytes, the ML-KEM key and then the X25519 key."""

    raw: bytes

    def __post_init__(self) -> None:
        """Refuse bytes that are no such key."""
        try:
            _ = self._key
        except ValueError as error:
            detail = "These bytes are not a hybrid age recipient."
            raise Malformed(detail) from error

    @classmethod
    def parse(cls, text: str) -> Recipient:
        """Read ``age1pq1…``; raise ``Malformed`` for anything else."""
        return _parse_recipient(text)

    @property
    def family(self) -> str:
        """Return ``hybrid``: beside a weaker receiver its strength would be lost."""
        return "hybrid"

    def wrap(self, file_key: bytes, random: Random) -> Stanza:
        """Return the stanza for this receiver."""
        del random
        try:
            sealed = _suite().encrypt(file_key, self._key, _INFO)
        except ValueError as error:
            detail = "Nothing can be encrypted to this recipient."
            raise BadValue(detail) from error
        argument = write_bare(sealed[:_ENC_BYTES]).decode("ascii")
        return Stanza(KIND, (argument,), sealed[_ENC_BYTES:])

    @cached_property
    def _key(self) -> MLKEM768X25519PublicKey:
        return MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(self.raw[:_MLKEM_PUBLIC]),
            X25519PublicKey.from_public_bytes(self.raw[_MLKEM_PUBLIC:]),
        )

    def __str__(self) -> str:
        """Return the written form, 1959 characters."""
        return write_bech32(_RECIPIENT, self.raw)


@lru_cache(maxsize=256)
def _parse_recipient(text: str) -> Recipient:
    """Read a recipient once: it is public, and everything sealed to a dossier asks for it."""
    return Recipient(read_bech32(text, _RECIPIENT))


class Identity:
    """The secret that opens what was encrypted to its recipient. It never prints itself."""

    def __init__(self, seed: bytes) -> None:
        """Take a seed of 32 bytes; raise ``Malformed`` for any other length."""
        if len(seed) != _SEED_BYTES:
            detail = "An age identity is a seed of 32 bytes."
            raise Malformed(detail)
        self._seed = seed
        expanded = hashlib.shake_256(seed).digest(_MLKEM_SEED + _X25519_BYTES)
        self._mlkem = MLKEM768PrivateKey.from_seed_bytes(expanded[:_MLKEM_SEED])
        self._x25519 = X25519PrivateKey.from_private_bytes(expanded[_MLKEM_SEED:])

    @classmethod
    def generate(cls, random: Random) -> Identity:
        """Make a new identity from 32 bytes of ``random``."""
        return cls(draw(random, _SEED_BYTES))

    @classmethod
    def parse(cls, text: str) -> Identity:
        """Read ``AGE-SECRET-KEY-PQ-1…``; raise ``Malformed`` for anything else."""
        return cls(read_bech32(text, _IDENTITY))

    @property
    def recipient(self) -> Recipient:
        """Return the receiver that this identity is."""
        mlkem = self._mlkem.public_key().public_bytes_raw()
        return Recipient(mlkem + self._x25519.public_key().public_bytes_raw())

    def secret_text(self) -> str:
        """Return ``AGE-SECRET-KEY-PQ-1…``: for a key file and nothing else."""
        return write_bech32(_IDENTITY, self._seed).upper()

    def unwrap(self, stanza: Stanza) -> bytes | None:
        """Return the file key; ``None`` if not for us; raise ``HeaderBroken`` if malformed."""
        if stanza.kind != KIND:
            return None
        enc = read_argument(stanza, _ENC_BYTES)
        self._require_order(enc[-_X25519_BYTES:])
        key = MLKEM768X25519PrivateKey(self._mlkem, self._x25519)
        try:
            return _suite().decrypt(enc + stanza.body, key, _INFO)
        except (InvalidTag, ValueError):
            return None

    def _require_order(self, share: bytes) -> None:
        """Refuse a share of low order: anyone would know the half of the secret it leads to."""
        try:
            self._x25519.exchange(X25519PublicKey.from_public_bytes(share))
        except ValueError as error:
            detail = "The X25519 share of a stanza is of low order."
            raise HeaderBroken(detail) from error

    def __repr__(self) -> str:
        """Say what it is; show nothing of it."""
        return "Identity(…)"
