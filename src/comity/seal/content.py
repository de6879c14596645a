"""Content: what an act covers without showing it.

A form, a reply or a report is canonical JSON with a random salt in front of it. The
act holds the digest alone, so the content can be sealed away, sent apart or destroyed,
and the act still verifies; without the salt no guess of the content can be confirmed::

    {"salt":"<64 hexadecimal digits>","type":"comity/content/1","values":{…}}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from comity.base import Digest, canonical_bytes, limits, parse_canonical
from comity.base.canonical import Json
from comity.base.errors import BadValue, Malformed
from comity.seal.errors import SealBroken
from comity.seal.fields import read_document, read_hex

SALT_BYTES: Final = 32
_TYPE: Final = "comity/content/1"
_NAMES: Final = frozenset({"salt", "values"})


@dataclass(frozen=True, repr=False)
class Content:
    """A document with its salt. It never prints itself."""

    salt: bytes
    document: bytes

    @classmethod
    def parse(cls, document: bytes) -> Content:
        """Read a content document; raise ``Malformed`` or ``TooLarge`` for anything else."""
        found = read_document(parse_canonical(document), _TYPE, _NAMES)
        salt = read_hex(found["salt"])
        if len(salt) != SALT_BYTES or not isinstance(found["values"], dict):
            detail = f"A content document has a salt of {SALT_BYTES} bytes, and named values."
            raise Malformed(detail)
        return cls(salt, document)

    @cached_property
    def digest(self) -> Digest:
        """Return what an act covers: the digest of the whole document."""
        return Digest.of(self.document)

    @property
    def values(self) -> dict[str, Json]:
        """Return the values, newly read, so that changing them changes nothing here."""
        found = read_document(parse_canonical(self.document), _TYPE, _NAMES)["values"]
        return found if isinstance(found, dict) else {}

    def __repr__(self) -> str:
        """Name the document; show nothing of it."""
        return f"Content({self.digest})"


def seal_content(values: Mapping[str, Json], salt: bytes) -> Content:
    """Return the content document of ``values`` under 32 bytes of ``salt``; else ``BadValue``."""
    if len(salt) != SALT_BYTES:
        detail = f"A salt has {SALT_BYTES} bytes."
        raise BadValue(detail)
    document = canonical_bytes({"type": _TYPE, "salt": salt.hex(), "values": dict(values)})
    if len(document) > limits.DOCUMENT_BYTES:
        detail = f"The content has {len(document)} bytes; {limits.DOCUMENT_BYTES} are the most."
        raise BadValue(detail)
    return Content(salt, document)


def open_content(document: bytes, covered: Digest) -> Content:
    """Read the content that an act covers; raise ``SealBroken`` if it is another."""
    if not Digest.of(document).matches(covered):
        detail = "The content is not the one that the act covers."
        raise SealBroken(detail)
    return Content.parse(document)
