"""Reading a package that came in pieces, and writing it anew as it is read.

``JoinedVolume`` is a volume whose chunks lie in blobs of their own; each is compared with its
BLAKE3 digest when it is come to. ``CopyingSource`` gives what it reads to a sink as well, so
that verifying a package and encrypting it to ourselves is one reading.
"""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Iterator, Sequence
from typing import Final

from comity.base import Digest
from comity.evidence import Source, VolumeSink, Writer
from comity.evidence.entries import write_all
from comity.federation.descriptor import CHUNK_BYTES, ChunkWrong, require_chunk
from comity.service.errors import BlobMissing
from comity.service.ports import Blobs
from comity.service.rows import PieceRow

_COPY: Final = 1 << 20


class JoinedVolume(io.RawIOBase):
    """A volume read across its chunks, one of which is held at a time."""

    def __init__(self, blobs: Blobs, pieces: Sequence[PieceRow], lost: list[PieceRow]) -> None:
        """Read ``pieces`` in their order; put into ``lost`` what the disk no longer holds."""
        super().__init__()
        self._blobs = blobs
        self._pieces = pieces
        self._lost = lost
        self._size = sum(piece.size for piece in pieces)
        self._position = 0
        self._held = -1
        self._chunk = memoryview(b"")

    def readable(self) -> bool:
        """Return true."""
        return True

    def seekable(self) -> bool:
        """Return true."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move to ``offset`` from the start, the present place or the end; return the place."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}[whence]
        self._position = base + offset
        return self._position

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override] # narrower than any buffer
        """Fill ``buffer`` from the present chunk; return how many bytes there were."""
        if self._position >= self._size:
            return 0
        number, offset = divmod(self._position, CHUNK_BYTES)
        part = self._open(number)[offset : offset + len(buffer)]
        buffer[: len(part)] = part
        self._position += len(part)
        return len(part)

    def _open(self, number: int) -> memoryview:
        if number != self._held:
            self._chunk = memoryview(self._read(self._pieces[number]))
            self._held = number
        return self._chunk

    def _read(self, piece: PieceRow) -> bytes:
        try:
            data = self._blobs.part(_blob_of(piece), 0, piece.size)
            require_chunk(data, piece.size, piece.blake3)
        except (BlobMissing, ChunkWrong):
            self._lost.append(piece)
            raise
        return data


def _blob_of(piece: PieceRow) -> Digest:
    if piece.blob is None:
        raise BlobMissing(where=f"{piece.transfer} {piece.volume} {piece.chunk}")
    return piece.blob


class CopyingSource:
    """A source whose entries are copied to a sink by whoever first reads them."""

    def __init__(self, source: Source, sink: VolumeSink) -> None:
        """Copy from ``source`` to ``sink``."""
        self._source = source
        self._sink = sink
        self._lock = threading.Lock()
        self._begun: set[str] = set()
        self._whole: set[str] = set()

    def names(self) -> Iterator[str]:
        """Give every name there is."""
        yield from self._source.names()

    def size(self, name: str) -> int:
        """Return how many bytes the entry ``name`` has."""
        return self._source.size(name)

    def open(self, name: str) -> io.BufferedIOBase:
        """Open the entry ``name`` for reading."""
        stream = self._source.open(name)
        with self._lock:
            if name in self._begun:
                return stream
            self._begun.add(name)
            writer = self._sink.create(name)
        copied = _CopiedEntry(self, name, stream, writer)
        copied.end_if_whole()
        return io.BufferedReader(copied)

    def finish(self) -> None:
        """Copy what nobody has read, then end the sink."""
        for name in self._source.names():
            with self.open(name) as stream:
                while name not in self._whole and stream.read(_COPY):
                    pass
            if name not in self._whole:
                message = "an entry was read in part only"
                raise RuntimeError(message)
        self._sink.finish()

    def copy(self, writer: Writer, data: memoryview) -> None:
        """Give bytes to the sink, which one thread at a time may write to."""
        with self._lock:
            write_all(writer, data)

    def end(self, name: str, writer: Writer) -> None:
        """End an entry that was read to its end."""
        with self._lock:
            writer.close()
            self._whole.add(name)


class _CopiedEntry(io.RawIOBase):
    """One entry being read, and copied as it is."""

    def __init__(
        self, copying: CopyingSource, name: str, stream: io.BufferedIOBase, writer: Writer
    ) -> None:
        super().__init__()
        self._copying = copying
        self._name = name
        self._stream = stream
        self._writer = writer
        self._left = copying.size(name)
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override] # narrower than any buffer
        view = memoryview(buffer).cast("B")
        count = self._stream.readinto(view)
        if count:
            self._copying.copy(self._writer, view[:count])
            self._left -= count
            self.end_if_whole()
        return count

    def end_if_whole(self) -> None:
        if not self._left and not self._ended:
            self._ended = True
            self._copying.end(self._name, self._writer)

    def close(self) -> None:
        self._stream.close()
        super().close()
