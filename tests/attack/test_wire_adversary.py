"""Messages and receipts of somebody who means harm: refused, kept as a finding, never half done.

The adversary has an authority of its own, which the directory lists (XA), and where the
story says so a stolen or half-forged key. XB is attacked.
"""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pytest
from django.db import connections

from comity.app import databases
from comity.base import Digest, Ident, Instant, Verdict, limits
from comity.base.errors import ComityError
from comity.federation.bundle import Bundle
from comity.federation.directory import CardKey
from comity.federation.message import Address, Statement, join_message, sign_statement
from comity.federation.receipt import Event, Receipt, read_receipt, sign_receipt
from comity.seal import Act, sign_act
from comity.seal.age import Recipient, encrypt_bytes
from comity.seal.content import seal_content
from comity.seal.keys import SigningKey
from comity.service.checking import check_node
from comity.service.letters import list_letters, read_letter
from comity.service.node import Node
from comity.service.peers import Caller
from comity.service.posting import post_letters
from comity.service.receipts import accept_receipt, list_receipts, time_out
from comity.service.receiving import accept_message, take_inbox
from comity.service.receiving_refusals import Refused
from comity.service.requests import take_step
from comity.service.situations import Move
from comity.storage.memory import MemoryStore
from tests.cards import SINCE, card_of
from tests.nodes import DUTY, make_desk
from tests.seals import dumps, loads
from tests.steady import SeedBytes
from tests.wires import Pair, introduce, make_pair

CHAIN: Final = Ident("dos_" + "7" * 26)
FORM: Final = seal_content({"form": {"facts": "f", "urgency": "urgent"}}, b"s" * 32).document


@dataclass
class Forger:
    """Whoever holds XA's key, and writes what they like with it."""

    pair: Pair

    @property
    def node(self) -> Node:
        return self.pair.asking.node

    @property
    def victim(self) -> Node:
        return self.pair.asked.node

    @property
    def caller(self) -> Caller:
        return Caller(state="XA", authority=self.node.authority)

    def act(self, **change: Any) -> Act:
        plain: dict[str, Any] = {
            "chain": str(CHAIN),
            "track": "exchanged",
            "holder": "XA",
            "number": 0,
            "before": None,
            "seen": None,
            "at": self.node.clock.now(),
            "process": "tst/help",
            "step": "send",
            "side": "requesting",
            "law": "tst:1(1)",
            "lawbook": self.node.book.digest,
            "authority": self.node.authority,
            "actor": "p-17",
            "role": "central_authority",
            "channel": "node",
            "exercise": True,
            "covers": {"content": Digest.of(FORM)},
            "terms": {"basis": "tst", "priority": "routine"},
        }
        return Act(**{**plain, **change})

    def message(
        self,
        act: Act | None = None,
        *,
        key: SigningKey | None = None,
        act_key: SigningKey | None = None,
        documents: Mapping[str, bytes] | None = None,
        inside: bytes | None = None,
        **said: Any,
    ) -> bytes:
        act = act or self.act()
        envelope = sign_act(act, act_key or self.node.key).envelope
        given = {"content": FORM} if documents is None else documents
        bundle = Bundle(act=envelope, documents=given)
        recipient = Recipient.parse(str(self.victim.identity.recipient))
        body = encrypt_bytes(inside or bundle.pack(), [recipient], self.node.random)
        plain: dict[str, Any] = {
            "sender": Address("XA", self.node.authority),
            "receiver": Address("XB", self.victim.authority),
            "made": act.at,
            "priority": "routine",
            "exercise": True,
            "body": Digest.of(body),
            "size": len(body),
        }
        statement = Statement(**{**plain, **said})
        return join_message(sign_statement(statement, key or self.node.key), body)

    def bring(self, data: bytes, caller: Caller | None = None) -> str:
        """Bring a message, let it be dealt with, and return what word it was refused with."""
        try:
            receipt = read_receipt(accept_message(self.victim, caller or self.caller, data))
        except Refused as refusal:
            return refusal.reason
        except ComityError as error:
            return error.code
        if receipt.unsafe_receipt.event is Event.RELAY_REJECTED:
            return receipt.unsafe_receipt.reason
        take_inbox(self.victim)
        with self.victim.store.view() as unit:
            (row,) = unit.inbox.find(message=receipt.unsafe_receipt.message)
        return row.trouble or row.state


@pytest.fixture
def forger() -> Forger:
    return Forger(make_pair())


