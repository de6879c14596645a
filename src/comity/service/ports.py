"""What the verbs need from outside: a store, blobs, and the world.

A ``Store`` gives units. One unit is one transaction: all of it is kept, durably, or
nothing. Within a unit there is a table for each kind of row (see ``rows``). Four kinds
of table: a ``Ledger`` only grows; a ``Table`` can be changed; a ``Versioned`` table is
changed by compare-and-set alone; ``Errands`` also finds what is due.

``Blobs`` keep bytes under the name of their SHA-256. ``Wire`` reaches other nodes and the
mirrors of a directory; ``Mailer`` sends mail without content to people on duty.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import BinaryIO, Protocol, TypeAlias, TypeVar

from comity.base import Digest, Ident, Instant
from comity.service.rows import (
    ActRow,
    AnyRow,
    AuthorityRow,
    CitationRow,
    ContentRow,
    DeadlineRow,
    DossierRow,
    DraftRow,
    ExhibitRow,
    FindingRow,
    IdentityRow,
    InboxRow,
    IntakeRow,
    InvestigationRow,
    JobRow,
    KeyRow,
    LetterRow,
    NonceRow,
    NoticeRow,
    OrderRow,
    OutboxRow,
    PackageRow,
    PersonRow,
    PieceRow,
    ReceiptRow,
    ReceivedRow,
    RepeatRow,
    ReturnCodeRow,
    ReturnRow,
    RosterRow,
    StandingRow,
    TokenRow,
    TransferRow,
    TrustRow,
    VersionedRow,
    VolumeRow,
)

Random: TypeAlias = Callable[[int], bytes]


Row = TypeVar("Row", bound=AnyRow)
VRow = TypeVar("VRow", bound=VersionedRow)
Errand = TypeVar("Errand", JobRow, LetterRow, InboxRow, NoticeRow)


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

    def first(self, field: str, most: int, **where: object) -> tuple[Row, ...]:
        """Return so many of what ``find`` returns, in the order of one field, then of their keys.

        ``-field`` turns the order of the field; rows that have no value there are left out.
        """

    def among(self, field: str, values: Collection[object]) -> tuple[Row, ...]:
        """Return the rows whose ``field`` has one of ``values``, in the order of their keys."""

    def pick(self, *names: str, **where: object) -> tuple[tuple[object, ...], ...]:
        """Return these fields of what ``find`` would return: of large rows, without their bytes."""

    def count(self, **where: object) -> int:
        """Return how many ``find`` would return."""

    def distinct(self, field: str) -> frozenset[object]:
        """Return the different values of one field."""


class Table(Ledger[Row], Protocol[Row]):
    """Rows that can be changed."""

    def lock(self, *key: object) -> Row:
        """Return the row and keep others from changing it until the unit ends."""

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


class Standings(Table[StandingRow], Protocol):
    """Where dossiers stand, found by that and by whose they are."""

    def where(
        self, wanted: Mapping[str, Collection[tuple[str, str]]], most: int
    ) -> tuple[tuple[Ident, str], ...]:
        """Return so many dossiers that stand at one of these states, with it, by their opening.

        ``wanted`` maps a state to pairs of a process and the side on which our dossier must be.
        Of each state no more than ``most`` are looked at, in the order of their names.
        """


class Errands(Versioned[Errand], Protocol[Errand]):
    """Rows with a ``state``, a ``due`` time and a lease, found by when they are due."""

    def due(self, now: Instant, most: int) -> tuple[Errand, ...]:
        """Return waiting rows due by ``now`` that no worker holds, the longest due first."""

    def pick_due(self, now: Instant, most: int, *names: str) -> tuple[tuple[object, ...], ...]:
        """Return these fields of what ``due`` would return: without the bytes of large rows."""


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
    def standings(self) -> Standings:
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
    def jobs(self) -> Errands[JobRow]:
        """Work."""

    @property
    def trust(self) -> Table[TrustRow]:
        """Verified metadata of directories."""

    @property
    def authorities(self) -> Table[AuthorityRow]:
        """Cards of authorities."""

    @property
    def letters(self) -> Errands[LetterRow]:
        """Messages and receipts of ours on their way."""

    @property
    def inbox(self) -> Errands[InboxRow]:
        """Messages that came in."""

    @property
    def receipts(self) -> Ledger[ReceiptRow]:
        """Signed receipts."""

    @property
    def findings(self) -> Table[FindingRow]:
        """What a person must look at."""

    @property
    def nonces(self) -> Table[NonceRow]:
        """Nonces of signed requests."""

    @property
    def transfers(self) -> Versioned[TransferRow]:
        """Packages on their way."""

    @property
    def pieces(self) -> Table[PieceRow]:
        """Chunks of transfers and uploads."""

    @property
    def received(self) -> Table[ReceivedRow]:
        """Packages that came from elsewhere."""

    @property
    def returns(self) -> Versioned[ReturnRow]:
        """Uploads."""

    @property
    def codes(self) -> Table[ReturnCodeRow]:
        """Codes for returns."""

    @property
    def orders(self) -> Table[OrderRow]:
        """Orders issued."""

    @property
    def persons(self) -> Table[PersonRow]:
        """People."""

    @property
    def tokens(self) -> Table[TokenRow]:
        """Secrets of people, by digest."""

    @property
    def roster(self) -> Table[RosterRow]:
        """Who is on duty."""

    @property
    def notices(self) -> Errands[NoticeRow]:
        """What the roster is to be told."""

    @property
    def drafts(self) -> Table[DraftRow]:
        """What people have half-written, sealed."""

    @property
    def repeats(self) -> Table[RepeatRow]:
        """Answers kept for repeated requests."""


class Store(Protocol):
    """Where rows are kept."""

    def unit(self) -> AbstractContextManager[Unit]:
        """Begin a transaction; it is kept when the block ends well, else dropped."""

    def view(self) -> AbstractContextManager[Unit]:
        """Look at one moment of the store; writing is a defect and stops the process."""

    def mark(self) -> object:
        """Return what differs from the last mark in this thread if others wrote in between.

        It is a hint, and may differ for no reason. What this thread writes itself may not show.
        """

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

    def part(self, name: Digest, offset: int, size: int) -> bytes:
        """Return so many bytes from ``offset`` on, fewer only at the end; raise ``BlobMissing``.

        They are not compared with the name: the caller has a digest of its own for them.
        """

    def size(self, name: Digest) -> int:
        """Return the length in bytes; raise ``BlobMissing``."""

    def names(self) -> Iterator[Digest]:
        """Yield the names of all that is kept."""

    def remove(self, name: Digest) -> None:
        """Remove it if it is there."""

    def free(self) -> int:
        """Return how many bytes may still be written; raise ``OutOfReach`` if it cannot be told."""

    def strays(self) -> Iterator[str]:
        """Yield the places of what is neither a blob nor a draft; nobody touches it."""

    def sweep(self, older: Instant) -> int:
        """Remove drafts that nobody wrote to since ``older``; return how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """Where another authority's node is: its address, and the one certificate it must show.

    ``endpoint`` is ``https://host:port``; ``certificate`` is PEM.
    """

    state: str
    authority: str
    endpoint: str
    certificate: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a peer answered: the status of HTTP, and the bytes, bounded."""

    status: int
    body: bytes


class Wire(Protocol):
    """What reaches other nodes: pinned TLS 1.3, every request signed (RFC 9421)."""

    def call(self, peer: Peer, method: str, path: str, body: bytes = b"", *, most: int) -> Answer:
        """Send one signed request; raise ``PeerUnreachable``; refuse more than ``most`` bytes."""

    def fetch(self, url: str, *, most: int) -> bytes | None:
        """Return a public file of a directory's mirror, None if there is none; unsigned, unpinned.

        Raise ``PeerUnreachable``. What is fetched is verified by its own signatures.
        """


class Mailer(Protocol):
    """What sends mail."""

    def send(self, to: str, subject: str, text: str) -> None:
        """Send one mail; raise ``MailUnreachable``, or ``MailRefused`` for a bad address."""
