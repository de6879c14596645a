"""Hybrid keys in TUF: one key, whose one signature is two, and counts only if both verify.

In metadata a key stands as ``{"keytype":"comity-hybrid","scheme":"ed25519+ml-dsa-65",
"keyval":{"ed25519":"<hex>","ml-dsa-65":"<hex>"}}`` under its key id (docs/protocol/keys.md);
its ``sig`` is the hexadecimal of the Ed25519 signature (64 bytes) and, after it, the
ML-DSA-65 signature (3309 bytes), both over the same bytes. A key under a name that is not
its key id is refused, else one key could count twice towards a threshold.
"""

from __future__ import annotations

from typing import Any, Final

from securesystemslib.exceptions import UnverifiedSignatureError
from securesystemslib.signer import (
    KEY_FOR_TYPE_AND_SCHEME,
    Key,
    SecretsHandler,
    Signature,
    Signer,
)

from comity.base.errors import Malformed
from comity.seal.errors import SealBroken
from comity.seal.fields import read_hex
from comity.seal.keys import ED25519, MLDSA65, SigningKey, VerifyingKey

KEYTYPE: Final = "comity-hybrid"
SCHEME: Final = "ed25519+ml-dsa-65"
_HALVES: Final = frozenset({ED25519, MLDSA65})
_ED25519_BYTES: Final = 64


class HybridKey(Key):
    """A hybrid key as TUF knows it."""

    def __init__(self, key: VerifyingKey) -> None:
        """Take the key; its name is its key id."""
        halves = {ED25519: key.ed25519.hex(), MLDSA65: key.mldsa65.hex()}
        super().__init__(key.key_id.hex, KEYTYPE, SCHEME, halves)
        self.key = key

    @classmethod
    def from_dict(cls, keyid: str, key_dict: dict[str, Any]) -> HybridKey:
        """Read a key; raise ``ValueError`` or ``TypeError``, as securesystemslib wants it."""
        keytype, scheme, keyval = cls._from_dict(key_dict)
        if (keytype, scheme) != (KEYTYPE, SCHEME) or key_dict or keyval.keys() != _HALVES:
            message = "not a hybrid key"
            raise ValueError(message)
        try:
            found = cls(VerifyingKey(read_hex(keyval[ED25519]), read_hex(keyval[MLDSA65])))
        except Malformed as error:
            raise ValueError(error.detail) from error
        if found.keyid != keyid:
            message = "a key under another name than its own"
            raise ValueError(message)
        return found

    def to_dict(self) -> dict[str, Any]:
        """Return the key as it stands in metadata."""
        return self._to_dict()

    def verify_signature(self, signature: Signature, data: bytes) -> None:
        """Return if both halves of the signature fit; else ``UnverifiedSignatureError``."""
        try:
            raw = read_hex(signature.signature)
            halves = {ED25519: raw[:_ED25519_BYTES], MLDSA65: raw[_ED25519_BYTES:]}
            self.key.verify(data, halves)
        except (Malformed, SealBroken) as error:
            raise UnverifiedSignatureError(error.detail) from error


class HybridSigner(Signer):
    """A signing key of ours as TUF uses it."""

    def __init__(self, key: SigningKey) -> None:
        """Take the key."""
        self._key = key

    @classmethod
    def from_priv_key_uri(
        cls, priv_key_uri: str, public_key: Key, secrets_handler: SecretsHandler | None = None
    ) -> HybridSigner:
        """Refuse: keys are handed in, never fetched by an address."""
        raise NotImplementedError

    @property
    def public_key(self) -> HybridKey:
        """Return the public key."""
        return HybridKey(self._key.public)

    def sign(self, payload: bytes) -> Signature:
        """Return both signatures over ``payload`` as one."""
        made = self._key.sign(payload)
        return Signature(self._key.public.key_id.hex, (made[ED25519] + made[MLDSA65]).hex())


# securesystemslib reads keys by this table, and there is no other way to hand it one.
KEY_FOR_TYPE_AND_SCHEME[KEYTYPE, SCHEME] = HybridKey
