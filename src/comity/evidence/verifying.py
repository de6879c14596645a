"""Verifying a package: thirteen numbered checks, each passed, failed or indeterminate.

 1. *Layout*. Only entries that a package has, each once, plain, none missing; objects and
    metadata files count from 1 without a gap, one of each, bounded in number.
 2. *Seal shape*. The envelope has exactly the DSSE shape with exactly the two signatures of
    one key; ``sealer.pub`` holds a key, and it is the one that the envelope names.
 3. *Signatures*. Both verify over the Statement's bytes as received.
 4. *Statement*. Its every field is known and possible; authority and sealer are those of
    ``sealer.pub``, which therefore says nothing that is not signed.
 5. *Sealer*. Someone vouches for the key, as of the time of sealing. Nobody: indeterminate.
 6. *Bag declaration*. ``bagit.txt`` and ``bag-info.txt`` are, to the byte, what the Statement
    and the sizes of the payload make them.
 7. *Tag files*. The tag manifest lists every tag file, and no other, with its digest.
 8. *Sealed bag*. The tag manifest has the digest that the Statement names. Whole packages
    only: of a part the Statement says nothing but through the root (12), so there it is left out.
 9. *Manifest*. It lists every object and metadata file, and no others, in order.
10. *Metadata*. Every metadata file has the digest listed, its every field is known, and it
    describes an object of the digest listed.
11. *Objects*. Every object has the digest listed and the size that its metadata says.
12. *Root*. Salt, object and metadata of every object lead to the root that the Statement names;
    in a part by a path each, at indices that ascend, so that none is shown twice.
13. *Counts*. Whole: as many objects as were sealed, and ``package.json`` tells the same of
    them. Part: how many are shown, and how many were withheld.

Not checked, on purpose: ``case.jsonld`` and ``circumstances.jsonl`` are bound by 7 and 8 and
are not read, for nothing rests on them. No clock is asked: a package verifies the same in
ten years.

*Passed* means: unchanged since it was sealed with this key. It says nothing of lawfulness,
admissibility or truth.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from comity.base import ComityError, Digest, OutOfReach, Report, Verdict, limits
from comity.base.examining import Check, Examination, Undecided, have
from comity.evidence import entries
from comity.evidence.bagging import (
    DECLARATION_BYTES,
    TAG_MANIFEST_BYTES,
    Listed,
    info_bytes,
    read_manifest,
    read_tag_manifest,
)
from comity.evidence.copying import Watch, unwatched
from comity.evidence.entries import (
    Form,
    Layout,
    Source,
    object_name,
    read_layout,
    read_small,
    record_name,
)
from comity.evidence.errors import PackageBroken
from comity.evidence.hashing import Digested, digest_objects
from comity.evidence.leaves import Salts, read_salts, require_root, salts_limit
from comity.evidence.record import ObjectRecord
from comity.evidence.statement import PAYLOAD_TYPE, Statement
from comity.evidence.summary import Summary
from comity.evidence.trust import Vouched, judge_sealer
from comity.seal.dsse import Envelope, read_envelope, verify_envelope
from comity.seal.keyfiles import PublicCard

MEANING: Final = (
    "Passed means: unchanged since it was sealed with this key. "
    "It says nothing of lawfulness, admissibility or truth."
)
_NAMED: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What lies in a package, as far as it was examined; no check that was made has failed."""

    layout: Layout
    sealed: bytes
    statement: Statement
    card: PublicCard
    listed: Listed
    salts: Salts
    sizes: Sequence[int]
    irregular: int

    @property
    def withheld(self) -> int:
        """Return how many of the sealed objects are not here."""
        return self.statement.objects - self.layout.count


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """The report of an examination; ``contents`` unless a check failed or could not be made."""

    report: Report
    contents: Contents | None


def check_package(
    source: Source, trust: Sequence[Vouched] = (), watch: Watch = unwatched
) -> Examined:
    """Make all the checks. Whatever is wrong with the package is a finding, not an error."""
    return _Examination(source, trust, watch).run(_CHECKS)


def check_frame(source: Source) -> Examined:
    """Make all checks but 5 and 11: what can be said without reading a single object.

    For disclosing, which reads (and digests) the chosen objects alone.
    """
    chosen = [check for check in _CHECKS if check.number not in {_SEALER, _OBJECTS}]
    return _Examination(source, (), unwatched).run(chosen)


def check_seal(source: Source, trust: Sequence[Vouched] = ()) -> Examined:
    """Make the checks that need no object and no metadata: all but 10, 11 and 13.

    For opening what of a package came first, while the rest is still on its way.
    """
    chosen = [check for check in _CHECKS if check.number not in _PAYLOAD]
    return _Examination(source, trust, unwatched).run(chosen)


