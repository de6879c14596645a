"""Beats: what a worker does on every pass, beside the jobs.

Each claims due rows by lease, as ``jobs`` does, does them, and returns how many it dealt
with; one that finds nothing returns 0. What is out of reach stops none of the others: it is
tried again on the next pass.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from comity.base.errors import ComityError
from comity.service import (
    directory,
    notices,
    peers,
    posting,
    receipts,
    receiving,
    repeats,
    uploads,
)
from comity.service.node import Node

Beat: TypeAlias = Callable[[Node], int]

# One line each; the order is that of a pass.
BEATS: Final[tuple[Beat, ...]] = (
    receiving.take_inbox,
    posting.post_letters,
    receipts.time_out,
    notices.watch_deadlines,
    notices.send_notices,
    directory.refresh_due,
    peers.forget_nonces,
    repeats.forget_repeats,
    uploads.drop_stale,
)


@dataclass(frozen=True, slots=True)
class Beaten:
    """What one beat did: how many rows it dealt with, and what went wrong, if something did."""

    name: str
    count: int
    error: ComityError | None


def run_beats(node: Node, beats: tuple[Beat, ...] = BEATS) -> tuple[Beaten, ...]:
    """Run every beat once; an error of one is told, and the next runs all the same."""
    return tuple(_run(node, beat) for beat in beats)


def _run(node: Node, beat: Beat) -> Beaten:
    name = f"{beat.__module__.rpartition('.')[2]}.{beat.__name__}"
    try:
        return Beaten(name, beat(node), None)
    except ComityError as error:
        return Beaten(name, 0, error)
