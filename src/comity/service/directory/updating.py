"""Fetch what is new and verify it: the shared directory, or one State; keeps nothing.

The order is that of ``federation.directory.verifying``. Every file is bounded before it is
read, and a name is only asked for once something verified has named it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from tuf.api.metadata import MetaFile, Root, Snapshot, TargetFile, Targets

from comity.base import Digest, Instant, limits
from comity.federation.directory import AuthorityCard, MetadataRefused, Mismatched
from comity.federation.directory.metadata import (
    REGISTER,
    File,
    card_file,
    file_digest,
    role_keys,
)
from comity.federation.directory.pairing import StateFiles
from comity.federation.directory.register import Register
from comity.federation.directory.verifying import (
    first_root,
    follow_roots,
    is_delegated,
    next_root,
    require_named,
    take_card,
    take_list,
    take_register,
    take_snapshot,
    take_targets,
    take_timestamp,
)
from comity.service.directory.holding import HeldState, Shared
from comity.service.directory.sources import Source
from comity.service.errors import PeerUnreachable

_ONLINE: Final = ("timestamp", "snapshot")


class NotDelegated(MetadataRefused):
    """None of the keys that this State shows are those that the directory names for it."""

    code = "directory/not-delegated"
    remedy = "Pair with the State by the fingerprint of its keys."


def update_root(source: Source, before: Shared) -> Shared:
    """Follow the roots of the shared directory; what mirrors signed goes with their keys."""
    root = before.root
    for _ in range(limits.ROOT_STEPS):
        data = source.get(f"{root.version + 1}.root.json", limits.ROOT_BYTES)
        if data is None:
            break
        root = next_root(root, data)
    if any(role_keys(root.signed, role) != role_keys(before.root.signed, role) for role in _ONLINE):
        # TUF 1.0, 5.3.11: so one recovers from a stolen key that signed a huge version.
        return replace(before, root=root, timestamp=None, snapshot=None)
    return replace(before, root=root)


def update_shared(source: Source, before: Shared, now: Instant) -> Shared:
    """Return timestamp, snapshot and targets that follow from a root that is fresh."""
    data = _need(source, "timestamp.json", limits.ROOT_BYTES)
    timestamp = take_timestamp(before.root, before.timestamp, data, now)
    named = timestamp.signed.snapshot_meta
    data = _need(source, f"{named.version}.snapshot.json", _length(named))
    snapshot = take_snapshot(before.root, timestamp, before.snapshot, data, now)
    meta = snapshot.signed.meta["targets.json"]
    data = _need(source, f"{meta.version}.targets.json", _length(meta))
    targets = take_targets(before.root, snapshot, before.targets, data, now)
    return replace(before, timestamp=timestamp, snapshot=snapshot, targets=targets)


def update_register(source: Source, targets: File[Targets], held: bytes | None) -> bytes | None:
    """Return the copy of the depositary's register that the targets name; None if they name none.

    What is here already is not fetched again.
    """
    target = targets.signed.targets.get(REGISTER)
    if target is None:
        return None
    if held is not None and Digest.of(held) == file_digest(target):
        return held
    before = None if held is None else Register.parse(held)
    most = min(target.length, limits.REGISTER_BYTES)
    data = _need(source, card_file(REGISTER, target), most)
    take_register(targets, data, before)
    return data


def update_state(
    source: Source, shared: Shared, state: str, before: HeldState | None, now: Instant
) -> StateFiles | None:
    """Return a State's files of a mirror, None if what is held is as new.

    A State that is not known yet is believed by the keys that the directory delegates to, and
    by its own from then on.
    """
    meta = _named(shared.snapshot, state)
    keys = _meet(source, shared.targets, state) if before is None else _follow(source, before)
    if before is not None and before.list.version > meta.version:
        return None
    data = _need(source, f"{meta.version}.{state}.json", _length(meta))
    require_named(meta, data)
    found = take_list(keys[-1], before.list if before else None, data, state, now)
    return _complete(source, state, keys, found, before)


def update_neighbour(source: Source, before: HeldState, now: Instant) -> StateFiles:
    """Return a State's files of a node of its own."""
    keys = _follow(source, before)
    data = _need(source, f"{before.state}.json", limits.ROOT_BYTES)
    found = take_list(keys[-1], before.list, data, before.state, now)
    return _complete(source, before.state, keys, found, before)


def _complete(
    source: Source,
    state: str,
    keys: tuple[File[Root], ...],
    found: File[Targets],
    before: HeldState | None,
) -> StateFiles:
    """Verify all cards of a list; those that are here already are not fetched again."""
    cards: dict[str, bytes] = {}
    read: list[AuthorityCard] = []
    for path, target in found.signed.targets.items():
        held = before.card(file_digest(target)) if before else None
        cards[path] = held or _need(source, card_file(path, target), _card_length(target))
        read.append(take_card(target, cards[path], state))
    return StateFiles(state=state, roots=keys, list=found, cards=cards, read=tuple(read))


def _meet(source: Source, targets: File[Targets] | None, state: str) -> tuple[File[Root], ...]:
    """Return the keys of a State from those on that the directory delegates to."""
    chain = list(_roots(source, state, 1))
    for place, data in enumerate(chain):
        root = first_root(data)
        if targets is not None and is_delegated(targets.signed, state, root):
            return (root, *follow_roots(root, chain[place + 1 :]))
    raise NotDelegated(where=state)


def _follow(source: Source, before: HeldState) -> tuple[File[Root], ...]:
    """Return the keys that are known, and those that follow."""
    chain = _roots(source, before.state, before.keys.version + 1)
    return (before.keys, *follow_roots(before.keys, chain))


def _roots(source: Source, state: str, version: int) -> Iterator[bytes]:
    for number in range(version, version + limits.ROOT_STEPS):
        data = source.get(f"{state}/{number}.root.json", limits.ROOT_BYTES)
        if data is None:
            return
        yield data


def _length(meta: MetaFile) -> int:
    """Return how long a file is, as another says that was verified."""
    return min(meta.length or 0, limits.METADATA_BYTES)


def _card_length(target: TargetFile) -> int:
    return min(target.length, limits.CARD_BYTES)


def _need(source: Source, file: str, most: int) -> bytes:
    data = source.get(file, most)
    if data is None:
        detail = f"It has no {file}."
        raise PeerUnreachable(detail, where=source.name)
    return data


def _named(snapshot: File[Snapshot] | None, state: str) -> MetaFile:
    meta = snapshot.signed.meta.get(f"{state}.json") if snapshot else None
    if meta is None:
        detail = f"The snapshot names no list of {state}."
        raise Mismatched(detail)
    return meta
