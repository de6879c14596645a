"""Two nodes with a request between them, and a wire of ours that fails as it is told.

What the messages of the federation bring about is done here by hand (``carry``), so that
transfers are tried alone: an act, its documents, and what is derived from them.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from comity.base import Ident, canonical_bytes
from comity.base.errors import ComityError
from comity.domain.conditions import PREDICATES
from comity.evidence import Provenance
from comity.law import Book, load_book
from comity.seal.act import SignedAct, verify_act
from comity.service import chains, handover, intake, sealing
from comity.service.contents import keep_document, read_document
from comity.service.errors import NotThere, PeerUnreachable
from comity.service.jobs import Held, claim
from comity.service.node import Node, Officer
from comity.service.peers import Caller
from comity.service.ports import Answer, Peer, Store
from comity.service.requests import Opening, hold, open_dossier, step_words
from comity.service.rows import ActRow, KeyRow, TransferRow
from comity.service.settling import record_act, settle
from comity.service.situations import Move
from comity.service.transfers import note_act, read_chunk, read_chunk_list, read_descriptor
from comity.service.work import do_job
from tests.cards import card_of, know_card
from tests.nodes import Desk, make_desk
from tests.steady import SeedIdents

OFFICER = Officer(actor="p-1", role="central_authority")
KEEPER = Officer(actor="p-2", role="duty_officer")
WAIVED = {"second_release": "one officer at night", "scope_review": "traffic data alone"}
NOTHING: Mapping[str, str] = {}
HAND_OVER = Move(step="hand_over", reasons_against=WAIVED)


@functools.cache
def real_book() -> Book:
    """Return the law files as they are."""
    return load_book(predicates=frozenset(PREDICATES))


@dataclass
class LooseWire:
    """Brings requests straight to the other node; ``spoil`` may lose, cut or change the answer."""

    node: Node
    caller: Caller
    spoil: Callable[[str, bytes], bytes] = field(default=lambda _path, body: body)
    asked: list[str] = field(default_factory=list)
    after: Callable[[], None] = field(default=lambda: None)

    def call(self, peer: Peer, method: str, path: str, body: bytes = b"", *, most: int) -> Answer:
        assert (method, body) == ("GET", b"")
        assert peer.authority == self.node.authority
        self.asked.append(path)
        try:
            found = self.spoil(path, answer_get(self.node, self.caller, path))
        except NotThere:
            return Answer(status=404, body=b"")
        finally:
            self.after()
        return Answer(status=200, body=found[: most + 1])

    def fetch(self, url: str, *, most: int) -> bytes | None:
        detail = f"There is no mirror {url} of {most} bytes."
        raise PeerUnreachable(detail)


def answer_get(node: Node, caller: Caller, path: str) -> bytes:
    """Answer as the peers' door does."""
    words = path.removeprefix("/peers/1/transfers/").split("/")
    transfer = Ident(words[0])
    match words[1:]:
        case ["descriptor"]:
            return read_descriptor(node, caller, transfer)
        case ["chunks", volume]:
            return read_chunk_list(node, caller, transfer, int(volume))
        case ["volumes", volume, "chunks", chunk]:
            return read_chunk(node, caller, transfer, int(volume), int(chunk))
    raise NotThere(path)


@dataclass
class Crossing:
    """XA has asked, XB has granted; XB holds a sealed package."""

    asking: Desk
    asked: Desk
    dossier: Ident
    package: Ident = field(init=False)
    wire: LooseWire = field(init=False)

    @property
    def xa(self) -> Node:
        return self.asking.node

    @property
    def xb(self) -> Node:
        return self.asked.node

    def seal(self, source: Path) -> Ident:
        """Take in and seal what lies at ``source`` on XB."""
        intake.request_intake(self.xb, KEEPER, self.dossier, [source], Provenance())
        assert work(self.xb) == []
        with self.xb.store.view() as unit:
            job = unit.intakes.find(dossier=self.dossier)[-1].job
        sealing.request_seal(self.xb, KEEPER, self.dossier, job)
        assert work(self.xb) == []
        with self.xb.store.view() as unit:
            (row,) = unit.packages.find(intake=job)
        self.package = row.ident
        return row.ident

    def offer(self, *, move: Move = HAND_OVER, first: tuple[int, ...] = ()) -> TransferRow:
        """Hand the package over, and let XA know of it; return XB's row."""
        handover.request_handover(self.xb, OFFICER, self.package, first=first, move=move)
        assert work(self.xb) == []
        with self.xb.store.view() as unit:
            row = unit.transfers.find(direction="out", state="offered")[-1]
        self.carry(self.xb, self.xa)
        return row

    def fetch(self) -> list[str]:
        """Let XA do what is due; return the codes of what went wrong."""
        return work(self.xa)

    def carry(self, sender: Node, receiver: Node) -> None:
        """Let the receiver have all exchanged acts of the sender that it has not."""
        carry(self.dossier, sender, receiver)

    def incoming(self) -> TransferRow:
        """Return XA's row of the one transfer."""
        with self.xa.store.view() as unit:
            (row,) = unit.transfers.find(direction="in")
        return row

    def outgoing(self) -> TransferRow:
        """Return XB's row of the one transfer."""
        with self.xb.store.view() as unit:
            (row,) = unit.transfers.find(direction="out")
        return row


