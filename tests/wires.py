"""Two authorities that know each other, and a wire between them that calls the other's verbs.

The wire stands for all that HTTP does: it says who calls, and gives back status and bytes.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from comity.base import Digest, Ident, canonical_bytes
from comity.base.errors import ComityError
from comity.federation.directory import AuthorityCard
from comity.seal.act import SignedAct
from comity.service.errors import NotThere, PeerUnreachable
from comity.service.node import Node
from comity.service.peers import Caller
from comity.service.ports import Answer, Peer, Store
from comity.service.posting import post_letters
from comity.service.receipts import accept_receipt, list_receipts
from comity.service.receiving import accept_message, take_inbox
from comity.service.rows import KeyRow
from comity.storage.memory import MemoryStore
from tests.cards import card_of, know_card
from tests.nodes import Desk, make_desk

Door = Callable[[Node, Caller, str, bytes], Answer]


def answer(node: Node, caller: Caller, path: str, body: bytes) -> Answer:
    """Do what a peers' door does with a call that was verified."""
    kind, _, name = path.removeprefix("/peers/1/").partition("/")
    try:
        if kind == "messages":
            return Answer(status=200, body=accept_message(node, caller, body))
        if name:
            message = Digest(bytes.fromhex(name))
            return Answer(status=200, body=b"\n".join(list_receipts(node, caller, message)))
        accept_receipt(node, body)
    except NotThere:
        return Answer(status=404, body=b"")
    except ComityError as error:
        return Answer(status=400, body=error.code.encode())
    return Answer(status=204, body=b"")


@dataclass
class Net:
    """Nodes by State. ``door`` is what happens to a call; tests put their own there."""

    nodes: dict[str, Node] = field(default_factory=dict)
    door: Door = answer
    calls: list[tuple[str, str, bytes]] = field(default_factory=list)
    is_cut: bool = False

    def call(self, sender: Node, peer: Peer, path: str, body: bytes) -> Answer:
        self.calls.append((sender.state, path, body))
        if self.is_cut:
            raise PeerUnreachable(where=peer.endpoint)
        caller = Caller(state=sender.state, authority=sender.authority)
        return self.door(self.nodes[peer.state], caller, path, body)


@dataclass(frozen=True)
class NetWire:
    """The wire of one node; ``sender`` is whom calls are of."""

    net: Net
    state: str

    def call(self, peer: Peer, method: str, path: str, body: bytes = b"", *, most: int) -> Answer:
        assert method in {"GET", "POST"}
        found = self.net.call(self.net.nodes[self.state], peer, path, body)
        assert len(found.body) <= most
        return found

    def fetch(self, url: str, *, most: int) -> bytes | None:
        raise PeerUnreachable(where=url[:most])


@dataclass(frozen=True)
class Pair:
    """XA, which asks, and XB."""

    net: Net
    asking: Desk
    asked: Desk

    def open(self, **change: object) -> Ident:
        plain: dict[str, object] = {"channel": "node", "authority": "XB central authority"}
        return self.asking.open(**{**plain, **change})

    def send(self) -> tuple[Ident, SignedAct]:
        dossier = self.open()
        return dossier, self.asking.send(dossier)

    def run(self, rounds: int = 3) -> None:
        """Let both sides work until nothing is left to do."""
        for _ in range(rounds):
            for desk in (self.asking, self.asked):
                post_letters(desk.node)
                take_inbox(desk.node)

    def forward(self, period: str) -> None:
        for desk in (self.asking, self.asked):
            desk.clock.forward(period)


def make_pair(
    folder: Path | None = None,
    *,
    stores: Callable[[], Store] = MemoryStore,
    exercise: bool = True,
) -> Pair:
    """Return two nodes whose directories list each other."""
    folder = folder or Path(tempfile.mkdtemp())
    net = Net()
    desks = []
    for seed, state in enumerate(("XA", "XB"), 1):
        place = folder / state
        place.mkdir(exist_ok=True)
        desk = make_desk(stores(), place, seed=seed, state=state)
        node = replace(desk.node, wire=NetWire(net, state), exercise=exercise)
        desks.append(replace(desk, node=node))
        net.nodes[state] = node
    pair = Pair(net, *desks)
    for one in (pair.asking, pair.asked):
        for other in (pair.asking, pair.asked):
            introduce(one.node, card_of(other.node))
    return pair


def introduce(node: Node, card: AuthorityCard) -> None:
    """Let a node know a card and its keys, as if a verified directory had brought them."""
    know_card(node, card)
    with node.store.unit() as unit:
        for one in card.keys:
            own = {"state": card.state, "authority": card.authority}
            if unit.keys.count(key_id=one.key.key_id, **own):
                continue
            unit.keys.add(
                KeyRow(
                    key_id=one.key.key_id,
                    state=card.state,
                    authority=card.authority,
                    document=canonical_bytes(one.key.as_data()),
                    known_since=node.clock.now(),
                )
            )
