"""A nonce counts once, whoever asks, and is forgotten only when the request would be too old."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from comity.app.databases import close_connections
from comity.base import Period
from comity.service.peers import Caller, NonceReplayed, admit_nonce, forget_nonces
from comity.service.ports import Store
from tests.nodes import make_desk
from tests.stores import Place, use

XB = Caller(state="XB", authority="XB-CA")
XC = Caller(state="XC", authority="XC-CA")


def test_a_nonce_counts_once(store: Store, tmp_path: Path) -> None:
    desk = make_desk(store, tmp_path)
    until = desk.clock.now().plus(Period.parse("PT10M"))
    admit_nonce(desk.node, XB, "a-nonce", until)
    with pytest.raises(NonceReplayed):
        admit_nonce(desk.node, XB, "a-nonce", until)


def test_the_nonces_of_two_callers_are_two(store: Store, tmp_path: Path) -> None:
    desk = make_desk(store, tmp_path)
    until = desk.clock.now().plus(Period.parse("PT10M"))
    admit_nonce(desk.node, XB, "a-nonce", until)
    admit_nonce(desk.node, XC, "a-nonce", until)


def test_a_nonce_is_kept_as_long_as_its_request_is_good(store: Store, tmp_path: Path) -> None:
    desk = make_desk(store, tmp_path)
    admit_nonce(desk.node, XB, "early", desk.clock.now().plus(Period.parse("PT5M")))
    admit_nonce(desk.node, XB, "late", desk.clock.now().plus(Period.parse("PT10M")))
    desk.clock.forward("PT7M")
    assert forget_nonces(desk.node) == 1
    with desk.node.store.view() as unit:
        assert [row.nonce for row in unit.nonces.find()] == ["late"]


def test_of_many_who_bring_one_nonce_at_once_one_is_admitted(place: Place, tmp_path: Path) -> None:
    desk = make_desk(use(place), tmp_path)
    until = desk.clock.now().plus(Period.parse("PT10M"))
    start = threading.Barrier(6)
    outcomes: list[str] = []

    def bring() -> None:
        start.wait()
        try:
            admit_nonce(desk.node, XB, "a-nonce", until)
            outcomes.append("admitted")
        except NonceReplayed:
            outcomes.append("replayed")
        finally:
            close_connections()

    threads = [threading.Thread(target=bring) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["admitted"] + 5 * ["replayed"]


@pytest.mark.parametrize(
    "keyid",
    ["", "XA", "XA/", "xa/XA-CA", "QQ/A", "XA/a\nb", "XA/%41", "XA/a%2fb", "XA/%ff", "XA/ a"],
)
def test_only_the_one_spelling_of_a_caller_is_read(keyid: str) -> None:
    from comity.base.errors import Malformed  # noqa: PLC0415 - named once

    with pytest.raises(Malformed):
        Caller.parse(keyid)


@pytest.mark.parametrize(
    "authority", ["XA-CA", "Autorité centrale", "السلطة", "A/B", 'q"x\\', "a%b"]
)
def test_a_caller_comes_back_from_its_keyid(authority: str) -> None:
    caller = Caller(state="XA", authority=authority)
    assert caller.keyid.isascii()
    assert Caller.parse(caller.keyid) == caller
