"""Looking into a package: its objects by name, and the numbered checks made anew.

Names, sizes and digests lie sealed with the objects; who looks may read content. No object is
handed out here: that is opening, and an act (``exporting``).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Final

from comity.base import Ident, Report, limits
from comity.evidence import ObjectRecord, Vouched, check_package, check_seal
from comity.evidence.entries import object_name, read_small, record_name
from comity.service.handing import find_package
from comity.service.node import Node
from comity.service.received import list_vouched
from comity.service.rows import PackageRow, ReceivedRow
from comity.service.volumes import PackageSource, open_sealed

# Beyond, every byte is read by the command, which shows progress, and not while a page waits.
WHOLE_BYTES: Final = 64 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownObject:
    """One object: its serial, and what its metadata say. Nothing of it is verified here."""

    serial: int
    record: ObjectRecord

    @property
    def name(self) -> str:
        """Return the original name, with signs for bytes that are no text."""
        return self.record.path.decode("utf-8", "backslashreplace")


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """The checks that were made; ``is_whole`` if every byte of every object was read."""

    report: Report
    is_whole: bool


def list_objects(
    node: Node, package: Ident, *, begin: int = 1, most: int = limits.CHOSEN_OBJECTS
) -> tuple[ShownObject, ...]:
    """Return at most ``most`` objects from the serial ``begin`` on; raise ``ContentErased``."""
    with _opened(node, package) as (row, source):
        serials = range(max(begin, 1), min(row.objects_count, begin + most - 1) + 1)
        return tuple(_read(source, serial) for serial in serials)


def examine(node: Node, package: Ident, *, is_whole: bool = False) -> Examination:
    """Make the checks of a package anew: those of the seal, or all, with every byte.

    All are made only of a package within ``WHOLE_BYTES``; of a longer one those of the seal.
    """
    with _opened(node, package) as (row, source):
        trust = _vouched(node, row)
        if is_whole and _size(source, row) <= WHOLE_BYTES:
            return Examination(report=check_package(source, trust).report, is_whole=True)
        return Examination(report=check_seal(source, trust).report, is_whole=False)


def read_size(node: Node, package: Ident) -> int:
    """Return how many bytes the objects of a package have together."""
    with _opened(node, package) as (row, source):
        return _size(source, row)


def _size(source: PackageSource, row: PackageRow | ReceivedRow) -> int:
    return sum(source.size(object_name(serial)) for serial in range(1, row.objects_count + 1))


def _read(source: PackageSource, serial: int) -> ShownObject:
    data = read_small(source, record_name(serial), limits.OBJECT_METADATA_BYTES)
    return ShownObject(serial=serial, record=ObjectRecord.parse(data))


def _vouched(node: Node, row: PackageRow | ReceivedRow) -> tuple[Vouched, ...]:
    if isinstance(row, PackageRow):
        return (Vouched(card=node.sealer.card),)
    with node.store.view() as unit:
        transfer = unit.transfers.get(row.transfer)
    return list_vouched(node, transfer.peer_state, transfer.made)


@contextmanager
def _opened(node: Node, package: Ident) -> Iterator[tuple[PackageRow | ReceivedRow, PackageSource]]:
    with node.store.view() as unit:
        row = find_package(unit, package)
        begin = open_sealed(node, unit, row)
    with closing(begin()) as source:
        yield row, source
