"""Sweeping: removing what killed runs left, which nothing names.

A volume is written first and listed after. So what nothing lists may be one that a
worker is about to list; nothing is swept while any job is, or was left, in hand.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from comity.base import Instant
from comity.service.errors import WorkUnderWay
from comity.service.jobs import WAITING
from comity.service.node import Node

_DRAFT_AGE: Final = timedelta(days=1)


def sweep_blobs(node: Node) -> int:
    """Remove blobs that nothing names and drafts of yesterday; return how many."""
    kept = tuple(node.blobs.names())
    with node.store.unit() as unit:
        for job in unit.jobs.find(state=WAITING):
            if unit.jobs.lock(job.ident).lease_until is not None:
                raise WorkUnderWay(where=str(job.ident))
        named = unit.volumes.distinct("blob") | unit.pieces.distinct("blob")
        spare = [name for name in kept if name not in named]
        for name in spare:
            node.blobs.remove(name)
    yesterday = Instant(node.clock.now().at - _DRAFT_AGE)
    return len(spare) + node.blobs.sweep(yesterday)
