"""Whatever the network does, and whenever workers die: every act arrives, once, on both sides.

The oracle is a list of the acts that the verbs returned, and what the law file's table says
of standings in words that a person can check. It asks neither outbox nor inbox, nor receipts.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from comity.base import Ident, Verdict
from comity.base.errors import ComityError
from comity.seal.act import SignedAct
from comity.service.checking import check_node
from comity.service.errors import PeerUnreachable
from comity.service.node import Node
from comity.service.peers import Caller
from comity.service.ports import Answer
from comity.service.posting import post_letters
from comity.service.receipts import retrieve, time_out
from comity.service.receiving import take_inbox
from comity.service.requests import take_step
from comity.service.situations import Move
from comity.storage.memory import MemoryStore, MemoryUnit
from tests.nodes import DUTY, OFFICER, Desk
from tests.wires import Pair, answer, make_pair

DEEDS = st.sampled_from(
    [
        *("open", "tell", "tell", "ask", "ask", "close"),
        *("post A", "post B", "take A", "take B", "time A", "time B"),
        *("late", "wait", "wait long"),
    ]
)
# What becomes of a call, and of a unit of work.
CALLS = st.sampled_from(["well", "lost", "answer lost", "twice", "late", "die", "two workers"])
UNITS = st.sampled_from(["well", "well", "well", "dies before", "dies after"])
RECEIPTS = {"submission_accepted", "relay_accepted", "delivered", "retrieved"}


class Killed(Exception):  # what happens to the worker
    """The process is gone."""


class DyingStore(MemoryStore):
    """A store whose process may be killed just before, or just after, a unit is kept."""

    def __init__(self) -> None:
        super().__init__()
        self.fates: list[str] = []
        self.is_armed = False

    @contextmanager
    def unit(self) -> Iterator[MemoryUnit]:
        fate = self.fates.pop() if self.is_armed and self.fates else "well"
        with super().unit() as unit:
            yield unit
            if fate == "dies before":
                raise Killed
        if fate == "dies after":
            raise Killed


@dataclass
class World:
    """Two nodes, a network that means harm, and a list of what was done."""

    pair: Pair
    stores: dict[str, DyingStore]
    calls: list[str]
    late: list[tuple[Node, Caller, str, bytes]] = field(default_factory=list)
    done: list[SignedAct] = field(default_factory=list)
    dossiers: list[Ident] = field(default_factory=list)
    is_fair: bool = False
    depth: int = 0

    def door(self, node: Node, caller: Caller, path: str, body: bytes) -> Answer:
        fate = self.calls.pop() if self.calls and not self.is_fair else "well"
        if fate in {"lost", "late"}:
            if fate == "late":
                self.late.append((node, caller, path, body))
            raise PeerUnreachable
        if fate == "two workers" and not self.depth:
            self.depth += 1
            post_letters(self.pair.net.nodes[caller.state])
            self.depth -= 1
        given = answer(node, caller, path, body)
        if fate == "twice":
            given = answer(node, caller, path, body)
        if fate == "answer lost":
            raise PeerUnreachable
        if fate == "die":
            raise Killed
        return given

    def do(self, deed: str, which: int) -> None:
        verb, _, side = deed.partition(" ")
        desk = self.pair.asked if side == "B" else self.pair.asking
        if verb in {"post", "take", "time"}:
            self.work(desk, {"post": post_letters, "take": take_inbox, "time": time_out}[verb])
        elif verb == "wait":
            self.pair.forward("PT7H" if side else "PT1M")
        elif verb == "late" and self.late:
            answer(*self.late.pop(which % len(self.late)))
        elif verb == "open" and len(self.dossiers) < 3:
            self.open(which)
        elif self.dossiers:
            self.step(verb, self.dossiers[which % len(self.dossiers)])

    def open(self, which: int) -> None:
        follows = self.dossiers[which % len(self.dossiers)] if which and self.dossiers else None
        priority = ("routine", "urgent", "emergency")[which % 3]
        dossier = self.pair.open(follows=follows, priority=priority)
        self.dossiers.append(dossier)
        self.done.append(self.pair.asking.send(dossier))

    def step(self, verb: str, dossier: Ident) -> None:
        desk = self.pair.asked if verb == "ask" else self.pair.asking
        officer = OFFICER if verb == "close" else DUTY
        content: dict[str, Any] = {"text": f"CANARY {len(self.done)}"}
        try:
            self.done.append(
                take_step(desk.node, officer, dossier, Move(step=verb, content=content))
            )
        except ComityError:
            return  # the law does not permit it now, or they do not know of the dossier yet

    def work(self, desk: Desk, job: Any) -> None:
        store = self.stores[desk.node.state]
        store.is_armed = not self.is_fair
        try:
            job(desk.node)
        except Killed:
            pass
        finally:
            store.is_armed = False
            self.depth = 0

    def settle(self) -> None:
        """Let the network mend, and time go by until nothing is left to do."""
        self.is_fair = True
        for late in self.late:
            answer(*late)
        for _ in range(12):
            self.pair.forward("PT11M")
            for desk in (self.pair.asking, self.pair.asked):
                self.work(desk, take_inbox)
                self.work(desk, post_letters)
        for dossier in self.dossiers:
            retrieve(self.pair.asking.node, OFFICER, dossier)
            retrieve(self.pair.asked.node, OFFICER, dossier)
        for desk in (self.pair.asking, self.pair.asked):
            self.work(desk, post_letters)


# An example takes a second, and shrinking hundreds of them: the first that fails is shown whole.
@settings(max_examples=20, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(
    deeds=st.lists(st.tuples(DEEDS, st.integers(0, 5)), min_size=4, max_size=30),
    calls=st.lists(CALLS, max_size=20),
    units=st.lists(UNITS, max_size=30),
    skew=st.sampled_from(["", "PT2M", "PT4M"]),
)
def test_every_act_arrives_once_whatever_happens_on_the_way(
    deeds: list[tuple[str, int]], calls: list[str], units: list[str], skew: str
) -> None:
    stores = {"XA": DyingStore(), "XB": DyingStore()}
    empty = iter(stores.values())
    pair = make_pair(stores=lambda: next(empty))
    world = World(pair, stores, list(calls))
    stores["XA"].fates, stores["XB"].fates = units[::2], units[1::2]
    pair.net.door = world.door
    if skew:
        pair.asking.clock.forward(skew)
    world.do("open", 0)
    for deed, which in deeds:
        world.do(deed, which)
    world.settle()
    _compare_acts(world)
    _compare_standings(world)
    _compare_receipts(world)
    for desk in (pair.asking, pair.asked):
        report = check_node(desk.node)
        assert report.verdict is Verdict.PASSED, report


def _compare_acts(world: World) -> None:
    """Compare what each side holds with what was done: the same acts, each once."""
    expected = Counter(str(one.digest) for one in world.done)
    assert set(expected.values()) <= {1}
    for desk in (world.pair.asking, world.pair.asked):
        with desk.node.store.view() as unit:
            held = Counter(str(row.digest) for row in unit.acts.find(track="exchanged"))
            notes = Counter(
                act["terms"]["act"]
                for row in unit.acts.find(step="record_delivery")
                for act in [json.loads(b64decode(json.loads(row.envelope)["payload"]))]
            )
        assert held == expected, desk.node.state
        assert notes == expected, desk.node.state


def _compare_standings(world: World) -> None:
    for dossier in world.dossiers:
        stands = []
        for desk in (world.pair.asking, world.pair.asked):
            with desk.node.store.view() as unit:
                row = unit.standings.get(dossier)
                outcomes = json.loads(row.outcomes)
                clocks = {
                    (one.clock, one.act, one.due, one.state)
                    for one in unit.deadlines.find(dossier=dossier)
                    if one.clock.startswith("tst/")
                }
            stands.append((row.state, outcomes, clocks))
        assert stands[0] == stands[1]
        closed = any(
            one.act.step == "close" and one.act.chain == str(dossier) for one in world.done
        )
        assert stands[0][0] == ("closed" if closed else "sent")
        assert "waiting" not in stands[0][1].values()


def _compare_receipts(world: World) -> None:
    """Compare receipts: of every act both hold the same, and none is missing."""
    by_state = {desk.node.state: desk for desk in (world.pair.asking, world.pair.asked)}
    for signed in world.done:
        held = {
            state: {row.event: row for row in _receipts(desk, signed)}
            for state, desk in by_state.items()
        }
        sender = signed.act.holder
        (other,) = by_state.keys() - {sender}
        assert held[sender].keys() >= RECEIPTS
        shared = RECEIPTS - {"submission_accepted"}
        for event in shared:
            assert held[sender][event].envelope == held[other][event].envelope


def _receipts(desk: Desk, signed: SignedAct) -> Iterator[Any]:
    with desk.node.store.view() as unit:
        messages = {row.message for row in unit.letters.find(act=signed.digest, kind="act")}
        messages |= {row.message for row in unit.inbox.find(act=signed.digest)}
        for row in unit.receipts.find():
            if row.message in messages:
                yield row
