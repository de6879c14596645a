"""Checks 16 and 17: work that stands still, and blobs that nothing names."""

from __future__ import annotations

from comity.service.checking.gathering import Findings
from comity.service.jobs import DONE, STOPPED, WAITING
from comity.service.node import Node

_JOBS, _BLOBS = 16, 17
_SOME = 3


def check_jobs(node: Node, findings: Findings) -> None:
    """Make check 16."""
    # 16. Jobs.
    with node.store.view() as unit:
        stopped = unit.jobs.find(state=STOPPED)
        waiting = unit.jobs.count(state=WAITING)
        findings.look(_JOBS, unit.jobs.count(state=DONE) + waiting + len(stopped))
    for job in stopped:
        says = f"{job.ident} ({job.kind} for {job.dossier}) was stopped: {job.trouble}."
        again = f"See to the cause, then run: comity node again FOLDER {job.ident}."
        findings.doubt(_JOBS, f"{says} {again}")
    if waiting:
        findings.note(_JOBS, f"{waiting} wait for a worker; run: comity node work FOLDER.")


def check_blobs(node: Node, findings: Findings) -> None:
    """Make check 17."""
    # 17. Blobs.
    kept = list(node.blobs.names())
    with node.store.view() as unit:
        named = unit.volumes.distinct("blob") | unit.pieces.distinct("blob")
    findings.look(_BLOBS, len(kept))
    spare = [name for name in kept if name not in named]
    strays = list(node.blobs.strays())
    told = []
    if spare:
        says = f"{len(spare)} were left by runs that were killed, and harm nothing"
        told.append(f"{says}; comity node sweep removes them.")
    if strays:
        some = ", ".join(strays[:_SOME]) + (", …" if strays[_SOME:] else "")
        says = f"No blobs, and harmless: {len(strays)} ({some})"
        told.append(f"{says}. Look at them and remove them by hand; sweep leaves them.")
    if told:
        findings.note(_BLOBS, " ".join(told))
