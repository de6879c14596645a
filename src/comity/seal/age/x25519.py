"""Receivers on X25519 alone: what others' files and older tools use. Not for new secrets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from comity.base.errors import BadValue, Malformed
from comity.seal.age.bech32 import read_bech32, write_bech32
from comity.seal.age.header import Stanza, derive_key, read_argument, write_bare
from comity.seal.errors import HeaderBroken
from comity.seal.fields import Random, draw

KIND: Final = "X25519"
_INFO: Final = b"age-encryption.org/v1/X25519"
_IDENTITY: Final = "age-secret-key-"
_RECIPIENT: Final = "age"
_BYTES: Final = 32
# Each wrapping key is used once, so the nonce may be, and by the format is, all zero.
_NONCE: Final = bytes(12)


@dataclass(frozen=True, slots=True)
class X25519Recipient:
    """A receiver, ``age1…``: a public key of 32 bytes."""

    raw: bytes

    def __post_init__(self) -> None:
        """Refuse any other length."""
        if len(self.raw) != _BYTES:
            detail = "An X25519 age recipient has 32 bytes."
            raise Malformed(detail)

    @classmethod
    def parse(cls, text: str) -> X25519Recipient:
        """Read ``age1…``; raise ``Malformed`` for anything else."""
        return cls(read_bech32(text, _RECIPIENT))

    @property
    def family(self) -> str:
        """Return ``x25519``."""
        return "x25519"

    def wrap(self, file_key: bytes, random: Random) -> Stanza:
        """Return the stanza for this receiver, under a key from 32 bytes of ``random``."""
        own = X25519PrivateKey.from_private_bytes(draw(random, _BYTES))
        share = own.public_key().public_bytes_raw()
        try:
            key = _wrapping_key(own, self.raw, share + self.raw)
        except ValueError as error:
            detail = "Nothing can be encrypted to this recipient: it is of low order."
            raise BadValue(detail) from error
        body = ChaCha20Poly1305(key).encrypt(_NONCE, file_key, None)
        return Stanza(KIND, (write_bare(share).decode("ascii"),), body)

    def __str__(self) -> str:
        """Return the written form."""
        return write_bech32(_RECIPIENT, self.raw)


class X25519Identity:
    """The secret that opens what was encrypted to its recipient. It never prints itself."""

    def __init__(self, raw: bytes) -> None:
        """Take a secret key of 32 bytes; raise ``Malformed`` for any other length."""
        if len(raw) != _BYTES:
            detail = "An X25519 age identity has 32 bytes."
            raise Malformed(detail)
        self._raw = raw
        self._key = X25519PrivateKey.from_private_bytes(raw)

    @classmethod
    def generate(cls, random: Random) -> X25519Identity:
        """Make a new identity from 32 bytes of ``random``."""
        return cls(draw(random, _BYTES))

    @classmethod
    def parse(cls, text: str) -> X25519Identity:
        """Read ``AGE-SECRET-KEY-1…``; raise ``Malformed`` for anything else."""
        return cls(read_bech32(text, _IDENTITY))

    @property
    def recipient(self) -> X25519Recipient:
        """Return the receiver that this identity is."""
        return X25519Recipient(self._key.public_key().public_bytes_raw())

    def secret_text(self) -> str:
        """Return ``AGE-SECRET-KEY-1…``: for a key file and nothing else."""
        return write_bech32(_IDENTITY, self._raw).upper()

    def unwrap(self, stanza: Stanza) -> bytes | None:
        """Return the file key; ``None`` if not for us; raise ``HeaderBroken`` if malformed."""
        if stanza.kind != KIND:
            return None
        share = read_argument(stanza, _BYTES)
        try:
            key = _wrapping_key(self._key, share, share + self.recipient.raw)
        except ValueError as error:
            detail = "The X25519 share of a stanza is of low order."
            raise HeaderBroken(detail) from error
        try:
            return ChaCha20Poly1305(key).decrypt(_NONCE, stanza.body, None)
        except InvalidTag:
            return None

    def __repr__(self) -> str:
        """Say what it is; show nothing of it."""
        return "X25519Identity(…)"


def _wrapping_key(own: X25519PrivateKey, other: bytes, salt: bytes) -> bytes:
    shared = own.exchange(X25519PublicKey.from_public_bytes(other))
    return derive_key(shared, salt=salt, info=_INFO)
