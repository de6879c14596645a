"""A node, as the verbs see it: whose it is, what it keeps, and the world handed in.

An authority's acts are signed with ``key``; contents are sealed to identities that are
wrapped to ``identity``. An ``Officer`` is who acts: an opaque name and a role, for no
act names a person.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from comity.base import Clock, Idents
from comity.evidence import Sealer
from comity.law import Book, Process, StateProfile
from comity.seal.age import Identity
from comity.seal.keys import SigningKey
from comity.service.errors import NotThere
from comity.service.ports import Blobs, Mailer, Random, Store, Wire


@dataclass(frozen=True, kw_only=True)
class Node:
    """One authority's node."""

    state: str
    authority: str
    exercise: bool
    version: str
    book: Book = field(repr=False)
    store: Store
    blobs: Blobs
    clock: Clock
    idents: Idents
    random: Random
    key: SigningKey = field(repr=False)
    identity: Identity = field(repr=False)
    # Identities of before: what was sealed to them still opens.
    former: tuple[Identity, ...] = field(default=(), repr=False)
    # Where it keeps its things: they are never themselves taken in as evidence.
    home: Path | None = None
    # None where nothing reaches out: a node that only records, a test.
    wire: Wire | None = None
    mailer: Mailer | None = None
    # Where the shared directory is fetched from, the first that answers.
    mirrors: tuple[str, ...] = ()

    @property
    def sealer(self) -> Sealer:
        """Return the authority as it seals packages."""
        return Sealer(key=self.key, name=self.authority, authority=self.authority)

    @property
    def identities(self) -> tuple[Identity, ...]:
        """Return all that opens what was sealed to the authority, the present one first."""
        return (self.identity, *self.former)

    @property
    def profile(self) -> StateProfile | None:
        """Return the State's own law, if the law files hold it."""
        return self.book.states.get(self.state)

    def process(self, name: str) -> Process:
        """Return the process of that name; raise ``NotThere``."""
        if name not in self.book.processes:
            detail = f"No process is called {name[:80]!r}."
            raise NotThere(detail)
        return self.book.processes[name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Officer:
    """Who acts. ``actor`` is opaque: only the authority knows which person it means."""

    actor: str
    role: str
