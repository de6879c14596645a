"""The desk on which a law book is put together: rows to read from, names known so far, faults."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from comity.law.glossary import Need, Role
from comity.law.level import Level, draft_level
from comity.law.loading.faults import (
    LawFault,
    LevelMismatch,
    RepeatedName,
    UnknownName,
    UnknownProvision,
)
from comity.law.loading.nodes import Listing, Node, Table, Text
from comity.law.outline import Clause
from comity.law.place import Place
from comity.law.processes import Process
from comity.law.provision import Provision

_SIGNED: Final = re.compile(r"(?:reviewed|signed) by \S")


@dataclass(frozen=True, slots=True)
class Row:
    """One table of a law file whose shape has been checked; ``key`` is where it stands."""

    table: Table
    key: str
    pack: str

    @property
    def place(self) -> Place:
        """Return file and line."""
        return self.table.place

    def has(self, key: str) -> bool:
        """Return whether ``key`` is given."""
        return key in self.table.entries

    def text(self, key: str, default: str = "") -> str:
        """Return the text under ``key``, or ``default`` where it is left out."""
        node = self.table.entries.get(key)
        return node.text if isinstance(node, Text) else default

    def is_yes(self, key: str) -> bool:
        """Return whether yes stands under ``key``."""
        return self.text(key) == "yes"

    def items(self, key: str) -> tuple[Text, ...]:
        """Return the texts under ``key``: of a list, or the one text alone."""
        node = self.table.entries.get(key)
        if isinstance(node, Text):
            return (node,)
        nodes = node.items if isinstance(node, Listing) else ()
        return tuple(item for item in nodes if isinstance(item, Text))

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the same as plain texts."""
        return tuple(item.text for item in self.items(key))

    def rows(self, key: str) -> Iterator[Row]:
        """Yield the tables listed under ``key``."""
        node = self.table.entries.get(key)
        for number, item in enumerate(node.items if isinstance(node, Listing) else (), 1):
            yield self._below(item, f"{key}[{number}]")

    def row(self, key: str) -> Row:
        """Return the one table under ``key``."""
        return self._below(self.table.entries[key], key)

    def named_rows(self, key: str) -> Iterator[tuple[str, Row]]:
        """Yield name and table of each entry under ``key``."""
        inside = self.row(key)
        for name in inside.table.entries:
            yield name, inside.row(name)

    def _below(self, node: Node, key: str) -> Row:
        if not isinstance(node, Table):
            message = "a row was read before its shape was checked"
            raise TypeError(message)
        return Row(node, f"{self.key}.{key}".removeprefix("."), self.pack)


@dataclass(frozen=True, slots=True)
class Owner:
    """The State whose own law a row is, and who vouches for it."""

    state: str
    level: Level
    basis: str


@dataclass(slots=True)
class Desk:
    """What is known while the book is put together. Faults are gathered, not raised."""

    faults: list[LawFault] = field(default_factory=list)
    clauses: dict[Provision, Clause] = field(default_factory=dict)
    needs: dict[str, Need] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)
    processes: dict[str, Process] = field(default_factory=dict)
    used_needs: set[str] = field(default_factory=set)

    def names(self, row: Row, key: str, known: Iterable[str], what: str) -> tuple[str, ...]:
        """Return the names under ``key``; each must be ``known`` as a ``what``.

        Where nothing at all is known, something before it was wrong and has been said.
        """
        known = sorted(known)
        for item in row.items(key):
            if known and item.text not in known:
                detail = f"{item.text!r} is no {what}."
                place = f"{row.key}.{key}"
                self.faults.append(
                    UnknownName(detail, item.place, key=place, found=item.text, expected=known)
                )
        return row.texts(key)

    def name(self, row: Row, key: str, known: Iterable[str], what: str) -> str:
        """Return the one name under ``key``, which must be ``known`` as a ``what``."""
        return "".join(self.names(row, key, known, what))

    def needs_of(self, row: Row) -> tuple[str, ...]:
        """Return the needs of a step or gate, and remember that they are used."""
        named = self.names(row, "needs", self.needs, "need of needs.yaml")
        self.used_needs.update(named)
        return named

    def processes_of(self, row: Row, key: str) -> tuple[str, ...]:
        """Return the full keys of the processes under ``key``."""
        full = {item.text: item.text for item in row.items(key)}
        if row.pack:
            full = {name: name if "/" in name else f"{row.pack}/{name}" for name in full}
        short = {name.removeprefix(f"{row.pack}/") for name in self.processes}
        known = {*self.processes, *short} if row.pack else self.processes
        self.names(row, key, known, "process")
        return tuple(full.values())

    def cite(self, row: Row, key: str = "law") -> Provision:
        """Return the provision under ``key``, which an outline must list."""
        law = Provision.parse(row.text(key))
        if law not in self.clauses:
            item = row.items(key)[0]
            known = [str(near) for near in sorted(self._near(law))]
            detail = f"{law} is not listed in the outline of {law.pack}."
            self.faults.append(
                UnknownProvision(
                    detail, item.place, key=f"{row.key}.{key}", found=str(law), expected=known
                )
            )
        return law

    def _near(self, law: Provision) -> list[Provision]:
        same = [near for near in self.clauses if near.pack == law.pack]
        article = [near for near in same if near.article == law.article]
        return article or [near for near in same if not near.parts]

    def backing(self, row: Row, law: Provision | None = None) -> tuple[Level, str]:
        """Return who stands behind a row: its own level and basis, or those of its ``law``."""
        if not row.has("level"):
            clause = self.clauses.get(law) if law else None
            return (clause.level, clause.basis) if clause else (Level.DRAFT_UNSOURCED, "")
        level, basis = Level(row.text("level")), row.text("basis")
        deserved = draft_level(basis)
        if level.is_draft and level is not deserved:
            self._refuse_level(row, f"the basis {basis!r} makes it {deserved.value}.")
        if not level.is_draft and not _SIGNED.match(basis):
            self._refuse_level(row, "the basis must begin: reviewed by, or signed by, and a name.")
        return level, basis

    def _refuse_level(self, row: Row, why: str) -> None:
        detail = f"{row.text('level')} is claimed, but {why}"
        place = row.items("level")[0].place
        self.faults.append(LevelMismatch(detail, place, key=f"{row.key}.level"))

    def require_new(self, name: str, before: Iterable[str], row: Row, what: str) -> None:
        """Refuse a second thing of one name."""
        if name in before:
            detail = f"A {what} called {name!r} stands above already."
            self.faults.append(RepeatedName(detail, row.place, key=row.key))
