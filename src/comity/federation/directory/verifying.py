"""Take in new metadata, or refuse it: the update of TUF 1.0, section 5, step by step.

Each function is handed what is trusted, what is offered and what time it is, and returns
what may be trusted now. Nothing here fetches, keeps, or looks at a clock.

1. ``next_root``     signed by enough keys of the root before, and by enough of its own
2. ``take_timestamp``  signed by the root's keys, not older, not expired
3. ``take_snapshot``   the one that the timestamp names; nothing in it older than before
4. ``take_targets``    the one that the snapshot names
5. ``take_list``       a State's list, signed by that State's own keys
6. ``take_card``       the card that the list names, of that State
7. ``take_register``   the copy of the depositary's register that the targets name, if they do

A State's own keys are a root of their own: they change by step 1 alone, whoever delegates.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tuf.api.exceptions import LengthOrHashMismatchError, UnsignedMetadataError
from tuf.api.metadata import MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp

from comity.base import Instant
from comity.federation.directory.card import AuthorityCard
from comity.federation.directory.errors import BelowThreshold, Mismatched, RolledBack, Stale
from comity.federation.directory.metadata import (
    LIST_TARGETS,
    REGISTER,
    File,
    SignedT,
    read_file,
    role_keys,
)
from comity.federation.directory.register import Register


def first_root(data: bytes) -> File[Root]:
    """Return a root that enough of its own keys signed; whether to trust it is asked elsewhere."""
    root = read_file(data, Root)
    _require_signed(root.signed, "root", root)
    return root


def next_root(before: File[Root], data: bytes) -> File[Root]:
    """Return the root that follows; raise ``BelowThreshold`` or ``RolledBack``."""
    root = read_file(data, Root)
    if root.version != before.version + 1:
        detail = f"Version {root.version} was offered after {before.version}."
        raise RolledBack(detail)
    _require_signed(before.signed, "root", root)
    _require_signed(root.signed, "root", root)
    return root


def follow_roots(before: File[Root], offered: Iterable[bytes]) -> tuple[File[Root], ...]:
    """Return the roots that follow one another after ``before``."""
    found: list[File[Root]] = []
    for data in offered:
        found.append(next_root(found[-1] if found else before, data))
    return tuple(found)


def take_timestamp(
    root: File[Root], before: File[Timestamp] | None, data: bytes, now: Instant
) -> File[Timestamp]:
    """Return the newer timestamp; raise ``BelowThreshold``, ``RolledBack`` or ``Stale``."""
    found = read_file(data, Timestamp)
    _require_signed(root.signed, "timestamp", found)
    if before is not None:
        _require_newer(before, found)
        older, newer = before.signed.snapshot_meta, found.signed.snapshot_meta
        if newer.version < older.version:
            detail = f"It names snapshot {newer.version}, where {older.version} was known."
            raise RolledBack(detail)
    require_fresh(found, now)
    return found


def take_snapshot(
    root: File[Root],
    timestamp: File[Timestamp],
    before: File[Snapshot] | None,
    data: bytes,
    now: Instant,
) -> File[Snapshot]:
    """Return the snapshot that the timestamp names; raise ``Mismatched`` or as above.

    A list that was there before and is not now is no reason to refuse: no State is forgotten
    for it, and a person is told.
    """
    require_named(timestamp.signed.snapshot_meta, data)
    found = read_file(data, Snapshot)
    _require_signed(root.signed, "snapshot", found)
    _require_version(timestamp.signed.snapshot_meta, found)
    if before is not None:
        _require_newer(before, found)
    for name, meta in before.signed.meta.items() if before else ():
        newer = found.signed.meta.get(name)
        if newer is not None and newer.version < meta.version:
            detail = f"It names {name} {newer.version}, where {meta.version} was known."
            raise RolledBack(detail)
    require_fresh(found, now)
    return found


def take_targets(
    root: File[Root],
    snapshot: File[Snapshot],
    before: File[Targets] | None,
    data: bytes,
    now: Instant,
) -> File[Targets]:
    """Return the targets that the snapshot names; raise ``Mismatched`` or as above."""
    meta = snapshot.signed.meta[LIST_TARGETS]
    require_named(meta, data)
    found = read_file(data, Targets)
    _require_signed(root.signed, "targets", found)
    _require_version(meta, found)
    if before is not None:
        _require_newer(before, found)
    if found.signed.delegations is None:
        detail = "The directory delegates to no State."
        raise Mismatched(detail)
    require_fresh(found, now)
    return found


def take_list(
    keys: File[Root],
    before: File[Targets] | None,
    data: bytes,
    state: str,
    now: Instant,
) -> File[Targets]:
    """Return a State's list, signed by that State's own keys; raise as above."""
    require_fresh(keys, now)
    found = read_file(data, Targets)
    _require_signed(keys.signed, "targets", found)
    if found.signed.delegations is not None:
        detail = "A State's list delegates to nobody."
        raise Mismatched(detail)
    if any(not _is_card(path, state) for path in found.signed.targets):
        detail = f"A list of {state} names a file that is not {state}'s."
        raise Mismatched(detail)
    if before is not None:
        _require_newer(before, found)
    require_fresh(found, now)
    return found


def take_card(target: TargetFile, data: bytes, state: str) -> AuthorityCard:
    """Return the card that a State's list names; raise ``Mismatched`` or ``Malformed``."""
    require_named(target, data)
    card = AuthorityCard.parse(data)
    if card.path != target.path or card.state != state:
        detail = f"The file {target.path} is the card of another."
        raise Mismatched(detail)
    return card


