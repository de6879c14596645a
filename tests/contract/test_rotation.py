"""After a change of keys all that was written still verifies and opens, and nothing more does."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from comity.app.databases import close_connections
from comity.base import Ident, Verdict
from comity.base.errors import ComityError
from comity.seal.age import Identity
from comity.seal.errors import NoMatch
from comity.seal.keys import SigningKey
from comity.service.checking import check_node
from comity.service.custody import ERASE
from comity.service.erasing import erase_content
from comity.service.errors import Moved, StoreBusy
from comity.service.investigations import open_investigation
from comity.service.node import Node
from comity.service.requests import amend_form
from comity.service.rotation import know_key, rewrap_identities
from comity.service.situations import Move
from tests.nodes import FORM, OFFICER, Desk
from tests.steady import SeedBytes

ERASED = Move(step=ERASE[0], terms={"decision": "XA 12/26"})


def renewed(node: Node, seed: int = 50) -> Node:
    """Return the node with another identity, the old one kept."""
    other = Identity.generate(SeedBytes(seed))
    return replace(node, identity=other, former=(*node.identities,))


def written(desk: Desk, count: int = 2) -> list[Ident]:
    found = [desk.open() for _ in range(count)]
    for dossier in found:
        desk.send(dossier)
    open_investigation(desk.node, OFFICER, "CANARY title")
    return found


def test_what_was_sealed_before_opens_with_the_identity_of_before(desk: Desk) -> None:
    written(desk)
    assert check_node(renewed(desk.node)).verdict is Verdict.PASSED


def test_wrapped_anew_it_opens_without_the_identity_of_before(desk: Desk) -> None:
    written(desk)
    node = renewed(desk.node)
    assert rewrap_identities(node) == 3
    assert check_node(replace(node, former=())).verdict is Verdict.PASSED
    assert check_node(desk.node).verdict is not Verdict.PASSED


def test_wrapping_anew_a_second_time_does_nothing(desk: Desk) -> None:
    written(desk)
    node = renewed(desk.node)
    rewrap_identities(node)
    assert rewrap_identities(node) == 0


def test_what_nobody_can_open_stops_the_wrapping_and_loses_nothing(desk: Desk) -> None:
    written(desk, 1)
    stranger = replace(renewed(desk.node), former=())
    with pytest.raises(NoMatch):
        rewrap_identities(stranger)
    assert check_node(desk.node).verdict is Verdict.PASSED


def test_what_was_erased_stays_erased(desk: Desk) -> None:
    gone, kept = written(desk)
    erase_content(desk.node, OFFICER, gone, ERASED)
    node = renewed(desk.node)
    rewrap_identities(node)
    with node.store.view() as unit:
        assert [row.wrapped for row in unit.identities.find(chain=gone)] == [None]
        assert unit.identities.find(chain=kept)[0].wrapped is not None


def test_an_erasure_while_others_wrap_anew_is_never_undone(desk: Desk) -> None:
    found = written(desk, 6)
    node = renewed(desk.node)
    begin = threading.Barrier(2)
    troubles: list[ComityError] = []

    def rewrap() -> None:
        begin.wait()
        try:
            _again(lambda: rewrap_identities(node))
        except ComityError as error:
            troubles.append(error)
        finally:
            close_connections()

    worker = threading.Thread(target=rewrap)
    worker.start()
    begin.wait()
    for dossier in reversed(found):
        _again(lambda dossier=dossier: erase_content(node, OFFICER, dossier, ERASED))
    worker.join()
    assert troubles == []
    with node.store.view() as unit:
        assert {row.wrapped for one in found for row in unit.identities.find(chain=one)} == {None}


def test_acts_of_the_old_key_and_of_the_new_verify_in_one_chain(desk: Desk) -> None:
    dossier = desk.open()
    desk.send(dossier)
    key = SigningKey.generate(SeedBytes(51))
    know_key(desk.node, key.public)
    know_key(desk.node, key.public)
    node = replace(desk.node, key=key)
    amend_form(node, OFFICER, dossier, FORM)
    assert check_node(node).verdict is Verdict.PASSED


def test_a_key_that_the_record_does_not_know_is_noticed(desk: Desk) -> None:
    dossier = desk.open()
    node = replace(desk.node, key=SigningKey.generate(SeedBytes(52)))
    amend_form(node, OFFICER, dossier, FORM)
    assert check_node(node).verdict is not Verdict.PASSED


def _again(act: object) -> None:
    assert callable(act)
    while True:
        try:
            act()
        except (StoreBusy, Moved):
            continue
        return
