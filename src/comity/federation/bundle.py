"""Bundles: what lies within a message, an act and all that it covers and that travels with it.

Canonical JSON (RFC 8785), bounded, never compressed::

    {"act":"<base64 of the act's envelope>","documents":{"<name>":"<base64>",…},
     "type":"comity/bundle/1"}

The names are those under which the act covers the documents; whether each is the one that
the act covers, is asked once the act has been verified.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from comity.base import canonical_bytes, limits, parse_canonical
from comity.base.errors import BadValue, TooLarge
from comity.seal.fields import read_base64, read_document, read_mapping, write_base64

_TYPE: Final = "comity/bundle/1"
_NAMES: Final = frozenset({"act", "documents"})


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """An act's envelope, and documents by their names. It never prints what they hold."""

    act: bytes = field(repr=False)
    documents: Mapping[str, bytes] = field(repr=False)

    def pack(self) -> bytes:
        """Return the bytes that are encrypted; raise ``BadValue`` if they are too many."""
        size = sum(map(len, self.documents.values()))
        if size > limits.MESSAGE_DOCUMENTS + limits.DOCUMENT_BYTES:
            detail = f"{size} bytes of documents, where {limits.MESSAGE_DOCUMENTS} are the most."
            raise BadValue(detail)
        return canonical_bytes(
            {
                "type": _TYPE,
                "act": write_base64(self.act),
                "documents": {name: write_base64(one) for name, one in self.documents.items()},
            }
        )

    @classmethod
    def parse(cls, data: bytes) -> Bundle:
        """Read a bundle; raise ``Malformed`` or ``TooLarge`` for anything else."""
        found = read_document(parse_canonical(data, limit=limits.BUNDLE_BYTES), _TYPE, _NAMES)
        documents = read_mapping(found["documents"])
        if len(documents) > limits.ACT_ENTRIES:
            detail = f"{len(documents)} documents, where {limits.ACT_ENTRIES} are the most."
            raise TooLarge(detail)
        return cls(
            act=read_base64(found["act"]),
            documents={name: read_base64(one) for name, one in documents.items()},
        )
