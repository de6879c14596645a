"""Receiving: a message at the door is verified, kept, and answered with a receipt.

Nothing is kept before its sender is proved: the statement names them, the directory names
their keys, both signatures and the body must fit. What is then kept is ciphertext, and a
worker takes it in (``comity.service.receiving_acts``). The same message is answered with
the same receipt however often it comes. What is refused leaves a finding, bounded by source
and day, and a signed ``relay_rejected`` where the sender is known; whether the refusal is
kept as the answer depends on whether it may be otherwise in a while.
"""

from __future__ import annotations

from comity.base import Instant, limits
from comity.base.errors import ComityError, DoesNotVerify, OutOfReach
from comity.federation.delays import delays_of
from comity.federation.directory import KeyRevoked, KeyUnknown
from comity.federation.message import (
    Address,
    Message,
    MessageAltered,
    UnverifiedMessage,
    read_message,
    verify_message,
)
from comity.federation.receipt import Event
from comity.seal.errors import SealBroken
from comity.service import receiving_refusals as why
from comity.service.directory import UnknownAuthority
from comity.service.errors import AlreadyThere, OtherGround
from comity.service.findings import DISK, make_finding
from comity.service.letters_parties import find_key, our_address
from comity.service.node import Node
from comity.service.peers import Caller
from comity.service.ports import Unit
from comity.service.receipts_signing import draw_up, find_receipt
from comity.service.receiving_acts import take_inbox
from comity.service.receiving_refusals import PASSING, Refused
from comity.service.rows import InboxRow

__all__ = ["accept_message", "take_inbox"]

_SECONDS_A_DAY = 86_400
_ANSWERS = (Event.RELAY_ACCEPTED, Event.RELAY_REJECTED)


def accept_message(node: Node, caller: Caller | None, data: bytes) -> bytes:
    """Keep a message and return our signed receipt for it, ``relay_accepted`` or ``_rejected``.

    ``caller`` proved who they are; None if the message came on a disk, where only its age is
    not asked. Raise ``Refused``, ``Malformed`` or ``TooLarge`` where nobody is known to answer.
    """
    source = DISK if caller is None else f"{caller.state} {caller.authority}"
    try:
        found = read_message(data)
        _require_caller(caller, found)
    except DoesNotVerify as error:
        _report(node, source, error, data)
        raise
    if (answered := _answered(node, found)) is not None:
        return answered
    try:
        message = _verify(node, found)
    except Refused as refusal:
        _report(node, source, refusal, data)
        if caller is None:
            raise
        return draw_up(
            node, found.name, Event.RELAY_REJECTED, at=node.clock.now(), reason=refusal.reason
        ).envelope
    try:
        _require_fit(node, message, is_by_wire=caller is not None)
        return _keep(node, message)
    except Refused as refusal:
        return _reject(node, message, refusal)


def _require_caller(caller: Caller | None, found: UnverifiedMessage) -> None:
    """Refuse a message that another than its sender brings."""
    sender = found.unsafe_statement.sender
    if caller is not None and (caller.state, caller.authority) != (sender.state, sender.authority):
        raise Refused(why.FALSE_SENDER, f"{caller.keyid} brings a message of {sender}.")


def _answered(node: Node, found: UnverifiedMessage) -> bytes | None:
    """Return what this message was answered when it was kept: it was verified then."""
    if not found.is_whole:
        return None
    with node.store.view() as unit:
        if not unit.inbox.find(message=found.name):
            return None
        kept = find_receipt(unit, found.name, Event.RELAY_ACCEPTED)
        return kept.envelope if kept else None


def _verify(node: Node, found: UnverifiedMessage) -> Message:
    """Return the message if its sender is proved; raise ``Refused``."""
    try:
        with node.store.view() as unit:
            sender = found.unsafe_statement.sender
            key = find_key(node, unit, sender, found.envelope.key_id)
        return verify_message(found, key)
    except KeyRevoked as error:
        raise Refused(why.REVOKED_KEY, error.detail) from error
    except KeyUnknown as error:
        raise Refused(why.UNKNOWN_KEY, error.detail) from error
    except UnknownAuthority as error:
        raise Refused(why.UNKNOWN_SENDER, error.where) from error
    except OtherGround as error:
        raise Refused(why.OTHER_GROUND, error.where) from error
    except MessageAltered as error:
        raise Refused(why.ALTERED) from error
    except SealBroken as error:
        raise Refused(why.BAD_SIGNATURE, error.detail) from error


