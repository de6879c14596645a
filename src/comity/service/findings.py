"""Findings: what was refused, or is odd, kept until a person has looked at it.

Whoever sends rubbish must not fill the disk with it: of one source and day only so many are
kept, and the rest is counted in one row of the kind ``more``. What a finding says bears no
content and no name of a person; its evidence are bytes as they came, cut to a bound.
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
# What nobody may sleep over. A stranger cannot wake anybody: the source must be proved.
WEIGHTY: Final = frozenset(
    {
        *("fork", "revoked-key", "key-claimed-twice", "state-removed", "state-keys-replaced"),
        *("package-refused", "package-refused-there"),
    }
)


def make_finding(  # noqa: PLR0913 # each says another thing of it
    node: Node, unit: Unit, *, kind: str, says: str, source: str = UNKNOWN, evidence: bytes = b""
) -> Ident | None:
    """Keep a finding and return its name; None if that source has had its share of the day.

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
    if unit.findings.count(source=row.source, day=row.day) < limits.FINDINGS_A_DAY:
        unit.findings.add(row)
        if kind in WEIGHTY and row.source != UNKNOWN:
            note(node, unit, FINDING, URGENT)
        return row.ident
    _count(unit, row)
    return None


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


def _count(unit: Unit, row: FindingRow) -> None:
    """Count what is not kept any more, in one row for the source and the day."""
    held = unit.findings.find(source=row.source, day=row.day, kind=MORE)
    if held:
        more = replace(held[0], more=held[0].more + 1, at=row.at, seen_by="", seen_at=None)
        unit.findings.replace(more)
        return
    says = "More came from the same source on the same day than is kept; it is counted here."
    unit.findings.add(replace(row, kind=MORE, says=says, evidence=b"", more=1))
