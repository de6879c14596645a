"""Heartbeats: files in ``run/`` by which others see that a worker lives.

A file is touched every few seconds by a thread of the worker, also during a long job. Whether
the work gets on is another question, answered by the row that has waited longest.
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from pathlib import Path
from typing import Final

RUN: Final = "run"
_SUFFIX: Final = ".beat"
_EVERY_SECONDS: Final = 5.0
_OWNER: Final = 0o700


class Heart:
    """The heartbeat of one worker."""

    def __init__(self, folder: Path, name: str) -> None:
        """Beat as ``name`` for the node in ``folder``."""
        run_folder(folder)
        self._path = folder / RUN / f"{name}{_SUFFIX}"

    def begin(self, stop: threading.Event) -> None:
        """Beat from now until ``stop``."""
        self._path.touch()
        thread = threading.Thread(target=self._beat, args=(stop,), name="heart", daemon=True)
        thread.start()

    def _beat(self, stop: threading.Event) -> None:
        while not stop.wait(_EVERY_SECONDS):
            with suppress(OSError):  # a full disk is told by what fails for it
                self._path.touch()
        self._path.unlink(missing_ok=True)


def run_folder(folder: Path) -> Path:
    """Return the folder in which the running processes of a node note what they are."""
    place = folder / RUN
    place.mkdir(mode=_OWNER, exist_ok=True)
    return place


def silence_seconds(folder: Path, now: float) -> float | None:
    """Return since when the liveliest worker was not heard, in seconds; None if there is none."""
    times = []
    with suppress(OSError):
        for entry in os.scandir(folder / RUN):
            if entry.name.endswith(_SUFFIX):
                with suppress(OSError):
                    times.append(entry.stat().st_mtime)
    return now - max(times) if times else None
