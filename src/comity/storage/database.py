"""Rows in a database, through Django: SQLite on a laptop, PostgreSQL when it grows.

A unit is one durable transaction and never nests. Versions are compared within the
UPDATE itself, so that no isolation level can lose a change; ``lock`` takes the row's
lock where there is one (on SQLite a unit holds the only write lock from its beginning).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import Any, Final, Generic

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Model, Q, QuerySet

from comity.base import Ident, Instant
from comity.service import rows
from comity.service.errors import Moved, NotThere, StoreDamaged
from comity.service.ports import Errand, Row, VRow
from comity.service.rows import AnyRow
from comity.storage import models
from comity.storage.foreign import readable, translated

_BATCH: Final = 500
# https://www.sqlite.org/pragma.html#pragma_data_version: changes with what others commit.
_MARK_OF_FILE: Final = "PRAGMA data_version"
# The number that the next writing transaction gets, in whichever database of the server.
_MARK_OF_SERVER: Final = "SELECT pg_snapshot_xmax(pg_current_snapshot())"
# So many faults of a damaged file are told, each cut to so many characters.
_MOST_FAULTS: Final = 10
_FAULT_LENGTH: Final = 200


class DatabaseTable(Generic[Row]):
    """Rows of one kind, in one table."""

    def __init__(self, kind: type[Row], model: type[Model], alias: str) -> None:
        """Keep ``kind`` in the table of ``model`` in the database called ``alias``."""
        self._kind = kind
        self._model = model
        self._alias = alias
        columns = {
            field.name: field.attname
            for field in model._meta.concrete_fields  # noqa: SLF001 - documented API
        }
        self._columns = {
            field.name: columns[field.name]
            for field in fields(kind)  # type: ignore[arg-type] # every row is a dataclass
        }

    def add(self, *rows: Row) -> None:
        """Keep new rows."""
        made = [self._model(**self._values(row)) for row in rows]
        self._rows.bulk_create(made, batch_size=_BATCH)

    def get(self, *key: object) -> Row:
        """Return the row of that key."""
        return self._one(self._rows, key)

    def lock(self, *key: object) -> Row:
        """Return the row and keep others from changing it until the unit ends."""
        return self._one(self._rows.select_for_update(), key)

    def find(self, **where: object) -> tuple[Row, ...]:
        """Return matching rows in the order of their keys."""
        return tuple(self._read(self._ordered(where)))

    def each(self, **where: object) -> Iterator[Row]:
        """Yield matching rows in the order of their keys."""
        found = self._ordered(where).iterator(chunk_size=_BATCH)
        while True:
            with readable():
                model = next(found, None)
            if model is None:
                return
            yield self._row(model)

    def first(self, field: str, most: int, **where: object) -> tuple[Row, ...]:
        """Return so many matching rows in the order of one field; none without a value there."""
        there = {f"{field.removeprefix('-')}__isnull": False}
        found = self._rows.filter(**where, **there).order_by(field, *self._kind.KEY)
        return tuple(self._read(found[:most]))

    def among(self, field: str, values: Collection[object]) -> tuple[Row, ...]:
        """Return the rows whose field has one of these values, in the order of their keys."""
        wanted = list(dict.fromkeys(values))
        parts = (wanted[start : start + _BATCH] for start in range(0, len(wanted), _BATCH))
        asked = (self._rows.filter(**{f"{field}__in": part}) for part in parts)
        found = [row for one in asked for row in self._read(one)]
        return tuple(sorted(found, key=lambda row: tuple(_key(row).values())))

    def pick(self, *names: str, **where: object) -> tuple[tuple[object, ...], ...]:
        """Return these fields of matching rows in the order of their keys."""
        columns = [self._columns[name] for name in names]
        with readable():
            return tuple(self._ordered(where).values_list(*columns))

    def count(self, **where: object) -> int:
        """Return how many match."""
        return self._rows.filter(**where).count()

    def distinct(self, field: str) -> frozenset[object]:
        """Return the different values of one field."""
        found = self._rows.order_by().values_list(self._columns[field], flat=True).distinct()
        with readable():
            return frozenset(found)

    def replace(self, row: Row) -> None:
        """Change the row of that key."""
        if not self._rows.filter(**_key(row)).update(**self._values(row)):
            raise NotThere(where=self._kind.__name__)

    def remove(self, **where: object) -> None:
        """Remove matching rows."""
        self._rows.filter(**where).delete()

    @property
    def _rows(self) -> QuerySet[Model]:
        return self._model._default_manager.using(self._alias)  # noqa: SLF001 - documented API

    def _ordered(self, where: dict[str, object]) -> QuerySet[Model]:
        return self._rows.filter(**where).order_by(*self._kind.KEY)

    def _one(self, among: QuerySet[Model], key: tuple[object, ...]) -> Row:
        named = dict(zip(self._kind.KEY, key, strict=True))
        found = self._read(among.filter(**named)[:1])
        if not found:
            raise NotThere(" ".join(map(str, key)), where=self._kind.__name__)
        return found[0]

    def _read(self, among: QuerySet[Model]) -> list[Row]:
        with readable():
            models = list(among)
        return [self._row(model) for model in models]

    def _row(self, found: Model) -> Row:
        held = {name: getattr(found, column) for name, column in self._columns.items()}
        return self._kind(**held)

    def _values(self, row: Row) -> dict[str, Any]:
        return {column: getattr(row, name) for name, column in self._columns.items()}


class DatabaseVersioned(DatabaseTable[VRow]):
    """Rows changed by compare-and-set."""

    def swap(self, row: VRow, expected: int) -> None:
        """Change the row if its version still is ``expected``."""
        same = self._rows.filter(**_key(row), **{row.VERSION: expected})
        if not same.update(**self._values(row)):
            raise Moved(where=self._kind.__name__)


class DatabaseStandings(DatabaseTable[rows.StandingRow]):
    """Where dossiers stand, beside the dossiers."""

    def where(
        self, wanted: Mapping[str, Collection[tuple[str, str]]], most: int
    ) -> tuple[tuple[Ident, str], ...]:
        """Return dossiers that stand at one of these states, with it, by their opening."""
        parts: list[str] = []
        given: list[str | int] = []
        for state, sides in wanted.items():
            if sides:
                parts.append(_standing_where(len(sides)))
                given += [state, *(word for pair in sorted(sides) for word in pair), most]
        if not parts:
            return ()
        asked = f"{' UNION ALL '.join(parts)} ORDER BY opened, dossier LIMIT %s"
        with readable(), connections[self._alias].cursor() as cursor:
            cursor.execute(asked, [*given, most])
            return tuple((Ident(ident), state) for ident, state, _ in cursor.fetchall())


def _standing_where(sides: int) -> str:
    """Return how one state is asked for: the database stops at so many, and sorts only those."""
    ours = " OR ".join(["(head.process = %s AND head.side = %s)"] * sides)
    return f"""SELECT * FROM (
        SELECT stands.dossier_id AS dossier, stands.state AS state, head.opened AS opened
        FROM storage_standing AS stands
        JOIN storage_dossier AS head ON head.ident = stands.dossier_id
        WHERE stands.state = %s AND ({ours}) ORDER BY stands.dossier_id LIMIT %s
    ) AS part"""  # noqa: S608 # only placeholders are put in


class DatabaseErrands(DatabaseVersioned[Errand]):
    """Rows found by when they are due."""

    def due(self, now: Instant, most: int) -> tuple[Errand, ...]:
        """Return waiting rows due by ``now`` that no worker holds."""
        return tuple(self._read(self._waiting(now)[:most]))

    def pick_due(self, now: Instant, most: int, *names: str) -> tuple[tuple[object, ...], ...]:
        """Return these fields of what ``due`` would return."""
        columns = [self._columns[name] for name in names]
        with readable():
            return tuple(self._waiting(now).values_list(*columns)[:most])

    def _waiting(self, now: Instant) -> QuerySet[Model]:
        free = Q(lease_until=None) | Q(lease_until__lte=now)
        found = self._rows.filter(free, state="waiting", due__lte=now)
        return found.order_by(F("due"), *self._kind.KEY)


@dataclass(frozen=True)
class DatabaseUnit:
    """The tables of one transaction."""

    acts: DatabaseTable[rows.ActRow]
    contents: DatabaseTable[rows.ContentRow]
    citations: DatabaseTable[rows.CitationRow]
    identities: DatabaseTable[rows.IdentityRow]
    keys: DatabaseTable[rows.KeyRow]
    investigations: DatabaseVersioned[rows.InvestigationRow]
    dossiers: DatabaseVersioned[rows.DossierRow]
    standings: DatabaseStandings
    deadlines: DatabaseTable[rows.DeadlineRow]
    outbox: DatabaseTable[rows.OutboxRow]
    intakes: DatabaseTable[rows.IntakeRow]
    exhibits: DatabaseTable[rows.ExhibitRow]
    volumes: DatabaseTable[rows.VolumeRow]
    packages: DatabaseTable[rows.PackageRow]
    jobs: DatabaseErrands[rows.JobRow]
    trust: DatabaseTable[rows.TrustRow]
    authorities: DatabaseTable[rows.AuthorityRow]
    letters: DatabaseErrands[rows.LetterRow]
    inbox: DatabaseErrands[rows.InboxRow]
    receipts: DatabaseTable[rows.ReceiptRow]
    findings: DatabaseTable[rows.FindingRow]
    nonces: DatabaseTable[rows.NonceRow]
    transfers: DatabaseVersioned[rows.TransferRow]
    pieces: DatabaseTable[rows.PieceRow]
    received: DatabaseTable[rows.ReceivedRow]
    returns: DatabaseVersioned[rows.ReturnRow]
    codes: DatabaseTable[rows.ReturnCodeRow]
    orders: DatabaseTable[rows.OrderRow]
    persons: DatabaseTable[rows.PersonRow]
    tokens: DatabaseTable[rows.TokenRow]
    roster: DatabaseTable[rows.RosterRow]
    notices: DatabaseErrands[rows.NoticeRow]
    drafts: DatabaseTable[rows.DraftRow]
    repeats: DatabaseTable[rows.RepeatRow]


class DatabaseStore:
    """All tables in the database that Django calls ``alias``."""

    def __init__(self, alias: str = "default") -> None:
        """Work on the database called ``alias``."""
        self._alias = alias
        self._tables = _tables(alias)

    @contextmanager
    def unit(self) -> Iterator[DatabaseUnit]:
        """Begin a transaction; it is kept when the block ends well, else dropped."""
        with (
            translated(),
            _borrowed(self._alias),
            transaction.atomic(using=self._alias, durable=True),
        ):
            yield self._tables

    @contextmanager
    def view(self) -> Iterator[DatabaseUnit]:
        """Look at one moment of the store."""
        with translated(), _borrowed(self._alias), _snapshot(self._alias):
            yield self._tables

    def mark(self) -> object:
        """Return what the database itself counts: changes of the file, or writers."""
        with translated(), _borrowed(self._alias) as connection, connection.cursor() as cursor:
            cursor.execute(_MARK_OF_FILE if connection.vendor == "sqlite" else _MARK_OF_SERVER)
            return str(cursor.fetchone()[0])

    def faults(self) -> tuple[str, ...] | None:
        """Let SQLite read through its whole file; PostgreSQL offers nothing of the kind."""
        connection = connections[self._alias]
        if connection.vendor != "sqlite":
            return None
        try:
            with translated(), connection.cursor() as cursor:
                cursor.execute(f"PRAGMA integrity_check({_MOST_FAULTS})")
                found = [str(row[0]) for row in cursor.fetchmany(_MOST_FAULTS)]
                faults = [] if found == ["ok"] else found
                cursor.execute("PRAGMA foreign_key_check")
                for table, row, parent, _ in cursor.fetchmany(_MOST_FAULTS):
                    faults.append(f"row {row} of {table} names a row of {parent} that is not there")
        except StoreDamaged as error:
            faults = [error.sentence()]
        return tuple(" ".join(fault.split())[:_FAULT_LENGTH] for fault in faults[:_MOST_FAULTS])


@contextmanager
def _borrowed(alias: str) -> Iterator[BaseDatabaseWrapper]:
    """Use this thread's connection; where threads share some, give it back in the end."""
    connection = connections[alias]
    try:
        yield connection
    finally:
        if "pool" in connection.settings_dict["OPTIONS"] and not connection.in_atomic_block:
            connection.close()


