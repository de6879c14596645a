"""Key files: where secrets lie, and the cards by which others know a key.

A secret lies in a file of its own: one JSON document, for the owner alone (mode 0600),
never overwritten, on the disk before it is used. With a passphrase the whole file is an
age file, which ``age -d`` opens too. A card (``.pub``) is for everyone: the key with the
name and the authority it is said to be of, which the reader must have reason to believe.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from comity.base import canonical_bytes, limits, parse_canonical, parse_json
from comity.base.canonical import Json
from comity.base.errors import BadValue, Malformed, TooLarge
from comity.seal.age import Identity, Passphrase, decrypt_bytes, encrypt_bytes
from comity.seal.errors import (
    KeyFileDamaged,
    KeyFileExists,
    KeyFileExposed,
    KeyFileLocked,
    KeyFileUnreachable,
    NoMatch,
    PayloadBroken,
)
from comity.seal.fields import Random, is_line, read_document, read_text
from comity.seal.keys import SigningKey, VerifyingKey

_IDENTITY: Final = "comity/age-identity/1"
_CARD: Final = "comity/public-card/1"
_LOCKED: Final = b"age-encryption.org/v1\n"
_OWNER: Final = 0o600
_EVERYONE: Final = 0o644
_OTHERS: Final = 0o077


@dataclass(frozen=True, slots=True)
class PublicCard:
    """A public key with the name and authority that it is said to be of."""

    name: str
    authority: str
    key: VerifyingKey

    def __post_init__(self) -> None:
        """Refuse names that are empty, endless or more than a line."""
        for text in (self.name, self.authority):
            if not is_line(text, least=1, most=limits.ACT_TEXT):
                detail = "A card names the key and its authority, each in one line."
                raise BadValue(detail)

    @classmethod
    def parse(cls, document: bytes) -> PublicCard:
        """Read a card; raise ``Malformed`` or ``TooLarge`` for anything else."""
        data = parse_canonical(document.removesuffix(b"\n"), limit=limits.KEY_FILE_BYTES)
        found = read_document(data, _CARD, frozenset({"name", "authority", "key"}))
        name = read_text(found["name"], most=limits.ACT_TEXT)
        authority = read_text(found["authority"], most=limits.ACT_TEXT)
        try:
            return cls(name, authority, VerifyingKey.parse(found["key"]))
        except BadValue as error:
            raise Malformed(error.detail) from error

    def document(self) -> bytes:
        """Return the card as bytes: canonical JSON and a line end."""
        data: Json = {
            "type": _CARD,
            "name": self.name,
            "authority": self.authority,
            "key": self.key.as_data(),
        }
        return canonical_bytes(data) + b"\n"


def write_key(
    path: Path,
    key: SigningKey | Identity,
    random: Random,
    *,
    passphrase: Passphrase | None = None,
) -> None:
    """Write a secret to a new file; raise ``KeyFileExists`` or ``KeyFileUnreachable``."""
    if isinstance(key, SigningKey):
        data = key.secret_data()
    else:
        data = {"type": _IDENTITY, "identity": key.secret_text()}
    document = canonical_bytes(data) + b"\n"
    if passphrase is not None:
        document = encrypt_bytes(document, [passphrase], random)
    _write_new(path, document, _OWNER)


def read_signing_key(path: Path, passphrase: Passphrase | None = None) -> SigningKey:
    """Read a signing key; raise ``KeyFileExposed``, ``KeyFileLocked``, or ``KeyFileDamaged``."""
    with _naming(path):
        return SigningKey.parse(_read_secret(path, passphrase))


def read_identity(path: Path, passphrase: Passphrase | None = None) -> Identity:
    """Read an age identity; raise ``KeyFileExposed``, ``KeyFileLocked``, or ``KeyFileDamaged``."""
    with _naming(path):
        data = _read_secret(path, passphrase)
        found = read_document(data, _IDENTITY, frozenset({"identity"}))
        return Identity.parse(read_text(found["identity"], most=limits.KEY_TEXT))


def write_public(path: Path, card: PublicCard) -> None:
    """Write a card to a new file; raise ``KeyFileExists`` or ``KeyFileUnreachable``."""
    _write_new(path, card.document(), _EVERYONE)


def read_public(path: Path) -> PublicCard:
    """Read a card; raise ``KeyFileDamaged``, ``TooLarge`` or ``KeyFileUnreachable``."""
    with _naming(path):
        return PublicCard.parse(_read_file(path, for_owner_only=False))


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Name the file whose key cannot be read; what it holds is not told."""
    try:
        yield
    except (Malformed, PayloadBroken) as error:
        raise KeyFileDamaged(error.detail, where=str(path)) from error


def _read_secret(path: Path, passphrase: Passphrase | None) -> Json:
    document = _read_file(path, for_owner_only=True)
    if document.startswith(_LOCKED):
        if passphrase is None:
            raise KeyFileLocked(where=str(path))
        try:
            document = decrypt_bytes(document, [passphrase])
        except NoMatch as error:
            raise KeyFileLocked(where=str(path)) from error
    return parse_json(document, limit=limits.KEY_FILE_BYTES)


def _read_file(path: Path, *, for_owner_only: bool) -> bytes:
    try:
        # O_NONBLOCK: a named pipe in the file's place must not hold us up.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            _require_sound(os.fstat(handle), path, for_owner_only=for_owner_only)
            document = file.read(limits.KEY_FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "impossible name"
        raise KeyFileUnreachable(reason or "", where=str(path)) from error
    if len(document) > limits.KEY_FILE_BYTES:
        detail = f"A key file has at most {limits.KEY_FILE_BYTES} bytes."
        raise TooLarge(detail, where=str(path))
    return document


def _require_sound(found: os.stat_result, path: Path, *, for_owner_only: bool) -> None:
    if not stat.S_ISREG(found.st_mode):
        detail = "A key file is a regular file."
        raise Malformed(detail, where=str(path))
    if for_owner_only and found.st_mode & _OTHERS:
        raise KeyFileExposed(where=str(path))


def _write_new(path: Path, document: bytes, mode: int) -> None:
    """Write a new file and make sure that it is on the disk, or leave none."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    except FileExistsError as error:
        raise KeyFileExists(where=str(path)) from error
    except (OSError, ValueError) as error:
        raise KeyFileUnreachable(where=str(path)) from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(document)
            file.flush()
            os.fsync(file.fileno())
        _sync_folder(path.parent)
    except OSError as error:
        with suppress(OSError):
            path.unlink()
        raise KeyFileUnreachable(error.strerror or "", where=str(path)) from error


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