def take_register(targets: File[Targets], data: bytes, before: Register | None) -> Register:
    """Return the register that the targets name; raise ``Mismatched``, ``RolledBack`` or our own.

    A copy of an earlier day than the one known is refused, whoever signed for it.
    """
    target = targets.signed.targets.get(REGISTER)
    if target is None:
        detail = "The directory names no register."
        raise Mismatched(detail)
    require_named(target, data)
    found = Register.parse(data)
    if before is not None and found.as_of < before.as_of:
        detail = f"A register of {found.as_of} was offered, where that of {before.as_of} was known."
        raise RolledBack(detail)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Signatures:
    """Who of a role has signed a file, who may still, and how many are missing."""

    done: tuple[str, ...]
    open: tuple[str, ...]
    missing: int


def count_signatures(by: Root | Targets, role: str, file: File[Any]) -> Signatures:
    """Return how far the signing of a file is; only signatures that verify are counted."""
    found = by.get_verification_result(role, file.metadata.signed_bytes, file.metadata.signatures)
    return Signatures(
        done=tuple(sorted(found.signed)), open=tuple(sorted(found.unsigned)), missing=found.missing
    )


def is_delegated(targets: Targets, state: str, keys: File[Root]) -> bool:
    """Tell whether the directory delegates to the State by these keys of the State's own."""
    delegations = targets.delegations
    roles = delegations.roles if delegations else None
    role = (roles or {}).get(state)
    if role is None:
        return False
    return (frozenset(role.keyids), role.threshold) == role_keys(keys.signed, "targets")


def _is_card(path: str, state: str) -> bool:
    head, slash, name = path.partition("/")
    return head == state and bool(slash) and name.endswith(".json") and "/" not in name


def _require_signed(by: Root, role: str, file: File[Any]) -> None:
    """Raise ``BelowThreshold`` unless enough keys of that role signed."""
    try:
        by.verify_delegate(role, file.metadata.signed_bytes, file.metadata.signatures)
    except UnsignedMetadataError as error:
        raise BelowThreshold(str(error)) from error


def _require_newer(before: File[SignedT], found: File[SignedT]) -> None:
    """Raise ``RolledBack`` if it is older; ``Mismatched`` if one version says two things."""
    if found.version < before.version:
        detail = f"Version {found.version} was offered, where {before.version} was known."
        raise RolledBack(detail)
    if found.version == before.version and found.signed != before.signed:
        detail = f"Version {found.version} says something else than it said before."
        raise Mismatched(detail)


def require_fresh(found: File[Any], now: Instant) -> None:
    """Raise ``Stale`` if it has expired at that time."""
    if found.expired(now):
        detail = f"It expired on {found.expires}."
        raise Stale(detail)


def require_named(meta: MetaFile | TargetFile, data: bytes) -> None:
    """Raise ``Mismatched`` unless these are the bytes that a file names."""
    try:
        meta.verify_length_and_hashes(data)
    except LengthOrHashMismatchError as error:
        raise Mismatched(str(error)) from error


def _require_version(meta: MetaFile, found: File[Any]) -> None:
    if found.version != meta.version:
        detail = f"Version {meta.version} was named, and {found.version} is in the file."
        raise Mismatched(detail)
