"""Letters: made once, tried until delivered or stopped by a person, never twice at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from comity.base import Digest, Ident, Instant, Verdict
from comity.base.errors import BadValue, ComityError
from comity.federation.delays import delays_of
from comity.federation.directory import CardKey
from comity.federation.message import read_message
from comity.service import reading
from comity.service.checking import check_node
from comity.service.errors import NotThere, PeerUnreachable, Unfit
from comity.service.letters import list_letters, read_letter, send_again, stop_letter
from comity.service.node import Node
from comity.service.peers import Caller
from comity.service.ports import Answer
from comity.service.posting import EMERGENCY_SECONDS, LEASE_SECONDS, post_letters
from comity.service.receipts import retrieve, time_out
from comity.service.receiving import accept_message, take_inbox
from comity.service.requests import take_step
from comity.service.situations import Move
from tests.cards import SINCE, card_of
from tests.nodes import DUTY, OFFICER, Desk
from tests.wires import Pair, answer, introduce, make_pair


@pytest.fixture
def pair() -> Pair:
    return make_pair()


def events(desk: Desk) -> list[str]:
    with desk.node.store.view() as unit:
        return sorted(row.event for row in unit.receipts.find())


def posts(pair: Pair, state: str = "XA") -> int:
    return sum(path == "/peers/1/messages" for who, path, _ in pair.net.calls if who == state)


def cut_off(pair: Pair) -> Digest:
    """Let XA write to XB, which is away; return the letter."""
    pair.net.is_cut = True
    pair.send()
    post_letters(pair.asking.node)
    (letter,) = list_letters(pair.asking.node)
    return letter.message


def test_an_act_reaches_the_other_side_and_both_run_the_same_clock(pair: Pair) -> None:
    dossier, signed = pair.send()
    pair.forward("PT3M")
    pair.run()
    shown = [reading.show_dossier(desk.node, dossier) for desk in (pair.asking, pair.asked)]
    clocks = [[(row.clock, row.due, row.act) for row in one.deadlines] for one in shown]
    assert clocks[0] == clocks[1]
    assert clocks[0][0][2] == signed.digest
    assert [one.head.side for one in shown] == ["requesting", "requested"]
    assert shown[1].head.basis == "tst"
    assert reading.show_form(pair.asked.node, dossier) == reading.show_form(
        pair.asking.node, dossier
    )


def test_the_other_sides_dossier_is_opened_by_its_own_node(pair: Pair) -> None:
    dossier, _ = pair.send()
    pair.run()
    first = reading.show_dossier(pair.asked.node, dossier).acts[0].act
    assert (first.step, first.actor, first.holder, first.track) == (
        "open_dossier", "node", "XB", "house",
    )  # fmt: skip # one row


def test_priority_and_the_request_followed_travel_with_the_first_act(pair: Pair) -> None:
    first = pair.open(priority="urgent")
    pair.asking.send(first)
    second = pair.open(priority="emergency", follows=first)
    pair.asking.send(second)
    pair.run()
    with pair.asked.node.store.view() as unit:
        heads = {row.ident: (row.priority, row.follows) for row in unit.dossiers.find()}
    assert heads == {first: ("urgent", None), second: ("emergency", first)}


def test_a_request_followed_elsewhere_is_not_named(pair: Pair) -> None:
    other = pair.open(authority="XB contact point", channel="letter")
    pair.asking.send(other)
    dossier = pair.open(follows=other)
    assert "follows" not in pair.asking.send(dossier).act.terms


def test_a_follower_waits_for_what_it_follows_but_not_for_ever(pair: Pair) -> None:
    first = pair.open(priority="emergency")
    pair.asking.send(first)
    post_letters(replace(pair.asking.node, wire=None))
    (letter,) = list_letters(pair.asking.node)
    stop_letter(pair.asking.node, OFFICER, letter.message)
    second = pair.open(follows=first, priority="emergency")
    pair.asking.send(second)
    pair.run()
    with pair.asked.node.store.view() as unit:
        assert [row.state for row in unit.inbox.find()] == ["held"]
    pair.forward("PT6M")
    pair.run()
    with pair.asked.node.store.view() as unit:
        assert unit.dossiers.get(second).follows is None


def test_an_act_said_by_telephone_goes_as_a_letter_too(pair: Pair) -> None:
    dossier, _ = pair.send()
    take_step(pair.asking.node, DUTY, dossier, Move(step="tell", channel="telephone"))
    pair.run()
    with pair.asked.node.store.view() as unit:
        assert unit.acts.count(chain=dossier, track="exchanged") == 2


def test_a_request_by_letter_makes_no_letter_of_ours(pair: Pair) -> None:
    pair.asking.send(pair.asking.open())
    pair.run()
    assert not list_letters(pair.asking.node)


def test_an_act_by_courier_goes_on_a_disk_and_never_over_the_wire(pair: Pair) -> None:
    dossier = pair.open()
    pair.asking.send(dossier)
    pair.run()
    take_step(pair.asking.node, DUTY, dossier, Move(step="tell", channel="courier"))
    pair.run()
    assert posts(pair) == 1
    (letter,) = [row for row in list_letters(pair.asking.node) if row.state == "courier"]
    accept_message(pair.asked.node, None, read_letter(pair.asking.node, letter.message))
    pair.run()
    with pair.asked.node.store.view() as unit:
        assert unit.acts.count(chain=dossier, track="exchanged") == 2
    pair.forward("PT10M")
    pair.run()
    assert {row.state for row in list_letters(pair.asking.node)} == {"done"}


def test_a_letter_is_made_once_and_bears_one_name(pair: Pair) -> None:
    name = cut_off(pair)
    for _ in range(3):
        pair.forward("PT15M")
        post_letters(pair.asking.node)
    bodies = {body for _, path, body in pair.net.calls if path.endswith("messages")}
    assert len(bodies) == 1
    assert read_message(bodies.pop()).name == name
    assert events(pair.asking) == ["submission_accepted"]


def test_while_one_worker_sends_a_letter_no_other_does(pair: Pair) -> None:
    def busy(node: Node, caller: Caller, path: str, body: bytes) -> Answer:
        post_letters(pair.asking.node)
        return answer(node, caller, path, body)

    pair.net.door = busy
    pair.send()
    post_letters(pair.asking.node)
    assert posts(pair) == 1


def test_a_letter_of_a_worker_that_was_killed_is_sent_when_its_lease_ends(pair: Pair) -> None:
    def dying(*_: Any) -> Answer:
        raise KeyboardInterrupt

    pair.net.door = dying
    pair.send()
    with pytest.raises(KeyboardInterrupt):
        post_letters(pair.asking.node)
    pair.net.door = answer
    post_letters(pair.asking.node)
    assert posts(pair) == 1
    pair.forward(f"PT{LEASE_SECONDS // 60}M")
    pair.run()
    assert posts(pair) == 2
    assert {row.state for row in list_letters(pair.asking.node)} == {"done"}


def test_an_emergency_does_not_wait_for_a_worker_that_was_killed() -> None:
    assert 60 * delays_of("emergency").relay / 10 >= EMERGENCY_SECONDS


def test_what_a_worker_that_lost_its_lease_brings_back_moves_nothing_back(pair: Pair) -> None:
    """The slow worker fails after another has delivered the letter."""

    def slow(node: Node, caller: Caller, path: str, body: bytes) -> Answer:
        pair.net.door = answer
        pair.forward("PT5M")
        pair.run()
        raise PeerUnreachable

    pair.net.door = slow
    pair.send()
    post_letters(pair.asking.node)
    assert {row.state for row in list_letters(pair.asking.node)} == {"done"}


@pytest.mark.parametrize(
    ("priority", "minutes"), [("emergency", 1), ("urgent", 3), ("routine", 11)]
)
def test_a_letter_is_tried_again_however_long_the_peer_is_away(
    pair: Pair, priority: str, minutes: int
) -> None:
    """For days: at the end no attempt lies further off than the cap of its priority."""
    pair.net.is_cut = True
    pair.asking.send(pair.open(priority=priority))
    for _ in range(40):
        post_letters(pair.asking.node)
        pair.forward("PT2H")
    assert posts(pair) == 40
    post_letters(pair.asking.node)
    pair.forward(f"PT{minutes}M")
    pair.net.is_cut = False
    pair.run()
    assert {row.state for row in list_letters(pair.asking.node)} == {"done"}


def test_pauses_grow(pair: Pair) -> None:
    cut_off(pair)
    tried = []
    for _ in range(60):
        before = posts(pair)
        pair.forward("PT1M")
        post_letters(pair.asking.node)
        tried.append(posts(pair) - before)
    assert 6 <= sum(tried) <= 15


def test_whoever_writes_to_a_peer_that_is_away_keeps_nobody_waiting(pair: Pair) -> None:
    for _ in range(5):
        pair.send()
    pair.net.is_cut = True
    post_letters(pair.asking.node)
    assert posts(pair) == 1


def test_emergencies_go_first(pair: Pair) -> None:
    for priority in ("routine", "urgent", "emergency"):
        pair.asking.send(pair.open(priority=priority))
    post_letters(pair.asking.node)
    said = [read_message(body).unsafe_statement.priority for _, _, body in pair.net.calls]
    assert said == ["emergency", "urgent", "routine"]


@pytest.mark.parametrize(
    "given",
    [
        Answer(status=500, body=b""),
        Answer(status=400, body=b"{}"),
        Answer(status=200, body=b"rubbish"),
        Answer(status=200, body=b""),
    ],
)
def test_an_answer_that_is_no_receipt_is_no_receipt(pair: Pair, given: Answer) -> None:
    pair.net.door = lambda *_: given
    pair.send()
    post_letters(pair.asking.node)
    assert events(pair.asking) == ["submission_accepted"]
    pair.net.door = answer
    pair.forward("PT10M")
    pair.run()
    assert {row.state for row in list_letters(pair.asking.node)} == {"done"}


def test_an_answer_to_another_letter_is_none_to_this_one(pair: Pair) -> None:
    pair.send()
    pair.run()
    old = next(body for who, path, body in pair.net.calls if path.endswith("messages"))
    pair.net.door = lambda node, caller, path, _: answer(node, caller, path, old)
    pair.send()
    post_letters(pair.asking.node)
    assert Counter(row.state for row in list_letters(pair.asking.node)) == {"done": 1, "waiting": 1}


def test_what_cannot_be_made_is_said_once_and_made_when_it_can_be(pair: Pair) -> None:
    dossier = pair.open(authority="XB nobody")
    pair.asking.send(dossier)
    for _ in range(3):
        post_letters(pair.asking.node)
        pair.forward("PT10M")
    assert events(pair.asking) == ["submission_rejected"]
    with pair.asking.node.store.view() as unit:
        assert unit.findings.count() == 1


def test_an_act_takes_no_more_with_it_than_a_message_carries(pair: Pair) -> None:
    dossier, _ = pair.send()
    large = {"one": bytes(7 << 20), "two": bytes(6 << 20)}
    with pytest.raises(BadValue):
        take_step(pair.asking.node, DUTY, dossier, Move(step="tell", documents=large))


# Time-outs and people.


def test_when_nobody_takes_a_letter_in_time_we_say_so_and_go_on(pair: Pair) -> None:
    cut_off(pair)
    pair.forward("PT11H59M")
    assert time_out(pair.asking.node) == 0
    pair.forward("PT1M")
    assert time_out(pair.asking.node) == 1
    assert time_out(pair.asking.node) == 0
    assert events(pair.asking) == ["relay_failed", "submission_accepted"]
    pair.net.is_cut = False
    pair.run()
    assert {"relay_failed", "relay_accepted", "delivered"} <= set(events(pair.asking))


def test_a_receipt_that_does_not_come_is_shown_to_a_person(pair: Pair) -> None:
    pair.asking.send(pair.open(priority="emergency"))
    post_letters(pair.asking.node)
    pair.forward("PT10M")
    assert time_out(pair.asking.node) == 1
    with pair.asking.node.store.view() as unit:
        assert [row.kind for row in unit.findings.find()] == ["no-receipt"]


def test_what_was_not_read_in_time_is_said_by_who_should_have(pair: Pair) -> None:
    pair.asking.send(pair.open(priority="emergency"))
    post_letters(pair.asking.node)
    pair.forward("PT10M")
    assert time_out(pair.asked.node) == 1
    post_letters(pair.asked.node)
    assert "not_delivered" in events(pair.asking)
    pair.run()
    assert {"not_delivered", "delivered"} <= set(events(pair.asking))
    assert check_node(pair.asking.node).verdict is Verdict.PASSED


def test_what_nobody_opened_in_time_is_said_and_opening_stands_beside_it(pair: Pair) -> None:
    dossier, _ = pair.send()
    pair.run()
    pair.forward("PT36H")
    assert time_out(pair.asked.node) == 1
    assert time_out(pair.asked.node) == 0
    pair.run()
    assert "not_retrieved" in events(pair.asking)
    assert retrieve(pair.asked.node, OFFICER, dossier) == 1
    assert retrieve(pair.asked.node, OFFICER, dossier) == 0
    pair.run()
    assert {"not_retrieved", "retrieved"} <= set(events(pair.asking))


def test_a_receipt_lost_on_its_way_is_asked_for(pair: Pair) -> None:
    pair.send()

    def one_way(node: Node, caller: Caller, path: str, body: bytes) -> Answer:
        if caller.state == "XB":
            raise PeerUnreachable
        return answer(node, caller, path, body)

    pair.net.door = one_way
    pair.run()
    assert "delivered" not in events(pair.asking)
    pair.forward("PT10M")
    post_letters(pair.asking.node)
    assert "delivered" in events(pair.asking)


def test_a_receipt_lost_with_its_answer_is_asked_for_after_delivery(pair: Pair) -> None:
    def deaf(node: Node, caller: Caller, path: str, body: bytes) -> Answer:
        answer(node, caller, path, body)
        pair.net.door = answer
        raise PeerUnreachable

    pair.net.door = deaf
    pair.send()
    pair.run(1)
    post_letters(pair.asked.node)
    assert events(pair.asking) == ["delivered", "submission_accepted"]
    assert {row.state for row in list_letters(pair.asking.node)} == {"asking"}
    pair.forward("PT10M")
    post_letters(pair.asking.node)
    assert events(pair.asking) == ["delivered", "relay_accepted", "submission_accepted"]
    assert {row.state for row in list_letters(pair.asking.node)} == {"done"}


def test_a_letter_refused_for_good_is_tried_no_more_and_shown(pair: Pair) -> None:
    stolen = CardKey(key=pair.asking.node.key.public, since=SINCE, revoked=SINCE, reason="stolen")
    introduce(pair.asked.node, card_of(pair.asking.node, keys=(stolen,)))
    pair.send()
    pair.run()
    (letter,) = list_letters(pair.asking.node)
    assert (letter.state, letter.trouble, letter.body) == ("stopped", "revoked-key", None)
    assert posts(pair) == 1
    assert check_node(pair.asking.node).verdict is Verdict.INDETERMINATE
    introduce(pair.asked.node, card_of(pair.asking.node))
    send_again(pair.asking.node, OFFICER, letter.message)
    pair.run()
    assert "delivered" in events(pair.asking)
    assert check_node(pair.asking.node).verdict is Verdict.PASSED


def test_what_was_late_and_then_refused_is_tried_no_more(pair: Pair) -> None:
    pair.asking.send(pair.open(priority="emergency"))
    post_letters(pair.asking.node)
    pair.forward("PT10M")
    time_out(pair.asked.node)
    stolen = CardKey(key=pair.asking.node.key.public, since=SINCE, revoked=SINCE, reason="stolen")
    introduce(pair.asked.node, card_of(pair.asking.node, keys=(stolen,)))
    pair.run()
    (letter,) = list_letters(pair.asking.node)
    assert (letter.state, letter.trouble) == ("stopped", "revoked-key")


def test_a_person_stops_a_letter_and_it_stays_stopped(pair: Pair) -> None:
    name = cut_off(pair)
    stop_letter(pair.asking.node, OFFICER, name)
    pair.net.is_cut = False
    pair.forward("P2D")
    before = posts(pair)
    pair.run()
    time_out(pair.asking.node)
    assert posts(pair) == before
    with pair.asking.node.store.view() as unit:
        (act,) = unit.acts.find(step="stop_letter")
    assert act.track == "house"
    with pytest.raises(Unfit):
        stop_letter(pair.asking.node, OFFICER, name)
    with pytest.raises(NotThere):
        read_letter(pair.asking.node, name)


def test_a_letter_stopped_while_it_is_under_way_is_not_set_going_again(pair: Pair) -> None:
    def stopping(*_: Any) -> Answer:
        (letter,) = list_letters(pair.asking.node)
        stop_letter(pair.asking.node, OFFICER, letter.message)
        raise PeerUnreachable

    pair.net.door = stopping
    pair.send()
    post_letters(pair.asking.node)
    assert [row.state for row in list_letters(pair.asking.node)] == ["stopped"]


def test_sending_again_what_was_relayed_makes_no_second_act(pair: Pair) -> None:
    _, signed = pair.send()
    post_letters(pair.asking.node)
    (letter,) = list_letters(pair.asking.node)
    send_again(pair.asking.node, OFFICER, letter.message)
    pair.run()
    with pair.asked.node.store.view() as unit:
        assert unit.acts.count(digest=signed.digest) == 1
        assert unit.inbox.count(state="done") == 2
    with pair.asking.node.store.view() as unit:
        assert unit.acts.count(step="record_delivery") == 1
    with pytest.raises(Unfit):
        send_again(pair.asking.node, OFFICER, letter.message)


def test_sending_again_what_waits_sends_it_at_once(pair: Pair) -> None:
    name = cut_off(pair)
    pair.net.is_cut = False
    post_letters(pair.asking.node)
    assert posts(pair) == 1
    send_again(pair.asking.node, OFFICER, name)
    post_letters(pair.asking.node)
    assert posts(pair) == 2


def test_sending_again_what_was_refused_for_a_while_makes_a_new_letter(pair: Pair) -> None:
    """It may have been signed with a key, or sealed to one, that is no longer in use."""
    with pair.asked.node.store.unit() as unit:
        unit.authorities.remove(state="XA")
    _, signed = pair.send()
    pair.run()
    (old,) = list_letters(pair.asking.node)
    assert (old.state, old.trouble) == ("waiting", "unknown-sender")
    introduce(pair.asked.node, card_of(pair.asking.node))
    new = send_again(pair.asking.node, OFFICER, old.message)
    assert new.message != old.message
    pair.run()
    with pair.asked.node.store.view() as unit:
        assert unit.acts.count(digest=signed.digest) == 1
    assert Counter(row.state for row in list_letters(pair.asking.node)) == {"stopped": 1, "done": 1}


def test_nobody_sends_what_is_not_there(pair: Pair) -> None:
    with pytest.raises(ComityError):
        send_again(pair.asking.node, OFFICER, Digest.of(b""))
    assert retrieve(pair.asking.node, OFFICER, Ident("dos_" + "0" * 26)) == 0


class Meanwhile:
    """A clock that lets something happen when it is asked for the third time."""

    def __init__(self, desk: Desk, happens: Callable[[], None]) -> None:
        self.desk = desk
        self.happens = happens
        self.asked = 0

    def now(self) -> Instant:
        self.asked += 1
        if self.asked == 3:  # to wake what is held, to claim the message, then to look for the key
            self.happens()
        return self.desk.clock.now()


@pytest.mark.parametrize(("minutes", "taken"), [("PT0M", 0), ("PT2M", 1)])
def test_of_two_workers_at_the_inbox_one_takes_the_message_in(
    pair: Pair, minutes: str, taken: int
) -> None:
    """While the first holds it the second finds none; when its lease is over the first does."""
    pair.send()
    post_letters(pair.asking.node)
    found: list[int] = []

    def second() -> None:
        pair.asked.clock.forward(minutes)
        found.append(take_inbox(pair.asked.node))

    take_inbox(replace(pair.asked.node, clock=Meanwhile(pair.asked, second)))
    assert found == [taken]
    with pair.asked.node.store.view() as unit:
        assert unit.acts.count(track="exchanged") == 1
        assert unit.acts.count(step="record_delivery") == 1
        assert unit.letters.count(kind="receipt") == 1
