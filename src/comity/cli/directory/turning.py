"""What a mirror signs: the snapshot of all lists, and the timestamp that says it is fresh."""

from __future__ import annotations

from typing import Any, Final

from tuf.api.metadata import Root, Snapshot, Targets

from comity.base import Instant, Period
from comity.cli.directory.folder import Folder, write_whole
from comity.cli.directory.options import days_from_now
from comity.cli.order_desk import present
from comity.federation.directory import BelowThreshold, CeremonyImpossible
from comity.federation.directory.building import (
    SNAPSHOT_DAYS,
    TIMESTAMP_DAYS,
    new_snapshot,
    new_timestamp,
)
from comity.federation.directory.metadata import File, sign_file
from comity.federation.directory.verifying import count_signatures
from comity.seal.keys import SigningKey

# Signed again when so much of their life is left, so that one missed turn harms nothing.
_SNAPSHOT_REST: Final = Period(days=SNAPSHOT_DAYS // 2)
_TIMESTAMP_REST: Final = Period(minutes=TIMESTAMP_DAYS * 12 * 60)


def turn_online(place: Folder, keys: list[SigningKey]) -> tuple[File[Any], ...]:
    """Sign a new timestamp, and before it a new snapshot if it is needed; return both.

    Raise ``CeremonyImpossible`` or ``BelowThreshold``.
    """
    roots, targets = place.roots(), place.targets()
    if not roots or targets is None:
        detail = "Root and targets are not public yet."
        raise CeremonyImpossible(detail, where=str(place.place))
    root = roots[-1].signed
    snapshot = _turn_snapshot(place, root, targets, keys)
    before = place.timestamp()
    version = before.version + 1 if before else 1
    timestamp = new_timestamp(version, snapshot, days_from_now(TIMESTAMP_DAYS))
    timestamp = _sign(root, "timestamp", timestamp, keys)
    write_whole(place.public / "timestamp.json", timestamp.data)
    return snapshot, timestamp


def is_due(place: Folder) -> bool:
    """Tell whether the timestamp or the snapshot should be signed again."""
    now = present()
    timestamp, snapshot = place.timestamp(), place.snapshot()
    if timestamp is None or snapshot is None:
        return True
    return _soon(timestamp, now, _TIMESTAMP_REST) or _soon(snapshot, now, _SNAPSHOT_REST)


def _turn_snapshot(
    place: Folder, root: Root, targets: File[Targets], keys: list[SigningKey]
) -> File[Snapshot]:
    before = place.snapshot()
    version = before.version + 1 if before else 1
    found = new_snapshot(version, targets, _lists(place, targets), days_from_now(SNAPSHOT_DAYS))
    if before is not None and before.signed.meta == found.signed.meta:
        is_valid = count_signatures(root, "snapshot", before).missing == 0
        if is_valid and not _soon(before, present(), _SNAPSHOT_REST):
            return before
    found = _sign(root, "snapshot", found, keys)
    place.add_public(f"{version}.snapshot.json", found.data)
    return found


def _lists(place: Folder, targets: File[Targets]) -> dict[str, File[Targets]]:
    """Return the newest list of every State that is delegated to and has one."""
    delegations = targets.signed.delegations
    found = {state: place.listed(state) for state in (delegations and delegations.roles) or {}}
    return {state: one for state, one in found.items() if one is not None}


def _sign(root: Root, role: str, file: File[Any], keys: list[SigningKey]) -> File[Any]:
    for key in keys:
        file = sign_file(file, key)
    missing = count_signatures(root, role, file).missing
    if missing:
        detail = f"{missing} more of the mirrors' keys must sign the {role}."
        raise BelowThreshold(detail)
    return file


def _soon(file: File[Any], now: Instant, rest: Period) -> bool:
    return file.expires <= now.plus(rest)
