"""Writing age files: head first, then chunk by chunk, in constant memory."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from types import TracebackType
from typing import BinaryIO, Self

from comity.base import limits
from comity.base.errors import BadValue
from comity.seal.age.header import FILE_KEY_BYTES, Wraps, write_header
from comity.seal.age.passphrase import KIND as SCRYPT
from comity.seal.age.stream import (
    CHUNK,
    GROUP,
    NONCE_BYTES,
    SEALED_CHUNK,
    TAG,
    Writable,
    chunk_nonce,
    read_into,
    stream_cipher,
    write_full,
)
from comity.seal.fields import Random, draw


class Encryptor:
    """Encrypts to one or several receivers what is written to it; ``close`` ends the file.

    Left by an error, or never closed, the file stays without its last chunk, which
    every reader refuses. The sink is the caller's: it is neither flushed nor closed. What
    it is given to write is overwritten later, so, as any stream, it copies what it keeps.
    """

    def __init__(self, sink: Writable, recipients: Sequence[Wraps], random: Random) -> None:
        """Write the head for ``recipients``; raise ``BadValue`` if they do not go together."""
        _require_company(recipients)
        file_key = draw(random, FILE_KEY_BYTES)
        nonce = draw(random, NONCE_BYTES)
        stanzas = [recipient.wrap(file_key, random) for recipient in recipients]
        self._sink = sink
        self._cipher = stream_cipher(file_key, nonce)
        self._pending = bytearray()
        self._sealed = memoryview(bytearray())
        self._filled = 0
        self._number = 0
        self._open = True
        write_full(sink, write_header(stanzas, file_key) + nonce)

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Encrypt ``data``; return how many bytes that were."""
        self._require_open()
        rest = memoryview(data).cast("B")
        # A chunk goes out only when another byte follows it: the last one is marked.
        if self._pending and len(self._pending) + len(rest) > CHUNK:
            room = CHUNK - len(self._pending)
            self._pending += rest[:room]
            rest = rest[room:]
            self._emit(self._pending, last=False)
            self._pending.clear()
        at = 0
        while len(rest) - at > CHUNK:
            self._emit(rest[at : at + CHUNK], last=False)
            at += CHUNK
        self._pending += rest[at:]
        return memoryview(data).nbytes

    def copy_from(self, source: BinaryIO) -> int:
        """Encrypt all that ``source`` still holds; return how many bytes that were."""
        buffer = memoryview(bytearray(GROUP * CHUNK))
        total = 0
        while count := read_into(source, buffer):
            total += self.write(buffer[:count])
        return total

    def close(self) -> None:
        """Write the last chunk. A second time does nothing."""
        if self._open:
            self._emit(self._pending, last=True)
            self._open = False

    def abandon(self) -> None:
        """Stop without the last chunk: what was written can never pass for whole."""
        self._open = False

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close after success, abandon after an error."""
        if kind is None:
            self.close()
        else:
            self.abandon()

    def _emit(self, chunk: bytes | bytearray | memoryview, *, last: bool) -> None:
        if not self._sealed:
            self._sealed = memoryview(bytearray((1 if last else GROUP) * SEALED_CHUNK))
        end = self._filled + len(chunk) + TAG
        nonce = chunk_nonce(self._number, last=last)
        self._cipher.encrypt_into(nonce, chunk, None, self._sealed[self._filled : end])
        self._filled = end
        self._number += 1
        if last or end == len(self._sealed):
            self._flush()

    def _flush(self) -> None:
        # Closed while it writes: after a write that failed, nothing more can follow the gap.
        self._open = False
        write_full(self._sink, self._sealed[: self._filled].toreadonly())
        self._filled = 0
        self._open = True

    def _require_open(self) -> None:
        if not self._open:
            message = "this encrypted file is closed, or a write to it has failed"
            raise RuntimeError(message)


def encrypt_bytes(data: bytes, recipients: Sequence[Wraps], random: Random) -> bytes:
    """Return ``data`` as an age file for ``recipients``."""
    sink = BytesIO()
    with Encryptor(sink, recipients, random) as encryptor:
        encryptor.write(data)
    return sink.getvalue()


def _require_company(recipients: Sequence[Wraps]) -> None:
    """Refuse none, too many, and receivers of unequal strength in one file."""
    if not 1 <= len(recipients) <= limits.AGE_STANZAS:
        detail = f"A file is encrypted to 1 to {limits.AGE_STANZAS} receivers."
        raise BadValue(detail)
    families = {recipient.family for recipient in recipients}
    if len(families) > 1:
        detail = "Hybrid receivers, X25519 receivers and passphrases do not share a file."
        raise BadValue(detail)
    if families == {SCRYPT} and len(recipients) > 1:
        detail = "A passphrase stands alone in its file."
        raise BadValue(detail)
