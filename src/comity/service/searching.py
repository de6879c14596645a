"""Searching dossiers: an index in the memory of the desk's process, and nowhere else.

Two kinds of things are found. *Heads* are in the clear in the store, and whoever may read
dossiers finds them: the identifier, the other State by its names, its authority, the process,
the basis, the treaty. *Content* lies sealed, and only who may read content finds it: forms,
replies, reasons, file numbers. It is unsealed to make the index, and the index is never written:
a copy of the database, a backup or a disk gives away no word of any case. The price is that a
process reads its dossiers anew after it starts, some hundred at a time (docs/adr/0017-search.md).

What was erased is forgotten with the next search, for erasing is an act, and an act changes the
dossier's version. Who may see what is asked before anything is counted or cut into pages.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from comity.base import Ident
from comity.base.canonical import Json
from comity.service.chains import read_acts
from comity.service.node import Node
from comity.service.numbering import FileNumbers, gather_numbers, read_contents
from comity.service.ports import Unit
from comity.service.rows import DossierRow
from comity.service.words import Term, question, terms

HEAD: Final = ""
_DEEPEST: Final = 8

# Says a head in words: the names of its State, its process and so on.
SayHead = Callable[[DossierRow], Iterable[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A dossier that answers, and the fields in which its content does; the head's is ""."""

    dossier: Ident
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What answers, the latest dossier first; ``unread`` is how many were not looked into yet."""

    hits: tuple[Hit, ...]
    unread: int


@dataclass(slots=True)
class _Entry:
    version: int
    opened: str
    head: frozenset[str]
    content: Mapping[str, frozenset[str]]
    numbers: FileNumbers


@dataclass(slots=True)
class Index:
    """The index of one node's dossiers in the memory of this process."""

    entries: dict[Ident, _Entry] = field(default_factory=dict, repr=False)
    turn: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def catch_up(self, node: Node, say_head: SayHead, most: int) -> int:
        """Read at most so many dossiers that are new or were changed; return how many are left."""
        with self.turn, node.store.view() as unit:
            heads = {Ident(str(ident)): (str(opened), version) for ident, opened, version
                     in unit.dossiers.pick("ident", "opened", "version")}  # fmt: skip
            for gone in self.entries.keys() - heads.keys():
                del self.entries[gone]
            due = [one for one, (_, version) in heads.items() if self._is_due(one, version)]
            due.sort(key=lambda one: (heads[one][0], str(one)), reverse=True)
            for ident in due:  # what changed is not to be found by what it said before
                self.entries.pop(ident, None)
            for ident in due[:most]:
                self.entries[ident] = _read(node, unit, unit.dossiers.get(ident), say_head)
            return max(0, len(due) - most)

    def find(self, asked: str, *, content: bool, unread: int = 0) -> Found:
        """Return what answers; with ``content`` false only heads are looked at."""
        wanted = question(asked)
        if not wanted:
            return Found(hits=(), unread=unread)
        with self.turn:
            held = list(self.entries.items())
        found = [
            (entry.opened, ident, places)
            for ident, entry in held
            if (places := _places(entry, wanted, content=content)) is not None
        ]
        found.sort(key=lambda one: (one[0], str(one[1])), reverse=True)
        hits = tuple(Hit(dossier=ident, places=places) for _, ident, places in found)
        return Found(hits=hits, unread=unread)

    def numbers(self, dossier: Ident) -> FileNumbers:
        """Return the file numbers of a dossier, as far as it was read; they are content."""
        entry = self.entries.get(dossier)
        return entry.numbers if entry else FileNumbers()

    def _is_due(self, dossier: Ident, version: object) -> bool:
        entry = self.entries.get(dossier)
        return entry is None or entry.version != version


def _places(entry: _Entry, wanted: tuple[Term, ...], *, content: bool) -> tuple[str, ...] | None:
    """Return where the words stand, taken together; None if one of them stands nowhere."""
    parts = {HEAD: entry.head, **(entry.content if content else {})}
    hit: dict[str, None] = {}
    for term in wanted:
        at = [name for name, held in parts.items() if not term.forms.isdisjoint(held)]
        if not at:
            return None
        hit.update(dict.fromkeys(at))
    return tuple(hit)


def _read(node: Node, unit: Unit, row: DossierRow, say_head: SayHead) -> _Entry:
    acts = read_acts(unit, row.ident)
    contents = read_contents(node, unit, row.ident, acts)
    content: dict[str, set[str]] = {}
    for values in contents.values():
        for place, text in _texts(dict(values), ""):
            content.setdefault(place, set()).update(terms(text))
    return _Entry(
        version=row.version,
        opened=str(row.opened),
        head=terms("\n".join(say_head(row))),
        content={place: frozenset(held) for place, held in content.items()},
        numbers=gather_numbers(row, acts, contents),
    )


def _texts(value: Json, place: str, depth: int = 0) -> Iterator[tuple[str, str]]:
    """Yield all texts of a content by the name of the field that they stand in."""
    if depth > _DEEPEST:
        return
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one, place, depth + 1)
    elif isinstance(value, dict):
        for name, one in value.items():
            # "form" and what else only groups is no place that a person would look for.
            inner = name if depth < 1 or place in {"", "form"} else place
            yield from _texts(one, inner, depth + 1)