@contextmanager
def _snapshot(alias: str) -> Iterator[None]:
    """Read one state of the database, without the write lock that SQLite's units take."""
    connection = connections[alias]
    if connection.vendor != "sqlite":
        with transaction.atomic(using=alias, durable=True):
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = ON")
        cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            if connection.connection.in_transaction:  # a damaged file ends it by itself
                cursor.execute("ROLLBACK")
            cursor.execute("PRAGMA query_only = OFF")


def _tables(alias: str) -> DatabaseUnit:
    return DatabaseUnit(
        acts=DatabaseTable(rows.ActRow, models.Act, alias),
        contents=DatabaseTable(rows.ContentRow, models.Content, alias),
        citations=DatabaseTable(rows.CitationRow, models.Citation, alias),
        identities=DatabaseTable(rows.IdentityRow, models.Identity, alias),
        keys=DatabaseTable(rows.KeyRow, models.Key, alias),
        investigations=DatabaseVersioned(rows.InvestigationRow, models.Investigation, alias),
        dossiers=DatabaseVersioned(rows.DossierRow, models.Dossier, alias),
        standings=DatabaseStandings(rows.StandingRow, models.Standing, alias),
        deadlines=DatabaseTable(rows.DeadlineRow, models.Deadline, alias),
        outbox=DatabaseTable(rows.OutboxRow, models.Outbox, alias),
        intakes=DatabaseTable(rows.IntakeRow, models.Intake, alias),
        exhibits=DatabaseTable(rows.ExhibitRow, models.Exhibit, alias),
        volumes=DatabaseTable(rows.VolumeRow, models.Volume, alias),
        packages=DatabaseTable(rows.PackageRow, models.Package, alias),
        jobs=DatabaseErrands(rows.JobRow, models.Job, alias),
        trust=DatabaseTable(rows.TrustRow, models.Trust, alias),
        authorities=DatabaseTable(rows.AuthorityRow, models.Authority, alias),
        letters=DatabaseErrands(rows.LetterRow, models.Letter, alias),
        inbox=DatabaseErrands(rows.InboxRow, models.Inbox, alias),
        receipts=DatabaseTable(rows.ReceiptRow, models.Receipt, alias),
        findings=DatabaseTable(rows.FindingRow, models.Finding, alias),
        nonces=DatabaseTable(rows.NonceRow, models.Nonce, alias),
        transfers=DatabaseVersioned(rows.TransferRow, models.Transfer, alias),
        pieces=DatabaseTable(rows.PieceRow, models.Piece, alias),
        received=DatabaseTable(rows.ReceivedRow, models.Received, alias),
        returns=DatabaseVersioned(rows.ReturnRow, models.Return, alias),
        codes=DatabaseTable(rows.ReturnCodeRow, models.ReturnCode, alias),
        orders=DatabaseTable(rows.OrderRow, models.Order, alias),
        persons=DatabaseTable(rows.PersonRow, models.Person, alias),
        tokens=DatabaseTable(rows.TokenRow, models.Token, alias),
        roster=DatabaseTable(rows.RosterRow, models.Roster, alias),
        notices=DatabaseErrands(rows.NoticeRow, models.Notice, alias),
        drafts=DatabaseTable(rows.DraftRow, models.Draft, alias),
        repeats=DatabaseTable(rows.RepeatRow, models.Repeat, alias),
    )


def _key(row: AnyRow) -> dict[str, object]:
    return {name: getattr(row, name) for name in row.KEY}
