"""Metadata files: read strictly, written canonically, and signed key by key.

The files are those of TUF 1.0 (theupdateframework.github.io/specification): root, targets,
snapshot, timestamp. A *list* is the targets file of one State (``XB.json``), which names its
cards; *State keys* are a root file of the State's own (``XB/1.root.json``), by which its keys
change only when the keys before agree. Every key is hybrid. What TUF would ignore is
refused here: no file means more than what was looked at.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from tuf.api.exceptions import UnsignedMetadataError
from tuf.api.metadata import Metadata, Root, Signed, Snapshot, TargetFile, Targets, Timestamp
from tuf.api.serialization import DeserializationError, SerializationError

from comity.base import Digest, Instant, canonical_bytes, limits, parse_json
from comity.base.errors import Malformed
from comity.federation.directory.errors import MetadataRefused
from comity.federation.directory.keys import HybridKey, HybridSigner
from comity.seal.keys import SigningKey

REGISTER: Final = "depositary/register.json"
LIST_TARGETS: Final = "targets.json"
SNAPSHOT: Final = "snapshot.json"
_STATE: Final = re.compile(r"[A-Z]{2}")
_SHA256: Final = "sha256"

SignedT = TypeVar("SignedT", Root, Targets, Snapshot, Timestamp)


@dataclass(frozen=True, slots=True)
class File(Generic[SignedT]):
    """A metadata file of the right shape: its bytes, and what they say. Nothing is verified yet."""

    data: bytes
    metadata: Metadata[SignedT]

    @property
    def signed(self) -> SignedT:
        """Return what is signed."""
        return self.metadata.signed

    @property
    def version(self) -> int:
        """Return its version."""
        return self.signed.version

    @property
    def expires(self) -> Instant:
        """Return when it expires."""
        return Instant.of(self.signed.expires)

    def expired(self, now: Instant) -> bool:
        """Tell whether it has expired at that time."""
        return self.signed.is_expired(now.at)


def read_file(data: bytes, kind: type[SignedT]) -> File[SignedT]:
    """Read a metadata file of that kind; raise ``Malformed``, ``TooLarge`` or ours."""
    said = parse_json(data, limit=limits.METADATA_BYTES)
    try:
        metadata: Metadata[Any] = Metadata.from_bytes(data)
        if not isinstance(metadata.signed, kind) or metadata.to_dict() != said:
            detail = f"Not a {kind.type} file as it should be written."
            raise Malformed(detail)
        _require_plain(metadata)
        metadata.signed_bytes  # noqa: B018 # what has no canonical form cannot be verified later
    except (DeserializationError, SerializationError, TypeError, AttributeError) as error:
        detail = f"Not a {kind.type} file of TUF 1.0 with hybrid keys."
        raise Malformed(detail) from error
    _SHAPES[kind](metadata.signed)
    return File(data, metadata)


def write_file(signed: SignedT) -> File[SignedT]:
    """Return a new file, not signed yet; what may not be read is not written."""
    return _again(Metadata(signed), type(signed))


def sign_file(file: File[SignedT], key: SigningKey) -> File[SignedT]:
    """Return the file with one more signature."""
    kind = type(file.signed)
    metadata = read_file(file.data, kind).metadata
    try:
        metadata.sign(HybridSigner(key), append=True)
    except UnsignedMetadataError as error:
        raise MetadataRefused(str(error)) from error
    return _again(metadata, kind)


def join_signatures(one: File[SignedT], other: File[SignedT]) -> File[SignedT]:
    """Return a file with the signatures of both copies; raise if they do not say the same."""
    if one.signed != other.signed:
        detail = "The two files do not say the same."
        raise MetadataRefused(detail)
    kind = type(one.signed)
    metadata = read_file(one.data, kind).metadata
    metadata.signatures.update(other.metadata.signatures)
    return _again(metadata, kind)


def signing_keys(file: File[SignedT]) -> tuple[str, ...]:
    """Return the key ids that stand under a file; none of them is verified."""
    return tuple(sorted(file.metadata.signatures))


def role_keys(root: Root, role: str) -> tuple[frozenset[str], int]:
    """Return the key ids of a role, and how many of them must sign."""
    return frozenset(root.roles[role].keyids), root.roles[role].threshold


def file_digest(target: TargetFile) -> Digest:
    """Return the digest that a list names for a file."""
    return Digest(bytes.fromhex(target.hashes[_SHA256]))


def card_file(path: str, target: TargetFile) -> str:
    """Return the name of a card's file in a mirror: ``XB/<sha256>.XB-CA.json``."""
    head, _, name = path.partition("/")
    return f"{head}/{file_digest(target).hex}.{name}"


