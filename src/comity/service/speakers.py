"""Who speaks: the provider that an order is addressed to, by its key or by a code.

By its key: the directory's card of that provider, under the order's State, names the key as
good now. By a code: whoever has it; that is no identification, and everything made of it says
so. What is refused becomes a finding for a person, sealed, for it may hold content.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from comity.base import Digest, Instant, limits
from comity.base.errors import ComityError, DoesNotVerify, NotPermitted
from comity.federation.answering import Answer, Return
from comity.federation.calls import LIFE_SECONDS, Call, read_mark, verify_call
from comity.seal.keys import VerifyingKey
from comity.service.codes import count_miss, find_code, find_order
from comity.service.contents import seal_for
from comity.service.directory import UnknownAuthority, find_card
from comity.service.findings import make_finding
from comity.service.node import Node
from comity.service.order_errors import (
    CodeRefused,
    NotIdentified,
    OtherOrder,
    UnknownOrder,
    WrongTime,
)
from comity.service.peers import Caller, admit_nonce
from comity.service.ports import Unit
from comity.service.rows import DossierRow, OrderRow, ReturnCodeRow
from comity.service.uploads import WrongPiece

IDENTIFIED: Final = "yes"
NOT_IDENTIFIED: Final = "provider not identified"
_SOURCE: Final = "a provider's door"
_MOST_NAME: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Who said something to an order. Without a key a code was given: not identified."""

    order: OrderRow
    key: VerifyingKey | None
    code: ReturnCodeRow | None

    @property
    def is_identified(self) -> bool:
        """Return whether the provider's key in the directory stands behind it."""
        return self.key is not None

    @property
    def mark(self) -> str:
        """Return the word that acts and lists carry."""
        return IDENTIFIED if self.is_identified else NOT_IDENTIFIED


def find_speaker(
    node: Node, unit: Unit, order: OrderRow, said: Answer | Return, code: str
) -> Speaker:
    """Return who says this to an order.

    Raise ``OtherOrder``, ``WrongTime``, ``NotIdentified``, ``CodeRefused`` or what the key is not.

    The signatures of what is said hold already; here it is asked whose key that is. To be
    asked while the dossier is held.
    """
    if said.provider != order.provider or said.exercise is not node.exercise:
        raise OtherOrder(where=order.order)
    if not said.served.matches(order.served):
        detail = "The order that was answered is not byte for byte the one that was served."
        raise OtherOrder(detail, where=order.order)
    ahead = said.at.seconds_after(node.clock.now())
    if max(ahead, order.made.seconds_after(said.at)) > limits.CLOCK_AHEAD_SECONDS:
        raise WrongTime(where=order.order)
    if said.key is not None:
        key = provider_key(node, unit, order, said.key.key_id)
        return Speaker(order=order, key=key, code=None)
    if not code:
        raise NotIdentified(where=order.order)
    return Speaker(order=order, key=None, code=find_code(node, unit, order, code))


def provider_key(node: Node, unit: Unit, order: OrderRow, key_id: Digest) -> VerifyingKey:
    """Return a key of the provider if the directory names it as good now.

    Raise ``NotIdentified``, ``KeyRevoked`` or ``KeyUnknown``.
    """
    state = unit.dossiers.get(order.dossier).counterpart
    try:
        known = find_card(node, unit, state, order.provider)
    except UnknownAuthority as error:
        detail = "The directory has no card of this provider; without one a code is needed."
        raise NotIdentified(detail, where=order.order) from error
    if known.card.kind != "provider":
        detail = "The directory lists an authority of this name, but not as a provider."
        raise NotIdentified(detail, where=order.order)
    if not known.is_listed or known.card.exercise is not node.exercise:
        detail = "The directory lists this provider no more."
        raise NotIdentified(detail, where=order.order)
    return known.card.key_for(key_id, node.clock.now())


def require_caller(node: Node, order: OrderRow, call: Call) -> None:
    """Return if the provider of this order signed this very call, once; else raise.

    ``CallRefused``, ``NonceReplayed``, ``NotIdentified``, ``KeyRevoked`` or ``KeyUnknown``.
    """
    fields = call.fields
    mark = read_mark(fields.get("signature-input", ""), fields.get("signature", ""))
    with node.store.view() as unit:
        key = provider_key(node, unit, order, mark.key_id)
        state = unit.dossiers.get(order.dossier).counterpart
    now = node.clock.now()
    verify_call(call, mark, key, now=now)
    life = timedelta(seconds=LIFE_SECONDS + limits.CLOCK_AHEAD_SECONDS)
    caller = Caller(state=state, authority=order.provider)
    admit_nonce(node, caller, mark.nonce, Instant(now.at + life))


@dataclass
class Heard:
    """Who was heard at the door so far: a finding names a provider only once it is proved."""

    provider: str = field(default="", init=False)

    def prove(self, speaker: Speaker) -> Speaker:
        """Note that this speaker is who it says, if its key proved that; return it."""
        if speaker.is_identified:
            self.note(speaker.order.provider)
        return speaker

    def note(self, provider: str) -> None:
        """Note that the key of this provider proved who calls."""
        self.provider = provider


@contextmanager
def refusals_kept(node: Node, data: bytes, order: str = "") -> Iterator[Heard]:
    """Let what is refused be found by a person; count a wrong code; then refuse it all the same.

    What is refused counts against the provider if it is proved, else against the order that
    it knows the name of, else against all strangers together: none uses up another's share.
    """
    heard = Heard()
    try:
        yield heard
    except (DoesNotVerify, NotPermitted, UnknownOrder, WrongPiece) as error:
        _keep_refusal(node, data, order, error, heard)
        raise


def held_order(unit: Unit, order: str) -> tuple[OrderRow, DossierRow]:
    """Return an order and its dossier, which nobody else may change until the unit ends."""
    row = find_order(unit, order)
    return row, unit.dossiers.lock(row.dossier)


def _keep_refusal(node: Node, data: bytes, order: str, error: ComityError, heard: Heard) -> None:
    known, source = order, f"{_SOURCE}, {order}"
    with node.store.unit() as unit:
        if not unit.orders.find(order=order[:_MOST_NAME]):
            known, source = "an unknown order", _SOURCE
        if heard.provider:
            source = f"{_SOURCE}, proved: {heard.provider}"
        make_finding(
            node,
            unit,
            kind=error.code,
            says=f"Refused on {known}: {error.sentence()}",
            source=source,
            evidence=_sealed(node, data),
        )
    if isinstance(error, CodeRefused) and known == order:
        count_miss(node, order)


def _sealed(node: Node, data: bytes) -> bytes:
    """Return what was refused as an age file to the authority; ``age`` opens it."""
    if not data:
        return b""
    return seal_for(node, node.identity.recipient, data[: limits.ENVELOPE_BYTES])
