"""What keeps a provision: all that cites it, in the order in which a lawyer asks for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from comity.law import Book, Provision
from comity.law.asking import Entry

# What an entry is called, and the part of a process's page on which it stands.
KINDS: Final[dict[str, tuple[str | Promise, str]]] = {
    "process": (pgettext_lazy("lawbook", "Processes"), ""),
    "step": (pgettext_lazy("lawbook", "Steps"), "steps"),
    "clock": (pgettext_lazy("lawbook", "Clocks"), "clocks"),
    "ground": (pgettext_lazy("lawbook", "Grounds"), "grounds"),
    "gate": (pgettext_lazy("lawbook", "Gates"), "clocks"),
    "safeguard": (pgettext_lazy("lawbook", "Safeguards"), "grounds"),
    "form": (pgettext_lazy("lawbook", "Forms"), "form"),
    "field": (pgettext_lazy("lawbook", "Fields of forms"), "form"),
    "standing": (pgettext_lazy("lawbook", "Standings"), ""),
    "crossing": (pgettext_lazy("lawbook", "Crossings"), "crossings"),
    "question": (pgettext_lazy("lawbook", "Questions"), "crossings"),
    "rest": (pgettext_lazy("lawbook", "What rests on which grounds"), "crossings"),
    "scope": (pgettext_lazy("lawbook", "Scope"), ""),
    "condition": (pgettext_lazy("lawbook", "Conditions of States"), ""),
    "state": (pgettext_lazy("lawbook", "States"), ""),
    "term": (pgettext_lazy("lawbook", "Terms"), ""),
    "need": (pgettext_lazy("lawbook", "Needs"), ""),
    "role": (pgettext_lazy("lawbook", "Roles"), ""),
}
_SMALL: Final = frozenset({"step", "field", "standing", "crossing", "question", "rest", "term"})
_FEW: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeper:
    """One thing of the law book as a page shows it: a name, what it means, where it stands."""

    name: str
    means: str
    laws: tuple[Provision, ...]
    place: str
    processes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """All keepers of one kind; a small kind folds away where there are many."""

    kind: str
    title: str | Promise
    keepers: tuple[Keeper, ...]

    @property
    def is_folded(self) -> bool:
        """Return whether its entries are shown only when somebody opens it."""
        return self.kind in _SMALL and len(self.keepers) > _FEW


def group(book: Book, entries: Sequence[Entry]) -> tuple[Group, ...]:
    """Return the entries by kind, the weightiest kind first; the same thing once."""
    found = []
    for kind, (title, part) in KINDS.items():
        same = _once([one for one in entries if one.kind == kind])
        if same:
            keepers = tuple(_keeper(book, one, part) for one in same)
            found.append(Group(kind=kind, title=title, keepers=keepers))
    return tuple(found)


def processes_of(book: Book, entries: Iterable[Entry]) -> frozenset[str]:
    """Return the keys of all processes that the entries belong to or bear on."""
    return frozenset(key for one in entries for key in _processes(book, one))


def process_address(key: str, part: str = "", anchor: str = "") -> str:
    """Return the address of a process's page, or of a part of it."""
    pack, _, name = key.partition("/")
    address = reverse("law-process", kwargs={"book": pack, "process": name})
    return f"{address}{f'?part={part}' if part else ''}{f'#{anchor}' if anchor else ''}"


def _once(entries: Sequence[Entry]) -> list[Entry]:
    """Return one entry for each line of the files: a row of crossings stands there once."""
    by_place = {str(getattr(one.thing, "place", one.key)): one for one in reversed(entries)}
    kept = set(map(id, by_place.values()))
    return [one for one in entries if id(one) in kept]


def _keeper(book: Book, entry: Entry, part: str) -> Keeper:
    thing: Any = entry.thing
    bare = entry.key.rpartition("/")[2] if entry.kind != "process" else entry.key
    anchor = f"{entry.kind}-{bare}" if part else ""
    keys = sorted(_processes(book, entry))
    return Keeper(
        name=bare,
        means=str(getattr(thing, "means", "") or _title(thing)),
        laws=entry.laws,
        place=str(getattr(thing, "place", "")),
        processes=tuple(
            (book.processes[key].title, process_address(key, part, anchor)) for key in keys
        ),
    )


def _title(thing: Any) -> str:  # noqa: ANN401 # any part of the law book
    return str(getattr(thing, "title", "") or getattr(thing, "label", ""))


def _processes(book: Book, entry: Entry) -> tuple[str, ...]:
    thing: Any = entry.thing
    named = (
        *getattr(thing, "processes", ()),
        getattr(thing, "process", ""),
        getattr(book.forms.get(entry.key.rpartition("/")[0]), "process", ""),
        entry.key,
        entry.key.rpartition("/")[0],
    )
    return tuple(dict.fromkeys(key for key in named if key in book.processes))
