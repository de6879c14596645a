"""Packages as folders on a disk.

Writing: everything goes into ``<out>.partial``, is flushed to the disk in one pass,
and only then gets its name. A run that was killed leaves the ``.partial`` folder, which
is refused by that name. Nothing is ever written over.

Reading: only plain files in the known folders are read. No link is followed, nothing
but a regular file is opened, so that a pipe or a device put into a package stops nobody.
"""

from __future__ import annotations

import ctypes
import io
import os
import stat
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from comity.evidence.entries import FOLDERS, Writer
from comity.evidence.errors import (
    LayoutRefused,
    NotThere,
    PackageUnfinished,
    PlaceTaken,
    ReadFailed,
    StorageFailed,
    UnfinishedThere,
)

PARTIAL: Final = ".partial"
# Absent on some systems; there the check before opening stands alone.
SAFE_READ: Final = (
    os.O_RDONLY
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_BINARY", 0)
)
_NEW: Final = (
    os.O_WRONLY
    | os.O_CREAT
    | os.O_EXCL
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_BINARY", 0)
)
_LINUX: Final = sys.platform == "linux"
_OWNER_ONLY: Final = 0o600


class FolderSink:
    """Write a package into a new folder; ``finish`` gives it its name."""

    def __init__(self, place: Path) -> None:
        """Make ``<place>.partial``; raise ``PlaceTaken`` if it or ``place`` is there."""
        self.place = place.absolute()
        self.partial = self.place.with_name(self.place.name + PARTIAL)
        if os.path.lexists(self.place):
            raise PlaceTaken(where=str(self.place))
        if os.path.lexists(self.partial):
            raise UnfinishedThere(where=str(self.partial))
        self._folders: set[Path] = set()
        self._made: set[str] = set()
        self._make(self.partial)

    def create(self, name: str) -> Writer:
        """Begin the entry ``name``, readable by its owner alone."""
        parent = name.rpartition("/")[0]
        if parent not in self._made:
            self._make(self.partial / parent)
            self._made.add(parent)
        try:
            return FileWriter(os.open(f"{self.partial}/{name}", _NEW, _OWNER_ONLY), name)
        except OSError as error:
            raise StorageFailed(error.strerror or "", where=name) from error

    def create_folder(self, name: str) -> None:
        """Make the folder ``name``, if it is not there yet."""
        self._make(self.partial / name)

    def finish(self) -> None:
        """Flush every entry and folder to the disk, then give the package its name."""
        try:
            _flush_all(self.partial, self._folders)
            self.partial.rename(self.place)
            flush_path(self.place.parent)
        except OSError as error:
            raise StorageFailed(error.strerror or "", where=str(self.place)) from error

    def _make(self, folder: Path) -> None:
        """Make a folder of the package, and those above it, for their owner alone."""
        missing = []
        while folder not in self._folders:
            missing.append(folder)
            if folder == self.partial:
                break
            folder = folder.parent
        for new in reversed(missing):
            try:
                new.mkdir(mode=0o700, parents=new == self.partial)
            except OSError as error:
                raise StorageFailed(error.strerror or "", where=str(new)) from error
            self._folders.add(new)


class FolderSource:
    """Read a package from a folder."""

    def __init__(self, place: Path) -> None:
        """Look at ``place``; raise ``NotThere`` if it is no folder."""
        self.place = place
        if not place.is_dir():
            partial = place.with_name(place.name + PARTIAL) if place.name else place
            half = f"But {partial} is there: it was never finished." if partial.is_dir() else ""
            file = "A folder was expected, and this is none." if place.exists() else ""
            raise NotThere(file or half, where=str(place))

    def names(self) -> Iterator[str]:
        """Give every name; raise ``LayoutRefused`` for a link, a device, an unknown folder."""
        if self.place.resolve().name.endswith(PARTIAL):
            raise PackageUnfinished(where=str(self.place))
        rest = [""]
        while rest:
            prefix = rest.pop()
            for name, is_folder in _entries(self.place / prefix, prefix):
                if is_folder:
                    rest.append(name)
                else:
                    yield name

    def close(self) -> None:
        """Do nothing: no file stays open between readings."""

    def open(self, name: str) -> io.BufferedIOBase:
        """Open the plain file ``name``; raise ``LayoutRefused`` for anything else."""
        try:
            descriptor = os.open(f"{self.place}/{name}", SAFE_READ)
        except OSError as error:
            raise ReadFailed(error.strerror or "", where=name) from error
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            detail = f"{name} is no plain file."
            raise LayoutRefused(detail)
        return io.BufferedReader(_FileReader(descriptor, name))

    def size(self, name: str) -> int:
        """Return the size of ``name`` on the disk."""
        try:
            return os.lstat(f"{self.place}/{name}").st_size
        except OSError as error:
            raise ReadFailed(error.strerror or "", where=name) from error


def _flush_all(top: Path, folders: Iterable[Path]) -> None:
    """Flush all that lies in these folders of ``top`` to the disk."""
    flush = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None) if _LINUX else None
    if flush is None:
        for folder in folders:
            with os.scandir(folder) as entries:
                for entry in entries:
                    flush_path(Path(entry.path))
        flush_path(top)
        return
    # One call for the whole file system: one for each of many small files takes minutes.
    descriptor = os.open(top, os.O_RDONLY)
    try:
        if flush(descriptor):
            raise OSError(ctypes.get_errno(), "The disk did not take all that was written.")
    finally:
        os.close(descriptor)


def flush_path(path: Path) -> None:
    """Flush a file or folder to the disk."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    except PermissionError:
        if os.name == "nt":  # a folder cannot be opened there, and need not be flushed
            return
        raise
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class FileWriter:
    """A file being written, unbuffered: what comes in is large already."""

    def __init__(self, descriptor: int, name: str) -> None:
        """Take over an open descriptor; ``name`` is told in errors."""
        self._descriptor = descriptor
        self._name = name

    def write(self, chunk: bytes | memoryview, /) -> int:
        """Write as much as the system takes at once; return how much."""
        try:
            return os.write(self._descriptor, chunk)
        except OSError as error:
            raise StorageFailed(error.strerror or "", where=self._name) from error

    def __del__(self) -> None:
        """Close what an error left open."""
        self.close()

    def close(self) -> None:
        """Close the file; a second time does nothing."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)


class _FileReader(io.FileIO):
    """A file being read, whose disk errors are ours."""

    def __init__(self, descriptor: int, name: str) -> None:
        super().__init__(descriptor, "rb", closefd=True)
        self._where = name

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override] # narrower than any buffer
        try:
            return super().readinto(buffer)
        except OSError as error:
            raise ReadFailed(error.strerror or "", where=self._where) from error


def _entries(folder: Path, prefix: str) -> Iterator[tuple[str, bool]]:
    """Give the names in a folder of the package, and whether each is a known folder."""
    try:
        with os.scandir(folder) as found:
            for entry in found:
                name = f"{prefix}/{entry.name}" if prefix else entry.name
                is_folder = entry.is_dir(follow_symlinks=False) and name in FOLDERS
                if not is_folder and not entry.is_file(follow_symlinks=False):
                    detail = f"{ascii(name)[:120]} is neither a plain file nor a known folder."
                    raise LayoutRefused(detail)
                yield name, is_folder
    except OSError as error:
        raise ReadFailed(error.strerror or "", where=str(folder)) from error
