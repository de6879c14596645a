"""Checks 16 and 17: work that stands still, and blobs that nothing names."""

from __future__ import annotations

from comity.service.checking.gathering import Findings
from comity.service.jobs import DONE, STOPPED, WAITING
from comity.service.node import Node

_JOBS, _BLOBS = 16, 17


def check_jobs(node: Node, findings: Findings) -> None:
    """Make check 16."""
    # 16. Jobs.
    with node.store.view() as unit:
        stopped = unit.jobs.find(state=STOPPED)
        waiting = unit.jobs.count(state=WAITING)
        findings.look(_JOBS, unit.jobs.count(state=DONE) + waiting + len(stopped))
    for job in stopped:
        says = f"{job.ident} ({job.kind} for {job.dossier}) was stopped: {job.trouble}."
        again = f"See to the cause, then run: comity node again {job.ident}."
        findings.doubt(_JOBS, f"{says} {again}")
    if waiting:
        findings.note(_JOBS, f"{waiting} wait for a worker; run: comity node work.")


def check_blobs(node: Node, findings: Findings) -> None:
    """Make check 17."""
    # 17. Blobs.
    kept = list(node.blobs.names())
    with node.store.view() as unit:
        named = unit.volumes.distinct("blob")
    findings.look(_BLOBS, len(kept))
    spare = [name for name in kept if name not in named]
    if spare:
        says = f"{len(spare)} were left by runs that were killed, and harm nothing"
        findings.note(_BLOBS, f"{says}; comity node sweep removes them.")
