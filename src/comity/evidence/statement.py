"""The sealed Statement: what the sealer signs.

An in-toto Statement (version 1) in canonical JSON, inside a DSSE envelope::

    {"_type":"https://in-toto.io/Statement/v1","predicateType":"urn:comity:package:1",
     "subject":[{"name":"bag/tagmanifest-sha256.txt","digest":{"sha256":"<hex>"}}],
     "predicate":{"package":"pkg_…","root":"sha256:…","objects":3,"sealed_at":"…",
                  "authority":"…","sealer":"…","exercise":false,"act":"sha256:…" or null}}

The subject binds a whole package to the last byte. The root (RFC 6962, over the salted
leaves of ``comity.evidence.leaves``) binds every object alone, so that a part verifies
under the same seal. The Statement goes along with every part: it says how many objects
there were and nothing else of them, not even their size together.

Why the subject tells nothing of what a part withholds: it is a digest over the tag
manifest, that over the manifest, and that over every metadata file; each of these holds
a random blind of 32 bytes. Whoever lacks one metadata file cannot recompute the subject,
however well he guesses names, sizes and contents.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from comity.base import Digest, Ident, Instant, canonical_bytes, limits, parse_canonical
from comity.base.canonical import Json
from comity.base.errors import BadValue, Malformed
from comity.evidence.entries import TAG_MANIFEST
from comity.evidence.record import require_words
from comity.seal.fields import read_object, read_text

PAYLOAD_TYPE: Final = "application/vnd.in-toto+json"
_TYPE: Final = "https://in-toto.io/Statement/v1"
_PREDICATE_TYPE: Final = "urn:comity:package:1"
_STATEMENT: Final = frozenset({"_type", "predicateType", "subject", "predicate"})
_SUBJECT: Final = frozenset({"name", "digest"})
_PREDICATE: Final = frozenset(
    {"package", "root", "objects", "sealed_at", "authority", "sealer", "exercise", "act"}
)
_WORDS: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What is sealed, by whom, when, and under which act of a dossier, if any."""

    tag_manifest: Digest
    package: Ident
    root: Digest
    objects: int
    sealed_at: Instant
    authority: str
    sealer: str
    exercise: bool
    act: Digest | None

    def as_bytes(self) -> bytes:
        """Return the canonical bytes, which are signed."""
        digest: Json = {"sha256": self.tag_manifest.hex}
        return canonical_bytes(
            {
                "_type": _TYPE,
                "predicateType": _PREDICATE_TYPE,
                "subject": [{"name": TAG_MANIFEST, "digest": digest}],
                "predicate": {
                    "package": str(self.package),
                    "root": str(self.root),
                    "objects": self.objects,
                    "sealed_at": str(self.sealed_at),
                    "authority": self.authority,
                    "sealer": self.sealer,
                    "exercise": self.exercise,
                    "act": str(self.act) if self.act else None,
                },
            }
        )

    @classmethod
    def parse(cls, data: bytes) -> Statement:
        """Read a Statement whose every field is known; raise ``Malformed`` otherwise."""
        found = read_object(parse_canonical(data), _STATEMENT)
        if (found["_type"], found["predicateType"]) != (_TYPE, _PREDICATE_TYPE):
            detail = f"A Statement of {_PREDICATE_TYPE} was expected."
            raise Malformed(detail)
        says = read_object(found["predicate"], _PREDICATE)
        return cls(
            tag_manifest=_read_subject(found["subject"]),
            package=_read_package(says["package"]),
            root=Digest.parse(_read_words(says["root"])),
            objects=_read_count(says["objects"]),
            sealed_at=Instant.parse(_read_words(says["sealed_at"])),
            authority=_read_words(says["authority"]),
            sealer=_read_words(says["sealer"]),
            exercise=_read_mark(says["exercise"]),
            act=None if says["act"] is None else Digest.parse(_read_words(says["act"])),
        )


def _read_subject(value: Json) -> Digest:
    subjects = value if isinstance(value, list) else []
    if len(subjects) != 1:
        detail = "A Statement has one subject."
        raise Malformed(detail)
    subject = read_object(subjects[0], _SUBJECT)
    digest = read_object(subject["digest"], frozenset({"sha256"}))
    if subject["name"] != TAG_MANIFEST:
        detail = f"The subject of a Statement is {TAG_MANIFEST}."
        raise Malformed(detail)
    return Digest.parse(f"sha256:{_read_words(digest['sha256'])}")


def _read_package(value: Json) -> Ident:
    package = Ident(_read_words(value))
    if package.kind != "pkg":
        detail = "The identifier is not one of a package."
        raise Malformed(detail)
    return package


def _read_count(value: Json) -> int:
    if type(value) is not int or not 0 < value <= limits.PACKAGE_OBJECTS:
        detail = f"A package holds 1 to {limits.PACKAGE_OBJECTS} objects."
        raise Malformed(detail)
    return value


def _read_mark(value: Json) -> bool:
    if not isinstance(value, bool):
        detail = "An exercise is marked by true or false."
        raise Malformed(detail)
    return value


def _read_words(value: Json) -> str:
    text = read_text(value, most=_WORDS)
    try:
        require_words(text)
    except BadValue as error:
        raise Malformed(error.detail) from error
    return text
