r"""A package as encrypted volumes: a row of age files, none larger than 256 MiB.

Entries are laid end to end in lanes, and each lane is cut into volumes: small entries share
a volume, a large one runs through several. Objects, metadata and large tag files have lanes
of their own (two, where two entries are written at once). Small tag files and the seal lie
in volume 0 behind the index; it is written last and sent first, so that its receiver can
choose what to have first. Nothing of names, sizes or kinds is seen without a key.

Volume 0, opened, is the index, an empty line, and lane 0. The index is text: a first line
with the cut, the volumes of each lane from 1 on, and of each entry lane, size and name, in
the order in which they lie::

    comity/volumes/1 267386880\nlane 1 3\nlane 2\n…\n1 2048 bag/data/objects/000001\n…\n\n

Every volume of a lane but its last holds as many bytes of content as the cut says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Final

from comity.base.errors import TooLarge
from comity.evidence.entries import Writer, write_all
from comity.seal.age import Encryptor, Wraps
from comity.seal.fields import Random

CUT: Final = 255 << 20
"""Bytes of content in a full volume: with head and proofs the file stays below 256 MiB."""
_SMALL_BYTES: Final = 8 << 20


def first_line(cut: int) -> bytes:
    """Return the first line of an index."""
    return b"comity/volumes/1 %d\n" % cut


def volume_name(number: int) -> str:
    """Return the name that the volume ``number`` has in a folder."""
    return f"{number:06d}.age"


class VolumeSink:
    """Write a package into encrypted volumes; ``finish`` writes volume 0."""

    def __init__(
        self,
        store: Callable[[int], Writer],
        recipients: Sequence[Wraps],
        random: Random,
        *,
        cut: int = CUT,
    ) -> None:
        """Keep ``store``, which opens the volume of a number for writing.

        What it opens is a stream of ciphertext: it copies what it is given, and is closed
        once, when the volume is whole. Volumes are numbered from 1, and 0 comes last.
        """
        self._cut = cut
        self._cabinet = _Cabinet(store, recipients, random, cut)
        self._lanes: list[_Lane] = []
        self._small: list[tuple[str, bytes]] = []
        self._lines: list[bytes] = []

    def create(self, name: str) -> Writer:
        """Begin the entry ``name``."""
        family = "/".join(name.split("/")[:3])
        if family.startswith("bag/data/"):
            return _EntryWriter(self, self._lane(family), name)
        return _SmallWriter(self, name)

    def turn(self) -> None:
        """End every volume begun, so that what comes next lies in volumes of its own."""
        for lane in self._lanes:
            lane.close()
            lane.is_taken = True

    def finish(self) -> None:
        """End every volume, then write volume 0: the index, tags and seal."""
        for lane in self._lanes:
            lane.close()
        lanes = [lane.line() for lane in self._lanes]
        small = [b"0 %d %b\n" % (len(data), name.encode("ascii")) for name, data in self._small]
        index = b"".join([first_line(self._cut), *lanes, *self._lines, *small, b"\n"])
        if len(index) + sum(len(data) for _, data in self._small) > CUT:
            detail = "There are too many entries for one index."
            raise TooLarge(detail)
        first = self._cabinet.open(0)
        first.write(index)
        for _, data in self._small:
            first.write(data)
        first.close()

    def keep_small(self, name: str, data: bytes) -> None:
        """Keep a small entry for volume 0."""
        self._small.append((name, data))

    def note_entry(self, lane: int, size: int, name: str) -> None:
        """Note an entry that was written to a lane."""
        self._lines.append(b"%d %d %b\n" % (lane, size, name.encode("ascii")))

    def spill(self, name: str) -> Writer:
        """Begin a tag file that has become too large for volume 0."""
        return _EntryWriter(self, self._lane("tags"), name)

    def _lane(self, family: str) -> _Lane:
        """Return a lane of this family that nobody writes to; make one if there is none."""
        for lane in self._lanes:
            if lane.family == family and not lane.is_taken:
                return lane
        lane = _Lane(self._cabinet, family, len(self._lanes) + 1)
        self._lanes.append(lane)
        return lane


class _Cabinet:
    """Opens volumes for writing, one number after the other."""

    def __init__(
        self,
        store: Callable[[int], Writer],
        recipients: Sequence[Wraps],
        random: Random,
        cut: int,
    ) -> None:
        self._store = store
        self._recipients = recipients
        self._random = random
        self._cut = cut
        self._next = 1

    def number(self) -> int:
        self._next += 1
        return self._next - 1

    def open(self, number: int) -> _Volume:
        file = self._store(number)
        return _Volume(file, Encryptor(file, self._recipients, self._random), self._cut)


class _Volume:
    """One volume being written."""

    def __init__(self, file: Writer, encryptor: Encryptor, room: int) -> None:
        self._file = file
        self._encryptor = encryptor
        self.room = room

    def write(self, chunk: bytes | memoryview) -> None:
        self._encryptor.write(chunk)
        self.room -= len(chunk)

    def close(self) -> None:
        self._encryptor.close()
        self._file.close()


class _Lane:
    """Entries end to end, cut into volumes."""

    def __init__(self, cabinet: _Cabinet, family: str, number: int) -> None:
        self._cabinet = cabinet
        self._volume: _Volume | None = None
        self.family = family
        self.number = number
        self.volumes: list[int] = []
        self.is_taken = False

    def write(self, chunk: bytes | memoryview) -> None:
        rest = memoryview(chunk)
        while rest:
            volume = self._open()
            part = rest[: volume.room]
            volume.write(part)
            rest = rest[len(part) :]
            if not volume.room:
                self.close()

    def close(self) -> None:
        if self._volume is not None:
            self._volume.close()
            self._volume = None

    def line(self) -> bytes:
        return b"lane%b\n" % b"".join(b" %d" % number for number in self.volumes)

    def _open(self) -> _Volume:
        if self._volume is None:
            self.volumes.append(self._cabinet.number())
            self._volume = self._cabinet.open(self.volumes[-1])
        return self._volume


class _EntryWriter:
    """An entry being written to a lane, which is its own as long."""

    def __init__(self, sink: VolumeSink, lane: _Lane, name: str) -> None:
        lane.is_taken = True
        self._sink = sink
        self._lane = lane
        self._name = name
        self._size = 0

    def write(self, chunk: bytes | memoryview, /) -> int:
        self._lane.write(chunk)
        self._size += len(chunk)
        return len(chunk)

    def close(self) -> None:
        if self._lane.is_taken:
            self._lane.is_taken = False
            self._sink.note_entry(self._lane.number, self._size, self._name)


class _SmallWriter:
    """A tag file or seal being written: held for volume 0 until it is too large for that."""

    def __init__(self, sink: VolumeSink, name: str) -> None:
        self._sink = sink
        self._name = name
        self._held = BytesIO()
        self._spilled: Writer | None = None

    def write(self, chunk: bytes | memoryview, /) -> int:
        if self._spilled is None and self._held.tell() + len(chunk) > _SMALL_BYTES:
            self._spilled = self._sink.spill(self._name)
            write_all(self._spilled, self._held.getvalue())
        return self._spilled.write(chunk) if self._spilled else self._held.write(chunk)

    def close(self) -> None:
        if self._spilled is not None:
            self._spilled.close()
        else:
            self._sink.keep_small(self._name, self._held.getvalue())
