"""Our own receipts: signed, kept once, and sent to whom they concern."""

from __future__ import annotations

from comity.base import Digest, Instant
from comity.federation.message import Address
from comity.federation.receipt import Event, Receipt, sign_receipt
from comity.service.letters_parties import our_address
from comity.service.node import Node
from comity.service.ports import Unit
from comity.service.rows import InboxRow, LetterRow, ReceiptRow

RECEIPT = "receipt"


def draw_up(
    node: Node, message: Digest, event: Event, *, at: Instant, reason: str = ""
) -> ReceiptRow:
    """Sign a receipt and return it as it is to be kept."""
    receipt = Receipt(
        message=message,
        event=event,
        by=our_address(node),
        at=at,
        reason=reason,
        exercise=node.exercise,
    )
    return receipt_row(receipt, sign_receipt(receipt, node.key))


def receipt_row(receipt: Receipt, envelope: bytes) -> ReceiptRow:
    """Return how a receipt is kept, but for the dossier and act that it concerns."""
    return ReceiptRow(
        message=receipt.message,
        event=receipt.event.value,
        state=receipt.by.state,
        authority=receipt.by.authority,
        at=receipt.at,
        reason=receipt.reason,
        envelope=envelope,
        dossier=None,
        act=None,
    )


def keep_once(unit: Unit, row: ReceiptRow) -> bool:
    """Keep a receipt unless there is one of its event; return whether it was kept."""
    if find_receipt(unit, row.message, Event(row.event)) is not None:
        return False
    unit.receipts.add(row)
    return True


def find_receipt(unit: Unit, message: Digest, *events: Event) -> ReceiptRow | None:
    """Return the first receipt of these events that is kept for a message."""
    for event in events:
        for row in unit.receipts.find(message=message, event=event.value):
            return row
    return None


def tell_sender(node: Node, unit: Unit, inbox: InboxRow, row: ReceiptRow) -> None:
    """Put a receipt of ours for their message on its way to them."""
    to = Address(inbox.sender_state, inbox.sender_authority)
    now = node.clock.now()
    unit.letters.add(
        LetterRow(
            message=Digest.of(row.envelope),
            kind=RECEIPT,
            dossier=row.dossier,
            act=row.act,
            receiver_state=to.state,
            receiver_authority=to.authority,
            priority=inbox.priority,
            statement=row.envelope,
            body=None,
            made=row.at,
            due=now,
            relay_by=None,
            deliver_by=None,
            retrieve_by=None,
            lease_until=None,
            fence=0,
            attempts=0,
            state="waiting",
            trouble="",
        )
    )
