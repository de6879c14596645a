"""What a node holds of directories, read from its rows; every row was verified when it was kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, TypeVar

from tuf.api.metadata import Root, Snapshot, Targets, Timestamp

from comity.base import Digest
from comity.federation.directory.metadata import File, SignedT, read_file
from comity.service.directory.knowing import root_name, state_name
from comity.service.ports import Unit
from comity.service.rows import TrustRow

ROOT: Final = "shared/root"
TIMESTAMP: Final = "shared/timestamp"
SNAPSHOT: Final = "shared/snapshot"
TARGETS: Final = "shared/targets"
# The copy of the depositary's register that the targets name; no metadata either.
DEPOSITARY: Final = "shared/register"
# When the directory was last asked, and when it is to be asked again; no metadata.
ASKED: Final = "refresh"
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What is trusted of the shared directory."""

    root: File[Root]
    timestamp: File[Timestamp] | None = None
    snapshot: File[Snapshot] | None = None
    targets: File[Targets] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldState:
    """What is trusted of a State: its keys, its list, and its cards by path and digest."""

    state: str
    source: str
    keys: File[Root]
    list: File[Targets]
    cards: dict[str, bytes] = field(repr=False)

    def card(self, digest: Digest) -> bytes | None:
        """Return a card that is here already."""
        return next((data for data in self.cards.values() if Digest.of(data) == digest), None)


def read_shared(unit: Unit) -> Shared | None:
    """Return what is trusted of the shared directory, None if no root was handed to the node."""
    root = _read(unit, ROOT, Root)
    if root is None:
        return None
    return Shared(
        root=root,
        timestamp=_read(unit, TIMESTAMP, Timestamp),
        snapshot=_read(unit, SNAPSHOT, Snapshot),
        targets=_read(unit, TARGETS, Targets),
    )


def read_state(unit: Unit, state: str) -> HeldState | None:
    """Return what is trusted of a State, None if it is not known."""
    rows = unit.trust.find(name=state_name(state))
    roots = read_roots(unit, state)
    if not rows or not roots:
        return None
    cards = unit.authorities.find(state=state)
    return HeldState(
        state=state,
        source=rows[0].source,
        keys=read_file(roots[-1].document, Root),
        list=read_file(rows[0].document, Targets),
        cards={row.authority: row.document for row in cards},
    )


def read_roots(unit: Unit, state: str) -> tuple[TrustRow, ...]:
    """Return all versions of a State's keys that are trusted, the newest last."""
    begun = root_name(state, 0).removesuffix("0")
    rows = [row for row in unit.trust.find() if row.name.startswith(begun)]
    return tuple(sorted(rows, key=lambda row: row.version))


def known_states(unit: Unit) -> tuple[str, ...]:
    """Return the States whose list is held."""
    heads = [row.name.split("/") for row in unit.trust.find()]
    return tuple(sorted(parts[1] for parts in heads if parts[0] == "state" and len(parts) == 2))  # noqa: PLR2004 # state/XB


def _read(unit: Unit, name: str, kind: type[SignedT]) -> File[SignedT] | None:
    rows = unit.trust.find(name=name)
    return read_file(rows[0].document, kind) if rows else None
