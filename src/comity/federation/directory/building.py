"""Make the next version of each file; signing it is another step, by other hands.

Every function returns a file without signatures. Lifetimes are those of TUF's practice: what
is signed off line in a ceremony lives long, what a mirror signs lives a day or a week.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from tuf.api.metadata import (
    DelegatedRole,
    Delegations,
    Key,
    MetaFile,
    Role,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)

from comity.base import Digest, Instant
from comity.federation.directory.card import AuthorityCard
from comity.federation.directory.errors import CeremonyImpossible
from comity.federation.directory.keys import HybridKey
from comity.federation.directory.metadata import LIST_TARGETS, REGISTER, File, write_file
from comity.seal.keys import VerifyingKey

ROOT_DAYS: Final = 365
LIST_DAYS: Final = 90
SNAPSHOT_DAYS: Final = 7
TIMESTAMP_DAYS: Final = 1
_OFFLINE: Final = ("root", "targets")
_ONLINE: Final = ("snapshot", "timestamp")


@dataclass(frozen=True, slots=True)
class Signers:
    """Who signs for a role: keys, and how many of them must."""

    keys: tuple[VerifyingKey, ...]
    threshold: int

    def __post_init__(self) -> None:
        """Refuse a threshold that nobody can reach, or that asks for nobody."""
        if not 0 < self.threshold <= len({key.key_id for key in self.keys}) == len(self.keys):
            detail = "The threshold is from 1 to the number of different keys."
            raise CeremonyImpossible(detail)

    @property
    def ids(self) -> list[str]:
        """Return the key ids, as TUF lists them."""
        return [key.key_id.hex for key in self.keys]


def new_root(offline: Signers, mirrors: Signers, expires: Instant) -> File[Root]:
    """Return the first root of a shared directory."""
    return write_file(_root(1, offline, mirrors, expires))


def new_state_keys(state: Signers, expires: Instant) -> File[Root]:
    """Return the first keys of a State: one group of signers for all that is the State's."""
    return write_file(_root(1, state, state, expires))


def turn_root(
    before: File[Root], offline: Signers | None, mirrors: Signers | None, expires: Instant
) -> File[Root]:
    """Return the next root, with other signers where they are given."""
    kept = offline or signers(before.signed, "root")
    online = mirrors or signers(before.signed, "timestamp")
    return write_file(_root(before.version + 1, kept, online, expires))


def turn_state_keys(before: File[Root], state: Signers, expires: Instant) -> File[Root]:
    """Return the next keys of a State; enough of the keys before must sign it too."""
    return write_file(_root(before.version + 1, state, state, expires))


def new_targets(expires: Instant) -> File[Targets]:
    """Return the first targets of a shared directory, which delegate to no State yet."""
    return write_file(
        Targets(version=1, expires=expires.at, delegations=Delegations(keys={}, roles={}))
    )


def delegate(
    before: File[Targets], version: int, state: str, keys: Signers, expires: Instant
) -> File[Targets]:
    """Return targets that delegate ``XX/*`` to these keys, and all else as before."""
    said = before.signed.delegations
    held = {**(said.keys if said else {}), **_keys(keys)}
    roles = dict((said.roles if said else None) or {})
    roles[state] = DelegatedRole(state, keys.ids, keys.threshold, True, [f"{state}/*"])  # noqa: FBT003 # tuf's own
    return _targets(before, version, held, roles, expires)


def drop_state(before: File[Targets], version: int, state: str, expires: Instant) -> File[Targets]:
    """Return targets without a State, as when it asks to be listed no more."""
    said = before.signed.delegations
    roles = {name: role for name, role in ((said and said.roles) or {}).items() if name != state}
    return _targets(before, version, dict(said.keys) if said else {}, roles, expires)


def list_register(
    before: File[Targets], version: int, register: bytes | None, expires: Instant
) -> File[Targets]:
    """Return targets that name this copy of the depositary's register, or none any more."""
    said = before.signed.delegations
    targets = {} if register is None else {REGISTER: _target(REGISTER, register)}
    return write_file(
        Targets(
            version=version,
            expires=expires.at,
            targets=targets,
            delegations=Delegations(
                keys=dict(said.keys) if said else {},
                roles=dict((said.roles if said else None) or {}),
            ),
        )
    )


def new_list(version: int, cards: Iterable[AuthorityCard], expires: Instant) -> File[Targets]:
    """Return a State's list of these cards."""
    targets = {card.path: _target(card.path, card.document()) for card in cards}
    return write_file(Targets(version=version, expires=expires.at, targets=targets))


def new_snapshot(
    version: int, targets: File[Targets], lists: Mapping[str, File[Targets]], expires: Instant
) -> File[Snapshot]:
    """Return a snapshot of the targets and of the lists, by State."""
    meta = {LIST_TARGETS: _meta(targets)}
    meta.update({f"{state}.json": _meta(one) for state, one in lists.items()})
    return write_file(Snapshot(version=version, expires=expires.at, meta=meta))


def new_timestamp(version: int, snapshot: File[Snapshot], expires: Instant) -> File[Timestamp]:
    """Return a timestamp of the snapshot."""
    return write_file(Timestamp(version=version, expires=expires.at, snapshot_meta=_meta(snapshot)))


def signers(root: Root, role: str) -> Signers:
    """Return who signs for a role of a root that was read by us."""
    held = [root.keys[keyid] for keyid in root.roles[role].keyids]
    keys = tuple(key.key for key in held if isinstance(key, HybridKey))
    return Signers(keys, root.roles[role].threshold)


def _root(version: int, offline: Signers, online: Signers, expires: Instant) -> Root:
    roles = {name: Role(offline.ids, offline.threshold) for name in _OFFLINE}
    roles |= {name: Role(online.ids, online.threshold) for name in _ONLINE}
    return Root(
        version=version,
        expires=expires.at,
        keys={**_keys(offline), **_keys(online)},
        roles=roles,
        consistent_snapshot=True,
    )


def _targets(
    before: File[Targets],
    version: int,
    keys: Mapping[str, Key],
    roles: dict[str, DelegatedRole],
    expires: Instant,
) -> File[Targets]:
    used = {keyid for role in roles.values() for keyid in role.keyids}
    kept = {keyid: key for keyid, key in keys.items() if keyid in used}
    return write_file(
        Targets(
            version=version,
            expires=expires.at,
            targets=dict(before.signed.targets),
            delegations=Delegations(keys=kept, roles=roles),
        )
    )


def _keys(found: Signers) -> dict[str, Key]:
    return {key.key_id.hex: HybridKey(key) for key in found.keys}


def _meta(file: File[Snapshot] | File[Targets]) -> MetaFile:
    hashes = {"sha256": Digest.of(file.data).hex}
    return MetaFile(version=file.version, length=len(file.data), hashes=hashes)


def _target(path: str, data: bytes) -> TargetFile:
    return TargetFile(length=len(data), hashes={"sha256": Digest.of(data).hex}, path=path)
