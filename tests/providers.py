"""Providers for tests: a node with an order on one, its key, and what it says."""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from comity.base import Digest, Ident, Instant, parse_canonical
from comity.domain.conditions import PREDICATES
from comity.federation.answering import Answer, Code, Return, sign_answer, sign_return
from comity.federation.calls import Call, content_digest, sign_call
from comity.federation.directory import CardKey
from comity.federation.inventory import Item, digest_lines, write_head, write_listing
from comity.federation.order import PAYLOAD_TYPE, Order
from comity.law import Book, load_book
from comity.seal.dsse import read_envelope
from comity.seal.keys import SigningKey
from comity.service.node import Node, Officer
from comity.service.orders import issue_order
from comity.service.ports import Store
from comity.service.requests import Opening, amend_form, open_dossier, take_step
from comity.service.returns import Voice
from comity.service.situations import Move
from tests.cards import SINCE, know_card, make_card
from tests.nodes import make_desk
from tests.steady import HandClock, SeedBytes

PROSECUTOR = Officer(actor="p-21", role="prosecutor")
EXECUTING = Officer(actor="p-22", role="executing_authority")
COURT = Officer(actor="p-23", role="court")
PROVIDER = "Hosting Belmora"
KEY = SigningKey.generate(SeedBytes(71))
STRANGER = SigningKey.generate(SeedBytes(72))
UNTIL = "2026-12-20T00:00:00Z"
FORM: dict[str, Any] = {
    "issuing_authority": "XB central authority",
    "measure": "preserve",
    "data": ["account: alice_84 at mail.example"],
    "custodian": PROVIDER,
    "custodian_involved": "no_sign",
    "valid_until": UNTIL,
    "necessity": "The logs are overwritten within a week.",
    "domestic_law": "Code of Criminal Procedure of Belmora, section 112",
}


@functools.cache
def whole_book() -> Book:
    """Return the law files as they are shipped."""
    return load_book(predicates=frozenset(PREDICATES))


@dataclass(frozen=True)
class Desk:
    """A node of XB whose authority orders providers, and the hands that move its clock."""

    node: Node
    clock: HandClock

    def open(self, provider: str = PROVIDER, **form: Any) -> Ident:
        opening = Opening(
            process="uncc/order",
            counterpart="XB",
            authority=provider,
            basis="uncc",
            channel="portal",
        )
        dossier = open_dossier(self.node, PROSECUTOR, opening)
        amend_form(self.node, PROSECUTOR, dossier, {**FORM, "custodian": provider, **form})
        return dossier

    def issue(self, provider: str = PROVIDER, **form: Any) -> tuple[Ident, bytes]:
        """Serve an order; return its dossier and its file."""
        dossier = self.open(provider, **form)
        if form.get("measure", "preserve") != "preserve":
            self.authorise(dossier)
        return dossier, issue_order(self.node, PROSECUTOR, dossier)

    def authorise(self, dossier: Ident) -> None:
        terms = {"body": "court", "decision": "XB-2026-77"}
        take_step(self.node, COURT, dossier, Move(step="authorise", terms=terms))

    def demand(self, dossier: Ident) -> None:
        """Order production after a preservation."""
        self.authorise(dossier)
        take_step(self.node, COURT, dossier, Move(step="demand_production"))

    def state(self, dossier: Ident) -> str:
        with self.node.store.view() as unit:
            return unit.standings.get(dossier).state

    def kinds(self) -> list[str]:
        """Return the kinds of the findings that a person must look at."""
        with self.node.store.view() as unit:
            return [row.kind for row in unit.findings.find()]

    def steps(self, dossier: Ident) -> list[str]:
        with self.node.store.view() as unit:
            rows = sorted(unit.acts.find(chain=dossier), key=lambda row: (row.at, row.number))
        return [row.step for row in rows]


