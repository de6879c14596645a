"""Read one thing that was found, as far as it can be read, and say what came of it.

A thing is opened without following a link and without waiting (a file may have become
a pipe since it was looked at), and without marking it as read where the system allows.
A file that grows is read to its end, but at most 16 MiB beyond the size it had when it
was opened: a log that is written faster than it is read has no end.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from io import BufferedIOBase, BytesIO, FileIO, RawIOBase
from typing import Final, TypeAlias

from comity.base import Digest, limits
from comity.evidence.copying import Copied, Read
from comity.evidence.folder import SAFE_READ
from comity.evidence.record import Kind
from comity.evidence.walking import Found, say

Copy: TypeAlias = Callable[[Read, int | None], Copied]
"""Copies what is read, but not more than so many bytes."""

_NOTHING: Final = Copied(Digest.of(b""), 0)
_NO_ACCESS_TIME: Final = getattr(os, "O_NOATIME", 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """Bytes that come without a place on a disk, under the name given to them."""

    name: bytes
    reader: BufferedIOBase | RawIOBase


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A block device that a person named, to be read to its end."""

    found: Found


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What was read of a thing: the copy, what is irregular, how the thing looked afterwards."""

    copied: Copied = _NOTHING
    irregular: str = ""
    after: os.stat_result | None = None


def hold(item: Found | Stream | Device, copy: Copy) -> Held:
    """Read ``item`` through ``copy`` as far as it can be read."""
    if isinstance(item, Stream):
        return _ended(copy(_reader(item.reader), None))
    if isinstance(item, Device):
        return _hold_device(item.found, copy)
    if item.fault:
        return Held(irregular=f"could not be read: {item.fault}")
    return _HOLDS.get(item.kind, _hold_nothing)(item, copy)


def _hold_file(found: Found, copy: Copy) -> Held:
    try:
        with _open(found.path) as reader:
            before = os.fstat(reader.fileno())
            if not stat.S_ISREG(before.st_mode):
                return Held(irregular="not read: it became something else than a file")
            most = before.st_size + limits.GROWTH_BYTES
            copied = copy(_reader(reader), most)
            after = os.fstat(reader.fileno())
    except OSError as error:
        return Held(irregular=f"could not be read: {say(error)}")
    held = _ended(copied)
    changed = _marks(found.seen) != _marks(after) or copied.size != after.st_size
    if changed and not held.irregular:
        looked = f"{before.st_size} bytes when opened, {after.st_size} afterwards"
        return Held(
            copied=copied,
            irregular=f"changed while read: {looked}, {copied.size} taken",
            after=after,
        )
    return Held(copied=copied, irregular=held.irregular, after=after)


def _hold_link(found: Found, copy: Copy) -> Held:
    try:
        target = os.readlink(found.path)  # noqa: PTH115 # bytes, which pathlib does not take
    except OSError as error:
        return Held(irregular=f"could not be read: {say(error)}")
    return Held(copied=copy(_reader(BytesIO(target)), None))


def _hold_device(found: Found, copy: Copy) -> Held:
    try:
        with _open(found.path) as reader:
            if not stat.S_ISBLK(os.fstat(reader.fileno()).st_mode):
                return Held(irregular="not read: it became something else than a block device")
            size = reader.seek(0, os.SEEK_END)
            reader.seek(0)
            copied = copy(_reader(reader), size)
    except OSError as error:
        return Held(irregular=f"could not be read: {say(error)}")
    held = _ended(copied)
    if copied.size != size and not held.irregular:
        short = f"ended early: {copied.size} of {size} bytes"
        return Held(copied=copied, irregular=short)
    return held


def _hold_folder(_found: Found, _copy: Copy) -> Held:
    """Hold an empty folder: there is nothing to read, and nothing amiss."""
    return Held()


def _hold_nothing(found: Found, _copy: Copy) -> Held:
    return Held(irregular=f"not read: {found.kind.value}")


_HOLDS: Final = {
    Kind.FILE: _hold_file,
    Kind.SYMLINK: _hold_link,
    Kind.FOLDER: _hold_folder,
}


def _open(path: bytes) -> FileIO:
    """Open ``path`` without following, waiting or, if allowed, leaving a mark."""
    try:
        descriptor = os.open(path, SAFE_READ | _NO_ACCESS_TIME)
    except PermissionError:  # only the owner may read without leaving a mark
        descriptor = os.open(path, SAFE_READ)
    return FileIO(descriptor, "rb", closefd=True)


def _reader(stream: BufferedIOBase | RawIOBase) -> Read:
    def read(buffer: memoryview) -> int:
        return stream.readinto(buffer) or 0

    return read


def _ended(copied: Copied) -> Held:
    if copied.fault is None:
        return Held(copied=copied)
    early = f"read error after {copied.size} bytes: {say(copied.fault)}"
    return Held(copied=copied, irregular=early)


def _marks(seen: os.stat_result | None) -> tuple[int, ...]:
    """Return what tells that a file is another one, or was written to."""
    return () if seen is None else (seen.st_dev, seen.st_ino, seen.st_size, seen.st_mtime_ns)
