"""Findings: what was refused, or is odd, kept until a person has looked at it.

Whoever sends rubbish must not fill the disk with it: of one source, kind and day only so many
are kept, and the rest is counted in one row of the kind ``more``. Nor may rubbish crowd out
what is grave: a kind has its share for itself, and of what is ``WEIGHTY`` the first of every
place is kept beyond it. What a finding says bears no content and no name of a person; its
evidence are bytes as they came, cut to a bound.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from comity.base import Ident, limits
from comity.service.node import Node, Officer
from comity.service.notices import FINDING, URGENT, note
from comity.service.ports import Unit
from comity.service.rows import FindingRow

MORE: Final = "more"
# Who has not proved who they are shares one bound with all others who have not.
UNKNOWN: Final = "unknown"
# Whoever hands in a disk has proved nothing, whatever is written on it.
DISK: Final = "a disk"
_UNPROVED: Final = frozenset({UNKNOWN, DISK})
# What nobody may sleep over. A stranger cannot wake anybody: the source must be proved. What
# they say names their place alone (a place in a chain, a transfer, a key), never what was
# chosen by who made them: there are no more of them than places.
WEIGHTY: Final = frozenset(
    {
        *("fork", "altered", "revoked-key", "package-refused", "package-refused-there"),
        *("key-claimed-twice", "state-removed", "state-keys-replaced"),
    }
)


def make_finding(  # noqa: PLR0913 # each says another thing of it
    node: Node, unit: Unit, *, kind: str, says: str, source: str = UNKNOWN, evidence: bytes = b""
) -> Ident | None:
    """Keep a finding and return its name; None if it was only counted, for its share is used up.

    ``kind`` is a word such as ``fork``; ``source`` the authority as ``XB XB-CA``, once proved.
    """
    now = node.clock.now()
    row = FindingRow(
        ident=node.idents.new("fin"),
        kind=kind,
        at=now,
        source=source[: limits.FINDING_WORDS],
        says=says[: limits.FINDING_WORDS],
        evidence=evidence[: limits.FINDING_BYTES],
        seen_by="",
        seen_at=None,
        day=str(now)[:10],
    )
    if not _has_share(unit, row):
        _count(unit, row)
        return None
    unit.findings.add(row)
    if kind in WEIGHTY and row.source not in _UNPROVED:
        note(node, unit, FINDING, URGENT)
    return row.ident


def list_findings(node: Node) -> tuple[FindingRow, ...]:
    """Return all findings, the latest first; those with ``seen_at`` None wait for a person."""
    with node.store.view() as unit:
        found = unit.findings.find()
    return tuple(sorted(found, key=lambda row: (row.at, row.ident), reverse=True))


def show_finding(node: Node, ident: Ident) -> FindingRow:
    """Return a finding; raise ``NotThere``."""
    with node.store.view() as unit:
        return unit.findings.get(ident)


def mark_seen(node: Node, officer: Officer, ident: Ident) -> FindingRow:
    """Note that an officer has looked at a finding; who looked first stays."""
    with node.store.unit() as unit:
        row = unit.findings.get(ident)
        if row.seen_at is not None:
            return row
        seen = replace(row, seen_by=officer.actor, seen_at=node.clock.now())
        unit.findings.replace(seen)
        return seen


def _has_share(unit: Unit, row: FindingRow) -> bool:
    """Return whether it is kept: within the share of its kind, or grave and of a new place."""
    same = {"source": row.source, "kind": row.kind}
    if unit.findings.count(**same, day=row.day) < limits.FINDINGS_A_DAY:
        return True
    return row.kind in WEIGHTY and not unit.findings.count(**same, says=row.says, day=row.day)


def _count(unit: Unit, row: FindingRow) -> None:
    """Count what is not kept any more, in one row for the source, the kind and the day."""
    says = f"More of the kind {row.kind} came from this source on this day; it is counted here."
    held = unit.findings.find(source=row.source, day=row.day, kind=MORE, says=says)
    if held:
        more = replace(held[0], more=held[0].more + 1, at=row.at, seen_by="", seen_at=None)
        unit.findings.replace(more)
        return
    unit.findings.add(replace(row, kind=MORE, says=says, evidence=b"", more=1))
