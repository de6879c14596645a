"""A store in memory, for tests: units one after another, all or nothing."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import Generic, TypeAlias

from comity.base import Ident, Instant
from comity.service import rows
from comity.service.errors import AlreadyThere, Moved, NotThere
from comity.service.ports import Errand, Row, VRow
from comity.service.rows import AnyRow

Rows: TypeAlias = "dict[tuple[object, ...], AnyRow]"
Kept: TypeAlias = "dict[str, Rows]"


class MemoryTable(Generic[Row]):
    """Rows of one kind by their key."""

    def __init__(self, kind: type[Row], kept: Rows) -> None:
        """Work on ``kept``."""
        self._kind = kind
        self._kept = kept
        self.is_open = True

    def add(self, *rows: Row) -> None:
        """Keep new rows."""
        self._require_open()
        for row in rows:
            key = _key(row)
            if key in self._kept:
                raise AlreadyThere(where=self._kind.__name__)
            self._kept[key] = row

    def get(self, *key: object) -> Row:
        """Return the row of that key."""
        if key not in self._kept:
            raise NotThere(" ".join(map(str, key)), where=self._kind.__name__)
        return self._kept[key]  # type: ignore[return-value] # one kind of row per table

    def lock(self, *key: object) -> Row:
        """Return the row; units follow one another anyway."""
        return self.get(*key)

    def find(self, **where: object) -> tuple[Row, ...]:
        """Return matching rows in the order of their keys."""
        return tuple(self.each(**where))

    def each(self, **where: object) -> Iterator[Row]:
        """Yield matching rows in the order of their keys."""
        for _, row in sorted(self._kept.items(), key=lambda item: item[0]):
            if all(getattr(row, name) == value for name, value in where.items()):
                yield row  # type: ignore[misc] # one kind of row per table

    def first(self, field: str, most: int, **where: object) -> tuple[Row, ...]:
        """Return so many matching rows in the order of one field; none without a value there."""
        name = field.removeprefix("-")
        found = [row for row in self.each(**where) if getattr(row, name) is not None]
        found.sort(key=lambda row: getattr(row, name), reverse=field.startswith("-"))
        return tuple(found[:most])

    def among(self, field: str, values: Collection[object]) -> tuple[Row, ...]:
        """Return the rows whose field has one of these values, in the order of their keys."""
        return tuple(row for row in self.each() if getattr(row, field) in values)

    def pick(self, *names: str, **where: object) -> tuple[tuple[object, ...], ...]:
        """Return these fields of matching rows in the order of their keys."""
        return tuple(tuple(getattr(row, name) for name in names) for row in self.each(**where))

    def count(self, **where: object) -> int:
        """Return how many match."""
        return len(self.find(**where))

    def distinct(self, field: str) -> frozenset[object]:
        """Return the different values of one field."""
        return frozenset(getattr(row, field) for row in self._kept.values())

    def replace(self, row: Row) -> None:
        """Change the row of that key."""
        self._require_open()
        self.get(*_key(row))
        self._kept[_key(row)] = row

    def remove(self, **where: object) -> None:
        """Remove matching rows."""
        self._require_open()
        for row in self.find(**where):
            del self._kept[_key(row)]

    def _require_open(self) -> None:
        if not self.is_open:
            message = "writing in a view"
            raise RuntimeError(message)


class MemoryVersioned(MemoryTable[VRow]):
    """Rows changed by compare-and-set."""

    def swap(self, row: VRow, expected: int) -> None:
        """Change the row if its version still is ``expected``."""
        held = self.get(*_key(row))
        if getattr(held, held.VERSION) != expected:
            raise Moved(where=self._kind.__name__)
        self.replace(row)


class MemoryStandings(MemoryTable[rows.StandingRow]):
    """Where dossiers stand, beside the dossiers."""

    def __init__(self, kept: Rows, dossiers: Rows) -> None:
        """Work on ``kept``; look at ``dossiers``."""
        super().__init__(rows.StandingRow, kept)
        self._dossiers = MemoryTable(rows.DossierRow, dossiers)

    def where(
        self, wanted: Mapping[str, Collection[tuple[str, str]]], most: int
    ) -> tuple[tuple[Ident, str], ...]:
        """Return dossiers that stand at one of these states, with it, by their opening."""
        found = []
        for state, sides in wanted.items():
            heads = [self._dossiers.get(row.dossier) for row in self.each(state=state)]
            ours = [head for head in heads if (head.process, head.side) in sides]
            found += [(head.opened, head.ident, state) for head in ours[:most]]
        return tuple((ident, state) for _, ident, state in sorted(found)[:most])


class MemoryErrands(MemoryVersioned[Errand]):
    """Rows found by when they are due."""

    def due(self, now: Instant, most: int) -> tuple[Errand, ...]:
        """Return waiting rows due by ``now`` that no worker holds."""
        found = [
            row
            for row in self.find(state="waiting")
            if row.due <= now and (row.lease_until is None or row.lease_until <= now)
        ]
        return tuple(sorted(found, key=lambda row: (row.due, _key(row)))[:most])

    def pick_due(self, now: Instant, most: int, *names: str) -> tuple[tuple[object, ...], ...]:
        """Return these fields of what ``due`` would return."""
        return tuple(tuple(getattr(row, name) for name in names) for row in self.due(now, most))


@dataclass(frozen=True)
class MemoryUnit:
    """The tables of one transaction."""

    acts: MemoryTable[rows.ActRow]
    contents: MemoryTable[rows.ContentRow]
    citations: MemoryTable[rows.CitationRow]
    identities: MemoryTable[rows.IdentityRow]
    keys: MemoryTable[rows.KeyRow]
    investigations: MemoryVersioned[rows.InvestigationRow]
    dossiers: MemoryVersioned[rows.DossierRow]
    standings: MemoryStandings
    deadlines: MemoryTable[rows.DeadlineRow]
    outbox: MemoryTable[rows.OutboxRow]
    intakes: MemoryTable[rows.IntakeRow]
    exhibits: MemoryTable[rows.ExhibitRow]
    volumes: MemoryTable[rows.VolumeRow]
    packages: MemoryTable[rows.PackageRow]
    jobs: MemoryErrands[rows.JobRow]
    trust: MemoryTable[rows.TrustRow]
    authorities: MemoryTable[rows.AuthorityRow]
    letters: MemoryErrands[rows.LetterRow]
    inbox: MemoryErrands[rows.InboxRow]
    receipts: MemoryTable[rows.ReceiptRow]
    findings: MemoryTable[rows.FindingRow]
    nonces: MemoryTable[rows.NonceRow]
    transfers: MemoryVersioned[rows.TransferRow]
    pieces: MemoryTable[rows.PieceRow]
    received: MemoryTable[rows.ReceivedRow]
    returns: MemoryVersioned[rows.ReturnRow]
    codes: MemoryTable[rows.ReturnCodeRow]
    orders: MemoryTable[rows.OrderRow]
    persons: MemoryTable[rows.PersonRow]
    tokens: MemoryTable[rows.TokenRow]
    roster: MemoryTable[rows.RosterRow]
    notices: MemoryErrands[rows.NoticeRow]
    drafts: MemoryTable[rows.DraftRow]
    repeats: MemoryTable[rows.RepeatRow]


class MemoryStore:
    """All tables in one process."""

    def __init__(self) -> None:
        """Begin empty."""
        self._kept: Kept = {field.name: {} for field in fields(MemoryUnit)}
        self._count = 0
        self._turn = threading.Lock()

    @contextmanager
    def unit(self) -> Iterator[MemoryUnit]:
        """Begin a transaction on a copy; keep the copy when the block ends well."""
        with self._turn:
            copy = {name: dict(kept) for name, kept in self._kept.items()}
            yield _unit(copy)
            self._kept = copy
            self._count += 1

    @contextmanager
    def view(self) -> Iterator[MemoryUnit]:
        """Look at one moment."""
        unit = _unit(self._kept)
        for field in fields(unit):
            getattr(unit, field.name).is_open = False
        yield unit

    def mark(self) -> object:
        """Return how often something was written."""
        return self._count

    def faults(self) -> tuple[str, ...] | None:
        """Return None: there is nothing that could be read through."""
        return None


def _unit(kept: Kept) -> MemoryUnit:
    return MemoryUnit(
        acts=MemoryTable(rows.ActRow, kept["acts"]),
        contents=MemoryTable(rows.ContentRow, kept["contents"]),
        citations=MemoryTable(rows.CitationRow, kept["citations"]),
        identities=MemoryTable(rows.IdentityRow, kept["identities"]),
        keys=MemoryTable(rows.KeyRow, kept["keys"]),
        investigations=MemoryVersioned(rows.InvestigationRow, kept["investigations"]),
        dossiers=MemoryVersioned(rows.DossierRow, kept["dossiers"]),
        standings=MemoryStandings(kept["standings"], kept["dossiers"]),
        deadlines=MemoryTable(rows.DeadlineRow, kept["deadlines"]),
        outbox=MemoryTable(rows.OutboxRow, kept["outbox"]),
        intakes=MemoryTable(rows.IntakeRow, kept["intakes"]),
        exhibits=MemoryTable(rows.ExhibitRow, kept["exhibits"]),
        volumes=MemoryTable(rows.VolumeRow, kept["volumes"]),
        packages=MemoryTable(rows.PackageRow, kept["packages"]),
        jobs=MemoryErrands(rows.JobRow, kept["jobs"]),
        trust=MemoryTable(rows.TrustRow, kept["trust"]),
        authorities=MemoryTable(rows.AuthorityRow, kept["authorities"]),
        letters=MemoryErrands(rows.LetterRow, kept["letters"]),
        inbox=MemoryErrands(rows.InboxRow, kept["inbox"]),
        receipts=MemoryTable(rows.ReceiptRow, kept["receipts"]),
        findings=MemoryTable(rows.FindingRow, kept["findings"]),
        nonces=MemoryTable(rows.NonceRow, kept["nonces"]),
        transfers=MemoryVersioned(rows.TransferRow, kept["transfers"]),
        pieces=MemoryTable(rows.PieceRow, kept["pieces"]),
        received=MemoryTable(rows.ReceivedRow, kept["received"]),
        returns=MemoryVersioned(rows.ReturnRow, kept["returns"]),
        codes=MemoryTable(rows.ReturnCodeRow, kept["codes"]),
        orders=MemoryTable(rows.OrderRow, kept["orders"]),
        persons=MemoryTable(rows.PersonRow, kept["persons"]),
        tokens=MemoryTable(rows.TokenRow, kept["tokens"]),
        roster=MemoryTable(rows.RosterRow, kept["roster"]),
        notices=MemoryErrands(rows.NoticeRow, kept["notices"]),
        drafts=MemoryTable(rows.DraftRow, kept["drafts"]),
        repeats=MemoryTable(rows.RepeatRow, kept["repeats"]),
    )


def _key(row: AnyRow) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in row.KEY)
