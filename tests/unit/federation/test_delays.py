"""Delays: what is urgent is due within minutes, and no pause grows for ever."""

from __future__ import annotations

import pytest

from comity.base import Instant
from comity.federation.delays import PRIORITIES, delays_of, rank

START = Instant.parse("2026-11-21T00:00:00Z")


@pytest.mark.parametrize(
    ("priority", "minutes"),
    [
        ("emergency", (5, 10, 30)),
        ("urgent", (60, 120, 720)),
        ("routine", (720, 1440, 2160)),
        ("something else", (720, 1440, 2160)),
    ],
)
def test_receipts_are_due_by_priority(priority: str, minutes: tuple[int, int, int]) -> None:
    delays = delays_of(priority)
    due = (delays.relay_by(START), delays.deliver_by(START), delays.retrieve_by(START))
    assert tuple(one.seconds_after(START) // 60 for one in due) == minutes


@pytest.mark.parametrize("priority", PRIORITIES)
def test_pauses_grow_to_a_cap_and_begin_with_seconds(priority: str) -> None:
    delays = delays_of(priority)
    pauses = [delays.pause(attempts) for attempts in (1, *range(1, 5_000))]
    assert pauses == sorted(pauses)
    assert 1 <= pauses[0] <= 4
    assert pauses[-1] == delays.longest_pause <= delays.relay * 60 // 10


def test_emergencies_come_first() -> None:
    assert sorted(["routine", "none", "emergency", "urgent"], key=rank) == [
        "emergency", "urgent", "routine", "none",
    ]  # fmt: skip # one row
