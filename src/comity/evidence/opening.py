"""Opening a package: its objects under their own names again, as far as that is safe.

Into a new folder go ``restored/`` and ``index.jsonl``. The names in a package were chosen
by others: none is used as it stands. A name is taken apart at its slashes; empty parts and
dots fall away, so that all lies below ``restored``; a name with a part that climbs (``..``)
or that this system reads otherwise is not used at all. What cannot have its own name, because
it is unsafe, too long, too deep, or taken already, lies at ``by-serial/000007`` instead. A link is
written as text (``name.link``), never as a link; what has no bytes is in the index alone.
Files are readable by their owner and never executable. The index tells where each object lies.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Final

from comity.base import Digest, canonical_bytes, limits
from comity.base.canonical import Json
from comity.evidence.bagging import TagWriter
from comity.evidence.copying import Copier, Watch, unwatched
from comity.evidence.entries import Source, Writer, object_name, read_small, record_name
from comity.evidence.errors import PackageBroken, StorageFailed
from comity.evidence.folder import FolderSink
from comity.evidence.record import Kind, ObjectRecord
from comity.evidence.verifying import Contents
from comity.seal.fields import write_base64

_RESTORED: Final = "restored"
_SPARE: Final = "by-serial"
_INDEX: Final = "index.jsonl"
_LINK: Final = ".link"
# Deeper folders many programs can neither walk nor delete.
_DEEP: Final = 100
_WINDOWS_SIGNS: Final = frozenset(b'<>:"\\|?*') | frozenset(range(32))
_WINDOWS_NAMES: Final = frozenset({b"con", b"prn", b"aux", b"nul"}) | {
    device + b"%d" % number for device in (b"com", b"lpt") for number in range(10)
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """How many objects were restored under their own name, by serial, and not at all."""

    named: int
    numbered: int
    absent: int


def open_package(
    source: Source, contents: Contents, sink: FolderSink, watch: Watch = unwatched
) -> Opened:
    """Restore the objects of a package that was examined before (``contents``).

    Raises ``PackageBroken`` if it changed since then, ``StorageFailed`` if the disk fails.
    """
    index = TagWriter(sink, _INDEX)
    counts = {_RESTORED: 0, _SPARE: 0, "": 0}
    with Copier(watch) as copier:
        for serial in range(1, contents.layout.count + 1):
            record = _read_record(source, contents, serial)
            at = _restore(_Restoring(source, sink, copier), serial, record)
            counts[at.partition("/")[0]] += 1
            index.write(canonical_bytes(_index_line(serial, record, at)) + b"\n")
    index.close()
    return Opened(named=counts[_RESTORED], numbered=counts[_SPARE], absent=counts[""])


def safe_path(path: bytes, *, system: str = os.name) -> str | None:
    """Return where below a folder a name of others may lie; ``None`` if nowhere."""
    parts = [part for part in path.split(b"/") if part not in {b"", b"."}]
    if not 0 < len(parts) <= _DEEP or not all(_is_plain(part, system) for part in parts):
        return None
    return "/".join(os.fsdecode(part) for part in parts)


def _is_plain(part: bytes, system: str) -> bool:
    if part == b".." or b"\0" in part:
        return False
    if system != "nt":
        return True
    stem = part.split(b".")[0].rstrip(b" ").lower()
    return (
        not _WINDOWS_SIGNS.intersection(part)
        and not part.endswith((b".", b" "))
        and stem not in _WINDOWS_NAMES
    )


@dataclass(frozen=True, slots=True)
class _Restoring:
    """What is restored from, and to."""

    source: Source
    sink: FolderSink
    copier: Copier

    def create(self, wanted: str | None, spare: str) -> tuple[str, Writer]:
        """Begin a file at the place wanted, or, if that cannot be had, at the spare one."""
        if wanted is not None:
            try:
                return wanted, self.sink.create(wanted)
            except StorageFailed:
                pass  # taken, too long, or below what is a file: the spare place remains
        return spare, self.sink.create(spare)


def _restore(restoring: _Restoring, serial: int, record: ObjectRecord) -> str:
    """Restore one object; return where it lies, nothing if nowhere."""
    safe = safe_path(record.path)
    wanted = None if safe is None else f"{_RESTORED}/{safe}"
    if record.kind is Kind.FOLDER and wanted is not None and not record.irregular:
        try:
            restoring.sink.create_folder(wanted)
        except StorageFailed:
            return ""
        return wanted
    # Nothing was read of it: an empty file in its place would say that it was empty.
    if record.kind is Kind.FOLDER or (record.irregular and not record.size):
        return ""
    if record.kind is Kind.SYMLINK and wanted is not None:
        wanted += _LINK
    at, writer = restoring.create(wanted, f"{_SPARE}/{serial:06d}")
    with restoring.source.open(object_name(serial)) as stream:
        copied = restoring.copier.copy(stream.readinto, writer)
    writer.close()
    if not copied.digest.matches(record.digest):
        detail = f"{object_name(serial)} changed after it was verified."
        raise PackageBroken(detail)
    return at


def _read_record(source: Source, contents: Contents, serial: int) -> ObjectRecord:
    data = read_small(source, record_name(serial), limits.OBJECT_METADATA_BYTES)
    if not Digest.of(data).matches(contents.listed.record(serial)):
        detail = f"{record_name(serial)} changed after it was verified."
        raise PackageBroken(detail)
    return ObjectRecord.parse(data)


def _index_line(serial: int, record: ObjectRecord, at: str) -> dict[str, Json]:
    place = os.fsencode(at)
    return {
        "serial": serial,
        "path": record.path_text,
        "path_bytes": write_base64(record.path),
        "kind": record.kind.value,
        "size": record.size,
        "sha256": record.digest.hex,
        "modified": record.modified,
        "irregular": record.irregular,
        "at": place.decode("utf-8", "backslashreplace") or None,
        "at_bytes": write_base64(place),
    }
