"""Checks 7 to 11: what follows from the acts is derived again and compared."""

from __future__ import annotations

from dataclasses import fields, replace

from comity.base.errors import ComityError
from comity.service.chains import read_acts
from comity.service.checking.chains import Chain
from comity.service.checking.gathering import Findings
from comity.service.checking.spelling import spell_apart
from comity.service.deriving import Derived, derive_dossier, view_followers
from comity.service.investigations import OPEN
from comity.service.rows import AnyRow, InvestigationRow, OutboxRow

_HEADS, _STANDINGS, _DEADLINES, _OUTBOX, _INVESTIGATIONS = range(7, 12)
REBUILD = "Run: comity check --rebuild."


def check_dossier(chain: Chain) -> None:
    """Make checks 7 to 10 for a dossier."""
    derived = _derive(chain)
    if derived is None:
        return
    unit, ident, findings = chain.unit, chain.ident, chain.findings
    if any(act.lawbook != chain.node.book.digest for act in chain.acts):
        findings.note(_HEADS, "Some acts were taken under another law book than the present.")
    # 7. Heads.
    compare_rows(findings, _HEADS, (derived.head,), unit.dossiers.find(ident=ident))
    # 8. Standings.
    compare_rows(findings, _STANDINGS, (derived.standing,), unit.standings.find(dossier=ident))
    # 9. Deadlines.
    compare_rows(findings, _DEADLINES, derived.deadlines, unit.deadlines.find(dossier=ident))
    # 10. Outbox.
    outbox = unit.outbox.find(dossier=ident)
    expected = tuple(_as_tried(row, outbox) for row in derived.outbox)
    compare_rows(findings, _OUTBOX, expected, outbox)


def check_investigation(chain: Chain) -> None:
    """Make check 11 for an investigation."""
    # 11. Investigations.
    first = next((act for act in chain.acts if (act.number, act.step) == (0, OPEN)), None)
    rows = chain.unit.investigations.find(ident=chain.ident)
    expected: tuple[InvestigationRow, ...] = ()
    if first is not None:
        head = InvestigationRow(ident=chain.ident, version=len(chain.acts), opened=first.at)
        expected = (head,)
    compare_rows(chain.findings, _INVESTIGATIONS, expected, rows)


def _derive(chain: Chain) -> Derived | None:
    """Return what follows from the acts; None if they are not whole enough to tell."""
    try:
        return rederive(chain)
    except ComityError as error:
        because = "its acts are not whole" if not chain.is_whole else str(error)
        for check in (_HEADS, _STANDINGS, _DEADLINES, _OUTBOX):
            chain.findings.doubt(check, f"{chain.ident} was not examined: {because}")
    return None


def rederive(chain: Chain) -> Derived:
    """Return what follows from the acts of a dossier and of those that follow it."""
    node, unit = chain.node, chain.unit
    followers = {
        row.ident: read_acts(unit, row.ident) for row in unit.dossiers.find(follows=chain.ident)
    }
    return derive_dossier(node.book, node.state, chain.held, view_followers(node.book, followers))


def _as_tried(row: OutboxRow, held: tuple[OutboxRow, ...]) -> OutboxRow:
    """Return the row with what no act tells: how often it was tried, and when it is next."""
    known = next((one for one in held if one.act == row.act), row)
    return replace(row, attempts=known.attempts, due=known.due)


def compare_rows(
    findings: Findings, check: int, expected: tuple[AnyRow, ...], found: tuple[AnyRow, ...]
) -> None:
    """Compare rows by their keys, and field by field where both are there."""
    wanted = {_key(row): row for row in expected}
    held = {_key(row): row for row in found}
    for key in sorted(wanted.keys() | held.keys(), key=str):
        findings.look(check)
        name = " ".join(map(str, key))
        if key not in held:
            findings.fail(check, f"{name} is missing. {REBUILD}")
        elif key not in wanted:
            findings.fail(check, f"{name} follows from no act. {REBUILD}")
        elif wanted[key] != held[key]:
            _tell_difference(findings, check, wanted[key], held[key])


def _tell_difference(findings: Findings, check: int, wanted: AnyRow, held: AnyRow) -> None:
    name = " ".join(map(str, _key(wanted)))
    for field in fields(wanted):  # type: ignore[arg-type] # every row is a dataclass
        expected, found = getattr(wanted, field.name), getattr(held, field.name)
        if expected != found:
            says = f"{field.name} of {name} is not what follows from the acts. {REBUILD}"
            one, other = spell_apart(expected, found)
            findings.fail(check, says, expected=one, found=other)


def _key(row: AnyRow) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in row.KEY)
