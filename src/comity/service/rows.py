"""What is kept, row by row.

First the truth: acts, the sealed contents they cover, citations, keys and identities.
Rows are added to it and never changed, but that an identity can be destroyed. Then what
is derived from the acts and can be dropped and made again: dossiers, standings,
deadlines, outbox, intakes, exhibits, volumes, packages. Jobs are neither: they are work.

Then the federation: what is known of other authorities (trust, authorities), what goes to
them and comes from them (letters, receipts, inbox, transfers, pieces, returns), and what
a person must be shown (findings, notices). Last the people: persons, tokens, roster, drafts,
and answers kept so that a repeated request has one effect.

``KEY`` names the fields that make a row unique; ``VERSION`` the field that a
compare-and-set compares. No row holds a name of a person, or content, in the clear.
"""

from __future__ import annotations

from dataclasses import dataclass, field
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
    """A public key that an authority calls its own: the node itself, or a State of its authority.

    Keys are public, so two may call one theirs. Each has its own row, and nobody's is lost by
    another's: what a key signed counts for whom it names, under that authority's row alone.
    """

    KEY = ("key_id", "state", "authority")
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
    priority: str = "routine"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustRow(AnyRow):
    """Signed metadata of a directory that was verified: the last of each name.

    ``name`` is ``shared/root``, ``shared/timestamp``, ``shared/snapshot``, ``shared/targets``,
    ``state/XB`` (its list) or ``state/XB/root/2`` (its keys, every version); ``source`` is
    ``shared``, ``paired`` or ``own``. ``expires`` is the metadata's. ``shared/register`` is no
    metadata but what the targets name: a copy of the depositary's. Two notes bear no document:
    ``behind/XB`` says since when a newer list could not be taken in, ``refresh`` when the
    directory was last asked, and is to be asked again.
    """

    KEY = ("name",)
    name: str
    version: int
    document: bytes
    source: str
    fetched: Instant
    expires: Instant | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityRow(AnyRow):
    """The card of an authority, as its State signed it. ``is_listed`` until its State drops it."""

    KEY = ("state", "authority")
    state: str
    authority: str
    version: int
    document: bytes
    source: str
    seen: Instant
    is_listed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRow(VersionedRow):
    """A message or a receipt of ours on its way: made once, so that its name stays its digest.

    ``kind`` is ``act`` or ``receipt``; ``statement`` is what we signed of it, ``body`` the
    ciphertext, which is dropped when it was delivered. ``state`` is ``waiting`` (to be sent),
    ``relayed`` (they hold it), ``asking`` (delivered, a receipt is lost), ``done``, ``stopped`` (a
    person must look), or ``courier`` (it goes on a disk). ``relay_by``,
    ``deliver_by`` and ``retrieve_by`` are when a negative receipt is due.
    """

    KEY = ("message",)
    VERSION = "fence"
    message: Digest
    kind: str
    dossier: Ident | None
    act: Digest | None
    receiver_state: str
    receiver_authority: str
    priority: str
    statement: bytes
    body: bytes | None
    made: Instant
    due: Instant
    relay_by: Instant | None
    deliver_by: Instant | None
    retrieve_by: Instant | None
    lease_until: Instant | None
    fence: int
    attempts: int
    state: str
    trouble: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRow(VersionedRow):
    """A message that came in: kept before it is read, and dealt with once.

    ``state`` is ``waiting``, ``held`` (an earlier act is not here yet), ``done`` or ``refused``.
    ``body`` is the ciphertext, dropped when it was dealt with.
    """

    KEY = ("message",)
    VERSION = "fence"
    message: Digest
    sender_state: str
    sender_authority: str
    priority: str
    statement: bytes
    body: bytes | None
    received: Instant
    due: Instant
    deliver_by: Instant | None
    retrieve_by: Instant | None
    retrieved: Instant | None
    dossier: Ident | None
    act: Digest | None
    lease_until: Instant | None
    fence: int
    attempts: int
    state: str
    trouble: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptRow(AnyRow):
    """A signed receipt, ours or theirs, for a message, ours or theirs."""

    KEY = ("message", "event")
    message: Digest
    event: str
    state: str
    authority: str
    at: Instant
    reason: str
    envelope: bytes
    dossier: Ident | None
    act: Digest | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRow(AnyRow):
    """What was refused, or is odd, kept for a person; ``evidence`` are the bytes, bounded.

    ``day`` is that of ``at``: only so many are kept of one source, kind and day, and the rest is
    counted in ``more`` of one row of the kind ``more``.
    """

    KEY = ("ident",)
    ident: Ident
    kind: str
    at: Instant
    source: str
    says: str
    evidence: bytes
    seen_by: str
    seen_at: Instant | None
    day: str = ""
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NonceRow(AnyRow):
    """A nonce of a signed request; kept until the request would be too old anyway."""

    KEY = ("peer", "nonce")
    peer: str
    nonce: str
    until: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferRow(VersionedRow):
    """A package on its way between two authorities. ``direction`` is ``out`` or ``in``.

    ``state``: ``preparing``, ``offered``, ``fetching``, ``verifying``, ``done``, ``refused`` or
    ``stopped``.
    """

    KEY = ("ident",)
    VERSION = "version"
    ident: Ident
    version: int
    direction: str
    dossier: Ident
    package: Ident
    job: Ident | None
    act: Digest | None
    descriptor: Digest | None
    peer_state: str
    peer_authority: str
    size: int
    got: int
    made: Instant
    state: str
    trouble: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceRow(AnyRow):
    """One chunk of one volume of a transfer, or of an upload (volume 0); at most 8 MiB.

    ``blob`` is None until it is here.
    """

    KEY = ("transfer", "volume", "chunk")
    transfer: Ident
    volume: int
    chunk: int
    size: int
    blake3: bytes
    blob: Digest | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedRow(AnyRow):
    """A package that came from elsewhere, verified, and kept under our own identity."""

    KEY = ("ident",)
    ident: Ident
    dossier: Ident
    transfer: Ident
    job: Ident
    act: Digest
    statement: Digest
    root: Digest
    volumes: Digest
    objects_count: int
    sealed_at: Instant
    generation: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnRow(VersionedRow):
    """An upload: a provider's return to an order, or evidence that an officer brings.

    ``statement`` is what was said of it when it began, as an age file to the dossier's identity.
    ``is_identified`` if the provider's directory key signed it; ``code`` is the digest of the
    code that was given instead. ``state``: ``open``, ``whole``, ``taken``, ``refused``.
    """

    KEY = ("ident",)
    VERSION = "version"
    ident: Ident
    version: int
    dossier: Ident
    order: str
    provider: str
    is_identified: bool
    code: Digest | None
    statement: bytes
    size: int
    got: int
    made: Instant
    until: Instant
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnCodeRow(AnyRow):
    """A code that opens one return or answer to one order; only its digest is kept."""

    KEY = ("code",)
    code: Digest
    dossier: Ident
    order: str
    provider: str
    made: Instant
    until: Instant
    used: Instant | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow(AnyRow):
    """An order that was issued. ``served`` is the digest of its file, which its act covers."""

    KEY = ("order",)
    order: str
    dossier: Ident
    provider: str
    made: Instant
    until: Instant
    served: Digest
    revoked: Instant | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow(AnyRow):
    """Somebody who may sign in or call with a token. ``actor`` is what acts name.

    ``password`` is a hash as Django writes it; "" where none was set yet, and what begins with
    ``!`` opens nothing.
    """

    KEY = ("actor",)
    actor: str
    login: str
    roles: str
    mail: str
    language: str
    is_active: bool
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRow(AnyRow):
    """A secret of a person, by its digest. ``purpose``: ``api``, ``invitation``, ``reset``."""

    KEY = ("digest",)
    digest: Digest
    actor: str
    purpose: str
    label: str
    made: Instant
    until: Instant
    used: Instant | None
    revoked: Instant | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterRow(AnyRow):
    """Who is on duty: the lowest ``place`` is told first. No bounds: always."""

    KEY = ("place",)
    place: int
    actor: str
    begins: Instant | None
    ends: Instant | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRow(VersionedRow):
    """What the duty roster is to be told, without content; goes on until acknowledged.

    ``step`` is how many were told. ``state``: ``waiting``, ``acknowledged``, ``stopped``.
    """

    KEY = ("ident",)
    VERSION = "fence"
    ident: Ident
    kind: str
    priority: str
    dossier: Ident | None
    made: Instant
    due: Instant
    step: int
    lease_until: Instant | None
    fence: int
    attempts: int
    acknowledged_by: str
    acknowledged_at: Instant | None
    state: str
    trouble: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRow(AnyRow):
    """What one person has half-written on one page of a dossier's form; no act yet.

    ``sealed`` is an age file to the dossier's identity of that ``generation``, as content is, so
    that erasing the dossier erases it too. ``version`` is that of the dossier when it was begun.
    """

    KEY = ("dossier", "actor", "section")
    dossier: Ident
    actor: str
    section: str
    version: int
    generation: int
    sealed: bytes
    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatRow(AnyRow):
    """The answer to a request that bore an idempotency key: said again, not done again."""

    KEY = ("actor", "key")
    actor: str
    key: str
    request: Digest
    status: int
    answer: bytes
    made: Instant
