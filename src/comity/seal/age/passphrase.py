"""A passphrase as receiver (``scrypt``): for key files. It stands alone in its file.

scrypt is RFC 7914 with r = 8 and p = 1; its cost is written in the stanza as a power
of two and bounded in reading, since whoever wrote the file chose it.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from comity.base import limits
from comity.base.errors import BadValue, OutOfReach
from comity.seal.age.header import KEY_BYTES, Stanza, read_argument, write_bare
from comity.seal.errors import HeaderBroken
from comity.seal.fields import Random, draw

KIND: Final = "scrypt"
_LABEL: Final = b"age-encryption.org/v1/scrypt"
_SALT_BYTES: Final = 16
_BLOCK: Final = 8
_LOG_N: Final = 18
_ARGUMENTS: Final = 2
_COST: Final = re.compile(r"[1-9][0-9]?")
_NONCE: Final = bytes(12)


class MemoryShort(OutOfReach):
    """There is not enough memory to work with this passphrase file."""

    code = "age/memory"
    remedy = "Close other programs, or use a machine with more memory."


class Passphrase:
    """A passphrase, as receiver and as identity in one. It never prints itself."""

    def __init__(self, text: str, *, log_n: int = _LOG_N) -> None:
        """Take the words; ``log_n`` is the cost of writing, as a power of two."""
        if not text or not 1 <= log_n <= limits.SCRYPT_LOG_N:
            detail = f"A passphrase has a letter or more; its cost is 1 to {limits.SCRYPT_LOG_N}."
            raise BadValue(detail)
        try:
            self._words = text.encode("utf-8")
        except UnicodeEncodeError as error:
            detail = "The passphrase holds half a character."
            raise BadValue(detail) from error
        self._log_n = log_n

    @property
    def family(self) -> str:
        """Return ``scrypt``."""
        return KIND

    def wrap(self, file_key: bytes, random: Random) -> Stanza:
        """Return the stanza for this passphrase, under a salt of 16 bytes of ``random``."""
        salt = draw(random, _SALT_BYTES)
        body = self._cipher(salt, self._log_n).encrypt(_NONCE, file_key, None)
        return Stanza(KIND, (write_bare(salt).decode("ascii"), str(self._log_n)), body)

    def unwrap(self, stanza: Stanza) -> bytes | None:
        """Return the file key; ``None`` if not for us; raise ``HeaderBroken`` if malformed."""
        if stanza.kind != KIND:
            return None
        if len(stanza.arguments) != _ARGUMENTS or not _COST.fullmatch(stanza.arguments[1]):
            detail = "A scrypt stanza has a salt and a cost."
            raise HeaderBroken(detail)
        salt = read_argument(Stanza(KIND, stanza.arguments[:1], stanza.body), _SALT_BYTES)
        log_n = int(stanza.arguments[1])
        if log_n > limits.SCRYPT_LOG_N:
            detail = f"A cost of 2^{log_n}, where 2^{limits.SCRYPT_LOG_N} is the most."
            raise HeaderBroken(detail)
        try:
            return self._cipher(salt, log_n).decrypt(_NONCE, stanza.body, None)
        except InvalidTag:
            return None

    def _cipher(self, salt: bytes, log_n: int) -> ChaCha20Poly1305:
        memory = (128 * _BLOCK << log_n) + (1 << 20)
        try:
            key = hashlib.scrypt(
                self._words,
                salt=_LABEL + salt,
                n=1 << log_n,
                r=_BLOCK,
                p=1,
                maxmem=memory,
                dklen=KEY_BYTES,
            )
        except (MemoryError, ValueError) as error:
            raise MemoryShort from error
        return ChaCha20Poly1305(key)

    def __repr__(self) -> str:
        """Say what it is; show nothing of it."""
        return "Passphrase(…)"