def _again(metadata: Metadata[Any], kind: type[SignedT]) -> File[SignedT]:
    return read_file(canonical_bytes(metadata.to_dict()), kind)


def _require_plain(metadata: Metadata[Any]) -> None:
    signed = metadata.signed
    if metadata.unrecognized_fields or signed.unrecognized_fields:
        detail = "The file holds names that it should not."
        raise Malformed(detail)
    if len(metadata.signatures) > 2 * limits.ROLE_KEYS:
        detail = "The file has too many signatures."
        raise Malformed(detail)
    if type(signed.version) is not int or signed.version > limits.JSON_INTEGER // 2:
        detail = "The version is not a whole number that leaves room for the next."
        raise Malformed(detail)


def _check_role(role: Any, keys: dict[str, Any]) -> None:  # noqa: ANN401 # tuf's own, of two kinds
    if type(role.threshold) is not int or role.unrecognized_fields:
        detail = "A role is its keys and how many must sign."
        raise Malformed(detail)
    if not 0 < role.threshold <= len(role.keyids) <= limits.ROLE_KEYS:
        detail = "The threshold of a role is from 1 to the number of its keys."
        raise Malformed(detail)
    if not all(keyid in keys for keyid in role.keyids):
        detail = "A role names a key that is not in the file."
        raise Malformed(detail)


def _check_keys(keys: dict[str, Any]) -> None:
    hybrid = [key for key in keys.values() if isinstance(key, HybridKey)]
    if len(hybrid) != len(keys):
        detail = "A key is not hybrid."
        raise Malformed(detail)
    halves = {half for key in hybrid for half in key.keyval.values()}
    if len(halves) != 2 * len(keys):
        detail = "Two keys share a half: who holds one of them would count twice."
        raise Malformed(detail)


def _check_root(root: Root) -> None:
    if root.consistent_snapshot is not True:
        detail = "Files of a directory are named by version and digest (consistent snapshots)."
        raise Malformed(detail)
    _check_keys(root.keys)
    for role in root.roles.values():
        _check_role(role, root.keys)


def _check_targets(targets: Targets) -> None:
    for path, target in targets.targets.items():
        _check_hashes(target, limits.METADATA_BYTES)
        if target.unrecognized_fields or not path:
            detail = "A file is listed by its length and SHA-256."
            raise Malformed(detail)
    delegations = targets.delegations
    if delegations is None:
        if len(targets.targets) > limits.STATE_CARDS:
            detail = f"A State lists at most {limits.STATE_CARDS} authorities."
            raise Malformed(detail)
        return
    if delegations.roles is None or delegations.unrecognized_fields:
        detail = "States are delegated to by name."
        raise Malformed(detail)
    _check_keys(delegations.keys)
    for name, role in delegations.roles.items():
        _check_role(role, delegations.keys)
        if not _STATE.fullmatch(name) or role.paths != [f"{name}/*"] or not role.terminating:
            detail = "To each State its own files are delegated, XX/* to XX, and no others."
            raise Malformed(detail)
    if targets.targets.keys() - {REGISTER}:
        detail = f"The directory itself lists no file but {REGISTER}."
        raise Malformed(detail)


def _check_snapshot(snapshot: Snapshot) -> None:
    for name, meta in snapshot.meta.items():
        _check_hashes(meta, limits.METADATA_BYTES)
        state = name.removesuffix(".json")
        if name != LIST_TARGETS and not (_STATE.fullmatch(state) and name.endswith(".json")):
            detail = "A snapshot names the targets and the lists of States."
            raise Malformed(detail)
    if LIST_TARGETS not in snapshot.meta:
        detail = "A snapshot names the targets."
        raise Malformed(detail)


def _check_timestamp(timestamp: Timestamp) -> None:
    _check_hashes(timestamp.snapshot_meta, limits.METADATA_BYTES)


def _check_hashes(meta: Any, most: int) -> None:  # noqa: ANN401 # tuf's own, of two kinds
    said = meta.hashes or {}
    if said.keys() != {_SHA256} or not re.fullmatch(r"[0-9a-f]{64}", str(said[_SHA256])):
        detail = "A file is named by its SHA-256."
        raise Malformed(detail)
    if type(meta.length) is not int or not 0 < meta.length <= most:
        detail = f"A file is named with its length, of at most {most} bytes."
        raise Malformed(detail)
    if meta.unrecognized_fields or type(getattr(meta, "version", 1)) is not int:
        detail = "A file is named by version, length and SHA-256."
        raise Malformed(detail)


_SHAPES: Final[dict[type[Signed], Any]] = {
    Root: _check_root,
    Targets: _check_targets,
    Snapshot: _check_snapshot,
    Timestamp: _check_timestamp,
}
