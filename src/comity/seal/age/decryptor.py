"""Reading age files: anywhere in them, in constant memory, nothing unproved handed out.

1. the head is read, bounded; 2. the identities are tried; 3. the head's MAC is checked;
4. the last chunk is opened, which proves the file's length; 5. every chunk read later
is opened before a byte of it is handed out.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from io import BytesIO
from typing import BinaryIO, Self

from cryptography.exceptions import InvalidTag

from comity.base.errors import BadValue
from comity.seal.age.header import (
    FILE_KEY_BYTES,
    Header,
    Unwraps,
    read_header,
    read_up_to,
    require_mac,
)
from comity.seal.age.passphrase import KIND as SCRYPT
from comity.seal.age.stream import (
    CHUNK,
    GROUP,
    NONCE_BYTES,
    SEALED_CHUNK,
    TAG,
    Writable,
    chunk_nonce,
    plain_size,
    read_into,
    stream_cipher,
    write_full,
)
from comity.seal.errors import HeaderBroken, NoMatch, PayloadBroken


class Decryptor:
    """A readable, seekable stream of what lies behind an age file.

    ``source`` must be seekable and stay open. One thread at a time.
    """

    def __init__(self, source: BinaryIO, identities: Sequence[Unwraps]) -> None:
        """Open the file; raise ``NoMatch`` if no identity fits, else what does not verify."""
        source.seek(0)
        header = read_header(source)
        file_key = _unwrap(header, identities)
        require_mac(header, file_key)
        source.seek(header.size)
        nonce = read_up_to(source, NONCE_BYTES)
        if len(nonce) != NONCE_BYTES:
            detail = "The file ends before its content."
            raise HeaderBroken(detail)
        self._source = source
        self._cipher = stream_cipher(file_key, nonce)
        self._start = header.size + NONCE_BYTES
        self.size = plain_size(source.seek(0, os.SEEK_END) - self._start)
        self._last = max(self.size - 1, 0) // CHUNK
        self._position = 0
        group = min(self._last + 1, GROUP)
        self._sealed = memoryview(bytearray(group * SEALED_CHUNK))
        self._plain = memoryview(bytearray(group * CHUNK))
        self._begin = self._end = 0  # which part of the content lies opened in _plain
        self._open(self._last, 1)

    def read(self, size: int | None = -1) -> bytes:
        """Return the next ``size`` bytes, fewer only at the end; all that is left if negative."""
        left = max(self.size - self._position, 0)
        wanted = left if size is None or size < 0 else min(size, left)
        parts = []
        while wanted > 0:
            part = bytes(self._opened(wanted)[:wanted])
            parts.append(part)
            wanted -= len(part)
            self._position += len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def readinto(self, buffer: bytearray | memoryview) -> int:
        """Fill ``buffer`` with the next bytes; return how many there were."""
        view = memoryview(buffer).cast("B")
        filled = 0
        while filled < len(view) and self._position < self.size:
            part = self._opened(len(view) - filled)[: len(view) - filled]
            view[filled : filled + len(part)] = part
            filled += len(part)
            self._position += len(part)
        return filled

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move to ``offset`` from the start, the present place or the end; return the place."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self.size}.get(whence)
        if base is None or base + offset < 0:
            detail = "There is no such place in the file."
            raise BadValue(detail)
        self._position = base + offset
        return self._position

    def tell(self) -> int:
        """Return the present place."""
        return self._position

    def readable(self) -> bool:
        """Return true."""
        return True

    def seekable(self) -> bool:
        """Return true."""
        return True

    def copy_to(self, sink: Writable) -> int:
        """Write all that is left to ``sink``; return how many bytes that were."""
        begun = self._position
        while self._position < self.size:
            part = self._opened(GROUP * CHUNK)
            write_full(sink, part)
            self._position += len(part)
        return self._position - begun

    def close(self) -> None:
        """Forget what is held open; the source stays the caller's."""
        self._begin = self._end = 0
        self._plain[:] = bytes(len(self._plain))

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close."""
        self.close()

    def _opened(self, wanted: int) -> memoryview:
        """Return what is opened from the present place on; open more if that is nothing."""
        if not self._begin <= self._position < self._end:
            number, offset = divmod(self._position, CHUNK)
            worth = -(-(offset + wanted) // CHUNK)
            self._open(number, min(worth, GROUP, self._last + 1 - number))
        return self._plain[self._position - self._begin : self._end - self._begin].toreadonly()

    def _open(self, first: int, count: int) -> None:
        """Read and open ``count`` chunks from number ``first`` on."""
        self._begin = self._end = 0
        size = (count - 1) * SEALED_CHUNK + self._sealed_size(first + count - 1)
        self._source.seek(self._start + first * SEALED_CHUNK)
        if read_into(self._source, self._sealed[:size]) != size:
            detail = "The file became shorter while it was read."
            raise PayloadBroken(detail)
        for at in range(count):
            self._open_chunk(first + at, at)
        self._begin = first * CHUNK
        self._end = min((first + count) * CHUNK, self.size)

    def _open_chunk(self, number: int, at: int) -> None:
        """Open chunk ``number``, which lies in place ``at`` of the buffers."""
        size = self._sealed_size(number)
        sealed = self._sealed[at * SEALED_CHUNK :][:size]
        plain = self._plain[at * CHUNK :][: size - TAG]
        nonce = chunk_nonce(number, last=number == self._last)
        try:
            self._cipher.decrypt_into(nonce, sealed, None, plain)
        except InvalidTag as error:
            detail = f"Chunk {number} of {self._last + 1} does not open."
            raise PayloadBroken(detail) from error

    def _sealed_size(self, number: int) -> int:
        if number < self._last:
            return SEALED_CHUNK
        return self.size - self._last * CHUNK + TAG


def decrypt_bytes(data: bytes, identities: Sequence[Unwraps]) -> bytes:
    """Return what lies behind the age file ``data``."""
    return Decryptor(BytesIO(data), identities).read()


def _unwrap(header: Header, identities: Sequence[Unwraps]) -> bytes:
    """Return the file key that one of ``identities`` finds in one of the stanzas."""
    stanzas = header.stanzas
    if len(stanzas) > 1 and any(stanza.kind == SCRYPT for stanza in stanzas):
        detail = "A passphrase stands alone in its file."
        raise HeaderBroken(detail)
    for identity in identities:
        for stanza in stanzas:
            found = identity.unwrap(stanza)
            if found is not None and len(found) == FILE_KEY_BYTES:
                return found
    raise NoMatch
