"""Reading a package from encrypted volumes: any entry, from any place, in constant memory.

The index of volume 0 is read strictly and bounded; each volume must hold exactly what the
index says of it, so that nothing lies hidden behind the entries. Several threads may read:
each takes an opened volume out of a pool and puts it back.
"""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from comity.base import limits
from comity.base.errors import Malformed
from comity.evidence.errors import LayoutRefused
from comity.evidence.volumes import CUT
from comity.seal.age import Decryptor, Unwraps

_FIRST: Final = re.compile(rb"comity/volumes/1 ([1-9][0-9]{0,8})\n")
_LANE: Final = re.compile(rb"lane((?: [1-9][0-9]{0,5})*)\n")
_ENTRY: Final = re.compile(rb"(0|[1-9][0-9]{0,2}) (0|[1-9][0-9]{0,15}) ([!-~]{1,60})\n")
_LINE_BYTES: Final = 8 << 20
_ENTRIES: Final = 2 * limits.PACKAGE_OBJECTS + 20
_POOL: Final = 8


class Spot(NamedTuple):
    """Where an entry lies: its lane, its place in the lane, its size."""

    lane: int
    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class Index:
    """What volume 0 says: the volumes of each lane, the sizes of the lanes, the entries."""

    cut: int
    head: int
    lanes: tuple[tuple[int, ...], ...]
    ends: tuple[int, ...]
    spots: dict[str, Spot]

    def expected(self, lane: int, at: int) -> int:
        """Return how many bytes the volume ``at`` of ``lane`` must hold."""
        if lane == 0:
            return self.head + self.ends[0]
        return min(self.cut, self.ends[lane] - at * self.cut)


class VolumeSource:
    """Read a package from encrypted volumes."""

    def __init__(
        self, volumes: Callable[[int], io.BufferedIOBase], identities: Sequence[Unwraps]
    ) -> None:
        """Read the index; ``volumes`` opens the volume of a number, seekable.

        Raises ``NoMatch`` if no identity opens it, and what does not verify.
        """
        self._pool = _Pool(volumes, identities)
        with self._pool.take(0) as first:
            self._index = read_index(io.BufferedReader(_Plain(first)), first.size)
        self._volume_of = {
            (lane, at): number
            for lane, numbers in enumerate(self._index.lanes)
            for at, number in enumerate(numbers)
        }

    @property
    def numbers(self) -> frozenset[int]:
        """Return the numbers of all volumes that there must be."""
        return frozenset(self._volume_of.values())

    def names(self) -> Iterator[str]:
        """Give every name there is."""
        yield from self._index.spots

    def size(self, name: str) -> int:
        """Return how many bytes the entry ``name`` has."""
        return self._spot(name).size

    def open(self, name: str) -> io.BufferedIOBase:
        """Open the entry ``name`` for reading."""
        return io.BufferedReader(_EntryReader(self, self._spot(name)))

    def read_at(self, spot: Spot, position: int, buffer: memoryview) -> int:
        """Fill ``buffer`` from ``position`` of an entry, to the end of one volume at most."""
        place = spot.offset + position
        at, offset = (
            (0, self._index.head + place) if spot.lane == 0 else divmod(place, self._index.cut)
        )
        wanted = min(len(buffer), spot.size - position)
        with self._pool.take(self._volume_of[spot.lane, at]) as volume:
            if volume.size != self._index.expected(spot.lane, at):
                detail = "A volume does not hold what the index says of it."
                raise LayoutRefused(detail)
            volume.seek(offset)
            return volume.readinto(buffer[: min(wanted, volume.size - offset)])

    def close(self) -> None:
        """Close every volume."""
        self._pool.close()

    def _spot(self, name: str) -> Spot:
        spot = self._index.spots.get(name)
        if spot is None:
            detail = f"There is no {name}."
            raise LayoutRefused(detail)
        return spot