def untouched(node: Node) -> bool:
    """Tell whether nothing at all was taken in."""
    with node.store.view() as unit:
        tables = (unit.acts, unit.dossiers, unit.contents, unit.identities, unit.deadlines)
        return not any(table.count() for table in tables)


def findings(node: Node) -> list[str]:
    with node.store.view() as unit:
        return [row.kind for row in unit.findings.find()]


def test_what_the_forger_writes_by_the_rules_is_taken(forger: Forger) -> None:
    assert forger.bring(forger.message()) == "done"
    assert check_node(forger.victim).verdict is Verdict.PASSED


def stranger() -> SigningKey:
    return SigningKey.generate(SeedBytes(99))


def test_a_key_that_the_directory_does_not_list_is_refused(forger: Forger) -> None:
    assert forger.bring(forger.message(key=stranger())) == "unknown-key"
    assert forger.bring(forger.message(act_key=stranger())) == "unknown-key"
    assert untouched(forger.victim)
    assert findings(forger.victim) == ["unknown-key", "unknown-key"]


def test_an_authority_that_no_directory_lists_is_refused(forger: Forger) -> None:
    data = forger.message(sender=Address("XC", "XC-CA"))
    assert forger.bring(data, Caller(state="XC", authority="XC-CA")) == "unknown-sender"
    assert untouched(forger.victim)
    assert findings(forger.victim) == ["unknown-sender"]


def test_a_revoked_key_is_refused_at_the_door_and_within(forger: Forger) -> None:
    message = forger.message()
    now = forger.victim.clock.now()
    gone = CardKey(key=forger.node.key.public, since=SINCE, revoked=now, reason="stolen")
    fresh = SigningKey.generate(SeedBytes(5))
    keys = (gone, CardKey(key=fresh.public, since=SINCE))
    introduce(forger.victim, card_of(forger.node, keys=keys))
    assert forger.bring(message) == "revoked-key"
    assert forger.bring(forger.message(key=fresh)) == "revoked-key"
    assert untouched(forger.victim)


def test_a_key_revoked_between_the_door_and_the_taking_is_refused(forger: Forger) -> None:
    accept_message(forger.victim, forger.caller, forger.message())
    now = forger.victim.clock.now()
    gone = CardKey(key=forger.node.key.public, since=SINCE, revoked=now, reason="stolen")
    fresh = CardKey(key=stranger().public, since=SINCE)
    introduce(forger.victim, card_of(forger.node, keys=(gone, fresh)))
    take_inbox(forger.victim)
    assert untouched(forger.victim)
    assert findings(forger.victim) == ["revoked-key"]


@pytest.mark.parametrize("half", [0, 1])
def test_a_message_with_one_signature_of_two_is_refused(forger: Forger, half: int) -> None:
    line, _, body = forger.message().partition(b"\n")
    stripped = loads(line)
    del stripped["signatures"][half]
    assert forger.bring(dumps(stripped) + b"\n" + body) == "verify/malformed"
    forged = loads(line)
    forged["signatures"][half]["sig"] = loads(
        forger.message(priority="urgent").partition(b"\n")[0]
    )["signatures"][half]["sig"]
    assert forger.bring(dumps(forged) + b"\n" + body) == "bad-signature"
    assert untouched(forger.victim)


@pytest.mark.parametrize("half", [0, 1])
def test_an_act_with_one_signature_of_two_is_refused(forger: Forger, half: int) -> None:
    envelope = loads(sign_act(forger.act(), forger.node.key).envelope)
    other = loads(sign_act(forger.act(role="duty_officer"), forger.node.key).envelope)
    envelope["signatures"][half]["sig"] = other["signatures"][half]["sig"]
    forged = Bundle(act=dumps(envelope), documents={"content": FORM}).pack()
    assert forger.bring(forger.message(inside=forged)) == "bad-signature"
    del envelope["signatures"][half]
    stripped = Bundle(act=dumps(envelope), documents={"content": FORM}).pack()
    assert forger.bring(forger.message(inside=stripped)) == "malformed"
    assert untouched(forger.victim)


def test_a_byte_altered_anywhere_is_refused(forger: Forger) -> None:
    message = forger.message()
    places = sorted({*range(0, len(message), 211), len(message) - 1, message.index(b"\n")})
    for place in places:
        altered = bytearray(message)
        altered[place] ^= 0x01
        assert forger.bring(bytes(altered)) not in {"done", "waiting", "held"}, place
    assert untouched(forger.victim)
    assert forger.bring(message) == "done"


