"""A request that is sent again, or twice at once, has one effect: on every store."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from django.db import connections

from comity.base import Digest
from comity.service.errors import Unfit
from comity.service.node import Node
from comity.service.reading import list_dossiers
from comity.service.repeats import KeyReused, LateBlobs, Once, Said, do_once, forget_repeats
from comity.service.requests import Opening, open_dossier
from comity.storage.disk import DiskBlobs
from tests.nodes import OFFICER, Desk

ONCE = Once(actor="p-17", key="k", request=Digest.of(b"the request"))
OPENING = Opening(
    process="tst/help", counterpart="XB", authority="XB desk", basis="tst", channel="letter"
)


def _open(node: Node) -> Said:
    return Said(status=201, body=str(open_dossier(node, OFFICER, OPENING)).encode())


def test_a_repeated_request_has_the_first_answer_and_no_second_effect(desk: Desk) -> None:
    first = do_once(desk.node, ONCE, _open)
    again = do_once(desk.node, ONCE, _open)
    assert (again.status, again.body, again.is_repeated) == (201, first.body, True)
    assert [str(one.ident) for one in list_dossiers(desk.node)] == [first.body.decode()]


def test_a_key_stands_for_one_request(desk: Desk) -> None:
    do_once(desk.node, ONCE, _open)
    with pytest.raises(KeyReused):
        do_once(desk.node, replace(ONCE, request=Digest.of(b"another")), _open)
    assert len(list_dossiers(desk.node)) == 1


def test_keys_of_two_persons_are_two_keys(desk: Desk) -> None:
    do_once(desk.node, ONCE, _open)
    assert not do_once(desk.node, replace(ONCE, actor="p-18"), _open).is_repeated
    assert len(list_dossiers(desk.node)) == 2


def test_of_many_at_once_one_has_an_effect_and_all_have_its_answer(desk: Desk) -> None:
    gate = threading.Barrier(4)
    said: list[Said] = []

    def send() -> None:
        try:
            gate.wait()
            said.append(do_once(desk.node, ONCE, _open))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({one.body for one in said}) == 1
    assert [one.is_repeated for one in said].count(False) == 1
    assert len(list_dossiers(desk.node)) == len(said) - 3 == 1


def test_what_breaks_off_before_its_end_left_nothing_and_can_be_repeated(desk: Desk) -> None:
    def break_off(node: Node) -> Said:
        _open(node)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        do_once(desk.node, ONCE, break_off)
    assert list_dossiers(desk.node) == ()
    assert not do_once(desk.node, ONCE, _open).is_repeated
    assert len(list_dossiers(desk.node)) == 1


def test_a_refusal_is_not_kept(desk: Desk) -> None:
    def refuse(_node: Node) -> Said:
        raise Unfit

    with pytest.raises(Unfit):
        do_once(desk.node, ONCE, refuse)
    assert not do_once(desk.node, ONCE, _open).is_repeated


def test_an_answer_lies_sealed(desk: Desk) -> None:
    do_once(desk.node, ONCE, lambda _node: Said(status=201, body=b"comity_CANARY"))
    with desk.node.store.view() as unit:
        (row,) = unit.repeats.find()
    assert b"CANARY" not in row.answer


def test_after_a_day_a_key_is_new(desk: Desk) -> None:
    do_once(desk.node, ONCE, _open)
    desk.clock.forward("PT23H59M")
    assert do_once(desk.node, ONCE, _open).is_repeated
    desk.clock.forward("PT1M")
    assert not do_once(desk.node, ONCE, _open).is_repeated


def test_old_answers_are_forgotten_and_no_others(desk: Desk) -> None:
    do_once(desk.node, ONCE, _open)
    desk.clock.forward("P1D")
    do_once(desk.node, replace(ONCE, key="young"), _open)
    assert forget_repeats(desk.node) == 1
    with desk.node.store.view() as unit:
        assert [row.key for row in unit.repeats.find()] == ["young"]


def test_no_blob_is_removed_before_the_transaction_is_kept(desk: Desk) -> None:
    draft = desk.node.blobs.draft()
    draft.write(b"some bytes")
    name = draft.commit()

    def remove(node: Node) -> Said:
        node.blobs.remove(name)
        assert isinstance(node.blobs, LateBlobs)
        assert name in set(desk.node.blobs.names())
        return Said(status=200, body=b"")

    do_once(desk.node, ONCE, remove)
    assert isinstance(desk.node.blobs, DiskBlobs)
    assert name not in set(desk.node.blobs.names())
