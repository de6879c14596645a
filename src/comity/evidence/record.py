"""The metadata of one object: a canonical JSON file beside it.

It tells the object's own facts and no others: no serial, no time of taking-in, nothing
of its neighbours. For what stands here is shown when the object is disclosed, and must
tell nothing of objects that are not: neither their number, nor their order, nor, through
the gaps between times, their sizes. What relates objects to each other or to the moment
(access and change times, hard links) stands in ``circumstances.jsonl``, which a disclosed
part does not have. ``modified`` is null if it is not before the taking-in began.

``blind`` is 32 random bytes. The sealed Statement names a digest that is built from the
digests of all these files; through its blind none of them can be guessed, however well
name, size and content of an object are known.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Final

from comity.base import Digest, limits, parse_json
from comity.base.canonical import Json
from comity.base.errors import BadValue, Malformed
from comity.seal.fields import (
    is_line,
    read_base64,
    read_document,
    read_hex,
    read_text,
    write_base64,
)

_TYPE: Final = "comity/object/1"
_BLIND_BYTES: Final = 32
_OWN: Final = frozenset(
    {"path", "path_bytes", "kind", "size", "sha256", "modified", "mode", "owner"}
)
_ADDED: Final = frozenset({"irregular", "blind"})
_PROVENANCE: Final = frozenset({"origin", "collector", "tool", "authority", "basis"})
_MODIFIED: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{9}Z")
_MODE: Final = re.compile(r"[0-7]{4}")
_OWNER: Final = re.compile(r"[0-9]{1,10}:[0-9]{1,10}")
_WORDS: Final = 500
# A folder that can be listed has a path of at most 4095 bytes; one name of 255 is added.
_PATH_BYTES: Final = 4400


class Kind(Enum):
    """What an object was where it was found."""

    FILE = "file"
    SYMLINK = "symlink"
    FOLDER = "folder"
    FIFO = "fifo"
    SOCKET = "socket"
    CHARACTER_DEVICE = "character device"
    BLOCK_DEVICE = "block device"
    STREAM = "stream"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where evidence comes from: the same for all objects of one taking-in. Free text."""

    origin: str = ""
    collector: str = ""
    tool: str = ""
    authority: str = ""
    basis: str = ""

    def __post_init__(self) -> None:
        """Refuse what a court could not read: too long, or control characters."""
        for value in (self.origin, self.collector, self.tool, self.authority, self.basis):
            require_words(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectRecord:
    """What is known of one object.

    ``path`` holds the original name as bytes. ``modified`` is an RFC 3339 moment with
    nine digits after the second; ``mode`` four octal digits; ``owner`` two numbers.
    ``irregular`` says why the object is not simply what was found, and is empty if it is.
    """

    path: bytes
    kind: Kind
    size: int
    digest: Digest
    modified: str | None
    mode: str | None
    owner: str | None
    irregular: str
    provenance: Provenance
    blind: bytes

    @property
    def path_text(self) -> str | None:
        """Return the original name as text, if it is UTF-8."""
        try:
            return self.path.decode("utf-8")
        except UnicodeDecodeError:
            return None

    def as_bytes(self) -> bytes:
        """Return the metadata file."""
        said = self.provenance
        data: dict[str, Json] = {
            "type": _TYPE,
            "path": self.path_text,
            "path_bytes": write_base64(self.path),
            "kind": self.kind.value,
            "size": self.size,
            "sha256": self.digest.hex,
            "modified": self.modified,
            "mode": self.mode,
            "owner": self.owner,
            "irregular": self.irregular,
            "blind": self.blind.hex(),
            "origin": said.origin,
            "collector": said.collector,
            "tool": said.tool,
            "authority": said.authority,
            "basis": said.basis,
        }
        # A flat document with names in ASCII: sorted and unspaced, this is its RFC 8785 form
        # (a test compares), at a fifth of the time; a mailbox has a hundred thousand of them.
        return json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode(
            "utf-8"
        )

    @classmethod
    def parse(cls, data: bytes) -> ObjectRecord:
        """Read a metadata file, in which every field is there and known; else ``Malformed``."""
        found = parse_json(data, limit=limits.OBJECT_METADATA_BYTES)
        fields = read_document(found, _TYPE, _OWN | _ADDED | _PROVENANCE)
        record = cls(
            path=read_base64(fields["path_bytes"]),
            kind=_read_kind(fields["kind"]),
            size=_read_size(fields["size"]),
            digest=Digest(read_hex(fields["sha256"])),
            modified=_read_form(fields["modified"], _MODIFIED),
            mode=_read_form(fields["mode"], _MODE),
            owner=_read_form(fields["owner"], _OWNER),
            irregular=read_text(fields["irregular"], most=_WORDS),
            provenance=_read_provenance(fields),
            blind=read_hex(fields["blind"]),
        )
        if len(record.path) > _PATH_BYTES:
            detail = f"A name has at most {_PATH_BYTES} bytes."
            raise Malformed(detail)
        if record.as_bytes() != data:
            detail = "It is not in canonical form, or its name as text is not its name as bytes."
            raise Malformed(detail)
        if len(record.blind) != _BLIND_BYTES:
            detail = f"A blind has {_BLIND_BYTES} bytes."
            raise Malformed(detail)
        return record


def require_words(value: str) -> None:
    """Refuse text that is more than one line, or a long one."""
    if not is_line(value, most=_WORDS):
        detail = f"One line of at most {_WORDS} characters was expected."
        raise BadValue(detail)


def _read_kind(value: Json) -> Kind:
    try:
        return Kind(value)
    except ValueError as error:
        detail = "The kind of the object is not one that there is."
        raise Malformed(detail) from error


def _read_size(value: Json) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        detail = "A size is a whole number from 0."
        raise Malformed(detail)
    return value


def _read_form(value: Json, form: re.Pattern[str]) -> str | None:
    if value is not None and (not isinstance(value, str) or form.fullmatch(value) is None):
        detail = "A time, mode or owner is not written as it should be."
        raise Malformed(detail)
    return value


def _read_provenance(fields: dict[str, Json]) -> Provenance:
    return _make_provenance(*(read_text(fields[name], most=_WORDS) for name in sorted(_PROVENANCE)))


@lru_cache(maxsize=64)
def _make_provenance(
    authority: str, basis: str, collector: str, origin: str, tool: str
) -> Provenance:
    """Return the one value for all objects that come from one place."""
    try:
        return Provenance(
            authority=authority, basis=basis, collector=collector, origin=origin, tool=tool
        )
    except BadValue as error:
        raise Malformed(error.detail) from error
