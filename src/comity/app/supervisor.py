"""The supervisor of a node: one process that starts the doors and workers and keeps them up.

Children: the peers' door, the desk's door, and workers, each a process of its own. One that
ends is started again, after a pause that grows while it keeps ending and shrinks when it has
lasted. Told to stop, the supervisor stops the doors first, so that nothing new comes in, then
the workers, each asked and, if it does not heed, killed. Children end with the supervisor,
also when that is killed; what they were doing is made for it.

The children's numbers stand in ``run/children.json``; ``run/up.lock`` is held by the one
supervisor of a node on this machine.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO, Final

from comity.app.heart import run_folder
from comity.app.logs import begin_logs, say, warn
from comity.app.settings import Settings, read_address
from comity.app.worker import BEATS_ONLY, BOTH, JOBS_ONLY
from comity.base.errors import OutOfReach

CHILDREN: Final = "children.json"
_LOCK: Final = "up.lock"
_LOOK_SECONDS: Final = 0.1
_FIRST_PAUSE: Final = 0.2
_LONGEST_PAUSE: Final = 30.0
# Whoever lasted so long begins with the shortest pause again.
_LASTING_SECONDS: Final = 30.0
_PATIENCE_SECONDS: Final = 15.0


class AlreadyUp(OutOfReach):
    """This node is running already on this machine."""

    code = "app/already-up"
    remedy = "Stop the other one first; a node has one supervisor on a machine."


@dataclass(slots=True)
class Child:
    """One process that is kept up."""

    name: str
    words: tuple[str, ...]
    is_door: bool = False
    process: subprocess.Popen[bytes] | None = None
    begun: float = 0.0
    pause: float = _FIRST_PAUSE
    due: float = 0.0


@dataclass(slots=True)
class Supervisor:
    """Keeps the processes of the node in ``folder`` up until told to stop."""

    folder: Path
    settings: Settings
    workers: int = 2
    # Called once with the doors that listen, when all of them do.
    tell: Callable[[dict[str, str]], None] = lambda _doors: None
    children: list[Child] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Start everything and keep it up until SIGTERM, SIGINT or SIGHUP; raise ``AlreadyUp``."""
        with _alone(self.folder), _heeding(self.stop):
            begin_logs("supervisor", self.settings)
            self.children = _plan(self.folder, self.settings, self.workers)
            try:
                self._watch()
            finally:
                self._end()

    def _watch(self) -> None:
        told = False
        while not self.stop.is_set():
            for child in self.children:
                self._keep_up(child)
            if not told and _all_listen(self.settings):
                told = True
                self.tell(doors(self.settings))
            self.stop.wait(_LOOK_SECONDS)

    def _keep_up(self, child: Child) -> None:
        now = time.monotonic()
        if child.process is not None and child.process.poll() is not None:
            warn("child-ended", child=child.name, exit=child.process.returncode)
            lasted = now - child.begun >= _LASTING_SECONDS
            child.pause = _FIRST_PAUSE if lasted else min(child.pause * 2, _LONGEST_PAUSE)
            child.due = now + child.pause
            child.process = None
        if child.process is None and now >= child.due:
            child.begun = now
            child.process = _spawn(child)
            say("child-started", child=child.name, pid=child.process.pid)
            self._note()

    def _note(self) -> None:
        """Write down who runs; for tests and operators, not for us."""
        alive = {child.name: child.process.pid for child in self.children if child.process}
        path = run_folder(self.folder) / CHILDREN
        partial = path.with_suffix(".partial")
        with suppress(OSError):
            partial.write_text(json.dumps({"supervisor": os.getpid(), **alive}), "utf-8")
            partial.replace(path)

    def _end(self) -> None:
        """Stop the doors, then the workers."""
        for is_door in (True, False):
            _stop([child for child in self.children if child.is_door is is_door])
        (self.folder / "run" / CHILDREN).unlink(missing_ok=True)
        say("stopped")


def require_alone(folder: Path) -> None:
    """Raise ``AlreadyUp`` if a supervisor of this node runs on this machine."""
    if folder.is_dir():
        with _alone(folder):
            return


def doors(settings: Settings) -> dict[str, str]:
    """Return where the node listens, door by door."""
    found = {}
    if settings.peers:
        found["peers"] = f"https://{settings.peers}"
    if settings.desk:
        found["desk"] = f"http://{settings.desk}"
    return found


def _plan(folder: Path, settings: Settings, workers: int) -> list[Child]:
    planned = [
        Child(door, ("-m", "comity.web.serving", door, str(folder)), is_door=True)
        for door in doors(settings)
    ]
    for number in range(1, workers + 1):
        does = BOTH if workers == 1 else BEATS_ONLY if number == 1 else JOBS_ONLY
        name = f"worker-{number}"
        words = ("-m", "comity.app.worker", str(folder), "--name", name, "--does", does)
        planned.append(Child(name, words))
    return planned


def _spawn(child: Child) -> subprocess.Popen[bytes]:
    words = [sys.executable, *child.words, "--parent", str(os.getpid())]
    # A session of its own: Ctrl-C reaches the supervisor alone, which stops all in order.
    return subprocess.Popen(  # noqa: S603 - our own interpreter and our own words
        words, stdin=subprocess.DEVNULL, start_new_session=True
    )


def _stop(children: list[Child]) -> None:
    alive = [child.process for child in children if child.process and child.process.poll() is None]
    for process in alive:
        process.terminate()
    until = time.monotonic() + _PATIENCE_SECONDS
    for process in alive:
        try:
            process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _all_listen(settings: Settings) -> bool:
    named = (settings.peers, settings.desk)
    return all(_listens(*read_address(address)) for address in named if address)


def _listens(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False


@contextmanager
def _alone(folder: Path) -> Iterator[IO[str]]:
    with (run_folder(folder) / _LOCK).open("w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise AlreadyUp(where=str(folder)) from error
        yield lock


@contextmanager
def _heeding(stop: threading.Event) -> Iterator[None]:
    """Let the signals that end a process end the watch instead."""

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    before = {number: signal.signal(number, end) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
