"""Handing a package out as one stream: the act first, then a tar of the plain package.

Nothing plain is written to this machine's disk, and memory does not grow with the package.
Every object is digested as it goes by and compared with what was sealed; where one differs
the stream breaks off before its length is reached, so that it cannot be taken for whole. Of
a part the sizes are found in a first pass over what is shown.
"""

from __future__ import annotations

import hashlib
import queue
import tarfile
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from comity import evidence
from comity.base import Digest, Ident, canonical_bytes
from comity.evidence import check_frame
from comity.evidence.entries import Sink, Writer, object_name
from comity.evidence.errors import PackageBroken
from comity.evidence.verifying import Contents
from comity.service.custody import DISCLOSE, OPEN, called
from comity.service.handing import find_package
from comity.service.node import Node, Officer
from comity.service.repeats import Once, Said, do_once
from comity.service.requests import keep_house_act
from comity.service.rows import PackageRow, ReceivedRow
from comity.service.situations import Move
from comity.service.volumes import PackageSource, open_sealed

_BLOCK: Final = 512
_CHUNK: Final = 1 << 20
_AHEAD: Final = 4
_OBJECTS: Final = "bag/data/objects/"
_MODE: Final = 0o600


@dataclass(frozen=True, kw_only=True)
class Export:
    """A stream of ``size`` bytes, and the act that stands for it; to be closed in the end."""

    act: Digest
    size: int
    chunks: Iterator[bytes]
    close: Callable[[], None]


def export_package(node: Node, officer: Officer, package: Ident, move: Move, once: Once) -> Export:
    """Hand a whole package out; ``once`` keeps a repeated request from making a second act."""
    opened = _open(node, package)
    try:
        act = _record(node, officer, opened, OPEN, move, once)
        sizes = [(name, opened.source.size(name)) for name in opened.source.names()]
    except BaseException:
        opened.source.close()
        raise
    return Export(
        act=act,
        size=_tar_size(opened, sizes),
        chunks=_write_whole(opened, sizes),
        close=opened.source.close,
    )


def export_part(  # noqa: PLR0913, PLR0917 # as for the whole, and which objects
    node: Node, officer: Officer, package: Ident, serials: Sequence[int], move: Move, once: Once
) -> Export:
    """Hand out the part of a package that shows some objects."""
    shown = sorted(set(serials))
    opened = _open(node, package)
    try:
        measure = _Measure()
        evidence.disclose_part(opened.source, shown, measure)
        disclosing = replace(
            move,
            content={**move.content, "serials": [*shown]},
            covers={**move.covers, "serials": Digest.of(canonical_bytes([*shown]))},
            terms={**move.terms, "shown": str(len(shown))},
        )
        act = _record(node, officer, opened, DISCLOSE, disclosing, once)
    except BaseException:
        opened.source.close()
        raise
    sizes = list(measure.sizes.items())
    stream = _PartStream(opened, shown, measure.sizes)
    return Export(
        act=act, size=_tar_size(opened, sizes), chunks=stream.chunks(), close=stream.close
    )


@dataclass(frozen=True, slots=True)
class _Opened:
    row: PackageRow | ReceivedRow
    source: PackageSource
    contents: Contents

    def header(self, name: str, size: int) -> bytes:
        """Return the tar header of an entry (POSIX.1-2001, pax)."""
        told = tarfile.TarInfo(f"{self.row.ident}/{name}")
        told.size = size
        told.mode = _MODE
        told.mtime = int(self.row.sealed_at.at.timestamp())
        return told.tobuf(tarfile.PAX_FORMAT)


def _open(node: Node, package: Ident) -> _Opened:
    with node.store.view() as unit:
        row = find_package(unit, package)
        begin = open_sealed(node, unit, row)
    source = begin()
    try:
        return _Opened(row, source, _examine(row, source))
    except BaseException:
        source.close()
        raise


def _examine(row: PackageRow | ReceivedRow, source: PackageSource) -> Contents:
    """Return what the seal says. That nobody vouches for another's sealer is no fault here."""
    examined = check_frame(source)
    if isinstance(row, PackageRow) or examined.contents is None:
        examined.report.require()
    if examined.contents is None:
        message = "a report passed without contents"
        raise RuntimeError(message)
    return examined.contents


def _record(  # noqa: PLR0913, PLR0917 # what an act of custody is made of
    node: Node,
    officer: Officer,
    opened: _Opened,
    names: tuple[str, ...],
    move: Move,
    once: Once,
) -> Digest:
    """Sign the act, once; return its digest."""
    row = opened.row
    said = replace(
        move,
        terms={**move.terms, "package": str(row.ident)},
        covers={**move.covers, "statement": row.statement},
    )

    def do(joined: Node) -> Said:
        with joined.store.view() as unit:
            head = unit.dossiers.get(row.dossier)
        move = called(joined, head, names, said)
        signed = keep_house_act(joined, officer, row.dossier, move)
        return Said(status=200, body=str(signed.digest).encode("ascii"))

    return Digest.parse(do_once(node, once, do).body.decode("ascii"))


def _tar_size(opened: _Opened, sizes: Sequence[tuple[str, int]]) -> int:
    entries = (len(opened.header(name, size)) + size + _padding(size) for name, size in sizes)
    return sum(entries) + 2 * _BLOCK


def _padding(size: int) -> int:
    return -size % _BLOCK


