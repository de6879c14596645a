"""A courier's disk as a folder: what lies there is looked at before anything is opened.

Links, pipes and devices are refused, as are names that no such disk has, files that are too
large, and more of them than there can be. Whoever wrote the disk is not trusted, and a
disk that comes back is not the disk that went out.
"""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from comity.base import Digest, Hasher, limits
from comity.base.errors import OutOfReach
from comity.evidence.folder import SAFE_READ
from comity.federation.courier import MANIFEST, DiskRefused, Item, read_manifest

_DEEP: Final = 4
_COPY: Final = 1 << 20
_PART: Final = ".part"


class DiskFailed(OutOfReach):
    """The disk cannot be read or written."""

    code = "courier/disk-failed"
    remedy = "See that it is there, has room, and may be written to; then run this again."


class DiskUnfinished(OutOfReach):
    """The disk has no manifest: writing it was broken off."""

    code = "courier/unfinished"
    remedy = "Run the export again into the same folder; it goes on where it stopped."


def list_items(place: Path) -> tuple[tuple[Item, ...], tuple[str, ...]]:
    """Return what lies in a folder: files that belong there, and the names of what does not.

    Raise ``DiskRefused`` if there is more than there can be.
    """
    items: list[Item] = []
    strange: list[str] = []
    with _translated(place):
        for name, entry in _walk(place, "", _DEEP):
            if len(items) + len(strange) >= limits.COURIER_FILES:
                detail = f"It has more than {limits.COURIER_FILES} files."
                raise DiskRefused(detail, where=str(place))
            item = _judge(name, entry)
            if isinstance(item, Item):
                items.append(item)
            else:
                strange.append(item)
    return tuple(sorted(items, key=lambda one: one.name)), tuple(sorted(strange))


@contextmanager
def open_item(place: Path, item: Item) -> Iterator[io.FileIO]:
    """Open a file without following links; raise ``DiskRefused`` if it is no plain one."""
    with _translated(place / item.name):
        handle = os.open(place / item.name, SAFE_READ)
    with io.FileIO(handle, "rb", closefd=True) as file:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode) or found.st_size > item.most:
            detail = "It is no plain file, or larger than it can be."
            raise DiskRefused(detail, where=item.name)
        yield file


def read_item(place: Path, item: Item) -> bytes:
    """Return a small file."""
    with open_item(place, item) as file, _translated(place / item.name):
        return file.read(item.most + 1)


def read_listed(place: Path) -> dict[str, Digest]:
    """Return what the manifest lists; raise ``DiskUnfinished`` if there is none."""
    if not (place / MANIFEST).is_file():
        raise DiskUnfinished(where=str(place))
    return read_manifest(read_item(place, Item.parse(MANIFEST)))


def is_there(place: Path, name: str, digest: Digest, size: int) -> bool:
    """Tell whether a file was written before, whole."""
    path = place / name
    if not path.is_file() or path.stat().st_size != size:
        return False
    with open_item(place, Item.parse(name)) as file, _translated(path):
        return Digest.of_stream(file) == digest


def write_item(place: Path, name: str, source: io.BufferedIOBase | io.BytesIO) -> Digest:
    """Write a file durably, under its name only when it is whole; return its digest."""
    path = place / name
    partial = path.with_name(path.name + _PART)
    hasher = Hasher()
    with _translated(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial.unlink(missing_ok=True)
        with partial.open("xb") as file:
            while chunk := source.read(_COPY):
                hasher.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    return hasher.digest()


def remove_item(place: Path, name: str) -> None:
    """Remove a file that is no longer to go."""
    with _translated(place / name):
        (place / name).unlink(missing_ok=True)


def flush_disk(place: Path) -> None:
    """Let the names of all files reach the disk."""
    with _translated(place):
        for folder, _, _ in os.walk(place):
            handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def _walk(folder: Path, below: str, deep: int) -> Iterator[tuple[str, os.DirEntry[str]]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            name = f"{below}{entry.name}"
            if entry.is_dir(follow_symlinks=False) and deep > 1:
                yield from _walk(Path(entry.path), f"{name}/", deep - 1)
            else:
                yield name, entry


def _judge(name: str, entry: os.DirEntry[str]) -> Item | str:
    """Return the item, or what is strange about it."""
    spelled = ascii(name)[1:-1][:120]
    if not entry.is_file(follow_symlinks=False):
        return f"{spelled} (a link, or no plain file)"
    if name.endswith(_PART):
        return f"{spelled} (left by a run that was broken off)"
    try:
        item = Item.parse(name)
    except DiskRefused:
        return spelled
    if entry.stat(follow_symlinks=False).st_size > item.most:
        return f"{spelled} (larger than it can be)"
    return item


@contextmanager
def _translated(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DiskFailed(error.strerror or "", where=str(place)) from error