def read_index(stream: io.BufferedIOBase, size: int) -> Index:
    """Read the index at the head of volume 0, which holds ``size`` bytes in all."""
    line = stream.readline(_LINE_BYTES)
    first = _FIRST.fullmatch(line)
    if first is None or int(first[1]) > CUT:
        detail = "This is no volume 0 of a package."
        raise Malformed(detail)
    head = len(line)
    lanes: list[tuple[int, ...]] = [(0,)]
    line = stream.readline(_LINE_BYTES)
    while match := _LANE.fullmatch(line):
        lanes.append(tuple(int(number) for number in match[1].split()))
        head += len(line)
        line = stream.readline(_LINE_BYTES)
    ends = [0] * len(lanes)
    spots: dict[str, Spot] = {}
    while line != b"\n":
        spot, name = _read_entry(line, ends)
        if name in spots or len(spots) >= _ENTRIES:
            detail = "An entry is listed twice, or there are too many."
            raise Malformed(detail)
        spots[name] = spot
        head += len(line)
        line = stream.readline(_LINE_BYTES)
    index = Index(int(first[1]), head + 1, tuple(lanes), tuple(ends), spots)
    _require_whole(index, size)
    return index


def _read_entry(line: bytes, ends: list[int]) -> tuple[Spot, str]:
    """Read one line; lay the entry behind those before it in its lane."""
    match = _ENTRY.fullmatch(line)
    if match is None or int(match[1]) >= len(ends):
        detail = "The index holds a line that is none of an index."
        raise Malformed(detail)
    lane, size = int(match[1]), int(match[2])
    spot = Spot(lane, ends[lane], size)
    ends[lane] += size
    return spot, match[3].decode("ascii")


def _require_whole(index: Index, size: int) -> None:
    """Raise unless the lanes have just the volumes they need, each volume in one lane."""
    numbers = [number for lane in index.lanes for number in lane]
    needed = [-(-end // index.cut) for end in index.ends[1:]]
    if (
        len(set(numbers)) != len(numbers)
        or [len(lane) for lane in index.lanes[1:]] != needed
        or index.head + index.ends[0] != size
    ):
        detail = "The volumes and the entries of the index do not fit each other."
        raise Malformed(detail)


class _EntryReader(io.RawIOBase):
    """One entry being read."""

    def __init__(self, source: VolumeSource, spot: Spot) -> None:
        super().__init__()
        self._source = source
        self._spot = spot
        self._position = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override] # narrower than any buffer
        if self._position >= self._spot.size:
            return 0
        count = self._source.read_at(self._spot, self._position, memoryview(buffer).cast("B"))
        self._position += count
        return count


class _Plain(io.RawIOBase):
    """A decryptor as a raw stream."""

    def __init__(self, volume: Decryptor) -> None:
        super().__init__()
        self._volume = volume

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override] # narrower than any buffer
        return self._volume.readinto(buffer)


class _Pool:
    """Opened volumes that no thread reads just now; the longest unused is closed first."""

    def __init__(
        self, volumes: Callable[[int], io.BufferedIOBase], identities: Sequence[Unwraps]
    ) -> None:
        self._volumes = volumes
        self._identities = identities
        self._lock = threading.Lock()
        self._free: list[_Opened] = []

    def take(self, number: int) -> _Loan:
        with self._lock:
            for at in range(len(self._free) - 1, -1, -1):
                if self._free[at].number == number:
                    return _Loan(self, self._free.pop(at))
        file = self._volumes(number)
        try:
            volume = Decryptor(file, self._identities)  # type: ignore[arg-type] # reads and seeks only
        except BaseException:
            file.close()
            raise
        return _Loan(self, _Opened(number, file, volume))

    def give_back(self, opened: _Opened) -> None:
        with self._lock:
            self._free.append(opened)
            spare = self._free[: max(0, len(self._free) - _POOL)]
            del self._free[: len(spare)]
        for old in spare:
            old.file.close()

    def close(self) -> None:
        with self._lock:
            spare, self._free = self._free, []
        for old in spare:
            old.file.close()


class _Opened(NamedTuple):
    """An opened volume."""

    number: int
    file: io.BufferedIOBase
    volume: Decryptor


class _Loan:
    """An opened volume that one thread reads; put back if all went well, else closed."""

    def __init__(self, pool: _Pool, opened: _Opened) -> None:
        self._pool = pool
        self._opened = opened

    def __enter__(self) -> Decryptor:
        return self._opened.volume

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._pool.give_back(self._opened)
        else:
            self._opened.file.close()