def _write_whole(opened: _Opened, sizes: Sequence[tuple[str, int]]) -> Iterator[bytes]:
    for name, size in sizes:
        yield opened.header(name, size)
        yield from _copy(opened, name, size)
        yield bytes(_padding(size))
    yield bytes(2 * _BLOCK)


def _copy(opened: _Opened, name: str, size: int) -> Iterator[bytes]:
    """Yield the bytes of an entry, the last of them only if all are what was sealed."""
    hasher, left, held = hashlib.sha256(), size, b""
    with opened.source.open(name) as stream:
        while chunk := stream.read(_CHUNK):
            hasher.update(chunk)
            left -= len(chunk)
            if held:
                yield held
            held = chunk
    _require_sealed(opened, name, Digest(hasher.digest()), left)
    if held:
        yield held


def _require_sealed(opened: _Opened, name: str, digest: Digest, left: int) -> None:
    fits = left == 0
    if name.startswith(_OBJECTS):
        fits = fits and digest.matches(opened.contents.listed.object(_serial(name)))
    if not fits:
        detail = f"{name} is not what was sealed."
        raise PackageBroken(detail)


def _serial(name: str) -> int:
    serial = int(name.removeprefix(_OBJECTS))
    if object_name(serial) != name:
        message = "an object by another name"
        raise RuntimeError(message)
    return serial


class _Measure:
    """A sink that keeps nothing but how long each entry is, in their order."""

    def __init__(self) -> None:
        self.sizes: dict[str, int] = {}

    def create(self, name: str) -> Writer:
        """Begin an entry."""
        self.sizes[name] = 0
        return _Counter(self.sizes, name)


@dataclass(frozen=True, slots=True)
class _Counter:
    sizes: dict[str, int]
    name: str

    def write(self, chunk: bytes | memoryview, /) -> int:
        """Count the bytes."""
        self.sizes[self.name] += len(chunk)
        return len(chunk)

    def close(self) -> None:
        """End the entry."""


class _GoneError(Exception):
    """Nobody reads any more."""


class _PartStream:
    """A part, written by a thread and read here; a few chunks lie in between."""

    def __init__(self, opened: _Opened, shown: Sequence[int], sizes: dict[str, int]) -> None:
        self._opened = opened
        self._shown = shown
        self._sizes = sizes
        self._queue: queue.Queue[bytes | BaseException | None] = queue.Queue(_AHEAD)
        self._gone = threading.Event()
        self._thread: threading.Thread | None = None

    def chunks(self) -> Iterator[bytes]:
        """Yield the tar."""
        self._thread = threading.Thread(target=self._run, name="part", daemon=True)
        self._thread.start()
        while (found := self._queue.get()) is not None:
            if isinstance(found, BaseException):
                raise found
            yield found
        yield bytes(2 * _BLOCK)

    def close(self) -> None:
        """Let the thread end, and close the volumes."""
        self._gone.set()
        if self._thread is not None:
            self._thread.join()
        self._opened.source.close()

    def _run(self) -> None:
        sink: Sink = _TarSink(self._opened, self._sizes, self._put)
        try:
            evidence.disclose_part(self._opened.source, self._shown, sink)
            self._put(None)
        except _GoneError:
            return
        except BaseException as error:  # noqa: BLE001 # told to whoever reads the stream
            self._put_quietly(error)

    def _put(self, item: bytes | BaseException | None) -> None:
        while True:
            if self._gone.is_set():
                raise _GoneError
            try:
                self._queue.put(item, timeout=0.5)
            except queue.Full:
                continue
            return

    def _put_quietly(self, error: BaseException) -> None:
        try:
            self._put(error)
        except _GoneError:
            return


class _TarSink:
    """A sink whose entries become those of a tar, each as it ends.

    Objects go by as they come, for they are written one after the other. Tags stay open beside
    them, so they are held until they end; they are small.
    """

    def __init__(
        self, opened: _Opened, sizes: dict[str, int], put: Callable[[bytes], None]
    ) -> None:
        self._opened = opened
        self._sizes = sizes
        self._put = put

    def create(self, name: str) -> Writer:
        """Begin an entry."""
        size = self._sizes[name]
        header = self._opened.header(name, size)
        if not name.startswith(_OBJECTS):
            return _TarTag(self._put, header, size)
        self._put(header)
        return _TarObject(self._put, size)


class _TarObject:
    """An object on its way; the length told in its header is kept."""

    def __init__(self, put: Callable[[bytes], None], size: int) -> None:
        self._put = put
        self._size = size
        self._left = size

    def write(self, chunk: bytes | memoryview, /) -> int:
        """Hand bytes on."""
        self._left -= len(chunk)
        if self._left < 0:
            detail = "It is longer than it was a moment ago."
            raise PackageBroken(detail)
        self._put(bytes(chunk))
        return len(chunk)

    def close(self) -> None:
        """End the entry."""
        if self._left:
            detail = "It is shorter than it was a moment ago."
            raise PackageBroken(detail)
        self._put(bytes(_padding(self._size)))


class _TarTag:
    """A tag, held until it ends."""

    def __init__(self, put: Callable[[bytes], None], header: bytes, size: int) -> None:
        self._put = put
        self._header = header
        self._size = size
        self._held = bytearray()

    def write(self, chunk: bytes | memoryview, /) -> int:
        """Hold bytes."""
        self._held += chunk
        return len(chunk)

    def close(self) -> None:
        """Hand the whole entry on."""
        if len(self._held) != self._size:
            detail = "It is not as long as it was a moment ago."
            raise PackageBroken(detail)
        self._put(self._header + bytes(self._held) + bytes(_padding(self._size)))
