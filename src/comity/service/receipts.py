"""Receipts: theirs are verified and kept, ours are given out, and what is late is said.

Each event of a message is kept once; who says it again changes nothing. ``delivered`` lets
the clocks of the other side run: a house act notes it, with the receipt as its proof. When
no receipt came in time whoever can know says so (``time_out``), and what comes later stands
beside it. A person's opening a dossier is ``retrieved``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from comity.base import Digest, Ident, Instant, limits
from comity.base.errors import DoesNotVerify, OutOfReach
from comity.federation.delays import delays_of, later
from comity.federation.message import Address
from comity.federation.receipt import Event, Receipt, read_receipt, verify_receipt
from comity.service import notices
from comity.service import receiving_refusals as why
from comity.service.deriving import DELIVERY, WIRE
from comity.service.directory import UnknownAuthority
from comity.service.errors import NotThere, OtherGround
from comity.service.findings import make_finding
from comity.service.letters import ACT, ASKING, BY_COURIER, DONE, RELAYED, WAITING, halted
from comity.service.letters_parties import NODE, find_key
from comity.service.node import Node, Officer
from comity.service.parcels import inbox_heads, letter_heads
from comity.service.peers import Caller
from comity.service.ports import Unit
from comity.service.receipts_signing import (
    draw_up,
    find_receipt,
    keep_once,
    receipt_row,
    tell_sender,
)
from comity.service.receiving_refusals import PASSING, Refused
from comity.service.replies import PROOF
from comity.service.requests import platform_words
from comity.service.rows import DossierRow, InboxRow, LetterRow
from comity.service.settling import record_act
from comity.service.situations import Move

_INBOX_DONE: Final = "done"
_INBOX_OPEN: Final = ("waiting", "held")


def accept_receipt(node: Node, data: bytes) -> Receipt:
    """Keep a receipt of the receiver for a letter of ours, and what follows from it.

    The same receipt again changes nothing. Raise ``Refused``, ``Malformed`` or ``TooLarge``.
    """
    try:
        receipt, letter = _verify(node, data)
    except DoesNotVerify as error:
        _report(node, error, data)
        raise
    with node.store.unit() as unit:
        head = unit.dossiers.lock(letter.dossier)
        row = unit.letters.lock(letter.message)
        kept = replace(receipt_row(receipt, data), dossier=row.dossier, act=row.act)
        if keep_once(unit, kept) or _ends(row, receipt):
            _follow(node, unit, head, row, receipt, data)
    return receipt


def list_receipts(node: Node, caller: Caller, message: Digest) -> tuple[bytes, ...]:
    """Return our receipts for a message of the caller's; raise ``NotThere``."""
    with node.store.view() as unit:
        for row in unit.inbox.find(message=message):
            if (row.sender_state, row.sender_authority) == (caller.state, caller.authority):
                return tuple(one.envelope for one in unit.receipts.find(message=message))
    raise NotThere(where=str(message))


def retrieve(node: Node, officer: Officer, dossier: Ident) -> int:
    """Note that an officer opened what came into a dossier; return how many messages it was."""
    with node.store.view() as unit:
        if not unit.inbox.count(dossier=dossier, state=_INBOX_DONE, retrieved=None):
            return 0
    with node.store.unit() as unit:
        unit.dossiers.lock(dossier)
        notices.acknowledge_acted(node, unit, officer, dossier)
        rows = unit.inbox.find(dossier=dossier, state=_INBOX_DONE, retrieved=None)
        return sum(_retrieve(node, unit, row.message) for row in rows)


def time_out(node: Node) -> int:
    """Say of every receipt whose time is over that it did not come; return how many it was."""
    now = node.clock.now()
    with node.store.view() as unit:
        letters = [row for row in _open_letters(unit) if _is_late(row, now)]
        unread = [
            row
            for state in _INBOX_OPEN
            for row in inbox_heads(unit, state=state)
            if _is_past(row.deliver_by, now)
        ]
        unopened = [
            row
            for row in inbox_heads(unit, state=_INBOX_DONE, retrieved=None)
            if _is_past(row.retrieve_by, now)
        ]
    late = [_each(node, letters, _fail_relay)]
    late += [_each(node, unread, _fail_delivery), _each(node, unopened, _fail_retrieval)]
    return sum(late)


