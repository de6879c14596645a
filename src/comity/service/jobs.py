"""Jobs: work that outlives a transaction, and the process that began it.

A job is a row. A worker claims one that is due by comparing and setting its *fence*, a
number that grows with every claim, and holds it until its lease ends, which it may
renew. What the job brings about is written in the transaction that finishes it, and
that transaction demands the same fence: a worker that was believed dead and is not
writes nothing. A worker that is killed leaves the job to the next when the lease ends.
So a job's effect happens once, however often it is begun.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from comity.base import Ident, Instant, canonical_bytes, parse_canonical
from comity.base.canonical import Json
from comity.base.errors import ComityError, OutOfReach
from comity.seal.age import Recipient, decrypt_bytes
from comity.service.contents import live_identity, seal_for, unwrap
from comity.service.errors import LeaseLost, Moved, Unfit
from comity.service.node import Node
from comity.service.ports import Unit
from comity.service.rows import JobRow

WAITING: Final = "waiting"
DONE: Final = "done"
STOPPED: Final = "stopped"
LEASE_SECONDS: Final = 60
# After so many beginnings a person must look: it may be the job that kills the workers.
MOST_ATTEMPTS: Final = 8
_PAUSE_SECONDS: Final = 15
_CANDIDATES: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A job that this worker holds, under ``fence``."""

    ident: Ident
    kind: str
    dossier: Ident
    fence: int


def ask_for(node: Node, unit: Unit, kind: str, dossier: Ident, order: Json) -> Ident:
    """Put a job on the list and return its name; what it is to do is sealed."""
    identity = live_identity(node, unit, dossier)
    recipient = Recipient.parse(identity.recipient)
    row = JobRow(
        ident=node.idents.new("job"),
        kind=kind,
        dossier=dossier,
        generation=identity.generation,
        sealed=seal_for(node, recipient, canonical_bytes(order)),
        due=node.clock.now(),
        lease_until=None,
        fence=0,
        attempts=0,
        state=WAITING,
        trouble="",
    )
    unit.jobs.add(row)
    return row.ident


def claim(node: Node, *, seconds: int = LEASE_SECONDS) -> Held | None:
    """Claim the job that is longest due; return None if none is due."""
    now = node.clock.now()
    with node.store.view() as unit:
        if not unit.jobs.due(now, 1):
            return None  # most often; and nobody's write was held up
    with node.store.unit() as unit:
        for job in unit.jobs.due(now, _CANDIDATES):
            if job.attempts >= MOST_ATTEMPTS:
                _set(unit, replace(job, state=STOPPED, trouble="service/too-many-attempts"))
                continue
            taken = replace(
                job,
                fence=job.fence + 1,
                attempts=job.attempts + 1,
                lease_until=_later(now, seconds),
            )
            try:
                unit.jobs.swap(taken, expected=job.fence)
            except Moved:
                continue  # another worker was faster
            return Held(ident=job.ident, kind=job.kind, dossier=job.dossier, fence=taken.fence)
    return None


def renew(node: Node, held: Held, *, seconds: int = LEASE_SECONDS) -> None:
    """Hold the job for longer; raise ``LeaseLost`` if another worker has it."""
    with node.store.unit() as unit:
        job = require_held(unit, held)
        _set(unit, replace(job, lease_until=_later(node.clock.now(), seconds)))


def finish(unit: Unit, held: Held) -> None:
    """Mark the job done, in the transaction of its effect; raise ``LeaseLost``."""
    job = require_held(unit, held)
    _set(unit, replace(job, state=DONE, lease_until=None, trouble=""))


def give_back(node: Node, held: Held, error: ComityError) -> None:
    """Let the job wait, longer each time, if the world was out of reach; else stop it.

    What was asked wrongly, is not permitted or does not verify will not be better later.
    The error's code is kept, not its text.
    """
    with node.store.unit() as unit:
        job = require_held(unit, held)
        pause = _PAUSE_SECONDS << min(job.attempts, MOST_ATTEMPTS)
        may_pass = isinstance(error, OutOfReach) and job.attempts < MOST_ATTEMPTS
        again = replace(
            job,
            state=WAITING if may_pass else STOPPED,
            lease_until=None,
            due=_later(node.clock.now(), pause),
            trouble=error.code,
        )
        _set(unit, again)


def put_off(node: Node, held: Held, error: ComityError) -> None:
    """Let the job wait because another node is away: longer each time, but it never stops."""
    with node.store.unit() as unit:
        job = require_held(unit, held)
        attempts = min(job.attempts, MOST_ATTEMPTS - 1)
        again = replace(
            job,
            attempts=attempts,
            lease_until=None,
            due=_later(node.clock.now(), 1 << attempts),
            trouble=error.code,
        )
        _set(unit, again)


def note_progress(unit: Unit, held: Held) -> None:
    """Let what was tried before no longer count against a job that gets on."""
    job = require_held(unit, held)
    if job.attempts > 1:
        _set(unit, replace(job, attempts=1))


def wake(node: Node, unit: Unit, job: Ident) -> None:
    """Let a waiting job that nobody holds be due now."""
    row = unit.jobs.lock(job)
    if row.state == WAITING and row.lease_until is None:
        _set(unit, replace(row, due=node.clock.now()))


def release(node: Node, held: Held) -> None:
    """Let the job go as if it had not been begun: this worker is told to stop."""
    with node.store.unit() as unit:
        job = require_held(unit, held)
        _set(unit, replace(job, lease_until=None, attempts=max(0, job.attempts - 1)))


def begin_again(node: Node, job: Ident) -> None:
    """Let a job that was stopped be tried again; raise ``Unfit`` if it was not stopped."""
    with node.store.unit() as unit:
        row = unit.jobs.lock(job)
        if row.state != STOPPED:
            raise Unfit(row.state, where=str(job))
        again = replace(row, state=WAITING, attempts=0, due=node.clock.now(), trouble="")
        _set(unit, again)


def read_order(node: Node, held: Held) -> dict[str, Json]:
    """Return what the job is to do; raise ``ContentErased`` if that was erased meanwhile."""
    with node.store.view() as unit:
        job = unit.jobs.get(held.ident)
        identity = unwrap(node, unit.identities.get(job.dossier, job.generation))
    order = parse_canonical(decrypt_bytes(job.sealed, [identity]))
    if not isinstance(order, dict):
        raise Unfit(where=str(held.ident))
    return order


def require_held(unit: Unit, held: Held) -> JobRow:
    """Return the job if this worker still holds it; raise ``LeaseLost``."""
    job = unit.jobs.lock(held.ident)
    if job.fence != held.fence or job.state != WAITING:
        raise LeaseLost(where=str(held.ident))
    return job


def _set(unit: Unit, job: JobRow) -> None:
    unit.jobs.swap(job, expected=job.fence)


def _later(now: Instant, seconds: int) -> Instant:
    return Instant(now.at + timedelta(seconds=seconds))
