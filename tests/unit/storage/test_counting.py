"""What is counted for a while in the node's database."""

from __future__ import annotations

from django.core.cache import cache
from django.db import connections

from tests.seats import Seats, seats, sqlite_template

__all__ = ["seats", "sqlite_template"]


def test_what_was_added_cannot_be_added_again(seats: Seats) -> None:
    assert seats.node.state == "XA"
    assert [cache.add("code", 1, timeout=60) for _ in range(2)] == [True, False]


def test_what_is_over_can_be_added_again(seats: Seats) -> None:
    assert seats.node.state == "XA"
    assert [cache.add("code", 1, timeout=-1) for _ in range(2)] == [True, True]
    assert cache.get("code") is None


def test_values_are_read_as_they_were_written(seats: Seats) -> None:
    assert seats.node.state == "XA"
    cache.set("tries", [1.5, 2.5], 60)
    assert cache.get("tries") == [1.5, 2.5]
    assert cache.delete("tries")
    assert cache.get("tries", "none") == "none"


def test_nothing_in_the_table_is_run_when_it_is_read(seats: Seats) -> None:
    assert seats.node.state == "XA"
    cache.set("tries", ["plain"], 60)
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT value FROM comity_counts")
        assert cursor.fetchone() == ('["plain"]',)
