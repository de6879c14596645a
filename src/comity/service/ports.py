"""What the verbs need from outside: a store, blobs, and the world.

A ``Store`` gives units. One unit is one transaction: all of it is kept, durably, or
nothing. Within a unit there is a table for each kind of row (see ``rows``). Four kinds
of table: a ``Ledger`` only grows; a ``Table`` can be changed; a ``Versioned`` table is
changed by compare-and-set alone; ``Jobs`` also finds what is due.

``Blobs`` keep bytes under the name of their SHA-256.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import BinaryIO, Protocol, TypeAlias, TypeVar

from comity.base import Digest, Instant
from comity.service.rows import (
    ActRow,
    AnyRow,
    CitationRow,
    ContentRow,
    DeadlineRow,
    DossierRow,
    ExhibitRow,
    IdentityRow,
    IntakeRow,
    InvestigationRow,
    JobRow,
    KeyRow,
    OutboxRow,
    PackageRow,
    StandingRow,
    VersionedRow,
    VolumeRow,
)

Random: TypeAlias = Callable[[int], bytes]


Row = TypeVar("Row", bound=AnyRow)
VRow = TypeVar("VRow", bound=VersionedRow)


class Ledger(Protocol[Row]):
    """Rows that are added and read; never changed, never removed."""

    def add(self, *rows: Row) -> None:
        """Keep new rows; raise ``AlreadyThere`` if a key is taken (the unit is then lost)."""

    def get(self, *key: object) -> Row:
        """Return the row of that key; raise ``NotThere``."""

    def find(self, **where: object) -> tuple[Row, ...]:
        """Return the rows whose fields have these values, in the order of their keys."""

    def each(self, **where: object) -> Iterator[Row]:
        """Yield what ``find`` returns, in bounded memory; to be used up within the unit."""

    def count(self, **where: object) -> int:
        """Return how many ``find`` would return."""

    def distinct(self, field: str) -> frozenset[object]:
        """Return the different values of one field."""


class Table(Ledger[Row], Protocol[Row]):
    """Rows that can be changed."""

    def replace(self, row: Row) -> None:
        """Change the row of that key; raise ``NotThere``."""

    def remove(self, **where: object) -> None:
        """Remove the rows whose fields have these values."""


class Versioned(Ledger[VRow], Protocol[VRow]):
    """Rows that are changed by compare-and-set on their version."""

    def lock(self, *key: object) -> VRow:
        """Return the row and keep others from changing it until the unit ends."""

    def swap(self, row: VRow, expected: int) -> None:
        """Change the row if its version still is ``expected``; else raise ``Moved``."""


class Jobs(Versioned[JobRow], Protocol):
    """Work, found by when it is due."""

    def due(self, now: Instant, most: int) -> tuple[JobRow, ...]:
        """Return waiting jobs due by ``now`` that no worker holds, the longest due first."""


class Unit(Protocol):
    """One transaction over all tables."""

    @property
    def acts(self) -> Ledger[ActRow]:
        """Signed acts."""

    @property
    def contents(self) -> Ledger[ContentRow]:
        """What the acts cover, sealed."""

    @property
    def citations(self) -> Ledger[CitationRow]:
        """What outward citations mean, sealed."""

    @property
    def identities(self) -> Table[IdentityRow]:
        """Identities of chains, wrapped."""

    @property
    def keys(self) -> Ledger[KeyRow]:
        """Known public keys."""

    @property
    def investigations(self) -> Versioned[InvestigationRow]:
        """Groups of dossiers."""

    @property
    def dossiers(self) -> Versioned[DossierRow]:
        """Heads of dossiers."""

    @property
    def standings(self) -> Table[StandingRow]:
        """Where dossiers stand."""

    @property
    def deadlines(self) -> Table[DeadlineRow]:
        """What is owed."""

    @property
    def outbox(self) -> Table[OutboxRow]:
        """What must go out."""

    @property
    def intakes(self) -> Table[IntakeRow]:
        """Takings-in of evidence."""

    @property
    def exhibits(self) -> Table[ExhibitRow]:
        """Objects taken in."""

    @property
    def volumes(self) -> Table[VolumeRow]:
        """Encrypted volumes."""

    @property
    def packages(self) -> Table[PackageRow]:
        """Sealed packages."""

    @property
    def jobs(self) -> Jobs:
        """Work."""


class Store(Protocol):
    """Where rows are kept."""

    def unit(self) -> AbstractContextManager[Unit]:
        """Begin a transaction; it is kept when the block ends well, else dropped."""

    def view(self) -> AbstractContextManager[Unit]:
        """Look at one moment of the store; writing is a defect and stops the process."""

    def faults(self) -> tuple[str, ...] | None:
        """Return what is wrong with the store itself; None if it cannot be asked."""


class Draft(Protocol):
    """A blob being written."""

    def write(self, data: bytes, /) -> int:
        """Take in the next bytes."""

    def commit(self) -> Digest:
        """Make it durable under the digest of its bytes, and return that."""

    def discard(self) -> None:
        """Drop what was written, unless it is committed already."""


class Blobs(Protocol):
    """Bytes under the name of their SHA-256."""

    def draft(self) -> Draft:
        """Begin a new blob."""

    def open(self, name: Digest) -> BinaryIO:
        """Return the bytes for reading and seeking, once they match their name.

        Raise ``BlobMissing`` or ``BlobBroken``.
        """

    def size(self, name: Digest) -> int:
        """Return the length in bytes; raise ``BlobMissing``."""

    def names(self) -> Iterator[Digest]:
        """Yield the names of all that is kept."""

    def remove(self, name: Digest) -> None:
        """Remove it if it is there."""

    def strays(self) -> Iterator[str]:
        """Yield the places of what is neither a blob nor a draft; nobody touches it."""

    def sweep(self, older: Instant) -> int:
        """Remove drafts that nobody wrote to since ``older``; return how many."""
