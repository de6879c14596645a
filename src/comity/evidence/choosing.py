"""Choosing objects of a package by serial or by the name they had where they were found."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from comity.base import limits
from comity.base.errors import BadValue
from comity.evidence.entries import Source, read_layout, read_small, record_name
from comity.evidence.errors import NothingChosen
from comity.evidence.record import ObjectRecord

_TOLD: Final = 5
_CUT: Final = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What is asked for: serials, patterns of names (``*.eml``), and exact names as bytes."""

    serials: Sequence[int] = ()
    patterns: Sequence[str] = ()
    names: Sequence[bytes] = ()


def read_records(source: Source) -> Iterator[tuple[int, ObjectRecord]]:
    """Give every object's metadata with its serial. Nothing of it is verified."""
    for serial in range(1, read_layout(source.names()).count + 1):
        data = read_small(source, record_name(serial), limits.OBJECT_METADATA_BYTES)
        yield serial, ObjectRecord.parse(data)


def choose_serials(source: Source, choice: Choice) -> frozenset[int]:
    """Return the serials chosen.

    Raises ``NothingChosen`` if any wish finds nothing, ``BadValue`` for a serial not there.
    """
    chosen = set(choice.serials)
    if chosen:
        require_serials(chosen, read_layout(source.names()).count)
    if choice.patterns or choice.names:
        chosen |= _find(read_records(source), choice)
    if not chosen:
        raise NothingChosen
    return frozenset(chosen)


def require_serials(wanted: Collection[int], count: int) -> None:
    """Raise ``BadValue`` unless ``wanted`` are serials of a package of ``count`` objects."""
    for serial in (min(wanted), max(wanted)):
        if not 0 < serial <= count:
            detail = f"There is no object {serial}; serials go from 1 to {count}."
            raise BadValue(detail)


def _find(records: Iterable[tuple[int, ObjectRecord]], choice: Choice) -> set[int]:
    open_patterns, open_names = set(choice.patterns), set(choice.names)
    names = frozenset(choice.names)
    found = set()
    for serial, record in records:
        text = record.path.decode("utf-8", "surrogateescape")
        fitting = {pattern for pattern in choice.patterns if fnmatchcase(text, pattern)}
        if fitting or record.path in names:
            found.add(serial)
            open_patterns -= fitting
            open_names.discard(record.path)
    missing = [*map(ascii, sorted(open_patterns)), *map(ascii, sorted(open_names))]
    if missing:
        more = f" and {len(missing) - _TOLD} more" if len(missing) > _TOLD else ""
        raise NothingChosen(", ".join(name[:_CUT] for name in missing[:_TOLD]) + f"{more}.")
    return found
