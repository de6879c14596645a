"""File numbers: what our registry and theirs call a dossier, beside its own identifier.

Both are content, and sealed: a file number can name a court, a person, a case. Ours stands in the
form (``own_reference``) or was noted; theirs comes with what they send (their form, or
``reference`` in a reply or in an act's terms), or was noted from a letter. What was noted last
counts. A note is a house act: it never leaves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from comity.base import Digest, Ident, Instant
from comity.base.canonical import Json
from comity.base.errors import ComityError
from comity.domain.plain import require_line
from comity.seal.act import Act, SignedAct
from comity.seal.age import Identity, decrypt_bytes
from comity.seal.content import open_content
from comity.service.chains import CONTENT
from comity.service.contents import unwrap
from comity.service.errors import Unfit
from comity.service.node import Node, Officer
from comity.service.ports import Unit
from comity.service.requests import keep_house_act
from comity.service.rows import DossierRow
from comity.service.situations import FORM, Move

NOTE: Final = "note_reference"
_OURS: Final = "our_number"
_THEIRS: Final = "their_number"
_DATE: Final = "dated"
_FIELD: Final = "own_reference"
_TERM: Final = "reference"
_NUMBER: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class FileNumbers:
    """What each side's registry calls it; ``dated`` is the day of the paper, if noted."""

    ours: str = ""
    theirs: str = ""
    dated: str = ""


def note_numbers(node: Node, officer: Officer, dossier: Ident, numbers: FileNumbers) -> SignedAct:
    """Note the file numbers of a dossier; what is empty stays as it was."""
    named = {_OURS: numbers.ours, _THEIRS: numbers.theirs, _DATE: numbers.dated}
    content: dict[str, Json] = {name: one for name, one in named.items() if one}
    if not content:
        detail = "No file number is named."
        raise Unfit(detail, where=str(dossier))
    for one in named.values():
        if one:
            require_line(one, limit=_NUMBER)
    return keep_house_act(node, officer, dossier, Move(step=NOTE, content=content))


def read_numbers(node: Node, unit: Unit, head: DossierRow, acts: tuple[Act, ...]) -> FileNumbers:
    """Return the file numbers that the acts of a dossier name; the last word counts."""
    return gather_numbers(head, acts, read_contents(node, unit, head.ident, acts))


def read_contents(
    node: Node, unit: Unit, dossier: Ident, acts: tuple[Act, ...]
) -> Mapping[Digest, Mapping[str, Json]]:
    """Return what the acts say to people, by digest; what was erased or damaged is left out."""
    found: dict[Digest, Mapping[str, Json]] = {}
    opened: dict[int, Identity] = {}
    for digest in {act.covers[CONTENT] for act in acts if CONTENT in act.covers}:
        try:
            for row in unit.contents.find(chain=dossier, digest=digest):
                if row.generation not in opened:  # half of the work is opening an identity
                    wrapped = unit.identities.get(dossier, row.generation)
                    opened[row.generation] = unwrap(node, wrapped)
                document = decrypt_bytes(row.sealed, [opened[row.generation]])
                found[digest] = open_content(document, digest).values
        except ComityError:
            continue
    return found


def gather_numbers(
    head: DossierRow, acts: tuple[Act, ...], contents: Mapping[Digest, Mapping[str, Json]]
) -> FileNumbers:
    """Return the file numbers that acts and their contents name; the last word counts."""
    found = FileNumbers()
    for act in sorted(acts, key=_in_time):
        is_ours = act.side == head.side
        found = _with(found, act.terms, is_ours=is_ours)
        values = contents.get(act.covers[CONTENT]) if CONTENT in act.covers else None
        if values is not None:
            found = _with(found, values, is_ours=is_ours)
    return found


def _in_time(act: Act) -> tuple[Instant, int]:
    return act.at, act.number


def _with(found: FileNumbers, values: Mapping[str, Json], *, is_ours: bool) -> FileNumbers:
    form = values.get(FORM)
    said = _text(values.get(_TERM)) or (_text(form.get(_FIELD)) if isinstance(form, dict) else "")
    if said:
        found = replace(found, ours=said) if is_ours else replace(found, theirs=said)
    return replace(
        found,
        ours=_text(values.get(_OURS)) or found.ours,
        theirs=_text(values.get(_THEIRS)) or found.theirs,
        dated=_text(values.get(_DATE)) or found.dated,
    )


def _text(value: Json) -> str:
    return value.strip()[:_NUMBER] if isinstance(value, str) else ""