def _verify(node: Node, data: bytes) -> tuple[Receipt, LetterRow]:
    """Return a receipt that the receiver of one of our letters signed; raise ``Refused``."""
    found = read_receipt(data)
    said = found.unsafe_receipt
    with node.store.view() as unit:
        letters = unit.letters.find(message=said.message, kind=ACT)
        if not letters or said.event.is_of_sender:
            raise Refused(why.NOT_YOURS, f"{said.message} is no letter of ours.")
        (letter,) = letters
        if said.by != Address(letter.receiver_state, letter.receiver_authority):
            raise Refused(why.FALSE_SENDER, f"{said.by} is not who the letter is for.")
        try:
            key = find_key(node, unit, said.by, found.envelope.key_id)
        except (UnknownAuthority, OtherGround) as error:
            raise Refused(why.UNKNOWN_SENDER, error.where) from error
    receipt = verify_receipt(found, key)
    _require_possible(node, receipt, letter)
    return receipt, letter


def _require_possible(node: Node, receipt: Receipt, letter: LetterRow) -> None:
    if receipt.exercise is not node.exercise:
        raise Refused(why.OTHER_GROUND, "Exercise and real work never meet on one node.")
    now = node.clock.now()
    if receipt.at.seconds_after(now) > limits.CLOCK_AHEAD_SECONDS:
        raise Refused(why.AHEAD, f"It is of {receipt.at}; our clock says {now}.")
    if receipt.at < letter.made:
        raise Refused(why.BACKDATED, f"It is of {receipt.at}, before the letter was made.")


def _follow(  # noqa: PLR0913, PLR0917 # what a receipt bears on
    node: Node, unit: Unit, head: DossierRow, row: LetterRow, receipt: Receipt, data: bytes
) -> None:
    """Let the letter, and on delivery the dossier, follow what the receipt says."""
    if receipt.event is Event.DELIVERED:
        is_complete = find_receipt(unit, row.message, Event.RELAY_ACCEPTED) is not None
        state = DONE if is_complete else ASKING
        due = _ask_at(node, row)
        done = replace(row, state=state, body=None, lease_until=None, due=due, trouble="")
        _swap(unit, done)
        _record_delivery(node, unit, head, row, receipt, data)
    elif receipt.event is Event.RELAY_ACCEPTED:
        if row.state in {WAITING, BY_COURIER}:
            due = _ask_at(node, row)
            _swap(unit, replace(row, state=RELAYED, lease_until=None, due=due, trouble=""))
        elif row.state == ASKING:
            _swap(unit, replace(row, state=DONE, lease_until=None))
    elif receipt.event.is_negative:
        _warn(node, unit, row, receipt)


def _ask_at(node: Node, row: LetterRow) -> Instant:
    """Return when the other side is asked for receipts that did not come by themselves."""
    return later(node.clock.now(), delays_of(row.priority).longest_pause)


def _record_delivery(  # noqa: PLR0913, PLR0917 # what a receipt bears on
    node: Node, unit: Unit, head: DossierRow, row: LetterRow, receipt: Receipt, data: bytes
) -> None:
    if row.act is None or unit.outbox.get(row.act).delivered is not None:
        return  # another letter with this act was there first
    move = Move(
        step=DELIVERY,
        terms={"act": str(row.act), "at": str(receipt.at)},
        documents={PROOF: data},
        channel=WIRE,
    )
    record_act(node, unit, NODE, head, platform_words(node, head, move))


def _warn(node: Node, unit: Unit, row: LetterRow, receipt: Receipt) -> None:
    """Show a person what went wrong; what was refused for good is tried no longer."""
    if _ends(row, receipt):
        _swap(unit, halted(row, receipt.reason))
        notices.note(node, unit, notices.LETTER_STOPPED, row.priority, row.dossier)
    else:
        notices.note(node, unit, notices.NEGATIVE_RECEIPT, row.priority, row.dossier)
    says = f"{receipt.event.value}: {receipt.reason}, for {row.act}"
    make_finding(node, unit, kind=receipt.event.value, source=str(receipt.by), says=says)


def _ends(row: LetterRow, receipt: Receipt) -> bool:
    """Return whether a letter that is tried was refused for good, and not only late."""
    refused = receipt.event in {Event.RELAY_REJECTED, Event.NOT_DELIVERED}
    is_tried = row.state in {WAITING, RELAYED, BY_COURIER}
    return refused and is_tried and receipt.reason not in {why.LATE, *PASSING}


