"""Signatures, encryption, and the format of acts and chains; knows no treaty noun.

Keys (``keys``, ``keyfiles``), envelopes (``dsse``), acts, contents and chains (``act``,
``content``, ``chain``), and encrypted files (``age``, a package of its own).

Keys, once read or made, sign and verify; nothing here asks whose a key is. Random bytes
are handed in as ``random(size) -> bytes``; only what HPKE and ML-DSA draw within the
cryptographic library comes from there. What an ``Encryptor`` or ``Decryptor`` gives to
``sink.write`` is a view of a buffer that is used again: a sink copies what it keeps.
"""

from comity.seal.act import (
    PAYLOAD_TYPE,
    Act,
    SignedAct,
    UnverifiedAct,
    cite_act,
    read_act,
    sign_act,
    verify_act,
)
from comity.seal.age import (
    Decryptor,
    Encryptor,
    Identity,
    Passphrase,
    Recipient,
    Unwraps,
    Wraps,
    X25519Identity,
    X25519Recipient,
    decrypt_bytes,
    encrypt_bytes,
    parse_identity,
    parse_recipient,
)
from comity.seal.chain import Link, check_chain, next_link
from comity.seal.content import Content, open_content, seal_content
from comity.seal.dsse import Envelope, pae, read_envelope, sign_envelope, verify_envelope
from comity.seal.errors import (
    ArmorRefused,
    HeaderBroken,
    HeaderForged,
    KeyFileDamaged,
    KeyFileExists,
    KeyFileExposed,
    KeyFileLocked,
    KeyFileUnreachable,
    NoMatch,
    OtherKey,
    PayloadBroken,
    SealBroken,
)
from comity.seal.keyfiles import (
    PublicCard,
    read_identity,
    read_public,
    read_signing_key,
    write_key,
    write_public,
)
from comity.seal.keys import SigningKey, VerifyingKey

__all__ = [
    "PAYLOAD_TYPE",
    "Act",
    "ArmorRefused",
    "Content",
    "Decryptor",
    "Encryptor",
    "Envelope",
    "HeaderBroken",
    "HeaderForged",
    "Identity",
    "KeyFileDamaged",
    "KeyFileExists",
    "KeyFileExposed",
    "KeyFileLocked",
    "KeyFileUnreachable",
    "Link",
    "NoMatch",
    "OtherKey",
    "Passphrase",
    "PayloadBroken",
    "PublicCard",
    "Recipient",
    "SealBroken",
    "SignedAct",
    "SigningKey",
    "UnverifiedAct",
    "Unwraps",
    "VerifyingKey",
    "Wraps",
    "X25519Identity",
    "X25519Recipient",
    "check_chain",
    "cite_act",
    "decrypt_bytes",
    "encrypt_bytes",
    "next_link",
    "open_content",
    "pae",
    "parse_identity",
    "parse_recipient",
    "read_act",
    "read_envelope",
    "read_identity",
    "read_public",
    "read_signing_key",
    "seal_content",
    "sign_act",
    "sign_envelope",
    "verify_act",
    "verify_envelope",
    "write_key",
    "write_public",
]
