"""Handing out what came first of a package as one stream; nothing plain lies on our disk.

As in ``received_early`` the seal, the lists and the chosen objects are checked, then the act
is signed, then a tar goes out: the statement, metadata and bytes of the objects, and
``early.json``, which says that it is verified in part. Every entry is digested again as it
goes by; where one differs the stream breaks off before its length is reached. It breaks off,
too, if the rest came meanwhile and the pieces were dropped: ask for the package then.
"""

from __future__ import annotations

import hashlib
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import Final

from comity.base import Digest, Ident
from comity.evidence.entries import STATEMENT, object_name, record_name
from comity.evidence.errors import PackageBroken
from comity.evidence.unlocking import VolumeSource
from comity.evidence.verifying import Contents
from comity.service.custody import OPEN, called
from comity.service.exporting import Export
from comity.service.node import Node, Officer
from comity.service.received_early import EARLY, Chosen, choose_early, looked_into, tell_early
from comity.service.repeats import Once, Said, do_once
from comity.service.requests import keep_house_act
from comity.service.situations import Move

_BLOCK: Final = 512
_CHUNK: Final = 1 << 20
_MODE: Final = 0o600


def export_early(  # noqa: PLR0913, PLR0917 # as opening a package, with what is chosen of it
    node: Node, officer: Officer, transfer: Ident, serials: Sequence[int], move: Move, once: Once
) -> Export:
    """Hand out objects that are here already, as a tar; an act says who did, and why.

    Raise ``NotHereYet``; ``ReportRefused`` or ``PackageBroken`` for what does not verify;
    ``StepClosed`` if the law does not permit the opening.
    """
    chosen = choose_early(node, transfer, serials)
    with ExitStack() as opened:
        found = opened.enter_context(looked_into(node, chosen))
        act = _record(node, officer, chosen, move, once)
        stream = _Stream(chosen, found.source, found.contents, tell_early(chosen, found.report))
        close = opened.pop_all().close  # closing is now the caller's
    return Export(act=act, size=stream.size(), chunks=stream.chunks(), close=close)


def _record(node: Node, officer: Officer, chosen: Chosen, move: Move, once: Once) -> Digest:
    """Sign the act, once; return its digest."""

    def do(joined: Node) -> Said:
        words = called(joined, chosen.head, OPEN, chosen.move(move))
        signed = keep_house_act(joined, officer, chosen.row.dossier, words)
        return Said(status=200, body=str(signed.digest).encode("ascii"))

    return Digest.parse(do_once(node, once, do).body.decode("ascii"))


@dataclass(frozen=True)
class _Stream:
    """A tar of the chosen entries, in constant memory."""

    chosen: Chosen
    source: VolumeSource
    contents: Contents
    told: bytes

    def size(self) -> int:
        """Return how long the tar is."""
        entries = [(name, self.source.size(name)) for name in self.chosen.names]
        entries.append((EARLY, len(self.told)))
        sizes = (len(self._header(name, size)) + size + -size % _BLOCK for name, size in entries)
        return sum(sizes) + 2 * _BLOCK

    def chunks(self) -> Iterator[bytes]:
        """Yield the tar."""
        for name in self.chosen.names:
            size = self.source.size(name)
            yield self._header(name, size)
            yield from self._copy(name, size)
            yield bytes(-size % _BLOCK)
        yield self._header(EARLY, len(self.told))
        yield self.told + bytes(-len(self.told) % _BLOCK)
        yield bytes(2 * _BLOCK)

    def _header(self, name: str, size: int) -> bytes:
        """Return the tar header of an entry (POSIX.1-2001, pax)."""
        entry = tarfile.TarInfo(f"{self.chosen.row.ident}/{name.removeprefix('bag/data/')}")
        entry.size = size
        entry.mode = _MODE
        entry.mtime = int(self.chosen.row.made.at.timestamp())
        return entry.tobuf(tarfile.PAX_FORMAT)

    def _copy(self, name: str, size: int) -> Iterator[bytes]:
        """Yield the bytes of an entry, the last of them only if all are what was sealed."""
        hasher, left, held = hashlib.sha256(), size, b""
        with closing(self.source.open(name)) as stream:
            while chunk := stream.read(_CHUNK):
                hasher.update(chunk)
                left -= len(chunk)
                if held:
                    yield held
                held = chunk
        if left or not self._is_sealed(name, Digest(hasher.digest())):
            detail = f"{name} is not what was sealed."
            raise PackageBroken(detail)
        if held:
            yield held

    def _is_sealed(self, name: str, digest: Digest) -> bool:
        listed = self.contents.listed
        for serial in self.chosen.serials:
            if name == object_name(serial):
                return digest.matches(listed.object(serial))
            if name == record_name(serial):
                return digest.matches(listed.record(serial))
        return name == STATEMENT and digest.matches(Digest.of(self.contents.sealed))
