"""Taking in: the first half of making a package.

Every thing found becomes an object, its bytes digested as they are first read:

- a regular file, its bytes; if it changed while it was read, the bytes as read, and that
- a symbolic link, the bytes of its target; it is never followed
- a stream (standard input), and a block device that a person named, to the end
- any other thing, an unreadable file, an empty or unreadable folder: no bytes, and the reason

Beside each lies its metadata (``comity.evidence.record``). One row comes out per object;
``comity.evidence.sealing`` makes the package of rows, now or on another day.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeAlias

from comity.base import Digest, Instant
from comity.base.canonical import Json
from comity.evidence.copying import Copied, Copier, Read, Watch, unwatched
from comity.evidence.entries import Sink, object_name, record_name, write_entry
from comity.evidence.reading import Device, Held, Stream, hold
from comity.evidence.record import Kind, ObjectRecord, Provenance
from comity.evidence.walking import Found, walk
from comity.seal.fields import Random, draw

Place: TypeAlias = bytes | Stream
"""What is taken in: the path of something on a disk, or a stream with a name."""

_RANDOM_BYTES: Final = 32
_LINK: Final = b'"kind":"%s"' % Kind.SYMLINK.value.encode("ascii")
_NANO: Final = 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One object taken in: all that the package needs to know of it.

    ``metadata`` is the metadata file, ``salt`` the 32 random bytes of its leaf,
    ``circumstances`` one line of JSON. ``irregular`` is empty if all was regular.
    """

    serial: int
    digest: Digest
    size: int
    metadata: bytes
    salt: bytes
    circumstances: bytes
    irregular: str

    @property
    def is_link(self) -> bool:
        """Tell whether it is a symbolic link. No name can feign it: quotes in it are escaped."""
        return _LINK in self.metadata


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What one taking-in is done with; ``begun`` is when, ``random`` gives random bytes."""

    provenance: Provenance
    begun: Instant
    random: Random
    watch: Watch = unwatched


def take_in(places: Iterable[Place], sink: Sink, intake: Intake) -> Iterator[Taken]:
    """Take in all that is found at ``places``; give one row per object, in their order.

    Work is done as rows are asked for. Raises ``StorageFailed`` if ``sink`` does not hold;
    what cannot be read is no error but an irregular row.
    """
    with Copier(intake.watch) as copier:
        for serial, item in enumerate(_items(places), start=1):
            held = _take_bytes(serial, item, sink, copier)
            record = _describe(item, held, intake)
            metadata = record.as_bytes()
            write_entry(sink, record_name(serial), metadata)
            yield Taken(
                serial=serial,
                digest=record.digest,
                size=record.size,
                metadata=metadata,
                salt=draw(intake.random, _RANDOM_BYTES),
                circumstances=_circumstances(serial, item, held.after),
                irregular=record.irregular,
            )


def _items(places: Iterable[Place]) -> Iterator[Found | Stream | Device]:
    for place in places:
        if isinstance(place, Stream):
            yield place
            continue
        for found in walk(place):
            named = found.path == place and found.kind is Kind.BLOCK_DEVICE
            yield Device(found=found) if named else found


def _take_bytes(serial: int, item: Found | Stream | Device, sink: Sink, copier: Copier) -> Held:
    writer = sink.create(object_name(serial))

    def copy(read: Read, most: int | None) -> Copied:
        return copier.copy(read, writer, most=most)

    try:
        return hold(item, copy)
    finally:
        writer.close()


def _describe(item: Found | Stream | Device, held: Held, intake: Intake) -> ObjectRecord:
    seen = _seen(item)
    return ObjectRecord(
        path=item.name if isinstance(item, Stream) else _found(item).path,
        kind=Kind.STREAM if isinstance(item, Stream) else _found(item).kind,
        size=held.copied.size,
        digest=held.copied.digest,
        modified=_modified(seen, intake.begun) if seen else None,
        mode=f"{stat.S_IMODE(seen.st_mode):04o}" if seen else None,
        owner=f"{seen.st_uid}:{seen.st_gid}" if seen else None,
        irregular=held.irregular,
        provenance=intake.provenance,
        blind=draw(intake.random, _RANDOM_BYTES),
    )


def _modified(seen: os.stat_result, begun: Instant) -> str | None:
    """Return when it was last changed, unless that tells when it was taken in."""
    seconds, nanos = divmod(seen.st_mtime_ns, _NANO)
    if seconds >= int(begun.at.timestamp()):
        return None
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):  # outside the calendar: circumstances tell
        return None
    return f"{Instant.of(moment)}"[:-1] + f".{nanos:09d}Z"


def _circumstances(
    serial: int, item: Found | Stream | Device, after: os.stat_result | None
) -> bytes:
    """Return what relates the object to the moment and to others; numbers as text, for length."""
    told = {"serial": serial, "before": _look_data(_seen(item)), "after": _look_data(after)}
    return json.dumps(told, separators=(",", ":"), sort_keys=True).encode("ascii")


def _look_data(seen: os.stat_result | None) -> Json:
    if seen is None:
        return None
    return {
        "accessed_ns": str(seen.st_atime_ns),
        "changed_ns": str(seen.st_ctime_ns),
        "modified_ns": str(seen.st_mtime_ns),
        "device": str(seen.st_dev),
        "inode": str(seen.st_ino),
        "links": str(seen.st_nlink),
        "size": str(seen.st_size),
    }


def _found(item: Found | Device) -> Found:
    return item.found if isinstance(item, Device) else item


def _seen(item: Found | Stream | Device) -> os.stat_result | None:
    return None if isinstance(item, Stream) else _found(item).seen
