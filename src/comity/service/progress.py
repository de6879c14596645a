"""How far work is: bytes done of bytes there are, as far as the rows tell."""

from __future__ import annotations

from dataclasses import dataclass

from comity.base import Ident, Instant, parse_canonical
from comity.base.errors import NotPermitted
from comity.seal.age import decrypt_bytes
from comity.seal.fields import read_list
from comity.service.contents import unwrap
from comity.service.jobs import DONE, STOPPED
from comity.service.node import Node
from comity.service.ports import Unit
from comity.service.returning import JOB as RETURNS
from comity.service.rows import JobRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A job, and how far it is: ``done`` of ``total`` bytes; None where nobody can tell."""

    job: JobRow
    done: int
    total: int | None
    is_held: bool

    @property
    def is_over(self) -> bool:
        """Return whether no worker goes on with it by itself."""
        return self.job.state in {DONE, STOPPED}


def list_progress(node: Node, dossier: Ident) -> tuple[Progress, ...]:
    """Return the jobs of a dossier, and how far each is."""
    with node.store.view() as unit:
        return tuple(_progress(node, unit, row) for row in unit.jobs.find(dossier=dossier))


def show_progress(node: Node, job: Ident) -> Progress:
    """Return how far a job is; raise ``NotThere``."""
    with node.store.view() as unit:
        return _progress(node, unit, unit.jobs.get(job))


def _progress(node: Node, unit: Unit, row: JobRow) -> Progress:
    is_held = _is_held(row, node.clock.now())
    transfers = unit.transfers.find(job=row.ident)
    if transfers:
        found = transfers[0]
        return Progress(job=row, done=found.got, total=found.size or None, is_held=is_held)
    written = sum(one.size for one in unit.volumes.find(job=row.ident, fence=row.fence))
    return Progress(job=row, done=written, total=_total(node, unit, row), is_held=is_held)


def _is_held(row: JobRow, now: Instant) -> bool:
    return row.lease_until is not None and row.lease_until > now


def _total(node: Node, unit: Unit, row: JobRow) -> int | None:
    """Return how many bytes a taking-in of uploads has before it; None for other work."""
    if row.kind != RETURNS:
        return None
    try:
        identity = unwrap(node, unit.identities.get(row.dossier, row.generation))
    except NotPermitted:
        return None  # erased meanwhile
    order = parse_canonical(decrypt_bytes(row.sealed, [identity]))
    named = read_list(order["returns"]) if isinstance(order, dict) else []
    return sum(unit.returns.get(Ident(str(one))).size for one in named)
