"""age v1 (C2SP): encrypted files that three other programs read and write.

``Encryptor`` writes, ``Decryptor`` reads anywhere in the file, both in constant memory.
``Identity`` and ``Recipient`` are ours: hybrid, safe against a later quantum computer.
"""

from comity.seal.age.decryptor import Decryptor, decrypt_bytes
from comity.seal.age.encryptor import Encryptor, encrypt_bytes
from comity.seal.age.header import Unwraps, Wraps
from comity.seal.age.hybrid import Identity, Recipient
from comity.seal.age.passphrase import Passphrase
from comity.seal.age.x25519 import X25519Identity, X25519Recipient

__all__ = [
    "Decryptor",
    "Encryptor",
    "Identity",
    "Passphrase",
    "Recipient",
    "Unwraps",
    "Wraps",
    "X25519Identity",
    "X25519Recipient",
    "decrypt_bytes",
    "encrypt_bytes",
    "parse_identity",
    "parse_recipient",
]


def parse_identity(text: str) -> Identity | X25519Identity:
    """Read ``AGE-SECRET-KEY-PQ-1…`` or ``AGE-SECRET-KEY-1…``; raise ``Malformed``."""
    if text.upper().startswith("AGE-SECRET-KEY-PQ-1"):
        return Identity.parse(text)
    return X25519Identity.parse(text)


def parse_recipient(text: str) -> Recipient | X25519Recipient:
    """Read ``age1pq1…`` or ``age1…``; raise ``Malformed``."""
    if text.lower().startswith("age1pq1"):
        return Recipient.parse(text)
    return X25519Recipient.parse(text)
