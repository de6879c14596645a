"""The head of an age file: who may open it, and a proof that none of it was changed.

Over the wire (C2SP age v1)::

    age-encryption.org/v1
    -> <kind> <argument> …            one stanza for each receiver: the file key, wrapped
    <base64 of the body, 64 characters to a line, the last line shorter, perhaps empty>
    --- <base64 of HMAC-SHA256 over all before, up to and with the three dashes>

All base64 is without padding and canonical. Reading is bounded in bytes and in stanzas.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final, Protocol

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from comity.base import limits
from comity.base.errors import TooLarge
from comity.seal.errors import ArmorRefused, HeaderBroken, HeaderForged
from comity.seal.fields import Random

FILE_KEY_BYTES: Final = 16
WRAPPED_BYTES: Final = FILE_KEY_BYTES + 16
KEY_BYTES: Final = 32
_VERSION: Final = b"age-encryption.org/v1\n"
_ARMOR: Final = b"-----BEGIN AGE ENCRYPTED FILE-----"
_COLUMNS: Final = 64
_STANZA: Final = re.compile(rb"-> ([\x21-\x7e]+(?: [\x21-\x7e]+)*)")
_MAC: Final = re.compile(rb"--- ([A-Za-z0-9+/]{43})")
_BODY: Final = re.compile(rb"[A-Za-z0-9+/]{0,64}")


@dataclass(frozen=True, slots=True)
class Stanza:
    """The file key as wrapped for one receiver: kind, arguments and body."""

    kind: str
    arguments: tuple[str, ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class Header:
    """A head of the right shape: its stanzas, the bytes under its MAC, the MAC, its length."""

    stanzas: tuple[Stanza, ...]
    covered: bytes
    mac: bytes
    size: int


class Wraps(Protocol):
    """A receiver: wraps a file key so that only one identity unwraps it."""

    @property
    def family(self) -> str:
        """Return which receivers it may stand beside: those of the same strength."""

    def wrap(self, file_key: bytes, random: Random) -> Stanza:
        """Return the stanza for this receiver."""


class Unwraps(Protocol):
    """An identity: unwraps file keys wrapped for it."""

    def unwrap(self, stanza: Stanza) -> bytes | None:
        """Return the file key; ``None`` if not for us; raise ``HeaderBroken`` if malformed."""


def derive_key(secret: bytes, *, salt: bytes, info: bytes) -> bytes:
    """Return 32 bytes by HKDF-SHA256 (RFC 5869)."""
    return HKDF(SHA256(), KEY_BYTES, salt, info).derive(secret)


def read_header(source: BinaryIO) -> Header:
    """Read the head from the start of ``source``, leaving it anywhere behind the head."""
    data = read_up_to(source, limits.AGE_HEADER_BYTES)
    if data.lstrip().startswith(_ARMOR):
        raise ArmorRefused
    if not data.startswith(_VERSION):
        detail = "It does not begin as an age file does."
        raise HeaderBroken(detail)
    return _Lines(data).header()


def write_header(stanzas: Sequence[Stanza], file_key: bytes) -> bytes:
    """Return the head as bytes, closed with its MAC."""
    covered = _VERSION + b"".join(map(_write_stanza, stanzas)) + b"---"
    return covered + b" " + write_bare(_mac(covered, file_key)) + b"\n"


def require_mac(header: Header, file_key: bytes) -> None:
    """Raise ``HeaderForged`` unless the head is as the one who knew the file key wrote it."""
    if not hmac.compare_digest(_mac(header.covered, file_key), header.mac):
        raise HeaderForged


def read_bare(text: bytes) -> bytes:
    """Return the bytes behind canonical base64 without padding; else ``HeaderBroken``."""
    try:
        raw = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error as error:
        detail = "It holds what is not base64."
        raise HeaderBroken(detail) from error
    if write_bare(raw) != text:
        detail = "It holds base64 that is not in its one canonical form."
        raise HeaderBroken(detail)
    return raw


def write_bare(raw: bytes) -> bytes:
    """Return ``raw`` as base64 without padding."""
    return base64.b64encode(raw).rstrip(b"=")


def read_argument(stanza: Stanza, size: int) -> bytes:
    """Return the one argument of a stanza whose body is a wrapped file key."""
    if len(stanza.arguments) != 1:
        detail = f"A stanza of kind {stanza.kind} has one argument."
        raise HeaderBroken(detail)
    raw = read_bare(stanza.arguments[0].encode("ascii"))
    # The length of the body is checked before it is decrypted, so that a ciphertext that
    # opens under two keys (a partitioning oracle) has no room.
    if len(raw) != size or len(stanza.body) != WRAPPED_BYTES:
        detail = f"The parts of a stanza of kind {stanza.kind} have not the right length."
        raise HeaderBroken(detail)
    return raw


def read_up_to(source: BinaryIO, size: int) -> bytes:
    """Read ``size`` bytes, fewer only if ``source`` ends; a raw source may give them in parts."""
    parts = []
    while size > 0 and (part := source.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _mac(covered: bytes, file_key: bytes) -> bytes:
    return hmac.digest(derive_key(file_key, salt=b"", info=b"header"), covered, "sha256")


def _write_stanza(stanza: Stanza) -> bytes:
    words = " ".join(["->", stanza.kind, *stanza.arguments]).encode("ascii")
    body = write_bare(stanza.body)
    # A last line shorter than 64 always follows, be it empty.
    lines = [body[at : at + _COLUMNS] for at in range(0, len(body) + 1, _COLUMNS)]
    return b"\n".join([words, *lines, b""])


class _Lines:
    """Take a head apart line by line."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = len(_VERSION)

    def header(self) -> Header:
        stanzas: list[Stanza] = []
        while True:
            start = self._at
            line = self._next()
            if not line.startswith(b"->"):
                break
            stanzas.append(self._stanza(line))
            if len(stanzas) > limits.AGE_STANZAS:
                detail = f"More than {limits.AGE_STANZAS} receivers."
                raise TooLarge(detail)
        match = _MAC.fullmatch(line)
        if match is None or not stanzas:
            detail = "After one or more stanzas the line of the MAC was expected."
            raise HeaderBroken(detail)
        covered = self._data[: start + len(b"---")]
        return Header(tuple(stanzas), covered, read_bare(match[1]), self._at)

    def _stanza(self, line: bytes) -> Stanza:
        match = _STANZA.fullmatch(line)
        if match is None:
            detail = "A stanza's first line is not as it should be."
            raise HeaderBroken(detail)
        kind, *arguments = match[1].decode("ascii").split(" ")
        return Stanza(kind, tuple(arguments), self._body())

    def _body(self) -> bytes:
        lines = [self._next()]
        while len(lines[-1]) == _COLUMNS:
            lines.append(self._next())
        if not all(map(_BODY.fullmatch, lines)):
            detail = "The body of a stanza is not as it should be."
            raise HeaderBroken(detail)
        return read_bare(b"".join(lines))

    def _next(self) -> bytes:
        end = self._data.find(b"\n", self._at)
        if end < 0 and len(self._data) >= limits.AGE_HEADER_BYTES:
            detail = f"The head has more than {limits.AGE_HEADER_BYTES} bytes."
            raise TooLarge(detail)
        if end < 0:
            detail = "The head ends before its MAC."
            raise HeaderBroken(detail)
        line = self._data[self._at : end]
        self._at = end + 1
        return line