def _require_fit(node: Node, message: Message, *, is_by_wire: bool) -> None:
    """Refuse what is not for us, not of our ground, or not of our time."""
    said, now = message.statement, node.clock.now()
    if said.receiver != our_address(node):
        raise Refused(why.WRONG_ADDRESSEE, f"It is for {said.receiver}.")
    if said.sender.state == node.state:
        # Two authorities of one State would write one chain: acts are held by States.
        raise Refused(why.NOT_YOURS, "It is of an authority of our own State.")
    if said.exercise is not node.exercise:
        raise Refused(why.OTHER_GROUND, "Exercise and real work never meet on one node.")
    if said.made.seconds_after(now) > limits.CLOCK_AHEAD_SECONDS:
        raise Refused(why.AHEAD, f"It is of {said.made}; our clock says {now}.")
    if is_by_wire and now.seconds_after(said.made) > limits.MESSAGE_DAYS * _SECONDS_A_DAY:
        raise Refused(why.TOO_OLD, f"It is of {said.made}.")


def _keep(node: Node, message: Message) -> bytes:
    """Keep the message and the receipt in one unit; of two at once the first counts."""
    now = node.clock.now()
    receipt = draw_up(node, message.name, Event.RELAY_ACCEPTED, at=_not_before(now, message))
    try:
        with node.store.unit() as unit:
            _require_room(unit, message.statement.sender)
            unit.inbox.add(_inbox_row(message, now))
            unit.receipts.add(receipt)
    except AlreadyThere:
        with node.store.view() as unit:
            kept = find_receipt(unit, message.name, *_ANSWERS)
        if kept is None:
            raise
        return kept.envelope
    return receipt.envelope


def _require_room(unit: Unit, sender: Address) -> None:
    held = {"sender_state": sender.state}
    waiting = sum(unit.inbox.count(state=state, **held) for state in ("waiting", "held"))
    if waiting >= limits.MESSAGES_HELD:
        raise Refused(why.BUSY, f"{waiting} messages of {sender.state} wait already.")


def _reject(node: Node, message: Message, refusal: Refused) -> bytes:
    """Answer a proved sender; the answer is kept if it will not be another later."""
    source = str(message.statement.sender)
    at = _not_before(node.clock.now(), message)
    receipt = draw_up(node, message.name, Event.RELAY_REJECTED, at=at, reason=refusal.reason)
    with node.store.unit() as unit:
        kept = find_receipt(unit, message.name, Event.RELAY_REJECTED)
        if kept is not None:
            return kept.envelope
        found = make_finding(
            node, unit, kind=refusal.reason, source=source, says=_tell(refusal),
            evidence=message.line,
        )  # fmt: skip # one finding
        if found is not None and refusal.reason not in PASSING:
            unit.receipts.add(receipt)
    return receipt.envelope


def _report(node: Node, source: str, error: ComityError, data: bytes) -> None:
    """Keep a finding of what was refused, with the beginning of what came."""
    if isinstance(error, OutOfReach):
        return
    kind = error.reason if isinstance(error, Refused) else why.MALFORMED
    head = data[: limits.STATEMENT_BYTES].partition(b"\n")[0]
    with node.store.unit() as unit:
        make_finding(node, unit, kind=kind, source=source, says=_tell(error), evidence=head)


def _tell(error: ComityError) -> str:
    return f"{error.sentence()} {error.detail}"


def _not_before(now: Instant, message: Message) -> Instant:
    """Return when we had it: by our clock, yet not before the act itself (within 300 s)."""
    return max(now, message.statement.made)


def _inbox_row(message: Message, now: Instant) -> InboxRow:
    said = message.statement
    delays = delays_of(said.priority)
    return InboxRow(
        message=message.name,
        sender_state=said.sender.state,
        sender_authority=said.sender.authority,
        priority=said.priority,
        statement=message.line,
        body=message.body,
        received=now,
        due=now,
        deliver_by=delays.deliver_by(now),
        retrieve_by=delays.retrieve_by(now),
        retrieved=None,
        dossier=None,
        act=None,
        lease_until=None,
        fence=0,
        attempts=0,
        state="waiting",
        trouble="",
    )
