"""The press: a process apart that prints, kept within its bounds, and gone when it is done.

At most ``PRESSES`` print at a time in one node's door; who comes later waits a little and is
then told so. A press that takes too long is ended. Nothing that it prints touches a disk.
"""

from __future__ import annotations

import subprocess  # our own program, in our own words
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Final

from comity.web.paper.errors import PaperFailed, PaperTooLong, PressAbsent, PressBusy
from comity.web.paper.frames import ABSENT, Sheets, read_head, write_sheets

# Presses at once: each takes a processor for seconds and 0.3 GB.
PRESSES: Final = 2
WAIT_SECONDS: Final = 30
# One paper: a first one takes 3 s with its imports, a hundred pages some ten (measured).
PAPER_SECONDS: Final = 90
# The HTML of one paper: a form of twenty fields has 20 kB; this is a hundred pages and more.
HTML_BYTES: Final = 256 << 10
# All that goes in with it: the act, its envelope, its content.
SHEETS_BYTES: Final = 8 << 20
PDF_BYTES: Final = 64 << 20
_PROGRAM: Final = "comity.web.paper.child"
_places: Final = threading.BoundedSemaphore(PRESSES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A paper: its bytes, and how many pages it has."""

    pdf: bytes
    pages: int


class Press:
    """A process that prints one paper after the other."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        """Use a process that was begun."""
        self._process = process

    def print(self, sheets: Sheets) -> Printed:
        """Print one paper; raise ``PaperTooLong``, ``PressAbsent`` or ``PaperFailed``."""
        if len(sheets.html) > HTML_BYTES or sheets.size > SHEETS_BYTES:
            raise PaperTooLong
        timer = threading.Timer(PAPER_SECONDS, self._process.kill)
        timer.daemon = True
        timer.start()
        try:
            return self._exchange(sheets)
        except (OSError, EOFError, ValueError) as error:
            raise PaperFailed from error
        finally:
            timer.cancel()

    def _exchange(self, sheets: Sheets) -> Printed:
        given, said = _pipes(self._process)
        write_sheets(given, sheets)
        head = read_head(said)
        if head is None:
            raise PaperFailed
        if "trouble" in head:
            raise PressAbsent if head["trouble"] == ABSENT else PaperFailed
        size = int(head["pdf"])
        if not 0 < size <= PDF_BYTES:
            raise PaperTooLong
        pdf = said.read(size)
        if len(pdf) != size:
            raise PaperFailed
        return Printed(pdf=pdf, pages=int(head["pages"]))


@contextmanager
def open_press() -> Iterator[Press]:
    """Yield a press; raise ``PressBusy`` where too many print already."""
    if not _places.acquire(timeout=WAIT_SECONDS):
        raise PressBusy
    try:
        process = _begin()
        try:
            yield Press(process)
        finally:
            _end(process)
    finally:
        _places.release()


def _begin() -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 # our own program, no word from outside
        [sys.executable, "-I", "-m", _PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"},
        cwd="/",
        close_fds=True,
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    """End it, whatever it does; nothing of it is waited for."""
    process.kill()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except OSError:
                continue
    process.wait()


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    if process.stdin is None or process.stdout is None:
        message = "a press has two pipes"
        raise RuntimeError(message)
    return process.stdin, process.stdout
