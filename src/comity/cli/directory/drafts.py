"""What waits for signatures in a directory's folder, who may sign it, and when it is enough."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tuf.api.metadata import Root, Signed, Snapshot, Targets, Timestamp

from comity.base import limits, parse_json
from comity.base.errors import Malformed
from comity.cli.directory.folder import Folder, read_bounded, read_metadata
from comity.federation.directory import CeremonyImpossible, NotYourKey
from comity.federation.directory.metadata import File, card_file
from comity.federation.directory.verifying import Signatures, count_signatures
from comity.seal.fields import read_mapping

ROOT: Final = "root.json"
TARGETS: Final = "targets.json"
_KINDS: Final[dict[str, type[Signed]]] = {
    one.type: one for one in (Root, Targets, Snapshot, Timestamp)
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A file that waits: where it lies, its lasting name, and which roles must sign it."""

    path: Path
    lasting: str
    file: File[Any]
    by: tuple[tuple[Root, str], ...]

    def signatures(self) -> tuple[Signatures, ...]:
        """Return how far each role has signed."""
        return tuple(count_signatures(root, role, self.file) for root, role in self.by)

    @property
    def is_complete(self) -> bool:
        """Return whether enough have signed; a file that nobody must sign is none."""
        return bool(self.by) and all(one.missing == 0 for one in self.signatures())


def list_drafts(folder: Folder) -> tuple[Draft, ...]:
    """Return the drafts of a folder in the order in which they can become public."""
    return tuple(_drafts(folder))


def find_draft(folder: Folder, path: Path) -> Draft:
    """Return the draft at ``path``; raise ``CeremonyImpossible`` if nothing waits there."""
    for draft in list_drafts(folder):
        if draft.path.resolve() == path.resolve():
            return draft
    detail = "Nothing waits for signatures under this name."
    raise CeremonyImpossible(detail, where=str(path))


def require_say(draft: Draft, key_id: str) -> None:
    """Raise ``NotYourKey`` if the key is none of those that may sign the draft."""
    for root, role in draft.by:
        if key_id in root.roles[role].keyids:
            return
    raise NotYourKey(key_id, where=str(draft.path))


def read_any(path: Path) -> File[Any]:
    """Return a metadata file of whatever kind it says it is."""
    said = read_mapping(
        parse_json(read_bounded(path, limits.METADATA_BYTES), limit=limits.METADATA_BYTES)
    )
    signed = said.get("signed")
    kind = signed.get("_type") if isinstance(signed, dict) else None
    if not isinstance(kind, str) or kind not in _KINDS:
        detail = "It is no metadata file of a directory."
        raise Malformed(detail, where=str(path))
    return read_metadata(path, _KINDS[kind])


def folder_of(path: Path) -> Folder | None:
    """Return the folder in which a draft lies, None if it lies alone, as on a stick."""
    for parent in list(path.resolve().parents)[:2]:
        if parent.name == "draft" and (parent.parent / "public").is_dir():
            return Folder(parent.parent)
    return None


def current_root(folder: Folder) -> File[Root] | None:
    """Return the root as it will be: the draft if there is one."""
    draft = folder.find(folder.draft / ROOT, Root)
    public = folder.roots()
    return draft or (public[-1] if public else None)


def current_state_root(folder: Folder, state: str) -> File[Root] | None:
    """Return a State's keys as they will be: the draft if there is one."""
    draft = folder.find(folder.draft / state / ROOT, Root)
    public = folder.state_roots(state)
    return draft or (public[-1] if public else None)


def current_targets(folder: Folder) -> tuple[File[Targets] | None, int]:
    """Return the targets as they will be, and the version that a new draft has."""
    return _current(folder.find(folder.draft / TARGETS, Targets), folder.targets())


def current_list(folder: Folder, state: str) -> tuple[File[Targets] | None, int]:
    """Return a State's list as it will be, and the version that a new draft has."""
    return _current(folder.find(folder.draft / f"{state}.json", Targets), folder.listed(state))


def card_names(state_list: File[Targets]) -> tuple[str, ...]:
    """Return the names of the files of the cards that a list names."""
    return tuple(card_file(path, one) for path, one in state_list.signed.targets.items())


def _current(
    draft: File[Targets] | None, public: File[Targets] | None
) -> tuple[File[Targets] | None, int]:
    return draft or public, public.version + 1 if public else 1


def _drafts(folder: Folder) -> Iterator[Draft]:
    root = folder.find(folder.draft / ROOT, Root)
    if root is not None:
        by = _both(folder.roots(), root)
        yield Draft(path=folder.draft / ROOT, lasting=f"{root.version}.root.json", file=root, by=by)
    for state in folder.states():
        yield from _state_drafts(folder, state)
    targets = folder.find(folder.draft / TARGETS, Targets)
    if targets is not None:
        known = current_root(folder)
        yield Draft(
            path=folder.draft / TARGETS,
            lasting=f"{targets.version}.targets.json",
            file=targets,
            by=((known.signed, "targets"),) if known else (),
        )


def _state_drafts(folder: Folder, state: str) -> Iterator[Draft]:
    path = folder.draft / state / ROOT
    keys = folder.find(path, Root)
    if keys is not None:
        by = _both(folder.state_roots(state), keys)
        yield Draft(path=path, lasting=f"{state}/{keys.version}.root.json", file=keys, by=by)
    path = folder.draft / f"{state}.json"
    listed = folder.find(path, Targets)
    if listed is not None:
        known = current_state_root(folder, state)
        yield Draft(
            path=path,
            lasting=f"{listed.version}.{state}.json",
            file=listed,
            by=((known.signed, "targets"),) if known else (),
        )


def _both(before: tuple[File[Root], ...], draft: File[Root]) -> tuple[tuple[Root, str], ...]:
    own = ((draft.signed, "root"),)
    return ((before[-1].signed, "root"), *own) if before else own
