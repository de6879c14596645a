"""A restored node sends nothing twice, takes what comes, and does not fork the record."""

from __future__ import annotations

import pytest

from comity.base import Digest, Ident, Verdict
from comity.service.checking import check_node
from comity.service.errors import NotReconciled
from comity.service.findings import list_findings, mark_seen
from comity.service.node import Node
from comity.service.recovery import RESTORED, declare_restored
from comity.service.resending import resend_dossier
from comity.storage.memory import MemoryStore
from tests.nodes import OFFICER, Desk
from tests.wires import Pair, make_pair

BACKUP = Digest.of(b"a manifest")


@pytest.fixture
def pair() -> Pair:
    return make_pair()


class Copy:
    """One moment of a node's store, to be put back."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._kept = {name: dict(rows) for name, rows in self._store._kept.items()}
        self._made = desk.clock.now()

    @property
    def _store(self) -> MemoryStore:
        store = self._desk.node.store
        assert isinstance(store, MemoryStore)
        return store

    def put_back(self) -> None:
        self._store._kept = {name: dict(rows) for name, rows in self._kept.items()}
        declare_restored(self._desk.node, BACKUP, self._made)


def acts(node: Node, dossier: Ident, track: str = "exchanged") -> list[tuple[str, int]]:
    with node.store.view() as unit:
        return [(row.holder, row.number) for row in unit.acts.find(chain=dossier, track=track)]


def look(desk: Desk) -> None:
    for row in list_findings(desk.node):
        if row.kind == RESTORED:
            mark_seen(desk.node, OFFICER, row.ident)


def is_clean(pair: Pair) -> bool:
    return all(
        check_node(desk.node).verdict is Verdict.PASSED for desk in (pair.asking, pair.asked)
    )


def test_what_was_on_its_way_arrives_and_nothing_is_doubled(pair: Pair) -> None:
    dossier, act = pair.send()
    copy = Copy(pair.asking)
    pair.run()
    before = acts(pair.asked.node, dossier)
    copy.put_back()
    pair.run()
    pair.forward("P1D")
    pair.run()
    assert acts(pair.asked.node, dossier) == before == [("XA", 0)]
    with pair.asking.node.store.view() as unit:
        assert unit.outbox.get(act.digest).delivered is not None
    assert is_clean(pair)


def test_no_act_goes_out_before_a_person_has_looked(pair: Pair) -> None:
    dossier = pair.open()
    Copy(pair.asking).put_back()
    with pytest.raises(NotReconciled):
        pair.asking.send(dossier)
    assert acts(pair.asking.node, dossier) == []
    look(pair.asking)
    pair.asking.send(dossier)
    assert acts(pair.asking.node, dossier) == [("XA", 0)]


def test_a_dossier_of_paper_goes_on_meanwhile(pair: Pair) -> None:
    Copy(pair.asking).put_back()
    pair.asking.send(pair.asking.open(channel="letter"))


def test_what_comes_in_is_taken_meanwhile(pair: Pair) -> None:
    Copy(pair.asked).put_back()
    dossier, _ = pair.send()
    pair.run()
    assert acts(pair.asked.node, dossier) == [("XA", 0)]


def test_what_the_others_had_a_receipt_for_comes_again_when_they_are_asked(pair: Pair) -> None:
    copy = Copy(pair.asked)
    dossier, _ = pair.send()
    pair.run()
    copy.put_back()
    pair.forward("P1D")
    pair.run()
    assert acts(pair.asked.node, dossier) == []
    assert resend_dossier(pair.asking.node, OFFICER, dossier) == 1
    pair.run()
    assert acts(pair.asked.node, dossier) == [("XA", 0)]
    assert is_clean(pair)


def test_sent_again_to_one_who_lost_nothing_it_changes_nothing(pair: Pair) -> None:
    dossier, _ = pair.send()
    pair.run()
    before = acts(pair.asked.node, dossier), acts(pair.asked.node, dossier, "house")
    assert resend_dossier(pair.asking.node, OFFICER, dossier) == 1
    pair.run()
    assert (acts(pair.asked.node, dossier), acts(pair.asked.node, dossier, "house")) == before
    assert is_clean(pair)


def test_what_is_on_its_way_is_not_sent_beside_itself(pair: Pair) -> None:
    dossier, _ = pair.send()
    pair.net.is_cut = True
    pair.run()
    assert resend_dossier(pair.asking.node, OFFICER, dossier) == 0


def test_an_act_in_the_place_of_one_that_was_lost_is_refused_as_a_fork(pair: Pair) -> None:
    dossier = pair.open()
    copy = Copy(pair.asking)
    pair.asking.send(dossier)
    pair.run()
    copy.put_back()
    look(pair.asking)
    pair.forward("PT1M")
    pair.asking.send(dossier)
    pair.run()
    assert acts(pair.asked.node, dossier) == [("XA", 0)]
    assert "fork" in {row.kind for row in list_findings(pair.asked.node)}
    assert "not_delivered" in {row.kind for row in list_findings(pair.asking.node)}
    assert check_node(pair.asked.node).verdict is Verdict.PASSED
