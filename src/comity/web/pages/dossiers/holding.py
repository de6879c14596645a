"""A step that is being prepared: what was written and chosen, until it is signed or left.

It is kept as drafts are: sealed to the dossier, for this person alone, dropped when the step is
taken. Files are kept in pieces, so that no page has to send them twice.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from comity.base import Digest, Ident, canonical_bytes
from comity.base.canonical import Json
from comity.service.drafts import drop_draft, keep_draft, read_drafts
from comity.service.node import Node

_PIECE: Final = 600 << 10
_KEY: Final = "key"
_DATA: Final = "data"


@dataclass(frozen=True, kw_only=True)
class Held:
    """What a person prepared: raw texts by field, and files by field with their names."""

    texts: Mapping[str, str]
    files: Mapping[str, tuple[str, bytes]]
    version: int

    @property
    def digest(self) -> Digest:
        """Return what tells whether this is what was shown before it was signed."""
        files: Json = {
            name: [title, str(Digest.of(data))] for name, (title, data) in self.files.items()
        }
        told: Json = {"texts": dict(self.texts), "files": files}
        return Digest.of(canonical_bytes(told))


def hold_step(  # noqa: PLR0913, PLR0917 # whose step it is, and all of it
    node: Node,
    actor: str,
    dossier: Ident,
    step: str,
    texts: Mapping[str, str],
    files: Mapping[str, tuple[str, bytes]],
) -> Held:
    """Keep what was prepared for a step; files that are not sent anew stay."""
    keep_draft(node, actor, dossier, _section(step), texts)
    for name, (title, data) in files.items():
        _drop_file(node, actor, dossier, step, name)
        pieces = [data[at : at + _PIECE] for at in range(0, len(data), _PIECE)]
        for number, piece in enumerate(pieces):
            told = {_KEY: name, "title": title, _DATA: b64encode(piece).decode("ascii")}
            keep_draft(node, actor, dossier, f"{_section(step)}/{name}/{number:04}", told)
    return read_held(node, actor, dossier, step)


def read_held(node: Node, actor: str, dossier: Ident, step: str) -> Held:
    """Return what was prepared for a step; nothing where nothing was."""
    found = read_drafts(node, actor, dossier)
    texts = found.get(_section(step))
    files: dict[str, tuple[str, bytes]] = {}
    for section in sorted(found):
        if section.startswith(f"{_section(step)}/"):
            told = found[section].texts
            before = files.get(told[_KEY], ("", b""))[1]
            files[told[_KEY]] = (told["title"], before + b64decode(told[_DATA]))
    return Held(
        texts=texts.texts if texts else {},
        files=files,
        version=texts.version if texts else -1,
    )


def begun_steps(node: Node, actor: str, dossier: Ident) -> frozenset[str]:
    """Return the steps that this person began to prepare, and neither signed nor left."""
    found = (one.partition(":") for one in read_drafts(node, actor, dossier))
    return frozenset(rest for kind, _, rest in found if kind == "step" and "/" not in rest)


def drop_held(node: Node, actor: str, dossier: Ident, step: str) -> None:
    """Forget what was prepared for a step."""
    for section in read_drafts(node, actor, dossier):
        if section == _section(step) or section.startswith(f"{_section(step)}/"):
            drop_draft(node, actor, dossier, section)


def _drop_file(node: Node, actor: str, dossier: Ident, step: str, name: str) -> None:
    for section in read_drafts(node, actor, dossier):
        if section.startswith(f"{_section(step)}/{name}/"):
            drop_draft(node, actor, dossier, section)


def _section(step: str) -> str:
    return f"step:{step}"
