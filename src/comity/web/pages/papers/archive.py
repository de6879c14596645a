"""A zip as a stream: written entry by entry, of which no more than one is held."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from comity.base import Instant

# A DOS time goes no further back, and counts by twos.
_FIRST_YEAR: Final = 1980
_LAST_YEAR: Final = 2107
_MODE: Final = 0o100600 << 16
_UNIX: Final = 3
_STORED: Final = (".pdf", ".sig")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A file of the folder, of the time of the act that it belongs to."""

    name: str
    data: bytes = field(repr=False)
    at: Instant


def write_zip(entries: Iterable[Entry]) -> Iterator[bytes]:
    """Yield a zip of ``entries``; what breaks off early has no directory, and opens nowhere."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w") as archive:
        for one in entries:
            archive.writestr(_info(one), one.data)
            yield sink.take()
    yield sink.take()


def _info(entry: Entry) -> zipfile.ZipInfo:
    at = entry.at.at
    year = min(max(at.year, _FIRST_YEAR), _LAST_YEAR)
    made = zipfile.ZipInfo(entry.name, (year, at.month, at.day, at.hour, at.minute, at.second))
    is_stored = entry.name.endswith(_STORED)
    made.compress_type = zipfile.ZIP_STORED if is_stored else zipfile.ZIP_DEFLATED
    made.external_attr = _MODE
    made.create_system = _UNIX
    return made


class _Sink(io.RawIOBase):
    """Keeps what is written until it is taken; it can neither be read nor sought."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        """Say that it can be written to."""
        return True

    def write(self, data: object, /) -> int:
        """Keep some bytes."""
        kept = bytes(data)  # type: ignore[call-overload] # whatever a buffer is
        self._parts.append(kept)
        return len(kept)

    def take(self) -> bytes:
        """Return what was written since it was last asked."""
        found = b"".join(self._parts)
        self._parts.clear()
        return found