def order_desk(store: Store, folder: Path, *, seed: int = 5) -> Desk:
    """Return the node, in whose directory the provider stands with its key."""
    made = make_desk(store, folder, seed=seed, state="XB")
    node = replace(made.node, book=whole_book())
    know_provider(node, PROVIDER, KEY)
    return Desk(node=node, clock=made.clock)


def know_provider(node: Node, provider: str, key: SigningKey, **change: Any) -> None:
    """Let the directory list a provider with its key."""
    card = make_card(
        "XB",
        authority=provider,
        kind="provider",
        endpoint="",
        certificate="",
        wire_key=b"",
        recipients=(),
        protocols=(),
        keys=(CardKey(key=key.public, since=SINCE, **change),),
    )
    know_card(node, card)


def read_order(file: bytes) -> Order:
    return Order.from_data(parse_canonical(read_envelope(file, PAYLOAD_TYPE).payload))


def make_answer(file: bytes, at: Instant, key: SigningKey | None = KEY, **change: Any) -> Answer:
    fields: dict[str, Any] = {
        "order": read_order(file).order,
        "served": Digest.of(file),
        "provider": PROVIDER,
        "at": at,
        "code": Code.DONE,
        "exercise": True,
        "key": None if key is None else key.public,
    }
    return Answer(**(fields | change))


def answer(file: bytes, at: Instant, key: SigningKey | None = KEY, **change: Any) -> bytes:
    """Return an answer file, signed, or bare without a key."""
    made = make_answer(file, at, key, **change)
    return made.payload() if key is None else sign_answer(made, key)


def item(name: str, data: bytes) -> Item:
    return Item(name=name, size=len(data), digest=Digest.of(data))


def make_inventory(order: str, files: dict[str, bytes], *, seed: int = 9) -> bytes:
    """Return the inventory of some files."""
    random = SeedBytes(seed)
    head = write_head(order, Instant.parse("2026-11-21T02:00:00Z"), random(32))
    lines = [item(name, files[name]).line(random(32)) for name in sorted(files)]
    return head + b"".join(lines)


def salted(inventory: bytes) -> Digest:
    return digest_lines(inventory.splitlines())


@dataclass(frozen=True)
class Handed:
    """A return as a provider would send it: the statement, and all bytes of the upload."""

    statement: bytes
    data: bytes


def hand_over(
    file: bytes,
    files: dict[str, bytes],
    at: Instant,
    *,
    inventory: bytes = b"",
    key: SigningKey | None = KEY,
    **change: Any,
) -> Handed:
    listing = write_listing(item(name, files[name]) for name in sorted(files))
    data = inventory + listing + b"".join(files[name] for name in sorted(files))
    fields: dict[str, Any] = {
        "order": read_order(file).order,
        "served": Digest.of(file),
        "provider": PROVIDER,
        "at": at,
        "is_whole": True,
        "inventory_bytes": len(inventory),
        "listing_bytes": len(listing),
        "size": len(data),
        "exercise": True,
        "key": None if key is None else key.public,
    }
    said = Return(**(fields | change))
    return Handed(said.payload() if key is None else sign_return(said, key), data)


def voice(  # a request as the door would see it
    method: str,
    path: str,
    now: Instant,
    *,
    key: SigningKey | None = KEY,
    code: str = "",
    body: bytes | None = None,
    offset: int | None = None,
    nonce: str = "",
) -> Voice:
    fields: dict[str, str] = {}
    if body is not None:
        fields |= {"content-length": str(len(body)), "content-digest": content_digest(body)}
    if offset is not None:
        fields["upload-offset"] = str(offset)
    call = Call(method=method, authority="xb.example:8443", path=path, fields=fields)
    if key is None:
        return Voice(call=call, code=code)
    made = sign_call(call, key, now=now, nonce=nonce or os.urandom(16).hex())
    signed = {name.lower(): value for name, value in made.items()}
    return Voice(call=replace(call, fields={**fields, **signed}), code=code)