def test_the_same_message_twice_is_one_act_and_one_receipt(forger: Forger) -> None:
    message = forger.message()
    first = accept_message(forger.victim, forger.caller, message)
    take_inbox(forger.victim)
    forger.pair.forward("P31D")  # a first message of that age would be refused
    assert accept_message(forger.victim, forger.caller, message) == first
    take_inbox(forger.victim)
    with forger.victim.store.view() as unit:
        assert unit.acts.count(track="exchanged") == 1
        assert unit.inbox.count() == 1


def test_the_same_act_in_two_messages_is_kept_once(forger: Forger) -> None:
    act = forger.act()
    assert forger.bring(forger.message(act)) == "done"
    assert forger.bring(forger.message(act)) == "done"
    with forger.victim.store.view() as unit:
        assert unit.acts.count(track="exchanged") == 1
        assert unit.acts.count(step="record_delivery") == 1
        assert unit.receipts.count(event="delivered") == 2


def test_a_message_of_another_than_who_brings_it_is_refused(forger: Forger) -> None:
    other = Caller(state="XB", authority="somebody")
    assert forger.bring(forger.message(), other) == "false-sender"
    assert untouched(forger.victim)


def test_an_act_of_another_authority_than_the_message_is_refused(forger: Forger) -> None:
    assert forger.bring(forger.message(forger.act(holder="XC"))) == "false-sender"
    assert forger.bring(forger.message(forger.act(authority="XA-2"))) == "false-sender"
    assert untouched(forger.victim)


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ({"receiver": Address("XB", "another")}, "wrong-addressee"),
        ({"receiver": Address("XC", "XB central authority")}, "wrong-addressee"),
        ({"exercise": False}, "other-ground"),
    ],
)
def test_what_is_not_for_this_node_is_refused(
    forger: Forger, said: dict[str, Any], word: str
) -> None:
    assert forger.bring(forger.message(**said)) == word
    assert untouched(forger.victim)
    assert findings(forger.victim) == [word]


def test_an_act_of_real_work_is_refused_in_an_exercise(forger: Forger) -> None:
    assert forger.bring(forger.message(forger.act(exercise=False))) == "other-ground"
    assert untouched(forger.victim)


def test_an_exercise_is_refused_where_work_is_real(forger: Forger) -> None:
    victim = replace(forger.victim, exercise=False)
    introduce(victim, card_of(forger.node, exercise=False))
    forger.pair.net.nodes["XB"] = victim
    real = Forger(replace(forger.pair, asked=replace(forger.pair.asked, node=victim)))
    assert real.bring(real.message()) == "other-ground"
    inner = real.message(exercise=False)
    assert real.bring(inner) == "other-ground"
    assert untouched(victim)


def moved(forger: Forger, seconds: int) -> Instant:
    now = forger.victim.clock.now()
    return Instant.of(now.at.fromtimestamp(now.at.timestamp() + seconds, tz=now.at.tzinfo))


@pytest.mark.parametrize(
    ("act", "made", "word"),
    [
        (301, 301, "ahead-of-clock"),
        (301, 1, "ahead-of-clock"),
        (300, 300, "done"),
        (-301, 0, "backdated"),
        (0, -301, "backdated"),
        (-86_400 * 30 - 1, -86_400 * 30 - 1, "too-old"),
        (-86_400 * 30, -86_400 * 30, "done"),
    ],
)
def test_times_are_bounded_to_the_second(forger: Forger, act: int, made: int, word: str) -> None:
    data = forger.message(forger.act(at=moved(forger, act)), made=moved(forger, made))
    assert forger.bring(data) == word
    assert (word == "done") is not untouched(forger.victim)
    with forger.victim.store.view() as unit:
        assert unit.inbox.count() == (-86_400 * 30 <= made <= 300)


def test_a_disk_may_be_older_than_the_wire_allows(forger: Forger) -> None:
    old = moved(forger, -86_400 * 90)
    data = forger.message(forger.act(at=old))
    accept_message(forger.victim, None, data)
    take_inbox(forger.victim)
    assert not untouched(forger.victim)


def test_time_never_goes_back_in_their_chain(forger: Forger) -> None:
    first = forger.act()
    forger.bring(forger.message(first))
    second = forger.act(number=1, before=first.digest, at=moved(forger, -1), step="tell")
    assert forger.bring(forger.message(second)) == "backdated"