class _Examination(Examination):
    """One package under examination: each check finds what earlier ones established."""

    def __init__(self, source: Source, trust: Sequence[Vouched], watch: Watch) -> None:
        super().__init__()
        self.source = source
        self.trust = trust
        self.watch = watch
        self._layout: Layout | None = None
        self._sealed: bytes | None = None
        self._envelope: Envelope | None = None
        self._card: PublicCard | None = None
        self._statement: Statement | None = None
        self._tag_manifest: bytes | None = None
        self._tags: Mapping[str, Digest] | None = None
        self._listed: Listed | None = None
        self._salts: Salts | None = None
        self.sizes = array("Q")
        self.irregular = 0

    def run(self, checks: Sequence[_Check]) -> Examined:
        # The form is known from check 1 on: which checks there are is asked one by one.
        report = Report.of(self.make(check) for check in checks if self._applies(check))
        needed = {check.number for check in checks if check.only is None} - {_SEALER}
        is_sound = report.verdict is not Verdict.FAILED and needed <= self.passed
        return Examined(report=report, contents=self._contents() if is_sound else None)

    def _applies(self, check: _Check) -> bool:
        return check.only is None or self._layout is None or self._layout.form is check.only

    def layout(self) -> str:
        # 1. Layout.
        self._layout = read_layout(self.source.names())
        return f"The form is {self._layout.form.value}; objects here: {self._layout.count}."

    def seal_shape(self) -> str:
        # 2. Seal shape.
        self._sealed = read_small(self.source, entries.STATEMENT, limits.ENVELOPE_BYTES)
        shown = read_small(self.source, entries.SEALER, limits.KEY_FILE_BYTES)
        self._envelope = read_envelope(self._sealed, PAYLOAD_TYPE)
        self._card = PublicCard.parse(shown)
        if not self._envelope.key_id.matches(self._card.key.key_id):
            detail = "The key beside the seal is not the one that the seal names."
            raise PackageBroken(detail)
        if self._card.document() != shown:
            detail = f"{entries.SEALER} is not written in its one form."
            raise PackageBroken(detail)
        return f"Sealed with the key {self._card.key.key_id}."

    def signatures(self) -> str:
        # 3. Signatures. Verified before it is parsed: over the bytes as received.
        verify_envelope(have(self._envelope), have(self._card).key)
        return "The Ed25519 and the ML-DSA-65 signature both verify."

    def statement(self) -> str:
        # 4. Statement.
        stated = Statement.parse(have(self._envelope).payload)
        card = have(self._card)
        if (stated.authority, stated.sealer) != (card.authority, card.name):
            detail = "The key beside the seal goes by another name than the sealer."
            raise PackageBroken(detail)
        self._statement = stated
        mark = " It is marked as an exercise." if stated.exercise else ""
        return f"{stated.package}, sealed at {stated.sealed_at}.{mark}"

    def sealer(self) -> str:
        # 5. Sealer.
        verdict, says = judge_sealer(have(self._card).key, have(self._statement), self.trust)
        if verdict is Verdict.INDETERMINATE:
            raise Undecided(says)
        if verdict is Verdict.FAILED:
            raise PackageBroken(says)
        return says

    def declaration(self) -> str:
        # 6. Bag declaration.
        layout, stated = have(self._layout), have(self._statement)
        octets = sum(self.source.size(name) for name in _payload(layout))
        possible = info_bytes(layout.form, stated.package, stated.sealed_at, octets, layout.count)
        for name, expected in ((entries.DECLARATION, DECLARATION_BYTES), (entries.INFO, possible)):
            if read_small(self.source, name, len(expected)) != expected:
                detail = f"{name} does not say what it must."
                raise PackageBroken(detail)
        return "A BagIt 1.0 bag that says what it must and nothing else."

    def tag_files(self) -> str:
        # 7. Tag files.
        self._tag_manifest = read_small(self.source, entries.TAG_MANIFEST, TAG_MANIFEST_BYTES)
        self._tags = read_tag_manifest(BytesIO(self._tag_manifest), have(self._layout))
        for name, digest in self._tags.items():
            with self.source.open(name) as stream:
                found = Digest.of_stream(stream)  # type: ignore[arg-type] # only .read is used
            if not found.matches(digest):
                detail = f"{name} does not have the digest listed."
                raise PackageBroken(detail)
        return f"The {len(self._tags)} tag files have the digests listed."

    def sealed_bag(self) -> str:
        # 8. Sealed bag; whole packages only.
        found = Digest.of(have(self._tag_manifest))
        if not found.matches(have(self._statement).tag_manifest):
            detail = "The tag manifest is not the one that was sealed."
            raise PackageBroken(detail)
        return "The tag manifest is the one that was sealed."

    def manifest(self) -> str:
        # 9. Manifest.
        layout = have(self._layout)
        with self.source.open(entries.MANIFEST) as stream:
            self._listed = read_manifest(stream, layout)
        return f"Every object and its metadata are listed, and nothing else: {layout.count}."

    def metadata(self) -> str:
        # 10. Metadata.
        listed = have(self._listed)
        for serial in range(1, have(self._layout).count + 1):
            name = record_name(serial)
            data = read_small(self.source, name, limits.OBJECT_METADATA_BYTES)
            if not Digest.of(data).matches(listed.record(serial)):
                detail = f"{name} does not have the digest listed."
                raise PackageBroken(detail)
            record = ObjectRecord.parse(data)
            if not record.digest.matches(listed.object(serial)):
                detail = f"{name} describes another object than the one beside it."
                raise PackageBroken(detail)
            self.sizes.append(record.size)
            self.irregular += bool(record.irregular)
        return (
            f"Every metadata file describes the object beside it; objects that could not be "
            f"taken in as they were: {self.irregular}."
        )

    def objects(self) -> str:
        # 11. Objects.
        listed = have(self._listed)
        bad = [
            found
            for found in digest_objects(self.source, self.sizes, self.watch)
            if found.digest is None or not found.digest.matches(listed.object(found.serial))
        ]
        if bad:
            raise _blame(bad)
        return f"Objects that have the digest listed: {len(self.sizes)}, all."

    def root(self) -> str:
        # 12. Root.
        layout, stated = have(self._layout), have(self._statement)
        data = read_small(self.source, entries.SALTS, salts_limit(layout))
        self._salts = read_salts(data, layout)
        require_root(self._salts, have(self._listed), stated.root, stated.objects)
        return f"Every object here stands under the sealed root {stated.root}."

    def counts(self) -> str:
        # 13. Counts.
        shown, stated = have(self._layout), have(self._statement)
        if shown.form is Form.PART:
            withheld = stated.objects - shown.count
            return (
                f"Of {stated.objects} sealed objects {shown.count} are here; withheld: {withheld}."
            )
        data = read_small(self.source, entries.PACKAGE, limits.DOCUMENT_BYTES)
        if not Digest.of(data).matches(have(self._tags)[entries.PACKAGE]):
            detail = f"{entries.PACKAGE} changed while it was examined."
            raise PackageBroken(detail)
        summary = Summary.parse(data)
        told = (summary.package, summary.ended, summary.objects, summary.octets, summary.irregular)
        octets = sum(self.sizes)
        found = (stated.package, stated.sealed_at, shown.count, octets, self.irregular)
        if told != found or shown.count != stated.objects or summary.begun > summary.ended:
            detail = "package.json, the Statement and what lies here do not tell the same."
            raise PackageBroken(detail)
        return f"Every sealed object is here: {stated.objects}."

    def _contents(self) -> Contents:
        salts: Salts = have(self._salts)  # type: ignore[assignment] # a union is widened
        return Contents(
            layout=have(self._layout),
            sealed=have(self._sealed),
            statement=have(self._statement),
            card=have(self._card),
            listed=have(self._listed),
            salts=salts,
            sizes=self.sizes,
            irregular=self.irregular,
        )


