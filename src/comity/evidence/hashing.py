"""Digest many objects at once, on all cores, in constant memory and in their order."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from comity.base import ComityError, Digest, Hasher
from comity.evidence.copying import Watch
from comity.evidence.entries import Source, object_name

_BUFFER_BYTES: Final = 1 << 20
_BATCH_BYTES: Final = 4 << 20
_BATCH_COUNT: Final = 64
_WORKERS: Final = max(2, min(8, os.cpu_count() or 2))


@dataclass(frozen=True, slots=True)
class Digested:
    """What one object was found to be; ``fault`` if it could not be read as it should."""

    serial: int
    digest: Digest | None
    fault: ComityError | None = None


def digest_objects(source: Source, sizes: Sequence[int], watch: Watch) -> Iterator[Digested]:
    """Digest the objects from serial 1 on, whose expected ``sizes`` are given.

    An object of another size than expected is not read: its digest is ``None``.
    """
    stopped = threading.Event()
    work = _Work(source, sizes, watch, stopped)
    waiting: deque[Future[list[Digested]]] = deque()
    pool = ThreadPoolExecutor(_WORKERS, "digest")
    try:
        for batch in _batches(sizes):
            waiting.append(pool.submit(work.run, batch))
            if len(waiting) > 2 * _WORKERS:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()
    finally:
        # Whoever breaks off does not wait for what the threads would still read.
        stopped.set()
        pool.shutdown(cancel_futures=True)


def _batches(sizes: Sequence[int]) -> Iterator[range]:
    """Cut the serials into runs that are worth a thread's while."""
    begun, held = 1, 0
    for serial, size in enumerate(sizes, start=1):
        held += size
        if held >= _BATCH_BYTES or serial - begun + 1 >= _BATCH_COUNT:
            yield range(begun, serial + 1)
            begun, held = serial + 1, 0
    if begun <= len(sizes):
        yield range(begun, len(sizes) + 1)


class _Work(threading.local):
    """What each thread works with: a buffer of its own."""

    def __init__(
        self, source: Source, sizes: Sequence[int], watch: Watch, stopped: threading.Event
    ) -> None:
        self._source = source
        self._stopped = stopped
        self._sizes = sizes
        self._watch = watch
        self._buffer = memoryview(bytearray(_BUFFER_BYTES))

    def run(self, serials: range) -> list[Digested]:
        return [self._digest(serial) for serial in serials]

    def _digest(self, serial: int) -> Digested:
        name = object_name(serial)
        try:
            if self._source.size(name) != self._sizes[serial - 1]:
                return Digested(serial, None)
            hasher = Hasher()
            with self._source.open(name) as stream:
                # No further than the size expected: what grows while it is read has no end.
                while hasher.size <= self._sizes[serial - 1] and not self._stopped.is_set():
                    count = stream.readinto(self._buffer)
                    if not count:
                        break
                    hasher.update(self._buffer[:count])
                    self._watch(count)
        except ComityError as error:
            return Digested(serial, None, error)
        return Digested(serial, hasher.digest())