def test_a_second_act_for_a_place_that_is_taken_is_a_fork_and_both_are_proof(
    forger: Forger,
) -> None:
    first, other = forger.act(), forger.act(role="duty_officer")
    forger.bring(forger.message(first))
    assert forger.bring(forger.message(other)) == "fork"
    with forger.victim.store.view() as unit:
        (row,) = unit.findings.find(kind="fork")
        assert [one.digest for one in unit.acts.find(track="exchanged")] == [first.digest]
    payloads = [json.loads(line)["payload"] for line in row.evidence.split(b"\n")]
    assert len(payloads) == 2
    assert payloads[0] != payloads[1]


def test_an_act_that_names_another_before_it_is_a_fork(forger: Forger) -> None:
    first = forger.act()
    forger.bring(forger.message(first))
    second = forger.act(number=1, before=Digest.of(b"another"), step="tell")
    assert forger.bring(forger.message(second)) == "fork"


def test_an_act_whose_ancestors_never_come_waits_and_changes_nothing(forger: Forger) -> None:
    late = forger.act(number=3, before=Digest.of(b"x"), step="tell")
    assert forger.bring(forger.message(late)) == "act 2"
    assert untouched(forger.victim)


def test_what_waits_is_bounded(forger: Forger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MESSAGES_HELD", 2)
    for number in (1, 2):
        late = forger.act(number=number, before=Digest.of(b"x"), step="tell")
        forger.bring(forger.message(late))
    assert forger.bring(forger.message()) == "busy"


def test_what_waits_is_given_up_when_its_ancestors_never_came(forger: Forger) -> None:
    forger.bring(forger.message(forger.act(number=3, before=Digest.of(b"x"), step="tell")))
    forger.pair.forward("P31D")
    take_inbox(forger.victim)
    with forger.victim.store.view() as unit:
        (row,) = unit.inbox.find()
        assert (row.state, row.body, row.trouble) == ("refused", None, "late")


def test_what_waits_is_looked_through_without_its_bodies(tmp_path: Path) -> None:
    path = tmp_path / "template.sqlite3"
    store = databases.open_database("bodies", databases.sqlite_settings(path, create=True))
    databases.migrate("bodies")
    kept = iter([MemoryStore(), store])
    forger = Forger(make_pair(tmp_path, stores=lambda: next(kept)))
    scan = bytes(6 << 20)
    for number in range(3, 7):
        covers = {"content": Digest.of(FORM), "scan": Digest.of(scan)}
        terms = {"basis": "tst", "priority": "routine", "documents": "scan"}
        late = forger.act(number=number, before=Digest.of(b"x"), covers=covers, terms=terms)
        forger.bring(forger.message(late, documents={"content": FORM, "scan": scan}))
    tracemalloc.start()
    try:
        take_inbox(forger.victim)
        time_out(forger.victim)
        assert tracemalloc.get_traced_memory()[1] < len(scan)
    finally:
        tracemalloc.stop()
        connections.close_all()


def test_a_third_authority_writes_into_no_dossier_of_others(forger: Forger) -> None:
    forger.bring(forger.message())
    third = make_desk(type(forger.victim.store)(), forger.victim.home.parent, seed=9, state="XC")  # type: ignore[union-attr] # a test's home
    introduce(forger.victim, card_of(third.node))
    spy = Forger(replace(forger.pair, asking=third))
    caller = Caller(state="XC", authority=third.node.authority)
    act = forger.act(holder="XC", authority=third.node.authority)
    sender = Address("XC", third.node.authority)
    assert spy.bring(spy.message(act, sender=sender), caller) == "unknown-dossier"
    with forger.victim.store.view() as unit:
        assert {row.holder for row in unit.acts.find(track="exchanged")} == {"XA"}


def test_an_authority_reads_receipts_of_its_own_messages_alone(forger: Forger) -> None:
    receipt = read_receipt(accept_message(forger.victim, forger.caller, forger.message()))
    name = receipt.unsafe_receipt.message
    assert len(list_receipts(forger.victim, forger.caller, name)) == 1
    with pytest.raises(ComityError):
        list_receipts(forger.victim, Caller(state="XC", authority="XC-CA"), name)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"process": "tst/none"}, "unknown-step"),
        ({"step": "none"}, "unknown-step"),
        ({"side": "requested"}, "not-yours"),
        ({"step": "grant"}, "not-yours"),
        ({"step": "note", "side": "requested"}, "not-yours"),
        ({"track": "house"}, "not-yours"),
        ({"recorded": {"channel": "letter", "received": "2026-11-21T02:14:05Z"}}, "not-yours"),
        ({"seen": Digest.of(b"nothing")}, "unknown-dossier"),
        ({"terms": {"basis": "tst"}}, "malformed"),
        ({"terms": {"priority": "routine"}}, "malformed"),
        ({"terms": {"basis": "tst", "priority": "at once"}}, "malformed"),
        ({"covers": {}}, "content-missing"),
        ({"covers": {"content": Digest.of(b"other")}}, "content-missing"),
        (
            {"terms": {"basis": "tst", "priority": "routine", "documents": "scan"}},
            "content-missing",
        ),
    ],
)
def test_an_act_that_is_not_theirs_to_take_is_refused(
    forger: Forger, change: dict[str, Any], word: str
) -> None:
    assert forger.bring(forger.message(forger.act(**change))) == word
    assert untouched(forger.victim)
    assert check_node(forger.victim).verdict is Verdict.PASSED


