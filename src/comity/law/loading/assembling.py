"""Put the law book together from its files.

1. Every file is found, read strictly and checked against the schema of its kind.
2. Needs, roles and outlines are read, for all else names them.
3. Processes, then what refers to processes; at last the safeguards, that refer to all.
4. Needs are compared both ways: with what the files name, and with the predicates.

What is wrong is gathered, so that a lawyer sees all of it at once; a stage begins
only if the files that it stands on were right.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import TypeVar

from comity.base.canonical import Json, canonical_bytes
from comity.base.digest import Digest
from comity.law.book import Book
from comity.law.loading.answering import read_questions, read_rests
from comity.law.loading.desk import Desk, Row
from comity.law.loading.faults import LawFault, OrphanNeed, UnkeptNeed
from comity.law.loading.gathering import LawFile, gather_files
from comity.law.loading.instruments import read_needs, read_pack, read_roles, read_terms
from comity.law.loading.keepers import list_keepers, read_safeguard
from comity.law.loading.nations import check_reservations, read_sections, read_state
from comity.law.loading.nodes import plain
from comity.law.loading.proceedings import read_process
from comity.law.loading.rules import check_within, read_clock, read_form, read_gate, read_ground
from comity.law.outline import Pack
from comity.law.place import Place

Read = TypeVar("Read")


def load_book(root: Traversable | None = None, predicates: frozenset[str] | None = None) -> Book:
    """Load the law book from ``root``, by default the one that Comity carries.

    With ``predicates`` given, the needs of the files and these must be the same names.
    Raise the first ``LawFault`` if anything at all is wrong. What Comity carries does not
    change while it runs: it is read once.
    """
    return _carried_book(predicates) if root is None else _require_book(root, predicates)


@functools.cache
def _carried_book(predicates: frozenset[str] | None) -> Book:
    return _require_book(None, predicates)


def _require_book(root: Traversable | None, predicates: frozenset[str] | None) -> Book:
    book, faults = examine_book(root, predicates)
    if book is None:
        raise faults[0]
    return book


def examine_book(
    root: Traversable | None = None, predicates: frozenset[str] | None = None
) -> tuple[Book | None, tuple[LawFault, ...]]:
    """Return the book and no faults, or no book and all faults that could be found."""
    faults: list[LawFault] = []
    files = gather_files(root or resources.files("comity.law").joinpath("files"), faults)
    if faults:
        return None, _sorted(faults)
    desk = Desk(faults)
    book = _Assembly(files, desk).book()
    faults.extend(_orphans(desk, predicates))
    if faults:
        return None, _sorted(faults)
    return book, ()


def digest_files(files: Iterable[LawFile]) -> Digest:
    """Return the digest of what the files say: not of layout, comments, names or order."""
    content: dict[str, dict[str, list[Json]]] = {}
    for law in files:
        said: Json = plain(law.table)  # type: ignore[assignment] # text, lists, tables only
        content.setdefault(law.kind, {}).setdefault(law.pack, []).append(said)
    for packs in content.values():
        for documents in packs.values():
            documents.sort(key=canonical_bytes)
    book: Json = {"type": "comity/lawbook/1", "files": content}  # type: ignore[dict-item] # as above
    return Digest.of(canonical_bytes(book))


class _Assembly:
    """One book being put together."""

    def __init__(self, files: tuple[LawFile, ...], desk: Desk) -> None:
        self._files = files
        self._desk = desk

    def book(self) -> Book:
        """Read everything in the order in which it leans on what is before it."""
        desk = self._desk
        read_needs(self._one("needs"), desk)
        read_roles(self._one("roles"), desk)
        packs = self._packs()
        sections = {row.text("state"): read_sections(row, desk) for row in self._all("state")}
        for row in self._all("process"):
            process = read_process(row, desk)
            desk.processes[process.key] = process
        forms = self._keyed("form", lambda row: read_form(row, desk), lambda form: form.key)
        clocks = self._keyed("clocks", lambda row: read_clock(row, desk), lambda clock: clock.key)
        grounds = self._keyed("grounds", lambda row: read_ground(row, desk), lambda one: one.key)
        gates = self._keyed("gates", lambda row: read_gate(row, desk), lambda gate: gate.key)
        for process in desk.processes.values():
            for step in process.steps.values():
                check_within(step, process, clocks, desk)
        keepers = list_keepers(desk, forms, clocks, grounds, gates)
        states = [read_state(row, sections[row.text("state")], desk) for row in self._all("state")]
        check_reservations(grounds, states, desk)
        return Book(
            version=self._one("book").text("version"),
            digest=digest_files(self._files),
            packs=packs,
            processes=MappingProxyType(desk.processes),
            forms=forms,
            clocks=clocks,
            grounds=grounds,
            gates=gates,
            safeguards=self._keyed(
                "safeguards", lambda row: read_safeguard(row, keepers, desk), lambda one: one.key
            ),
            questions=read_questions(self._all("questions"), desk),
            rests=read_rests(self._all("questions"), desk),
            states=MappingProxyType({state.state: state for state in states}),
            glossary=MappingProxyType(read_terms(self._one("glossary"), desk)),
            needs=MappingProxyType(desk.needs),
            roles=MappingProxyType(desk.roles),
        )

    def _packs(self) -> MappingProxyType[str, Pack]:
        outlines = {row.pack: row for row in self._all("outline")}
        heads = self._all("pack")
        return MappingProxyType(
            {row.pack: read_pack(row, outlines[row.pack], self._desk) for row in heads}
        )

    def _all(self, kind: str) -> Iterator[Row]:
        for law in self._files:
            if law.kind == kind:
                pack = "" if kind == "state" else law.pack
                yield Row(law.table, "", pack)

    def _one(self, kind: str) -> Row:
        return next(self._all(kind))

    def _rows(self, kind: str) -> Iterator[Row]:
        """Yield the rows of all files of a kind; a form is one row by itself."""
        for row in self._all(kind):
            if row.has(kind) and kind != "form":
                yield from row.rows(kind)
            else:
                yield row

    def _keyed(
        self, kind: str, read: Callable[[Row], Read], key: Callable[[Read], str]
    ) -> MappingProxyType[str, Read]:
        found: dict[str, Read] = {}
        for row in self._rows(kind):
            one = read(row)
            name = key(one)
            self._desk.require_new(name, found, row, kind.removesuffix("s"))
            found[name] = one
        return MappingProxyType(found)


def _orphans(desk: Desk, predicates: frozenset[str] | None) -> Iterator[LawFault]:
    """Compare needs with what names them and, if given, with the predicates that decide them."""
    for name, need in desk.needs.items():
        if name not in desk.used_needs:
            detail = f"No step and no gate needs {name!r}."
            yield OrphanNeed(detail, need.place, key="needs")
        if predicates is not None and name not in predicates:
            detail = f"No predicate decides {name!r}."
            yield UnkeptNeed(
                detail, need.place, key="needs", found=name, expected=sorted(predicates)
            )
    for name in sorted((predicates or frozenset()) - desk.needs.keys()):
        detail = f"There is a predicate {name!r} that needs.yaml does not list."
        yield OrphanNeed(
            detail, Place("needs.yaml"), key="needs", found=name, expected=sorted(desk.needs)
        )


def _sorted(faults: list[LawFault]) -> tuple[LawFault, ...]:
    return tuple(sorted(faults, key=lambda fault: (fault.place, fault.code, fault.detail)))
