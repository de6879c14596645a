"""Copy and digest in one reading.

The bytes are read once. While one buffer is digested by a second thread, the next is
read and written by the first: on two cores the slower of the two decides, not their sum.
Small copies are digested at once, where a second thread would only cost.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self, TypeAlias

from comity.base import Digest
from comity.evidence.entries import Writer, write_all

Watch: TypeAlias = Callable[[int], None]
"""Told how many more bytes have gone by, for progress; may be called from any thread."""

Read: TypeAlias = Callable[[memoryview], int]
"""Fills the buffer from the front and returns how many bytes; 0 at the end."""

_BUFFERS: Final = 4
_BUFFER_BYTES: Final = 1 << 20
_INLINE_BYTES: Final = 1 << 18


def unwatched(_: int, /) -> None:
    """Watch nothing."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What went by, and the error that ended it early, if one did."""

    digest: Digest
    size: int
    fault: OSError | None = None


class Copier:
    """Copies one thing after the other with the same buffers and the same second thread."""

    def __init__(self, watch: Watch = unwatched) -> None:
        """Make the buffers."""
        self._watch = watch
        self._buffers = [memoryview(bytearray(_BUFFER_BYTES)) for _ in range(_BUFFERS)]
        self._thread = ThreadPoolExecutor(1, "digest")

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let the second thread go."""
        self._thread.shutdown()

    def copy(self, read: Read, writer: Writer, *, most: int | None = None) -> Copied:
        """Copy what ``read`` gives, but not more than ``most`` bytes; an error ends it."""
        digest = hashlib.sha256()
        busy: list[Future[None] | None] = [None] * _BUFFERS
        size, turn, fault = 0, 0, None
        while most is None or size < most:
            _wait(busy[turn])
            buffer = self._buffers[turn]
            room = buffer if most is None else buffer[: most - size]
            try:
                count = read(room)
            except OSError as error:
                fault = error
                break
            if not count:
                break
            chunk = buffer[:count]
            if count < _INLINE_BYTES:
                # In order: what the other thread still digests comes before this chunk.
                _wait_all(busy)
                digest.update(chunk)
            else:
                busy[turn] = self._thread.submit(digest.update, chunk)
            write_all(writer, chunk)
            self._watch(count)
            size += count
            turn = (turn + 1) % _BUFFERS
        _wait_all(busy)
        return Copied(Digest(digest.digest()), size, fault)


def _wait(future: Future[None] | None) -> None:
    if future is not None:
        future.result()


def _wait_all(futures: list[Future[None] | None]) -> None:
    for turn, future in enumerate(futures):
        _wait(future)
        futures[turn] = None