@dataclass(frozen=True, slots=True)
class _Check(Check[_Examination]):
    """A check of packages; some are made of one form ``only``."""

    only: Form | None = None


_SEALER: Final = 5
_OBJECTS: Final = 11
_SEAL: Final = (1, 2, 3, 4)
# What reads metadata or objects, or rests on a check that does.
_PAYLOAD: Final = frozenset({10, _OBJECTS, 13})
_CHECKS: Final = (
    _Check(1, "layout", _Examination.layout),
    _Check(2, "seal shape", _Examination.seal_shape, (1,), "DSSE 1.0"),
    _Check(3, "signatures", _Examination.signatures, (1, 2), "RFC 8032, FIPS 204"),
    _Check(4, "statement", _Examination.statement, (1, 2, 3), "in-toto Statement 1"),
    _Check(_SEALER, "sealer", _Examination.sealer, _SEAL),
    _Check(6, "bag declaration", _Examination.declaration, _SEAL, "RFC 8493 2.1.1, 2.2.2"),
    _Check(7, "tag files", _Examination.tag_files, (1,), "RFC 8493 2.2.1"),
    _Check(8, "sealed bag", _Examination.sealed_bag, (*_SEAL, 7), only=Form.WHOLE),
    _Check(9, "manifest", _Examination.manifest, (1,), "RFC 8493 2.1.3"),
    _Check(10, "metadata", _Examination.metadata, (1, 9)),
    _Check(_OBJECTS, "objects", _Examination.objects, (1, 9, 10), "FIPS 180-4"),
    _Check(12, "root", _Examination.root, (*_SEAL, 9), "RFC 6962 2.1"),
    _Check(13, "counts", _Examination.counts, (*_SEAL, 7, 10)),
)


def _payload(layout: Layout) -> Iterator[str]:
    for serial in range(1, layout.count + 1):
        yield object_name(serial)
        yield record_name(serial)


def _blame(bad: Sequence[Digested]) -> ComityError:
    """Return the error that names the first objects that are not what they should be."""
    first = ", ".join(object_name(found.serial) for found in bad[:_NAMED])
    unread = next((found.fault for found in bad if isinstance(found.fault, OutOfReach)), None)
    if unread is not None and all(isinstance(found.fault, OutOfReach) for found in bad):
        return unread
    return PackageBroken(f"Objects that are not what was sealed: {len(bad)} ({first}).")
