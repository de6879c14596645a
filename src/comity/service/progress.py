"""How far a job is: bytes done, of how many, as far as the rows tell."""

from __future__ import annotations

from dataclasses import dataclass

from comity.base import Ident, parse_canonical
from comity.base.errors import NotPermitted
from comity.seal.age import decrypt_bytes
from comity.seal.fields import read_list
from comity.service.contents import unwrap
from comity.service.node import Node
from comity.service.ports import Unit
from comity.service.returning import JOB as RETURNS
from comity.service.rows import JobRow


@dataclass(frozen=True, slots=True)
class Progress:
    """Bytes done, and of how many; None where that is not known."""

    done: int | None
    total: int | None


def read_progress(node: Node, unit: Unit, row: JobRow) -> Progress:
    """Return how many bytes are done, and of how many."""
    transfers = unit.transfers.find(job=row.ident)
    if transfers:
        return Progress(transfers[0].got, transfers[0].size)
    written = sum(one.size for one in unit.volumes.find(job=row.ident, fence=row.fence))
    return Progress(written, _total(node, unit, row))


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
