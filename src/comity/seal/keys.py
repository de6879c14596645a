"""Sealing keys: Ed25519 (RFC 8032) and ML-DSA-65 (FIPS 204) as one key.

One key has two halves and makes two signatures over the same bytes; nothing counts
unless both verify. So a seal stands as long as either of the two algorithms does.
A key's name, its *key id*, is the SHA-256 of its public document, which holds both
halves: a half can be neither taken off nor put beside another without a new name.
ML-DSA signs the bytes themselves (pure, empty context), so that any FIPS 204 tool
can verify. The public document, in its canonical form (RFC 8785)::

    {"ed25519":"<base64 of 32 bytes>","ml-dsa-65":"<base64 of 1952 bytes>","type":"comity/key/1"}
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey, MLDSA65PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from comity.base import Digest, canonical_bytes
from comity.base.canonical import Json
from comity.base.errors import Malformed
from comity.seal.errors import SealBroken
from comity.seal.fields import Random, draw, read_base64, read_document, write_base64

ED25519: Final = "ed25519"
MLDSA65: Final = "ml-dsa-65"
ALGORITHMS: Final = (ED25519, MLDSA65)
_HALVES: Final = frozenset(ALGORITHMS)
_PUBLIC: Final = "comity/key/1"
_SECRET: Final = "comity/signing-key/1"  # noqa: S105 # the name of a document, not a secret
_SEED_BYTES: Final = 32
_ED25519_BYTES: Final = 32
_SIGN_BIT: Final = 1 << 255
_PRIME: Final = 2**255 - 19
# The y of a point of order eight; with 0, 1 and their negatives, all points of small order
# (RFC 7748 section 7 gives the reason, its appendix A the curve). Under such a key one
# signature fits many messages.
_ORDER_EIGHT: Final = int.from_bytes(
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"
)
_SMALL_ORDER: Final = frozenset({0, 1, _PRIME - 1, _ORDER_EIGHT, _PRIME - _ORDER_EIGHT})


@dataclass(frozen=True)
class VerifyingKey:
    """The public half of everything: 32 bytes of Ed25519 and 1952 bytes of ML-DSA-65."""

    ed25519: bytes
    mldsa65: bytes

    def __post_init__(self) -> None:
        """Refuse bytes that are no keys, and keys under which anyone can sign."""
        _require_strong(self.ed25519)
        try:
            _ = self._verifiers
        except ValueError as error:
            detail = "These bytes are not a public key."
            raise Malformed(detail) from error

    @classmethod
    def parse(cls, data: Json) -> VerifyingKey:
        """Read the public document; raise ``Malformed`` for anything else."""
        found = read_document(data, _PUBLIC, _HALVES)
        return cls(read_base64(found[ED25519]), read_base64(found[MLDSA65]))

    def as_data(self) -> Json:
        """Return the public document."""
        halves = {ED25519: write_base64(self.ed25519), MLDSA65: write_base64(self.mldsa65)}
        return {"type": _PUBLIC, **halves}

    @cached_property
    def key_id(self) -> Digest:
        """Return the digest of the canonical public document."""
        return Digest.of(canonical_bytes(self.as_data()))

    def verify(self, data: bytes, signatures: Mapping[str, bytes]) -> None:
        """Return if both signatures, and no others, are there and fit; else ``SealBroken``."""
        if signatures.keys() != _HALVES:
            detail = "Exactly one signature of each of the two algorithms is needed."
            raise SealBroken(detail)
        for algorithm in ALGORITHMS:
            try:
                self._verifiers[algorithm](signatures[algorithm], data)
            except InvalidSignature as error:
                detail = f"The {algorithm} signature does not verify."
                raise SealBroken(detail) from error

    def ed25519_pem(self) -> bytes:
        """Return the Ed25519 half as PEM, for ``openssl pkeyutl -verify -rawin``."""
        key = Ed25519PublicKey.from_public_bytes(self.ed25519)
        return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def mldsa65_pem(self) -> bytes:
        """Return the ML-DSA-65 half as PEM, for openssl 3.5 or later."""
        key = MLDSA65PublicKey.from_public_bytes(self.mldsa65)
        return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    @cached_property
    def _verifiers(self) -> Mapping[str, Callable[[bytes, bytes], None]]:
        return {
            ED25519: Ed25519PublicKey.from_public_bytes(self.ed25519).verify,
            MLDSA65: MLDSA65PublicKey.from_public_bytes(self.mldsa65).verify,
        }


class SigningKey:
    """The secret halves. It never prints itself."""

    def __init__(self, ed25519: bytes, mldsa65: bytes) -> None:
        """Take the two 32-byte seeds; raise ``Malformed`` for any other length."""
        if {len(ed25519), len(mldsa65)} != {_SEED_BYTES}:
            detail = "A signing key is two seeds of 32 bytes."
            raise Malformed(detail)
        self._ed25519 = Ed25519PrivateKey.from_private_bytes(ed25519)
        self._mldsa65 = MLDSA65PrivateKey.from_seed_bytes(mldsa65)
        self._public = VerifyingKey(
            self._ed25519.public_key().public_bytes_raw(),
            self._mldsa65.public_key().public_bytes_raw(),
        )

    @classmethod
    def generate(cls, random: Random) -> SigningKey:
        """Make a new key from 64 bytes of ``random``."""
        return cls(draw(random, _SEED_BYTES), draw(random, _SEED_BYTES))

    @classmethod
    def parse(cls, data: Json) -> SigningKey:
        """Read the secret document; raise ``Malformed`` for anything else."""
        found = read_document(data, _SECRET, _HALVES)
        return cls(read_base64(found[ED25519]), read_base64(found[MLDSA65]))

    def secret_data(self) -> Json:
        """Return the secret document: for a key file and nothing else."""
        return {
            "type": _SECRET,
            ED25519: write_base64(self._ed25519.private_bytes_raw()),
            MLDSA65: write_base64(self._mldsa65.private_bytes_raw()),
        }

    @property
    def public(self) -> VerifyingKey:
        """Return the key that others verify with."""
        return self._public

    def sign(self, data: bytes) -> dict[str, bytes]:
        """Return both signatures over ``data``, by algorithm (64 and 3309 bytes)."""
        return {ED25519: self._ed25519.sign(data), MLDSA65: self._mldsa65.sign(data)}

    def __repr__(self) -> str:
        """Name the key; show nothing of it."""
        return f"SigningKey({self._public.key_id})"


def _require_strong(ed25519: bytes) -> None:
    if len(ed25519) != _ED25519_BYTES:
        detail = "An Ed25519 public key has 32 bytes."
        raise Malformed(detail)
    height = int.from_bytes(ed25519, "little") % _SIGN_BIT
    if height >= _PRIME or height in _SMALL_ORDER:
        detail = "This Ed25519 public key is of small order, or not in its canonical form."
        raise Malformed(detail)
