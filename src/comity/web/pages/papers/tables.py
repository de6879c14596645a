"""The tables of the folder, as CSV (RFC 4180): acts, receipts, deadlines."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from comity.web.pages.papers.record import Held, Record

# What a program for tables takes for a formula, if a cell begins with it.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_ACTS: Final = (
    "at", "track", "holder", "number", "step", "side", "law", "authority", "role", "channel",
    "outcome", "recorded", "digest", "before", "seen",
)  # fmt: skip # a row of words
_RECEIPTS: Final = ("at", "event", "state", "authority", "reason", "message", "act")
_DEADLINES: Final = (
    "clock", "nature", "owed_by", "starts_at", "due", "state", "ended_at", "law", "act",
)  # fmt: skip # a row of words


def acts_csv(record: Record) -> bytes:
    """Return the acts, in time."""
    return _write(_ACTS, (_act(one) for one in record.acts))


def receipts_csv(record: Record) -> bytes:
    """Return the receipts, in time."""
    return _write(_RECEIPTS, (_fields(one, _RECEIPTS) for one in record.shown.receipts))


def deadlines_csv(record: Record) -> bytes:
    """Return the deadlines."""
    return _write(_DEADLINES, (_fields(one, _DEADLINES) for one in record.shown.deadlines))


def _act(held: Held) -> list[str]:
    act = held.act
    own = {
        "outcome": held.outcome,
        "recorded": "yes" if act.recorded is not None else "no",
        "digest": str(held.digest),
    }
    return [own[name] if name in own else _said(getattr(act, name)) for name in _ACTS]


def _fields(row: object, names: Sequence[str]) -> list[str]:
    return [_said(getattr(row, name)) for name in names]


def _said(value: object) -> str:
    return "" if value is None else str(value)


def _write(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(head)
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return stream.getvalue().encode("utf-8")


def _plain(cell: str) -> str:
    """Return a cell that no program computes."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
