"""A thief of a revoked key dates back, and those who are no authority speak as one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from comity.base import Digest, Instant, Verdict
from comity.evidence.statement import Statement
from comity.evidence.trust import judge_sealer
from comity.federation import Question, Voucher, Word, judge_order
from comity.federation.directory import CardKey, vouch
from comity.federation.message import Address
from comity.seal import PublicCard
from comity.service.directory import vouchers
from comity.service.letters_parties import NoParty, find_listed
from comity.service.node import Node
from comity.service.received import list_vouched
from comity.service.receiving import accept_message
from comity.service.receiving_refusals import Refused
from tests.attack.test_wire_adversary import Forger
from tests.cards import SINCE, card_of, make_card
from tests.orders import AUTHORITY, ISSUED, KEY, NOW, OTHER, revocation, signed, verdicts
from tests.steady import SeedIdents
from tests.wires import introduce, make_pair

STOLEN = Instant(NOW.at - timedelta(seconds=1))
REST = {"endpoint": "", "certificate": "", "wire_key": b""}


def listed(
    kind: str = "central_authority", *, exercise: bool = False, revoked: Instant | None = None
) -> Question:
    """Ask about an order, of a card that lists its key."""
    entry = CardKey(key=KEY.public, since=SINCE, revoked=revoked)
    card = make_card("XB", authority=AUTHORITY, exercise=exercise, kind=kind, keys=(entry,))
    return Question(now=NOW, trust=vouch(card))


def test_an_order_dated_before_the_revocation_is_not_genuine_if_it_comes_in_after_it() -> None:
    assert ISSUED < STOLEN < NOW
    judged = judge_order(signed(), listed(revoked=STOLEN))
    assert judged.word is Word.UNDECIDED
    assert verdicts(judged)[4] == "indeterminate"


def test_an_order_that_came_in_before_the_revocation_is_genuine() -> None:
    question = replace(listed(revoked=NOW), now=STOLEN)
    assert judge_order(signed(), question).word is Word.GENUINE


def test_no_other_card_of_a_revoked_key_makes_good_for_it() -> None:
    plain = Voucher(card=PublicCard("by hand", AUTHORITY, KEY.public))
    question = listed(revoked=STOLEN)
    both = replace(question, trust=(*question.trust, plain))
    assert judge_order(signed(), both).word is Word.UNDECIDED


def test_a_revoked_key_takes_no_order_back() -> None:
    question = replace(listed(revoked=STOLEN), revocations=(revocation(),))
    assert judge_order(signed(), question).word is Word.UNDECIDED


def test_a_revoked_key_makes_no_forgery_of_an_order_of_the_next_key() -> None:
    judged = judge_order(signed(OTHER), listed(revoked=STOLEN))
    assert judged.word is Word.UNDECIDED


@pytest.mark.parametrize("kind", ["provider", "oversight"])
def test_who_issues_no_orders_is_not_vouched_for(kind: str) -> None:
    assert listed(kind).trust == ()
    assert judge_order(signed(), listed(kind)).word is Word.UNDECIDED


@pytest.mark.parametrize(
    "kind", ["central_authority", "contact_point", "competent_authority", "court"]
)
def test_who_issues_orders_is_vouched_for(kind: str) -> None:
    assert judge_order(signed(), listed(kind)).word is Word.GENUINE


def test_a_key_of_exercises_makes_no_real_order_genuine() -> None:
    assert judge_order(signed(), listed(exercise=True)).word is Word.UNDECIDED


def test_a_key_of_real_work_makes_no_exercise() -> None:
    question = replace(listed(), exercise=True)
    assert verdicts(judge_order(signed(exercise=True), question))[4] == "indeterminate"


@pytest.mark.parametrize("exercise", [True, False])
def test_a_node_is_vouched_for_by_cards_of_its_own_ground_alone(*, exercise: bool) -> None:
    node = make_pair(exercise=exercise).asked.node
    introduce(node, make_card("XC", authority="XC training", exercise=True))
    introduce(node, make_card("XC", authority="XC real", exercise=False, seed=8))
    theirs = {one.card.authority for one in vouchers(node) if one.state == "XC"}
    assert theirs == ({"XC training"} if exercise else {"XC real"})


def test_a_package_that_comes_in_after_the_revocation_is_not_vouched_for() -> None:
    node, key, revoked = _revoked()
    assert _judge(node, key, arrived=revoked) is Verdict.INDETERMINATE


def test_a_package_that_came_in_before_the_revocation_is_vouched_for() -> None:
    node, key, revoked = _revoked()
    before = Instant(revoked.at - timedelta(seconds=1))
    assert _judge(node, key, arrived=before) is Verdict.PASSED


@pytest.mark.parametrize("kind", ["provider", "oversight"])
def test_who_is_no_authority_opens_no_dossier(kind: str) -> None:
    forger = Forger(make_pair())
    introduce(forger.victim, card_of(forger.node, kind=kind, **REST))
    with pytest.raises(Refused, match="unknown-sender"):
        accept_message(forger.victim, None, forger.message())
    with forger.victim.store.view() as unit:
        assert not unit.dossiers.find()
        assert not unit.inbox.find()


def test_nothing_is_sent_to_who_is_no_authority() -> None:
    node = make_pair().asked.node
    introduce(node, make_card("XC", authority="Telco 2", kind="provider"))
    with node.store.view() as unit, pytest.raises(NoParty):
        find_listed(node, unit, Address("XC", "Telco 2"))


def _revoked() -> tuple[Node, CardKey, Instant]:
    """Return a node that knows of a revocation an hour after its key began."""
    node = make_pair().asked.node
    revoked = Instant(SINCE.at + timedelta(hours=1))
    key = replace(make_card("XC").keys[0], revoked=revoked, reason="stolen")
    introduce(node, make_card("XC", keys=(key,)))
    return node, key, revoked


def _judge(node: Node, key: CardKey, *, arrived: Instant) -> Verdict:
    """Judge a package that says it was sealed before the revocation."""
    stated = Statement(
        tag_manifest=Digest.of(b"tags"),
        package=SeedIdents(3).new("pkg"),
        root=Digest.of(b"root"),
        objects=1,
        sealed_at=SINCE,
        authority="XC-CA",
        sealer="XC-CA",
        exercise=True,
        act=None,
    )
    verdict, _ = judge_sealer(key.key, stated, list_vouched(node, "XC", arrived))
    return verdict
