"""The lookout: who rests is woken by a write, once, and never twice for one ring."""

from __future__ import annotations

import threading

from comity.app.lookout import Bell, Lookout
from comity.service.errors import StoreUnreachable
from comity.storage.memory import MemoryStore


class LostStore(MemoryStore):
    """A store that is away."""

    def mark(self) -> object:
        raise StoreUnreachable


def write(store: MemoryStore) -> None:
    with store.unit():
        pass


def test_a_write_is_seen_once() -> None:
    store = MemoryStore()
    lookout = Lookout(store)
    lookout.has_changed()
    write(store)
    assert lookout.has_changed()
    assert not lookout.has_changed()


def test_nothing_is_seen_where_nothing_was_written() -> None:
    lookout = Lookout(MemoryStore())
    lookout.has_changed()
    assert not lookout.has_changed()


def test_a_store_that_is_away_is_no_change() -> None:
    assert not Lookout(LostStore()).has_changed()


def test_a_ring_before_the_rest_is_heard() -> None:
    bell = Bell()
    bell.ring()
    assert bell.rest(0.0)


def test_a_ring_is_heard_once() -> None:
    bell = Bell()
    bell.ring()
    bell.ring()
    bell.rest(0.0)
    assert not bell.rest(0.0)


def test_who_rests_is_woken_by_the_lookout() -> None:
    store, stop = MemoryStore(), threading.Event()
    lookout = Lookout(store)
    bell = lookout.bell()
    lookout.begin(stop)
    heard = bell.rest(60.0)
    stop.set()
    assert heard


def test_a_ring_reaches_every_bell() -> None:
    lookout = Lookout(MemoryStore())
    bells = [lookout.bell(), lookout.bell()]
    lookout.ring()
    assert all(bell.rest(0.0) for bell in bells)
