"""What is kept, row by row.

First the truth: acts, the sealed contents they cover, citations, keys and identities.
Rows are added to it and never changed, but that an identity can be destroyed. Then what
is derived from the acts and can be dropped and made again: dossiers, standings,
deadlines, outbox, intakes, exhibits, volumes, packages. Jobs are neither: they are work.

``KEY`` names the fields that make a row unique; ``VERSION`` the field that a
compare-and-set compares. No row holds a name of a person, or content, in the clear.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from comity.base import Digest, Ident, Instant


class AnyRow:
    """A row of any kind."""

    __slots__ = ()
    KEY: ClassVar[tuple[str, ...]]


class VersionedRow(AnyRow):
    """A row that is changed by compare-and-set."""

    __slots__ = ()
    VERSION: ClassVar[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActRow(AnyRow):
    """A signed act; all but ``envelope`` is read from it and only helps to find it."""

    KEY = ("chain", "holder", "track", "number")
    chain: Ident
    holder: str
    track: str
    number: int
    digest: Digest
    step: str
    side: str
    at: Instant
    envelope: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentRow(AnyRow):
    """What an act covers, as an age file to identity ``generation`` of its chain."""

    KEY = ("chain", "digest")
    chain: Ident
    digest: Digest
    generation: int
    sealed: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationRow(AnyRow):
    """Which house act an outward citation means; sealed, for the salt is a secret of the house."""

    KEY = ("chain", "citation")
    chain: Ident
    citation: Digest
    generation: int
    sealed: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityRow(AnyRow):
    """The age identity of a chain, wrapped to the authority; None when it was destroyed."""

    KEY = ("chain", "generation")
    chain: Ident
    generation: int
    recipient: str
    wrapped: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRow(AnyRow):
    """A public key that this node knows to be an authority's."""

    KEY = ("key_id",)
    key_id: Digest
    state: str
    authority: str
    document: bytes
    known_since: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class InvestigationRow(VersionedRow):
    """A State's own group of dossiers; seen by that State alone."""

    KEY = ("ident",)
    VERSION = "version"
    ident: Ident
    version: int
    opened: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierRow(VersionedRow):
    """The head of a dossier. ``version`` is the number of acts in it."""

    KEY = ("ident",)
    VERSION = "version"
    ident: Ident
    version: int
    process: str
    side: str
    counterpart: str
    counterpart_authority: str
    basis: str
    channel: str
    exercise: bool
    opened: Instant
    follows: Ident | None
    investigation: Ident | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingRow(AnyRow):
    """Where a dossier stands; ``outcomes`` says in canonical JSON what became of each act."""

    KEY = ("dossier",)
    dossier: Ident
    state: str
    outcomes: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineRow(AnyRow):
    """What is owed, by which side, until when, and from which act it runs."""

    KEY = ("dossier", "clock", "act")
    dossier: Ident
    clock: str
    act: Digest
    owed_by: str
    starts_at: Instant | None
    due: Instant | None
    earliest: Instant | None
    state: str
    waits_for: str
    ended_at: Instant | None
    nature: str
    at_its_time: str
    law: str
    means: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow(AnyRow):
    """A message that must go out: one for each exchanged act of ours."""

    KEY = ("act",)
    act: Digest
    dossier: Ident
    message: Digest
    receiver: str
    channel: str
    made: Instant
    due: Instant
    attempts: int
    delivered: Instant | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeRow(AnyRow):
    """One taking-in of evidence, named by the job that did it.

    ``rows`` is the digest of the list of its objects, which lies sealed among its volumes;
    ``root`` that of the tree of their leaves; ``volumes`` that of the list of volumes.
    """

    KEY = ("job",)
    job: Ident
    dossier: Ident
    act: Digest
    objects_count: int
    size: int
    irregular: int
    rows: Digest
    root: Digest
    volumes: Digest
    generation: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExhibitRow(AnyRow):
    """One object. Its name and digest lie sealed among the volumes; ``leaf`` is salted."""

    KEY = ("job", "serial")
    ident: Ident
    job: Ident
    dossier: Ident
    serial: int
    size: int
    leaf: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeRow(AnyRow):
    """An encrypted volume written by ``job`` while it held ``fence``; name of its blob."""

    KEY = ("job", "fence", "number")
    job: Ident
    fence: int
    number: int
    dossier: Ident
    blob: Digest
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageRow(AnyRow):
    """A sealed package: an intake and the Statement that seals it."""

    KEY = ("ident",)
    ident: Ident
    dossier: Ident
    intake: Ident
    job: Ident
    act: Digest
    statement: Digest
    root: Digest
    volumes: Digest
    objects_count: int
    sealed_at: Instant
    generation: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRow(VersionedRow):
    """Work to do. A worker holds it until ``lease_until`` under the number ``fence``."""

    KEY = ("ident",)
    VERSION = "fence"
    ident: Ident
    kind: str
    dossier: Ident
    generation: int
    sealed: bytes
    due: Instant
    lease_until: Instant | None
    fence: int
    attempts: int
    state: str
    trouble: str