def _retrieve(node: Node, unit: Unit, message: Digest) -> int:
    row = unit.inbox.lock(message)
    if row.retrieved is not None:
        return 0
    now = node.clock.now()
    unit.inbox.swap(replace(row, retrieved=now, retrieve_by=None), expected=row.fence)
    _say(node, unit, row, Event.RETRIEVED, "")
    return 1


def _fail_relay(node: Node, unit: Unit, message: Digest) -> int:
    """Say that nobody took a letter in time; it goes on being tried."""
    row = unit.letters.lock(message)
    now = node.clock.now()
    if not _is_late(row, now):
        return 0
    says = f"{row.act} for {row.receiver_state} {row.receiver_authority}"
    source = f"{row.receiver_state} {row.receiver_authority}"
    if row.state == WAITING:
        late = draw_up(node, row.message, Event.RELAY_FAILED, at=now, reason=why.LATE)
        keep_once(unit, replace(late, dossier=row.dossier, act=row.act))
        _swap(unit, replace(row, relay_by=None))
        make_finding(node, unit, kind=Event.RELAY_FAILED.value, source=source, says=says)
    else:
        _swap(unit, replace(row, deliver_by=None))
        make_finding(node, unit, kind="no-receipt", source=source, says=says)
    notices.note(node, unit, notices.NEGATIVE_RECEIPT, row.priority, row.dossier)
    return 1


def _fail_delivery(node: Node, unit: Unit, message: Digest) -> int:
    """Say that a message was not taken in in time; it goes on waiting."""
    row = unit.inbox.lock(message)
    if row.state not in _INBOX_OPEN or not _is_past(row.deliver_by, node.clock.now()):
        return 0
    unit.inbox.swap(replace(row, deliver_by=None), expected=row.fence)
    _say(node, unit, row, Event.NOT_DELIVERED, why.LATE)
    says = f"{row.message} waits: {row.trouble or row.state}"
    source = f"{row.sender_state} {row.sender_authority}"
    make_finding(node, unit, kind=Event.NOT_DELIVERED.value, source=source, says=says)
    return 1


def _fail_retrieval(node: Node, unit: Unit, message: Digest) -> int:
    """Say that nobody opened a message in time; whoever is on duty is told."""
    row = unit.inbox.lock(message)
    if row.retrieved is not None or not _is_past(row.retrieve_by, node.clock.now()):
        return 0
    unit.inbox.swap(replace(row, retrieve_by=None), expected=row.fence)
    _say(node, unit, row, Event.NOT_RETRIEVED, why.LATE)
    notices.note(node, unit, notices.STEP_ARRIVED, row.priority, row.dossier)
    return 1


def _say(node: Node, unit: Unit, row: InboxRow, event: Event, reason: str) -> None:
    """Sign a receipt for a message of theirs, keep it, and put it on its way."""
    made = draw_up(node, row.message, event, at=node.clock.now(), reason=reason)
    kept = replace(made, dossier=row.dossier, act=row.act)
    if keep_once(unit, kept):
        tell_sender(node, unit, row, kept)


def _each(
    node: Node,
    rows: list[LetterRow] | list[InboxRow],
    say: Callable[[Node, Unit, Digest], int],
) -> int:
    """Do it for each row in a unit of its own, the dossier locked first."""
    count = 0
    for row in rows:
        with node.store.unit() as unit:
            if row.dossier is not None and unit.dossiers.count(ident=row.dossier):
                unit.dossiers.lock(row.dossier)
            count += say(node, unit, row.message)
    return count


def _open_letters(unit: Unit) -> list[LetterRow]:
    return [
        row for state in (WAITING, RELAYED) for row in letter_heads(unit, state=state, kind=ACT)
    ]


def _is_late(row: LetterRow, now: Instant) -> bool:
    if row.state == WAITING:
        return _is_past(row.relay_by, now)
    return row.state == RELAYED and _is_past(row.deliver_by, now)


def _is_past(moment: Instant | None, now: Instant) -> bool:
    return moment is not None and moment <= now


def _swap(unit: Unit, row: LetterRow) -> None:
    unit.letters.swap(row, expected=unit.letters.get(row.message).fence)


def _report(node: Node, error: DoesNotVerify, data: bytes) -> None:
    if isinstance(error, OutOfReach):
        return
    kind = error.reason if isinstance(error, Refused) else why.MALFORMED
    with node.store.unit() as unit:
        says = f"A receipt: {error.sentence()} {error.detail}"
        make_finding(
            node, unit, kind=f"receipt-{kind}", says=says, evidence=data[: limits.STATEMENT_BYTES]
        )