def test_an_act_that_says_it_saw_what_is_not_there_is_refused(forger: Forger) -> None:
    first = forger.act()
    forger.bring(forger.message(first))
    second = forger.act(number=1, before=first.digest, seen=first.digest, step="tell")
    assert forger.bring(forger.message(second)) == "unknown-seen"


def test_an_irregular_act_is_kept_and_marked(forger: Forger) -> None:
    """A request after its end is no crime against the protocol: the standing says so."""
    first = forger.act()
    forger.bring(forger.message(first))
    again = forger.act(number=1, before=first.digest)
    assert forger.bring(forger.message(again)) == "done"
    with forger.victim.store.view() as unit:
        outcomes = json.loads(unit.standings.get(CHAIN).outcomes)
    assert outcomes[str(again.digest)] == "irregular"


def test_an_incomplete_request_is_taken_in(forger: Forger) -> None:
    act = forger.act(covers={})
    assert forger.bring(forger.message(act, documents={})) == "done"


_MANY: Final[dict[str, Any]] = {f"n{number}": "" for number in range(1_001)}
BOMBS: Final = {
    "not json": b"\x00" * 100,
    "nested": b"[" * 100_000 + b"]" * 100_000,
    "many names": dumps({"act": "", "documents": _MANY, "type": "comity/bundle/1"}),
    "another type": dumps({"act": "", "documents": {}, "type": "comity/bundle/2"}),
    "a name too many": dumps({"act": "", "documents": {}, "more": 1, "type": "comity/bundle/1"}),
    "not canonical": b'{"type":"comity/bundle/1", "act":"","documents":{}}',
    "repeated names": b'{"act":"","act":"","documents":{},"type":"comity/bundle/1"}',
    "long": b" " * (limits.BUNDLE_BYTES + 1),
}  # fmt: skip # a table


@pytest.mark.parametrize("name", BOMBS)
def test_a_bundle_that_is_a_bomb_is_refused_whole(forger: Forger, name: str) -> None:
    assert forger.bring(forger.message(inside=BOMBS[name])) == "not-readable"
    assert untouched(forger.victim)


def test_what_is_sealed_to_another_is_refused(forger: Forger) -> None:
    body = encrypt_bytes(b"x", [forger.node.identity.recipient], forger.node.random)
    line = forger.message(body=Digest.of(body), size=len(body)).partition(b"\n")[0]
    assert forger.bring(join_message(line, body)) == "not-readable"


def test_what_is_too_large_or_has_no_statement_is_refused(forger: Forger) -> None:
    line = forger.message().partition(b"\n")[0]
    huge = line + b"\n" + b"\0" * (limits.MESSAGE_BYTES + limits.STATEMENT_BYTES)
    assert forger.bring(huge) == "verify/too-large"
    assert forger.bring(b"x" * (limits.STATEMENT_BYTES + 2)) == "verify/malformed"
    assert forger.bring(b"") == "verify/malformed"
    assert untouched(forger.victim)


def test_findings_of_one_source_and_day_are_bounded_and_the_rest_is_counted(
    forger: Forger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "FINDINGS_A_DAY", 3)
    for _ in range(9):
        forger.bring(b"rubbish")
    with forger.victim.store.view() as unit:
        rows = unit.findings.find()
    assert len(rows) == 4
    (more,) = [row for row in rows if row.kind == "more"]
    assert more.more == 6


