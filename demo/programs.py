"""The processes of the demonstration: started, watched for their memory, and ended by their id.

Each process has a session of its own, so that Ctrl-C reaches the demonstration alone, which
then ends them one by one. The most memory that each held is the kernel's own mark (VmHWM).
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from demo.errors import OutOfReach, PlayStopped

COMITY: Final = Path(sys.executable).with_name("comity")
_END_SECONDS: Final = 30
_OUT_OF_REACH: Final = 5  # the exit code of every command for that
_GLANCE_SECONDS: Final = 0.25
_PEAK: Final = re.compile(r"^VmHWM:\s+(\d+) kB", re.MULTILINE)


@dataclass
class Programs:
    """All processes that the demonstration started."""

    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    peaks: dict[str, int] = field(default_factory=dict)
    lines: ExitStack = field(default_factory=ExitStack)  # connections to them, closed with them
    _watcher: threading.Thread | None = None
    _is_over: threading.Event = field(default_factory=threading.Event)

    def start(self, name: str, *words: str | Path) -> subprocess.Popen[bytes]:
        """Start ``comity`` with ``words`` and go on; what it says goes to ``logs/<name>``."""
        self._watch()
        self.log(name).parent.mkdir(parents=True, exist_ok=True)
        with self.log(name).open("ab") as log:
            process = subprocess.Popen(
                [COMITY, *words],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self.environment},
                cwd=self.folder,
                start_new_session=True,
            )
        self.running[name] = process
        return process

    def run(self, name: str, *words: str | Path, accept: Sequence[int] = (0,)) -> str:
        """Run ``comity`` with ``words`` to its end; return what it printed.

        Raise ``PlayStopped`` if it ends with a code that is not among ``accept``.
        """
        self._watch()
        process = subprocess.Popen(
            [COMITY, *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **self.environment},
            cwd=self.folder,
            start_new_session=True,
        )
        label = f"{name}#{process.pid}"
        self.running[label] = process
        try:
            out, error = process.communicate()
        except BaseException:
            end_process(process)
            raise
        finally:
            self.running.pop(label, None)
        if process.returncode not in accept:
            said = (error or out).decode(errors="replace").strip()
            line = " ".join(str(word) for word in words)
            message = f"{name}: comity {line}\nended with {process.returncode}: {said}"
            raise (OutOfReach if process.returncode == _OUT_OF_REACH else PlayStopped)(message)
        return out.decode()

    def stop(self, name: str) -> None:
        """End one process and all that it started, first kindly."""
        process = self.running.pop(name, None)
        if process is not None:
            self._glance()
            end_process(process)

    def stop_all(self) -> None:
        """Close what is connected and end all that is running; the last started goes first."""
        self.lines.close()
        self._glance()
        kept = list(self.running.items())
        for _, process in reversed(kept):
            _signal(process, signal.SIGTERM)
        for name, process in reversed(kept):
            end_process(process)
            self.running.pop(name, None)
        self._is_over.set()

    def log(self, name: str) -> Path:
        """Return where ``name`` writes what it says."""
        return self.folder / "logs" / f"{name}.log"

    def require_alive(self) -> None:
        """Raise ``PlayStopped`` if a process ended by itself."""
        for name, process in list(self.running.items()):
            code = process.poll()
            if code is not None:
                tail = self.log(name).read_text(errors="replace")[-2000:]
                message = f"{name} ended by itself with {code}:\n{tail}"
                raise PlayStopped(message)

    def _watch(self) -> None:
        if self._watcher is None:
            self._watcher = threading.Thread(target=self._look, daemon=True)
            self._watcher.start()

    def _look(self) -> None:
        while not self._is_over.wait(_GLANCE_SECONDS):
            self._glance()

    def _glance(self) -> None:
        """Note the most memory that each process, and each that it started, has held so far."""
        parents = _parents()
        for name, process in list(self.running.items()):
            office = name.partition("#")[0]
            for place, pid in enumerate(_family(process.pid, parents)):
                peak = _peak(pid)
                label = office if place == 0 else f"{office} {_role(pid)}"
                self.peaks[label] = max(self.peaks.get(label, 0), peak)


def end_process(process: subprocess.Popen[bytes]) -> None:
    """End a process; one that does not heed is killed, with all of its session."""
    _signal(process, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(_END_SECONDS)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def family(pid: int) -> list[int]:
    """Return the process and all that descend from it, the eldest first."""
    return _family(pid, _parents())


def await_that(what: str, is_so: Callable[[], bool], *, seconds: float = 60) -> None:
    """Wait until ``is_so()`` is true; raise ``PlayStopped`` if it does not come."""
    until, pause = time.monotonic() + seconds, 0.1
    while time.monotonic() < until:
        if is_so():
            return
        time.sleep(pause)
        pause = min(1.0, pause * 1.3)
    message = f"It did not come in {seconds:.0f} seconds: {what}"
    raise PlayStopped(message)


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    if process.poll() is None:
        with suppress(ProcessLookupError):
            process.send_signal(number)


def _parents() -> dict[int, int]:
    """Return the parent of each process."""
    found = {}
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ValueError, IndexError):
            after = (place / "stat").read_text().rpartition(")")[2].split()
            found[int(place.name)] = int(after[1])
    return found


def _family(pid: int, parents: Mapping[int, int]) -> list[int]:
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


def _peak(pid: int) -> int:
    """Return the most memory that the process ever held, in KiB; 0 if it is gone."""
    with suppress(OSError):
        match = _PEAK.search(Path(f"/proc/{pid}/status").read_text())
        return int(match[1]) if match else 0
    return 0


def _role(pid: int) -> str:
    """Return what a process within a node is for, as its command line says."""
    with suppress(OSError):
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
        return next(_told(words), "part")
    return "part"


def _told(words: Sequence[str]) -> Iterator[str]:
    for role in ("worker", "work", "web", "desk", "peers", "serve"):
        if any(role == word or word.endswith(f".{role}") for word in words):
            yield "worker" if role == "work" else role
