"""Progress on standard error: a bar on a terminal, else a line every few seconds if wished."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from comity.base import ComityError
from comity.evidence import Source, Watch, unwatched
from comity.evidence.entries import object_name

_SECONDS: Final = 3.0
_MEGA: Final = 1_000_000
_OBJECT: Final = "/data/objects/"


@contextmanager
def show_progress(what: str, total: int | None, *, lines: bool = False) -> Iterator[Watch]:
    """Give what is to be told of every byte that goes by; ``total`` bytes are expected."""
    if sys.stderr.isatty():
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(what, total=total)
            yield lambda count: bar.advance(task, count)
    elif lines:
        yield _Lines(what, total).watch
    else:
        yield unwatched


def is_watched(*, lines: bool) -> bool:
    """Return whether someone looks; only then is anything counted beforehand."""
    return lines or sys.stderr.isatty()


def count_bytes(
    source: Source, serials: Collection[int] | None = None, *, lines: bool
) -> int | None:
    """Return the bytes of these objects, or of all; None if nobody looks or they cannot be told."""
    if not is_watched(lines=lines):
        return None
    try:
        wanted = None if serials is None else {object_name(serial) for serial in serials}
        names = source.names() if wanted is None else wanted
        return sum(source.size(name) for name in names if _OBJECT in name)
    except ComityError:
        return None  # the examination says what is wrong with the package


class _Lines:
    """One line every few seconds: bytes, rate, time left."""

    def __init__(self, what: str, total: int | None) -> None:
        self._what = what
        self._total = total
        self._lock = threading.Lock()
        self._begun = self._told = time.monotonic()
        self._done = 0

    def watch(self, count: int) -> None:
        with self._lock:
            self._done += count
            now = time.monotonic()
            if now - self._told < _SECONDS:
                return
            self._told = now
            rate = self._done / (now - self._begun)
        left = "" if not self._total else f", {max(self._total - self._done, 0) / rate:.0f} s left"
        told = f"{self._what}: {self._done / _MEGA:.0f} MB, {rate / _MEGA:.0f} MB/s{left}"
        sys.stderr.write(f"{told}\n")
