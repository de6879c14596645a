"""Nodes for tests: one authority of XA on any store, with the small law book."""

from __future__ import annotations

import functools
import tempfile
from dataclasses import dataclass
from pathlib import Path

from comity.base import Digest, Ident, canonical_bytes
from comity.law import Book, load_book
from comity.seal.act import SignedAct
from comity.seal.age import Identity
from comity.seal.keys import SigningKey
from comity.service.node import Node, Officer
from comity.service.ports import Store
from comity.service.replies import Delivery, Reply, record_delivery, record_step
from comity.service.requests import Opening, amend_form, open_dossier, take_step
from comity.service.rows import KeyRow
from comity.service.situations import Move
from comity.storage.disk import DiskBlobs
from tests.lawbooks import change, copy_book
from tests.steady import HandClock, SeedBytes, SeedIdents

OFFICER = Officer(actor="p-17", role="central_authority")
DUTY = Officer(actor="p-3", role="duty_officer")
FORM = {"facts": "CANARY-FACTS of the case", "urgency": "urgent"}


@functools.cache
def small_book() -> Book:
    """Return the small law book, in which the hold waits for a request that follows."""
    with tempfile.TemporaryDirectory() as folder:
        book = copy_book(Path(folder))
        change(book, "states/XA.yaml", "starts: [note]", "starts: [grant]")
        return load_book(book)


@dataclass(frozen=True)
class Desk:
    """A node, and the hands that move its clock."""

    node: Node
    clock: HandClock

    def open(self, **change: object) -> Ident:
        plain: dict[str, object] = {
            "process": "tst/help",
            "counterpart": "XB",
            "authority": "XB contact point",
            "basis": "tst",
            "channel": "letter",
        }
        return open_dossier(self.node, OFFICER, Opening(**{**plain, **change}))  # type: ignore[arg-type] # as given

    def send(self, dossier: Ident) -> SignedAct:
        amend_form(self.node, OFFICER, dossier, FORM)
        return take_step(self.node, OFFICER, dossier, Move(step="send"))

    def deliver(self, dossier: Ident, act: Digest) -> SignedAct:
        proof = Delivery(act=act, at=self.clock.now(), channel="letter", proof=b"a receipt")
        return record_delivery(self.node, OFFICER, dossier, proof)

    def reply(self, dossier: Ident, step: str, **change: object) -> SignedAct:
        plain: dict[str, object] = {
            "step": step,
            "channel": "letter",
            "received": self.clock.now(),
            "proof": b"a scanned letter",
        }
        return record_step(self.node, OFFICER, dossier, Reply(**{**plain, **change}))  # type: ignore[arg-type] # as given


def make_desk(store: Store, folder: Path, *, seed: int = 1, state: str = "XA") -> Desk:
    """Return a node of ``state`` on ``store`` with blobs in ``folder``."""
    blobs = folder / "blobs"
    blobs.mkdir(exist_ok=True)
    clock = HandClock()
    random = SeedBytes(seed)
    node = Node(
        state=state,
        authority=f"{state} central authority",
        exercise=True,
        version="0",
        book=small_book(),
        store=store,
        blobs=DiskBlobs(blobs, random),
        clock=clock,
        idents=SeedIdents(seed),
        random=random,
        key=SigningKey.generate(random),
        identity=Identity.generate(random),
        home=blobs,
    )
    _know(node)
    return Desk(node=node, clock=clock)


def _know(node: Node) -> None:
    """Let the node know its own key, as it does from the day it is made."""
    public = node.key.public
    with node.store.unit() as unit:
        own = {"state": node.state, "authority": node.authority}
        if not unit.keys.count(key_id=public.key_id, **own):
            unit.keys.add(
                KeyRow(
                    key_id=public.key_id,
                    state=node.state,
                    authority=node.authority,
                    document=canonical_bytes(public.as_data()),
                    known_since=node.clock.now(),
                )
            )
