"""One side is enough: what the other side did, and what reached it, recorded by us.

A counterpart without a node answers by letter, mail or telephone. We record its step in
our own chain. Such an act always says that it is *recorded*: of whom, by which channel,
received when, and with what proof; it is signed by us and never looks signed by them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from comity.base import Digest, Ident, Instant
from comity.base.canonical import Json
from comity.base.errors import BadValue
from comity.domain.dossier import Channel
from comity.domain.entry import NOTHING_SEEN
from comity.domain.moves import require_recording
from comity.seal.act import SignedAct
from comity.service.deriving import DELIVERY
from comity.service.errors import AlreadyThere, NotThere
from comity.service.node import Node, Officer
from comity.service.ports import Unit
from comity.service.requests import hold, platform_words, step_words
from comity.service.rows import DossierRow
from comity.service.settling import record_act
from comity.service.situations import Move, see

PROOF: Final = "proof"


@dataclass(frozen=True, kw_only=True)
class Reply:
    """A step of the other side, as it reached us.

    ``proof`` is the letter, the mail or the note of the call, whole. ``seen`` is the last
    act of ours that they had when they took the step; None if that is our last one.
    ``has_seen_nothing`` if they had none of ours.
    """

    step: str
    channel: str
    received: Instant
    proof: bytes
    content: Mapping[str, Json] = field(default_factory=dict)
    terms: Mapping[str, str] = field(default_factory=dict)
    documents: Mapping[str, bytes] = field(default_factory=dict)
    seen: Digest | None = None
    has_seen_nothing: bool = False


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """That an act of ours reached the other side, and what proves it."""

    act: Digest
    at: Instant
    channel: str
    proof: bytes


def record_step(node: Node, officer: Officer, dossier: Ident, reply: Reply) -> SignedAct:
    """Record a step of the other side.

    It is a fact, so it is recorded whatever is missing in it and wherever things stand;
    the standing then says what becomes of it. Raise ``StepClosed`` if it is no step of theirs.
    """
    with node.store.unit() as unit:
        return record_reply(node, unit, officer, hold(node, unit, dossier), reply)


def record_reply(
    node: Node, unit: Unit, officer: Officer, held: DossierRow, reply: Reply
) -> SignedAct:
    """Record a step of the other side in a dossier that is held, within the unit of a verb."""
    _require_past(node, reply.received)
    move = Move(
        step=reply.step,
        content=reply.content,
        terms=reply.terms,
        documents={**reply.documents, PROOF: reply.proof},
        channel=Channel.parse(reply.channel).value,
    )
    step = require_recording(see(node, unit, officer, held, move))
    if reply.seen is not None:
        unit.outbox.get(reply.seen)  # what they saw of ours was sent to them
    words = replace(
        step_words(held, step, move),
        seen=reply.seen,
        recorded={
            "of": f"{held.counterpart} {held.counterpart_authority}",
            "channel": move.channel,
            "received": str(reply.received),
            "proof": str(Digest.of(reply.proof)),
            **({"seen": NOTHING_SEEN} if reply.has_seen_nothing else {}),
        },
    )
    return record_act(node, unit, officer, held, words)


def record_delivery(node: Node, officer: Officer, dossier: Ident, delivery: Delivery) -> SignedAct:
    """Record that an act of ours was delivered; the other side's clocks run from there."""
    with node.store.unit() as unit:
        held = hold(node, unit, dossier)
        _require_past(node, delivery.at)
        message = unit.outbox.get(delivery.act)
        if message.dossier != dossier:
            raise NotThere(str(delivery.act), where=str(dossier))
        if message.delivered is not None:
            detail = f"It was delivered on {message.delivered}."
            raise AlreadyThere(detail, where=str(delivery.act))
        if delivery.at < message.made:
            detail = "Nothing is delivered before it is made."
            raise BadValue(detail)
        move = Move(
            step=DELIVERY,
            terms={"act": str(delivery.act), "at": str(delivery.at)},
            documents={PROOF: delivery.proof},
            channel=Channel.parse(delivery.channel).value,
        )
        return record_act(node, unit, officer, held, platform_words(node, held, move))


def _require_past(node: Node, moment: Instant) -> None:
    if moment > node.clock.now():
        detail = "What is recorded has happened; this moment is still to come."
        raise BadValue(detail)
