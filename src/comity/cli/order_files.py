"""The files that a provider freezes and hands over: found, named, digested, read in one stream."""

from __future__ import annotations

import bisect
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from comity.base import Hasher
from comity.base.errors import BadValue, OutOfReach
from comity.evidence import Kind, require_places, walk
from comity.federation.inventory import Item, write_name

_CHUNK: Final = 1 << 20


class FileChanged(OutOfReach):
    """A file is not as it was when it was listed."""

    code = "order/file-changed"
    remedy = "Freeze or return a copy that nobody writes to."


class NotAFile(BadValue):
    """Only plain files are inventoried."""

    code = "order/no-file"
    remedy = "Name files and folders; put what links point to beside them, as files."


@dataclass(frozen=True, slots=True)
class Source:
    """A file on the provider's disk, and its name in the inventory."""

    name: str
    path: bytes
    size: int


def find_files(places: Sequence[Path], out: Path) -> list[Source]:
    """Return all files at and below ``places``, by their names; raise ``NotAFile``, ``BadValue``.

    A file is named by its path from the folder in which the place named lies.
    """
    named = [os.fsencode(place.absolute()) for place in places]
    require_places(named, out)
    found: dict[str, Source] = {}
    for place in named:
        above = os.path.dirname(place.rstrip(b"/"))  # noqa: PTH120 # bytes, which pathlib does not take
        for source in _sources(place, above):
            if source.name in found:
                detail = f"Two files would have the name {source.name!r}."
                raise BadValue(detail)
            found[source.name] = source
    if not found:
        detail = "There is no file at the places named."
        raise BadValue(detail)
    return [found[name] for name in sorted(found)]


def digest_file(source: Source, watch: Callable[[int], None]) -> Item:
    """Read a file to its end; return its item. Raise ``FileChanged``."""
    hasher = Hasher()
    with _open(source) as handle:
        before = os.fstat(handle.fileno())
        while chunk := handle.read(_CHUNK):
            hasher.update(chunk)
            watch(len(chunk))
        after = os.fstat(handle.fileno())
    if (before.st_mtime_ns, before.st_size) != (after.st_mtime_ns, hasher.size):
        raise FileChanged(where=source.name)
    return Item(name=source.name, size=hasher.size, digest=hasher.digest())


class Assembly:
    """One stream: heads, then the bytes of all files in the order of the list; read anywhere."""

    def __init__(self, heads: bytes, items: Iterable[Item], sources: Mapping[str, Source]) -> None:
        """Join ``heads`` and the files of ``items``; raise ``FileChanged`` if sizes differ."""
        self._heads = heads
        self._starts: list[int] = []
        self._parts: list[tuple[Source, int]] = []
        size = len(heads)
        for item in items:
            source = sources.get(item.name)
            if source is None or source.size != item.size:
                raise FileChanged(where=item.name)
            if item.size:
                self._starts.append(size)
                self._parts.append((source, item.size))
                size += item.size
        self.size = size

    def read(self, offset: int, count: int) -> bytes:
        """Return ``count`` bytes from ``offset``, fewer at the end; raise ``FileChanged``."""
        data = bytearray(self._heads[offset : offset + count])
        while len(data) < count and offset + len(data) < self.size:
            at = offset + len(data)
            place = bisect.bisect_right(self._starts, at) - 1
            source, size = self._parts[place]
            inside = at - self._starts[place]
            data += _read(source, inside, min(count - len(data), size - inside))
        return bytes(data)


def _sources(place: bytes, above: bytes) -> Iterator[Source]:
    for found in walk(place):
        if found.kind is Kind.FOLDER and not found.fault:
            continue  # an empty folder holds no data
        if found.kind is not Kind.FILE or found.seen is None:
            detail = found.fault or f"It is a {found.kind.value}."
            raise NotAFile(detail, where=ascii(os.fsdecode(found.path)))
        name = write_name(os.path.relpath(found.path, above))
        yield Source(name, found.path, found.seen.st_size)


@contextmanager
def _open(source: Source) -> Iterator[BinaryIO]:
    """Open a plain file without following a link or waiting for a pipe."""
    try:
        handle = os.open(source.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise FileChanged(error.strerror or "", where=source.name) from error
    with os.fdopen(handle, "rb", buffering=0) as stream:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise FileChanged(where=source.name)
        yield stream


def _read(source: Source, offset: int, count: int) -> bytes:
    with _open(source) as handle:
        handle.seek(offset)
        data = b""
        while len(data) < count and (chunk := handle.read(count - len(data))):
            data += chunk
    if len(data) != count:
        raise FileChanged(where=source.name)
    return data
