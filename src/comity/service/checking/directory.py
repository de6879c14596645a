"""Check 25: what is known of the directory still verifies, each row under what it stands on."""

from __future__ import annotations

from typing import Any, Final

from tuf.api.metadata import Root, Snapshot, Targets, Timestamp

from comity.base import Digest
from comity.base.errors import ComityError
from comity.federation.directory import AuthorityCard
from comity.federation.directory.metadata import File, file_digest, read_file
from comity.federation.directory.verifying import count_signatures, first_root, next_root
from comity.service.checking.gathering import Findings
from comity.service.directory.holding import (
    ROOT,
    SNAPSHOT,
    TARGETS,
    TIMESTAMP,
    known_states,
    read_roots,
)
from comity.service.directory.knowing import state_name
from comity.service.node import Node
from comity.service.ports import Unit
from comity.service.rows import AuthorityRow, TrustRow

_DIRECTORY: Final = 25
_RESTORE: Final = "Put the row back from the backup, then: comity directory refresh."
_CLAIMED: Final = "key-claimed-twice"
_PARTS: Final[tuple[tuple[str, str, type[Any]], ...]] = (
    (TIMESTAMP, "timestamp", Timestamp),
    (SNAPSHOT, "snapshot", Snapshot),
    (TARGETS, "targets", Targets),
)


def check_directory(node: Node, findings: Findings) -> None:
    """Make check 25."""
    # 25. Directory.
    with node.store.view() as unit:
        _check_shared(unit, findings)
        lists = {state: _check_state(unit, findings, state) for state in known_states(unit)}
        is_rooted = any(row.document for row in unit.trust.each())
        for row in unit.authorities.each():
            findings.look(_DIRECTORY)
            _check_card(unit, findings, row, lists.get(row.state), is_rooted=is_rooted)
        for state, found in lists.items():
            _check_missing(unit, findings, state, found)


def _check_shared(unit: Unit, findings: Findings) -> None:
    """Look at the shared directory: its root by itself, the rest under its root."""
    for held in unit.trust.find(name=ROOT):
        root = _read_root(findings, held, None)
        for name, role, kind in _PARTS if root else ():
            for row in unit.trust.find(name=name):
                _check_signed(findings, row, kind, root, role, held)


def _check_state(unit: Unit, findings: Findings, state: str) -> File[Targets] | None:
    """Look at a State's keys, each under those before, and at its list; return the list."""
    keys: File[Root] | None = None
    held: TrustRow | None = None
    for row in read_roots(unit, state):
        keys = _read_root(findings, row, keys)
        held = row
        if keys is None:
            return None  # told; nothing under it can be judged
    (row,) = unit.trust.find(name=state_name(state))
    if keys is None or held is None:
        findings.fail(_DIRECTORY, f"The keys of {state} are gone. {_RESTORE}")
        return None
    return _check_signed(findings, row, Targets, keys, "targets", held)


def _read_root(findings: Findings, row: TrustRow, before: File[Root] | None) -> File[Root] | None:
    """Return keys that verify under those before them, or by themselves; else tell."""
    findings.look(_DIRECTORY)
    try:
        root = first_root(row.document) if before is None else next_root(before, row.document)
    except ComityError as error:
        findings.fail(_DIRECTORY, f"{row.name} does not verify: {error.code}. {_RESTORE}")
        return None
    return root if _fits(findings, row, root) else None


def _check_signed(  # noqa: PLR0913, PLR0917 # a file, its kind, and under what it stands
    findings: Findings,
    row: TrustRow,
    kind: type[Any],
    root: File[Root] | None,
    role: str,
    held: TrustRow,
) -> File[Any] | None:
    """Return the file in a row if enough keys of its role signed it; else tell."""
    findings.look(_DIRECTORY)
    try:
        found: File[Any] = read_file(row.document, kind)
    except ComityError as error:
        findings.fail(_DIRECTORY, f"{row.name} cannot be read: {error.code}. {_RESTORE}")
        return None
    if root is None or count_signatures(root.signed, role, found).missing:
        if row.fetched < held.fetched:
            says = f"{row.name} is older than the keys in {held.name}, which did not sign it."
            findings.doubt(_DIRECTORY, f"{says} Run: comity directory refresh.")
        else:
            says = f"{row.name} is not signed by the keys in {held.name}."
            findings.fail(_DIRECTORY, f"{says} {_RESTORE}")
        return None
    return found if _fits(findings, row, found) else None


def _fits(findings: Findings, row: TrustRow, found: File[Any]) -> bool:
    fits = (row.version, row.expires) == (found.version, found.expires)
    if not fits:
        findings.fail(_DIRECTORY, f"{row.name} is not what its row says of it. {_RESTORE}")
    return fits


def _check_card(
    unit: Unit,
    findings: Findings,
    row: AuthorityRow,
    found: File[Targets] | None,
    *,
    is_rooted: bool,
) -> None:
    """Compare a card with the list of its State; one that was dropped stands in none."""
    where = f"The card of {row.state}/{row.authority}"
    try:
        card = AuthorityCard.parse(row.document)
    except ComityError as error:
        findings.fail(_DIRECTORY, f"{where} cannot be read: {error.code}. {_RESTORE}")
        return
    if (card.state, card.authority) != (row.state, row.authority):
        findings.fail(_DIRECTORY, f"{where} is that of another. {_RESTORE}")
        return
    if found is None:
        if unit.trust.count(name=state_name(row.state)):
            return  # its list was told of
        if is_rooted:
            findings.fail(_DIRECTORY, f"{where} stands in no list that is here. {_RESTORE}")
        else:
            findings.note(_DIRECTORY, "No directory is held: cards rest on nothing here.")
        return
    target = found.signed.targets.get(card.path)
    if not row.is_listed:
        if target is not None:
            findings.fail(_DIRECTORY, f"{where} is called dropped, and is listed. {_RESTORE}")
        return
    is_named = target is not None and file_digest(target) == Digest.of(row.document)
    if not is_named and not _is_claimed(unit, row.state, row.authority):
        findings.fail(_DIRECTORY, f"{where} is not the one that {row.state} lists. {_RESTORE}")


def _check_missing(unit: Unit, findings: Findings, state: str, found: File[Targets] | None) -> None:
    """Look for authorities that a State lists and that are not here."""
    if found is None:
        return
    digests = {Digest.of(row.document) for row in unit.authorities.find(state=state)}
    claimed = any(row.source.startswith(f"{state}/") for row in unit.findings.find(kind=_CLAIMED))
    for path, target in found.signed.targets.items():
        if file_digest(target) not in digests and not claimed:
            findings.fail(_DIRECTORY, f"{path} is listed, and its card is not here. {_RESTORE}")


def _is_claimed(unit: Unit, state: str, authority: str) -> bool:
    """Tell whether a newer card was not taken in, as a finding says."""
    return bool(unit.findings.count(kind=_CLAIMED, source=f"{state}/{authority}"))