def carry(dossier: Ident, sender: Node, receiver: Node) -> None:
    """Let the receiver have all exchanged acts of the sender that it has not."""
    with receiver.store.view() as unit:
        here = {row.digest for row in unit.acts.find(chain=dossier)}
    with sender.store.view() as unit:
        rows = unit.acts.find(chain=dossier, holder=sender.state, track="exchanged")
    for row in rows:
        if row.digest not in here:
            _bring(dossier, sender, receiver, row)


def _bring(dossier: Ident, sender: Node, receiver: Node, row: ActRow) -> None:
    signed = verify_act(row.envelope, sender.key.public)
    documents = _documents(sender, dossier, signed)
    with receiver.store.unit() as unit:
        head = hold(receiver, unit, dossier)
        unit.acts.add(chains.act_row(signed))
        for document in documents.values():
            keep_document(receiver, unit, dossier, document)
        settle(receiver, unit, dossier, expected=head.version)
        note_act(receiver, unit, head, signed.act, documents)


def grant(xa: Node, xb: Node, channel: str = "portal") -> Ident:
    """Let XA ask and XB grant, between nodes that know each other's cards."""
    for one, other in ((xa, xb), (xb, xa)):
        with one.store.unit() as unit:
            if not unit.keys.find(key_id=other.key.public.key_id):
                unit.keys.add(_key_row(other))
    # The same seed of names on both sides: both then open the same dossier.
    here, there = (replace(node, idents=SeedIdents(3)) for node in (xa, xb))
    dossier = _open(here, xb, channel, is_asking=True)
    assert _open(there, xa, channel, is_asking=False) == dossier
    for sender, receiver, step in ((xa, xb, "send"), (xb, xa, "acknowledge"), (xb, xa, "grant")):
        _force(sender, dossier, step)
        carry(dossier, sender, receiver)
    _force(xb, dossier, "authorise", {"body": "court", "decision": "order 7"})
    return dossier


def make_crossing(stores: tuple[Store, Store], folder: Path, channel: str = "portal") -> Crossing:
    """Return two nodes between which a request was granted."""
    xa, xb = (
        _make_side(store, folder, state) for store, state in zip(stores, ("XA", "XB"), strict=True)
    )
    for one, other in ((xa, xb), (xb, xa)):
        know_card(one.node, card_of(other.node))
    crossing = Crossing(asking=xa, asked=xb, dossier=grant(xa.node, xb.node, channel))
    crossing.wire = LooseWire(xb.node, Caller(state="XA", authority=xa.node.authority))
    crossing.asking = replace(xa, node=replace(xa.node, wire=crossing.wire))
    return crossing


def work(node: Node) -> list[str]:
    """Do every job that is due once; return the codes of what went wrong."""
    wrong: list[str] = []
    while (held := claim(node)) is not None:
        error = do_one(node, held)
        if error is not None:
            wrong.append(error.code)
    return wrong


def do_one(node: Node, held: Held) -> ComityError | None:
    """Do one job."""
    return do_job(node, held)


def _make_side(store: Store, folder: Path, state: str) -> Desk:
    place = folder / state
    place.mkdir()
    desk = make_desk(store, place, seed=ord(state[1]), state=state)
    return replace(desk, node=replace(desk.node, book=real_book()))


def _open(node: Node, other: Node, channel: str, *, is_asking: bool) -> Ident:
    opening = Opening(
        process="uncc/emergency_disclosure",
        counterpart=other.state,
        authority=other.authority,
        basis="uncc",
        channel=channel,
        is_asking=is_asking,
    )
    return open_dossier(node, OFFICER, opening)


def _force(node: Node, dossier: Ident, step: str, terms: Mapping[str, str] = NOTHING) -> SignedAct:
    """Take a step whatever the law says of it: it is not what is tried here."""
    with node.store.unit() as unit:
        head = hold(node, unit, dossier)
        law = node.process(head.process).steps[step]
        words = step_words(head, law, Move(step=step, terms=terms))
        return record_act(node, unit, OFFICER, head, words)


def _key_row(node: Node) -> KeyRow:
    public = node.key.public
    return KeyRow(
        key_id=public.key_id,
        state=node.state,
        authority=node.authority,
        document=canonical_bytes(public.as_data()),
        known_since=node.clock.now(),
    )


def _documents(node: Node, dossier: Ident, signed: SignedAct) -> Mapping[str, bytes]:
    with node.store.view() as unit:
        return {
            name: read_document(node, unit, dossier, signed.act.covers[name])
            for name in chains.kept_documents(signed.act)
        }
