"""Sealing: the second half of making a package.

The rows of a taking-in become manifest, circumstances, summary and salts; the tag manifest
over them and the root over the leaves go into the Statement, which is signed last. Rows
are read once, so that taking in and sealing can be one run or two.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from comity.base import Clock, Digest, Ident, Instant, limits
from comity.base.errors import BadValue
from comity.evidence import entries
from comity.evidence.bagging import (
    DECLARATION_BYTES,
    TagWriter,
    manifest_line,
    tag_manifest,
    whole_info,
)
from comity.evidence.case import Sealing, write_case
from comity.evidence.entries import Sink, object_name, record_name, write_entry
from comity.evidence.leaves import Grove, WholeSalts, leaf_of, write_salts
from comity.evidence.record import ObjectRecord, Provenance, require_words
from comity.evidence.statement import PAYLOAD_TYPE, Statement
from comity.evidence.summary import Summary
from comity.evidence.taking import Taken
from comity.seal.dsse import sign_envelope
from comity.seal.keyfiles import PublicCard
from comity.seal.keys import SigningKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealer:
    """Who seals: a key, its name, and the authority that it belongs to."""

    key: SigningKey
    name: str
    authority: str

    def __post_init__(self) -> None:
        """Refuse names that a court could not read."""
        require_words(self.name)
        require_words(self.authority)

    @property
    def card(self) -> PublicCard:
        """Return what others know the sealer by."""
        return PublicCard(name=self.name, authority=self.authority, key=self.key.public)


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """What is said of a package; ``clock`` tells when it is sealed, ``act`` under which act."""

    package: Ident
    begun: Instant
    clock: Clock
    tools: Mapping[str, str] = field(default_factory=dict)
    exercise: bool = False
    act: Digest | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """What was sealed. ``octets`` counts the objects' bytes, ``irregular`` such objects."""

    statement: Statement
    octets: int
    irregular: int


def seal_rows(
    rows: Iterable[Taken], sink: Sink, sealer: Sealer, particulars: Particulars
) -> Sealed:
    """Write all of a package but its objects and metadata, which ``rows`` say are written.

    Raises ``BadValue`` for no rows, for too many, and for serials that do not count from 1.
    """
    gathered = _Gathered(sink)
    for row in rows:
        gathered.add(row)
    if not gathered.leaves:
        detail = "There is nothing to seal."
        raise BadValue(detail)
    ended = particulars.clock.now()
    tags = _write_tags(sink, gathered, sealer, particulars, ended)
    listed = tag_manifest(tags)
    write_entry(sink, entries.TAG_MANIFEST, listed)
    statement = Statement(
        tag_manifest=Digest.of(listed),
        package=particulars.package,
        root=Grove(gathered.leaves).root,
        objects=len(gathered.leaves),
        sealed_at=ended,
        authority=sealer.authority,
        sealer=sealer.name,
        exercise=particulars.exercise,
        act=particulars.act,
    )
    write_entry(sink, entries.SALTS, write_salts(WholeSalts(tuple(gathered.salts))))
    write_entry(sink, entries.SEALER, sealer.card.document())
    envelope = sign_envelope(PAYLOAD_TYPE, statement.as_bytes(), sealer.key)
    write_entry(sink, entries.STATEMENT, envelope)
    return Sealed(statement=statement, octets=gathered.octets, irregular=gathered.irregular)


class _Gathered:
    """What a package needs to know of all its rows, gathered in one pass."""

    def __init__(self, sink: Sink) -> None:
        self._manifest = TagWriter(sink, entries.MANIFEST)
        self._circumstances = TagWriter(sink, entries.CIRCUMSTANCES)
        self.leaves: list[bytes] = []
        self.salts: list[bytes] = []
        self.records: list[tuple[int, ObjectRecord]] = []
        self.octets = 0
        self.payload = 0
        self.irregular = 0

    def add(self, row: Taken) -> None:
        if row.serial != len(self.leaves) + 1 or row.serial > limits.PACKAGE_OBJECTS:
            detail = f"Serials count from 1 to at most {limits.PACKAGE_OBJECTS} without a gap."
            raise BadValue(detail)
        described = Digest.of(row.metadata)
        self._manifest.write(manifest_line(row.digest, object_name(row.serial)))
        self._manifest.write(manifest_line(described, record_name(row.serial)))
        self._circumstances.write(row.circumstances + b"\n")
        self.leaves.append(leaf_of(row.salt, row.digest, described))
        self.salts.append(row.salt)
        if row.serial <= limits.CASE_OBJECTS:
            self.records.append((row.serial, ObjectRecord.parse(row.metadata)))
        self.octets += row.size
        self.payload += row.size + len(row.metadata)
        self.irregular += bool(row.irregular)

    def close(self) -> dict[str, Digest]:
        return {
            entries.MANIFEST: self._manifest.close(),
            entries.CIRCUMSTANCES: self._circumstances.close(),
        }


def _write_tags(
    sink: Sink, gathered: _Gathered, sealer: Sealer, particulars: Particulars, ended: Instant
) -> dict[str, Digest]:
    """Write the tag files; return their digests by name."""
    count = len(gathered.leaves)
    summary = Summary(
        package=particulars.package,
        begun=particulars.begun,
        ended=ended,
        objects=count,
        octets=gathered.octets,
        irregular=gathered.irregular,
        tools=particulars.tools,
    )
    made = {
        entries.DECLARATION: DECLARATION_BYTES,
        entries.INFO: whole_info(particulars.package, ended, gathered.payload, count),
        entries.PACKAGE: summary.as_bytes(),
        entries.CASE: write_case(_case(gathered, sealer, summary), gathered.records),
    }
    for name, data in made.items():
        write_entry(sink, name, data)
    return gathered.close() | {name: Digest.of(data) for name, data in made.items()}


def _case(gathered: _Gathered, sealer: Sealer, summary: Summary) -> Sealing:
    first: Provenance = gathered.records[0][1].provenance
    return Sealing(
        package=summary.package,
        authority=sealer.authority,
        begun=summary.begun,
        ended=summary.ended,
        objects=summary.objects,
        tools=tuple(sorted(summary.tools.items())),
        provenance=first,
    )
