"""``package.json``: what is told of a whole package beside its objects.

When the taking-in began and the sealing ended, how many objects and bytes, how many of
them irregular, and with which programs. A part does not have it. Canonical JSON::

    {"type":"comity/package/1","package":"pkg_…","begun":"…","ended":"…","objects":3,
     "octets":81,"irregular":1,"tools":{"comity":"0.1.0"}}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from comity.base import Ident, Instant, canonical_bytes, parse_canonical
from comity.base.canonical import Json
from comity.base.errors import Malformed
from comity.seal.fields import read_document, read_text

_TYPE: Final = "comity/package/1"
_NAMES: Final = frozenset({"package", "begun", "ended", "objects", "octets", "irregular", "tools"})
_TOOLS: Final = 20
_WORDS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A whole package in numbers. ``octets`` counts the objects, not their metadata."""

    package: Ident
    begun: Instant
    ended: Instant
    objects: int
    octets: int
    irregular: int
    tools: Mapping[str, str]

    def as_bytes(self) -> bytes:
        """Return the canonical bytes."""
        return canonical_bytes(
            {
                "type": _TYPE,
                "package": str(self.package),
                "begun": str(self.begun),
                "ended": str(self.ended),
                "objects": self.objects,
                "octets": self.octets,
                "irregular": self.irregular,
                "tools": dict(self.tools),
            }
        )

    @classmethod
    def parse(cls, data: bytes) -> Summary:
        """Read a summary whose every field is known; raise ``Malformed`` otherwise."""
        fields = read_document(parse_canonical(data), _TYPE, _NAMES)
        return cls(
            package=Ident(read_text(fields["package"], most=_WORDS)),
            begun=Instant.parse(read_text(fields["begun"], most=_WORDS)),
            ended=Instant.parse(read_text(fields["ended"], most=_WORDS)),
            objects=_read_number(fields["objects"]),
            octets=_read_number(fields["octets"]),
            irregular=_read_number(fields["irregular"]),
            tools=_read_tools(fields["tools"]),
        )


def _read_number(value: Json) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        detail = "A whole number from 0 was expected."
        raise Malformed(detail)
    return value


def _read_tools(value: Json) -> dict[str, str]:
    if not isinstance(value, dict) or len(value) > _TOOLS:
        detail = f"At most {_TOOLS} programs with their versions were expected."
        raise Malformed(detail)
    return {
        read_text(name, most=_WORDS): read_text(version, most=_WORDS)
        for name, version in value.items()
    }
