"""Encrypted volumes on a node: blobs, listed under the job and the fence that wrote them.

A volume is listed only while its writer holds the job. What a killed or overtaken
writer left is thus known by its fence, and the next run removes it first.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass

from comity.base import Digest, Ident, canonical_bytes
from comity.evidence import Source, VolumeSink, VolumeSource
from comity.seal.age import Identity, Recipient
from comity.service.contents import unwrap
from comity.service.errors import NotThere
from comity.service.jobs import Held, require_held
from comity.service.listing import ROWS
from comity.service.node import Node
from comity.service.ports import Draft, Unit
from comity.service.rows import IdentityRow, PackageRow, ReceivedRow, VolumeRow


class VolumeWriter:
    """One volume being written; closing keeps it and lists it."""

    def __init__(self, node: Node, held: Held, number: int) -> None:
        """Write the volume ``number`` of the job that is ``held``."""
        self._node = node
        self._held = held
        self._number = number
        self._size = 0
        self._draft: Draft | None = node.blobs.draft()

    def write(self, chunk: bytes | memoryview, /) -> int:
        """Take in the next bytes."""
        if self._draft is None:
            message = "writing to a volume that is closed"
            raise RuntimeError(message)
        self._draft.write(bytes(chunk) if isinstance(chunk, memoryview) else chunk)
        self._size += len(chunk)
        return len(chunk)

    def close(self) -> None:
        """Keep the volume and list it; raise ``LeaseLost`` if the job is no longer ours."""
        if self._draft is None:
            return
        blob, self._draft = self._draft.commit(), None
        row = VolumeRow(
            job=self._held.ident,
            fence=self._held.fence,
            number=self._number,
            dossier=self._held.dossier,
            blob=blob,
            size=self._size,
        )
        with self._node.store.unit() as unit:
            require_held(unit, self._held)
            unit.volumes.add(row)

    def drop(self) -> None:
        """Leave nothing of a volume that was not closed."""
        if self._draft is not None:
            self._draft.discard()
            self._draft = None


class JobVolumes:
    """The volumes that a job writes, to one identity of its dossier or to another authority."""

    def __init__(
        self,
        node: Node,
        held: Held,
        to: IdentityRow | Recipient,
        writer: Callable[[Node, Held, int], VolumeWriter] = VolumeWriter,
    ) -> None:
        """Make a sink for what the job writes; ``writer`` begins each volume."""
        self._writers: list[VolumeWriter] = []
        recipient = to if isinstance(to, Recipient) else Recipient.parse(to.recipient)

        def begin(number: int) -> VolumeWriter:
            self._writers.append(writer(node, held, number))
            return self._writers[-1]

        self.sink = VolumeSink(begin, [recipient], node.random)

    def __enter__(self) -> VolumeSink:
        """Return the sink."""
        return self.sink

    def __exit__(self, *error: object) -> None:
        """Drop what was begun and not kept."""
        for writer in self._writers:
            writer.drop()


def clear_earlier(node: Node, held: Held) -> None:
    """Remove what earlier runs of the job wrote; none of it was ever part of anything."""
    with node.store.unit() as unit:
        require_held(unit, held)
        stale = [row for row in unit.volumes.find(job=held.ident) if row.fence != held.fence]
        for row in stale:
            unit.volumes.remove(job=row.job, fence=row.fence, number=row.number)
    for row in stale:
        node.blobs.remove(row.blob)


def list_volumes(rows: Iterable[VolumeRow]) -> Digest:
    """Return the digest of a list of volumes, which an act covers."""
    return Digest.of(canonical_bytes([[row.number, str(row.blob)] for row in rows]))


def open_volumes(node: Node, rows: Iterable[VolumeRow], identity: Identity) -> VolumeSource:
    """Return what the volumes of one job hold."""
    blobs = {row.number: row.blob for row in rows}

    def begin(number: int) -> io.BufferedIOBase:
        if number not in blobs:
            detail = f"Volume {number} is not listed."
            raise NotThere(detail)
        return node.blobs.open(blobs[number])  # type: ignore[return-value] # it reads buffered

    return VolumeSource(begin, [identity])


@dataclass(frozen=True, slots=True)
class PackageSource:
    """A package on a node: objects from the taking-in, tags and seal from the sealing.

    Of a package that was received both are the same volumes.
    """

    taken: VolumeSource
    sealed: VolumeSource

    def names(self) -> Iterator[str]:
        """Give every name there is."""
        yield from (name for name in self.taken.names() if name != ROWS)
        if self.sealed is not self.taken:
            yield from self.sealed.names()

    def open(self, name: str) -> io.BufferedIOBase:
        """Open the entry ``name`` for reading."""
        return self._where(name).open(name)

    def size(self, name: str) -> int:
        """Return how many bytes the entry ``name`` has."""
        return self._where(name).size(name)

    def close(self) -> None:
        """Close every volume."""
        self.taken.close()
        self.sealed.close()

    def _where(self, name: str) -> Source:
        return self.taken if name.startswith("bag/data/") else self.sealed


def open_sealed(
    node: Node, unit: Unit, package: PackageRow | ReceivedRow
) -> Callable[[], PackageSource]:
    """Return what opens the package; raise ``ContentErased`` if it was erased."""
    parts = [
        (unit.volumes.find(job=job), unwrap(node, unit.identities.get(package.dossier, number)))
        for job, number in _jobs(unit, package)
    ]

    def begin() -> PackageSource:
        with ExitStack() as opened:
            sources = [
                opened.enter_context(closing(open_volumes(node, rows, identity)))
                for rows, identity in parts
            ]
            opened.pop_all()  # all are open: closing is now the caller's
        return PackageSource(sources[0], sources[-1])

    return begin


def _jobs(unit: Unit, package: PackageRow | ReceivedRow) -> tuple[tuple[Ident, int], ...]:
    """Return the jobs that wrote the volumes, each with the generation of its identity."""
    own = (package.job, package.generation)
    if isinstance(package, ReceivedRow):
        return (own,)
    intake = unit.intakes.get(package.intake)
    return ((package.intake, intake.generation), own)


def drop_blobs(node: Node, blobs: Iterable[Digest]) -> None:
    """Remove those of ``blobs`` that no row names any more; their own rows are gone already."""
    with node.store.unit() as unit:
        named = unit.volumes.distinct("blob") | unit.pieces.distinct("blob")
        for blob in set(blobs):
            if blob not in named:
                node.blobs.remove(blob)
