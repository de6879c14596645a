"""A worker process of ``comity node up``: ``python -m comity.app.worker FOLDER …``.

The first worker runs the beats (letters, inbox, receipts, notices, directory), each in a
thread of its own, so that a peer that is slow holds up nothing but the letters to it. The
others do jobs. A node with one worker has both in one process. What goes wrong in a beat is
logged, and the beat goes on after a pause that grows. Who has nothing to do rests until the
lookout (``comity.app.lookout``) rings, or until its time comes.

SIGTERM ends it: a job that is under way is given back at once.
"""

from __future__ import annotations

import argparse
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Final, NoReturn

from comity.app.compose import open_node
from comity.app.databases import close_connections
from comity.app.heart import Heart
from comity.app.lifeline import end_with
from comity.app.logs import begin_logs, exception_fields, say, warn
from comity.app.lookout import Lookout
from comity.app.settings import read_settings
from comity.app.work import run_jobs
from comity.base.errors import ComityError
from comity.service.beats import BEATS, Beat
from comity.service.node import Node

# How long a part of the work waits when something is wrong: longer each time.
_FIRST_PAUSE_SECONDS: Final = 0.25
_LONGEST_PAUSE_SECONDS: Final = 30.0
# What follows from the time alone, and how often it is looked at; all else waits for its bell.
_BY_TIME: Final = {
    "forget_nonces": 60.0,
    "forget_repeats": 600.0,
    "refresh_due": 5.0,
    "watch_deadlines": 5.0,
    "time_out": 5.0,
    "drop_stale": 60.0,
}
# Letters go out side by side, for each waits for an answer from far away.
_SIDE_BY_SIDE: Final = {"post_letters": 3}
BEATS_ONLY: Final = "beats"
JOBS_ONLY: Final = "jobs"
BOTH: Final = "both"


class _Stopped(BaseException):
    """This worker is told to end."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the work: what it does, how it rests when there was nothing, whom it tells."""

    name: str
    do: Callable[[], int]
    rest: Callable[[], object]
    tell: Callable[[], None]


def main(words: list[str] | None = None) -> int:
    """Work until told to stop."""
    asked = _read_words(words)
    end_with(asked.parent)
    settings = read_settings(asked.folder)
    begin_logs(asked.name, settings)
    stop = threading.Event()
    _heed_stop()
    try:
        node = open_node(asked.folder, has_threads=True)
        Heart(asked.folder, asked.name).begin(stop)
        say("worker-started", kind=asked.does)
        lookout = Lookout(node.store)
        _work(node, asked.does, lookout, stop)
    except _Stopped:
        say("worker-stopped")
        return 0
    except ComityError as error:
        warn("worker-failed", code=error.code, where=error.where)
        return 1
    finally:
        stop.set()
        close_connections()


def _work(node: Node, does: str, lookout: Lookout, stop: threading.Event) -> NoReturn:
    parts = [] if does == JOBS_ONLY else [_plan(node, beat, lookout, stop) for beat in BEATS]
    jobs = Part("jobs", lambda: len(run_jobs(node)), lookout.bell().rest, lookout.ring)
    lookout.begin(stop)
    for part in parts:
        for _ in range(_SIDE_BY_SIDE.get(part.name, 1)):
            _start(part, stop)
    if does == BEATS_ONLY:
        while True:
            signal.pause()
    _go_on(jobs, threading.Event())
    raise _Stopped


def _plan(node: Node, beat: Beat, lookout: Lookout, stop: threading.Event) -> Part:
    """Return a beat with what it waits for: its time, or a bell."""
    name = beat.__name__
    rest: Callable[[], object] = (
        partial(stop.wait, _BY_TIME[name]) if name in _BY_TIME else lookout.bell().rest
    )
    return Part(name, partial(beat, node), rest, lookout.ring)


def _start(part: Part, stop: threading.Event) -> None:
    thread = threading.Thread(target=_go_on, args=(part, stop), name=part.name, daemon=True)
    thread.start()


def _go_on(part: Part, stop: threading.Event) -> None:
    """Do a part again and again: at once while it finds work, else when it is time."""
    pause = 0.0
    while not stop.is_set():
        try:
            found = part.do()
        except ComityError as error:
            warn("beat-failed", kind=part.name, code=error.code)
            pause = _grow(pause)
        except Exception as error:  # noqa: BLE001 - a defect in one beat must not stop the others
            warn("beat-broken", kind=part.name, **exception_fields(error))
            pause = _grow(pause)
        else:
            pause = 0.0
            if found:
                say("beat", kind=part.name, count=found)
                part.tell()
            else:
                part.rest()
        if pause:
            close_connections()
            stop.wait(pause)


def _grow(pause: float) -> float:
    return min(max(pause, _FIRST_PAUSE_SECONDS) * 2, _LONGEST_PAUSE_SECONDS)


def _heed_stop() -> None:
    def end(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise _Stopped

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the supervisor tells us


def _read_words(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="comity.app.worker")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--name", required=True)
    parser.add_argument("--does", choices=[BEATS_ONLY, JOBS_ONLY, BOTH], default=BOTH)
    parser.add_argument("--parent", type=int, required=True)
    return parser.parse_args(words)


if __name__ == "__main__":
    raise SystemExit(main())