def test_refused_messages_fill_no_table_without_bound(
    forger: Forger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "FINDINGS_A_DAY", 2)
    for _ in range(6):
        forger.bring(forger.message(receiver=Address("XB", "another")))
    with forger.victim.store.view() as unit:
        assert unit.inbox.count() == 0
        assert unit.receipts.count() == 2


# Receipts: here XB is the adversary, and XA has sent it a letter.


def letter_of(pair: Pair) -> Digest:
    dossier, _ = pair.send()
    pair.net.is_cut = True
    post_letters(pair.asking.node)
    (letter,) = list_letters(pair.asking.node)
    assert letter.dossier == dossier
    return letter.message


def receipt_of(pair: Pair, letter: Digest, **change: Any) -> Receipt:
    plain: dict[str, Any] = {
        "message": letter,
        "event": Event.DELIVERED,
        "by": Address("XB", pair.asked.node.authority),
        "at": pair.asked.clock.now(),
        "reason": "",
        "exercise": True,
    }
    return Receipt(**{**plain, **change})


@pytest.mark.parametrize(
    "change",
    [
        {"by": Address("XC", "XC-CA")},
        {"by": Address("XA", "XA central authority")},
        {"event": Event.SUBMISSION_ACCEPTED},
        {"event": Event.RELAY_FAILED, "reason": "late"},
        {"exercise": False},
        {"message": Digest.of(b"none")},
        {"at": Instant.parse("2026-11-21T02:14:04Z")},
        {"at": Instant.parse("2026-11-21T02:19:06Z")},
    ],
)
def test_a_receipt_that_nobody_can_give_starts_no_clock(change: dict[str, Any]) -> None:
    pair = make_pair()
    receipt = receipt_of(pair, letter_of(pair), **change)
    with pytest.raises(Refused):
        accept_receipt(pair.asking.node, sign_receipt(receipt, pair.asked.node.key))
    with pair.asking.node.store.view() as unit:
        assert unit.acts.count(step="record_delivery") == 0
        assert {row.event for row in unit.receipts.find()} == {"submission_accepted"}
        assert unit.findings.count() == 1


def test_a_receipt_under_another_key_starts_no_clock() -> None:
    pair = make_pair()
    receipt = receipt_of(pair, letter_of(pair))
    for key in (stranger(), pair.asking.node.key):
        with pytest.raises(ComityError):
            accept_receipt(pair.asking.node, sign_receipt(receipt, key))
    forged = loads(sign_receipt(receipt, pair.asked.node.key))
    other = loads(sign_receipt(receipt_of(pair, Digest.of(b"")), pair.asked.node.key))
    for half in (0, 1):
        mixed = {**forged, "signatures": list(forged["signatures"])}
        mixed["signatures"][half] = other["signatures"][half]
        with pytest.raises(ComityError):
            accept_receipt(pair.asking.node, dumps(mixed))
    with pair.asking.node.store.view() as unit:
        assert unit.acts.count(step="record_delivery") == 0


def test_the_same_receipt_twice_is_one_delivery() -> None:
    pair = make_pair()
    data = sign_receipt(receipt_of(pair, letter_of(pair)), pair.asked.node.key)
    accept_receipt(pair.asking.node, data)
    accept_receipt(pair.asking.node, data)
    with pair.asking.node.store.view() as unit:
        assert unit.acts.count(step="record_delivery") == 1


def test_no_content_stands_on_the_outside_or_stays_when_it_was_delivered() -> None:
    pair = make_pair()
    dossier, signed = pair.send()
    pair.net.is_cut = True
    post_letters(pair.asking.node)
    (letter,) = list_letters(pair.asking.node)
    assert b"CANARY" not in read_letter(pair.asking.node, letter.message)
    assert str(dossier).encode() not in read_letter(pair.asking.node, letter.message)
    pair.net.is_cut = False
    pair.forward("PT10M")
    pair.run()
    for desk in (pair.asking, pair.asked):
        with desk.node.store.view() as unit:
            assert all(row.body is None for row in unit.letters.find(kind="act"))
            assert all(row.body is None for row in unit.inbox.find())
    with pytest.raises(ComityError):
        read_letter(pair.asking.node, letter.message)
    take_step(pair.asking.node, DUTY, dossier, Move(step="tell"))
    assert signed.act.terms["priority"] == "routine"
