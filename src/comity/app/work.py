"""Workers: they claim jobs, do them, keep the lease alive while they do, and run the beats.

Any number may run, here and on other machines. A worker that is killed loses its lease
and another takes the job over; one that is told to stop gives it back at once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final

from comity.app.databases import close_connections
from comity.base import Ident
from comity.base.errors import ComityError, OutOfReach
from comity.service.beats import Beaten, run_beats
from comity.service.errors import LeaseLost
from comity.service.jobs import LEASE_SECONDS, Held, claim, release, renew
from comity.service.node import Node
from comity.service.work import do_job

_IDLE_SECONDS: Final = 1.0
_BEATS: Final = 3
# A pass may give the next one work (a receipt, a fetch): so many follow each other at most.
_MOST_PASSES: Final = 50


@dataclass(frozen=True, slots=True)
class Done:
    """A job that was worked on, and what went wrong, if something did."""

    job: Ident
    kind: str
    error: ComityError | None


def run_due(node: Node, *, lease: int = LEASE_SECONDS) -> tuple[Done, ...]:
    """Do every job that is due and run the beats, until nothing is left; return the jobs done."""
    done: list[Done] = []
    for _ in range(_MOST_PASSES):
        jobs = run_jobs(node, lease=lease)
        done += jobs
        if not jobs and not any(one.count for one in beat_once(node)):
            break
    return tuple(done)


def run_jobs(node: Node, *, lease: int = LEASE_SECONDS) -> tuple[Done, ...]:
    """Do every job that is due, one after the other; return what was done."""
    done: list[Done] = []
    while (held := claim(node, seconds=lease)) is not None:
        done.append(_do(node, held, lease))
    return tuple(done)


def beat_once(node: Node) -> tuple[Beaten, ...]:
    """Run every beat once."""
    return run_beats(node)


def work_for(node: Node, seconds: float, *, lease: int = LEASE_SECONDS) -> Iterator[Done]:
    """Do jobs as they become due, for so long; yield each when it is done."""
    end = time.monotonic() + seconds
    while True:
        yield from _tolerant(node, lease)
        rest = end - time.monotonic()
        if rest <= 0:
            return
        time.sleep(min(_IDLE_SECONDS, rest))


def _tolerant(node: Node, lease: int) -> tuple[Done, ...]:
    """Let a database that is away for a while stop nobody."""
    try:
        return run_due(node, lease=lease)
    except OutOfReach:
        close_connections()
        return ()


def _do(node: Node, held: Held, lease: int) -> Done:
    try:
        with _kept_alive(node, held, lease):
            error = do_job(node, held)
    except Exception:
        raise  # a defect of ours: the lease must run out, and the attempt counts
    except BaseException:
        # We are told to stop: the next worker need not wait for the lease.
        with suppress(ComityError):
            release(node, held)
        raise
    return Done(held.ident, held.kind, error)


@contextmanager
def _kept_alive(node: Node, held: Held, lease: int) -> Iterator[None]:
    """Renew the lease from another thread until the job is done or lost."""
    over = threading.Event()

    def beat() -> None:
        try:
            while not over.wait(lease / _BEATS):
                _renew(node, held, lease)
        except LeaseLost:
            return
        finally:
            close_connections()

    thread = threading.Thread(target=beat, name=f"lease {held.ident}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _renew(node: Node, held: Held, lease: int) -> None:
    try:
        renew(node, held, seconds=lease)
    except LeaseLost:
        raise
    except OutOfReach:
        return  # the database is busy; the lease lasts for two more beats
