"""Blobs in a folder: the name of a blob is the SHA-256 of its bytes.

A draft is written beside its final place, flushed to the disk, renamed, and the folder
flushed too: after a power cut a blob is there whole or not at all. What a killed
process leaves behind is a draft, never a blob; ``sweep`` removes it. Opening a blob
for reading compares it with its name first.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from comity.base import Digest, Hasher, Instant
from comity.service.errors import BlobBroken, BlobMissing, BlobsUnreachable
from comity.service.ports import Random

_BLOB: Final = re.compile(r"[0-9a-f]{64}")
_DRAFTS: Final = "drafts"


class DiskDraft:
    """A blob being written."""

    def __init__(self, folder: Path, path: Path) -> None:
        """Write to ``path`` until committed into ``folder``."""
        self._folder = folder
        self._path = path
        self._hasher = Hasher()
        with _translated():
            self._file = path.open("xb", buffering=0)

    def write(self, data: bytes, /) -> int:
        """Take in the next bytes."""
        with _translated():
            rest = memoryview(data)
            while rest:
                rest = rest[self._file.write(rest) or 0 :]
        self._hasher.update(data)
        return len(data)

    def commit(self) -> Digest:
        """Make it durable under the digest of its bytes, and return that."""
        name = self._hasher.digest()
        place = _place(self._folder, name)
        with _translated():
            os.fsync(self._file.fileno())
            self._file.close()
            if not place.parent.is_dir():
                place.parent.mkdir(mode=0o700, exist_ok=True)
                _flush(self._folder)
            self._path.chmod(0o400)
            self._path.replace(place)
            _flush(place.parent)
        return name

    def discard(self) -> None:
        """Drop what was written, unless it is committed already."""
        with _translated():
            self._file.close()
            self._path.unlink(missing_ok=True)


class DiskBlobs:
    """Blobs in ``folder``, spread over 256 folders by the first byte of their names."""

    def __init__(self, folder: Path, random: Random) -> None:
        """Keep blobs in ``folder``, which must exist; ``random`` names drafts."""
        self._folder = folder
        self._random = random

    def draft(self) -> DiskDraft:
        """Begin a new blob."""
        drafts = self._folder / _DRAFTS
        with _translated():
            drafts.mkdir(mode=0o700, exist_ok=True)
        return DiskDraft(self._folder, drafts / self._random(16).hex())

    def open(self, name: Digest) -> BinaryIO:
        """Return the bytes for reading and seeking, once they match their name."""
        found = _reach(_place(self._folder, name), name)
        try:
            _require_same(found, name)
        except BaseException:
            found.close()
            raise
        return found

    def part(self, name: Digest, offset: int, size: int) -> bytes:
        """Return so many bytes from ``offset`` on, not compared with the name."""
        with _reach(_place(self._folder, name), name) as found, _translated():
            found.seek(offset)
            return found.read(size)

    def size(self, name: Digest) -> int:
        """Return the length in bytes."""
        try:
            return _place(self._folder, name).stat().st_size
        except FileNotFoundError as error:
            raise BlobMissing(where=str(name)) from error

    def names(self) -> Iterator[Digest]:
        """Yield the names of all that is kept, in order."""
        for path in sorted(self._folder.glob("[0-9a-f][0-9a-f]/*")):
            if _is_blob(path):
                yield Digest(bytes.fromhex(path.name))

    def remove(self, name: Digest) -> None:
        """Remove it if it is there."""
        with _translated():
            _place(self._folder, name).unlink(missing_ok=True)

    def free(self) -> int:
        """Return how many bytes may still be written."""
        with _translated():
            return shutil.disk_usage(self._folder).free

    def strays(self) -> Iterator[str]:
        """Yield the places, as printable text, of what is neither a blob nor a draft."""
        drafts = self._folder / _DRAFTS
        for folder, inner, files in os.walk(self._folder, onerror=_stop):
            inner.sort()
            here = Path(folder)
            links = [name for name in inner if (here / name).is_symlink()]
            for path in sorted(here / name for name in (*files, *links)):
                if here != drafts and not _is_blob(path):
                    yield _spell(path.relative_to(self._folder))

    def sweep(self, older: Instant) -> int:
        """Remove drafts that nobody wrote to since ``older``; return how many."""
        swept = 0
        for path in (self._folder / _DRAFTS).glob("*"):
            with _translated():
                if path.stat().st_mtime < older.at.timestamp():
                    path.unlink(missing_ok=True)
                    swept += 1
        return swept


def _is_blob(path: Path) -> bool:
    """Tell whether a file lies where a blob of its name does."""
    is_named = bool(_BLOB.fullmatch(path.name)) and path.parent.name == path.name[:2]
    return is_named and path.is_file() and not path.is_symlink()


def _spell(path: Path) -> str:
    """Return a path that anybody may have named, as one line of text."""
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)


def _stop(error: OSError) -> None:
    raise BlobsUnreachable(error.strerror or "") from error


def _place(folder: Path, name: Digest) -> Path:
    return folder / name.hex[:2] / name.hex


def _reach(path: Path, name: Digest) -> BinaryIO:
    try:
        return path.open("rb")
    except FileNotFoundError as error:
        raise BlobMissing(where=str(name)) from error
    except OSError as error:
        raise BlobsUnreachable(error.strerror or "") from error


def _require_same(found: BinaryIO, name: Digest) -> None:
    with _translated():
        digest = Digest.of_stream(found)
        found.seek(0)
    if not digest.matches(name):
        raise BlobBroken(where=str(name))


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BlobsUnreachable(error.strerror or "") from error
