"""Taking in what was kept at the door: once, in order, with a receipt for the sender.

A worker claims a message by lease and fence, opens and judges it (``receiving_judging``),
and in one unit keeps the act and its documents, opens our own dossier if it begins one,
notes the delivery as a house act, signs ``delivered`` and puts that on its way. What waits
for an earlier act is *held*, and woken in the unit that takes that act. What is refused is
told in ``not_delivered`` and kept as a finding. Either way the ciphertext is then dropped.
Of an act that is here already only the message is done with: nothing is doubled.

Locks are taken in one order, here and where we post: the dossier, then the message.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from comity.base import Instant, limits
from comity.base.errors import ComityError, OutOfReach
from comity.federation.delays import later, rank
from comity.federation.message import PAYLOAD_TYPE, Statement
from comity.federation.receipt import Event
from comity.seal.dsse import read_envelope
from comity.service import notices, transfers
from comity.service import receiving_refusals as why
from comity.service.chains import act_row
from comity.service.contents import keep_document
from comity.service.deriving import DELIVERY, WIRE
from comity.service.errors import AlreadyThere, LeaseLost, Moved, StoreDamaged
from comity.service.findings import make_finding
from comity.service.letters_parties import NODE
from comity.service.node import Node
from comity.service.parcels import inbox_heads
from comity.service.ports import Unit
from comity.service.receipts_signing import draw_up, keep_once, tell_sender
from comity.service.receiving_judging import (
    Parcel,
    is_ready,
    open_parcel,
    require_begun,
    require_place,
    require_shared,
)
from comity.service.receiving_refusals import Refused, Waits
from comity.service.replies import PROOF
from comity.service.requests import begin_dossier, platform_words
from comity.service.rows import DossierRow, InboxRow, ReceiptRow
from comity.service.settling import record_act
from comity.service.situations import Move, read_dossier

WAITING: Final = "waiting"
HELD: Final = "held"
DONE: Final = "done"
REFUSED: Final = "refused"
LEASE_SECONDS: Final = 60
# After so many beginnings it may be the message that kills the workers: it is set aside.
MOST_ATTEMPTS: Final = 30
_PAUSE_SECONDS: Final = 5
_SECONDS_A_DAY: Final = 86_400
_CANDIDATES: Final = 64
_MOST_AT_ONCE: Final = 200


def take_inbox(node: Node) -> int:
    """Take in the messages that wait, the most urgent first; return how many were dealt with."""
    _wake_all(node)
    for dealt in range(_MOST_AT_ONCE):
        row = _claim(node)
        if row is None:
            return dealt
        _deal_with(node, row)
    return _MOST_AT_ONCE


def _claim(node: Node) -> InboxRow | None:
    """Claim a message that is due; the same worker may lose it when its lease ends."""
    now = node.clock.now()
    with node.store.view() as unit:
        due = unit.inbox.pick_due(now, _CANDIDATES, "priority", "due", "message")
    if not due:
        return None
    with node.store.unit() as unit:
        for _, _, message in sorted(due, key=_urgency):
            row = unit.inbox.get(message)
            if row.state != WAITING or (row.lease_until is not None and row.lease_until > now):
                continue  # another worker was faster
            taken = replace(
                row,
                fence=row.fence + 1,
                attempts=row.attempts + 1,
                lease_until=later(now, LEASE_SECONDS),
            )
            try:
                unit.inbox.swap(taken, expected=row.fence)
            except Moved:
                continue  # another worker was faster
            return taken
    return None


def _deal_with(node: Node, row: InboxRow) -> None:
    """Take the message in, or say why not."""
    try:
        _require_safe(row)
        parcel = open_parcel(node, row, read_statement(row))
        try:
            _take(node, row, parcel)
        except Waits as waits:
            _hold(node, row, parcel, waits)
    except LeaseLost:
        return
    except Refused as refusal:
        _refuse(node, row, refusal)
    except (OutOfReach, AlreadyThere, StoreDamaged) as error:
        # A fault of the world, or two workers that open one dossier at once: again, soon.
        _put_back(node, row, error)
    except ComityError as error:
        _refuse(node, row, Refused(error.code, str(error)))


def _require_safe(row: InboxRow) -> None:
    if row.attempts > MOST_ATTEMPTS:
        raise Refused(why.NOT_READABLE, "Every worker that began it was stopped.")


def read_statement(row: InboxRow) -> Statement:
    """Return what was said on the outside of a message; it was verified when it was kept."""
    return Statement.parse(read_envelope(row.statement, PAYLOAD_TYPE).payload)


def _take(node: Node, row: InboxRow, parcel: Parcel) -> None:
    """Keep the act and all that follows from it, in one unit."""
    with node.store.unit() as unit:
        head, held = _lock(node, unit, row, parcel)
        is_new = require_place(unit, parcel)
        receipt = _delivered(node, row, parcel)
        if is_new:
            _keep(node, unit, head, parcel, receipt)
        done = replace(held, dossier=head.ident, act=parcel.act.digest)
        _close(unit, done, DONE, "")
        keep_once(unit, receipt)
        tell_sender(node, unit, row, receipt)
        _wake(node, unit, inbox_heads(unit, state=HELD, dossier=head.ident))


def _lock(node: Node, unit: Unit, row: InboxRow, parcel: Parcel) -> tuple[DossierRow, InboxRow]:
    """Lock the dossier, which is opened if there is none, and then the message."""
    if unit.dossiers.count(ident=parcel.dossier):
        head = unit.dossiers.lock(parcel.dossier)
        held = require_held(unit, row)
        require_shared(head, parcel)
        return head, held
    begun = require_begun(node, unit, parcel, row)
    read_dossier(node, begun)  # the domain refuses what does not fit together
    head = begin_dossier(node, unit, NODE, begun)
    return head, require_held(unit, row)


def _keep(node: Node, unit: Unit, head: DossierRow, parcel: Parcel, receipt: ReceiptRow) -> None:
    """Keep act and documents; our house act says when we had it, so clocks run from there."""
    act = parcel.act
    unit.acts.add(act_row(parcel.signed))
    for document in parcel.documents.values():
        keep_document(node, unit, head.ident, document)
    move = Move(
        step=DELIVERY,
        terms={"act": str(act.digest), "at": str(receipt.at)},
        documents={PROOF: receipt.envelope},
        channel=WIRE,
    )
    record_act(node, unit, NODE, head, platform_words(node, head, move))
    transfers.note_act(node, unit, head, act, parcel.documents)
    kind = notices.REQUEST_ARRIVED if act.number == 0 else notices.STEP_ARRIVED
    notices.note(node, unit, kind, head.priority, head.ident)


def _delivered(node: Node, row: InboxRow, parcel: Parcel) -> ReceiptRow:
    """Sign that we have read it: by our clock, yet not before the act (within 300 s)."""
    at = max(node.clock.now(), parcel.act.at)
    receipt = draw_up(node, row.message, Event.DELIVERED, at=at)
    return replace(receipt, dossier=parcel.dossier, act=parcel.act.digest)


def _hold(node: Node, row: InboxRow, parcel: Parcel, waits: Waits) -> None:
    with node.store.unit() as unit:
        held = require_held(unit, row)
        waiting = replace(held, state=HELD, dossier=parcel.dossier, trouble=waits.what)
        _swap(unit, replace(waiting, lease_until=None, attempts=0))


def _refuse(node: Node, row: InboxRow, refusal: Refused) -> None:
    """Set the message aside, with a finding, and tell the sender."""
    at: Instant = node.clock.now()
    receipt = draw_up(node, row.message, Event.NOT_DELIVERED, at=at, reason=refusal.reason)
    source = f"{row.sender_state} {row.sender_authority}"
    try:
        with node.store.unit() as unit:
            held = require_held(unit, row)
            _close(unit, held, REFUSED, refusal.reason)
            make_finding(
                node, unit, kind=refusal.reason, source=source, says=refusal.detail,
                evidence=refusal.evidence or row.statement,
            )  # fmt: skip # one finding
            notices.note(node, unit, notices.FINDING, row.priority)
            keep_once(unit, receipt)
            tell_sender(node, unit, row, receipt)
    except LeaseLost:
        return


def _put_back(node: Node, row: InboxRow, error: ComityError) -> None:
    try:
        with node.store.unit() as unit:
            held = require_held(unit, row)
            due = later(node.clock.now(), _PAUSE_SECONDS)
            _swap(unit, replace(held, lease_until=None, due=due, attempts=0, trouble=error.code))
    except LeaseLost:
        return


def _wake_all(node: Node) -> None:
    """Wake what was held a moment too late to be woken with the act that it waits for.

    What it waits for may never come: after as long as a message may be on its way it is given up.
    """
    now = node.clock.now()
    with node.store.view() as unit:
        held = inbox_heads(unit, state=HELD)
        ready = [row for row in held if is_ready(node, unit, row)]
    if ready:
        with node.store.unit() as unit:
            _wake(node, unit, tuple(ready))
    for row in held:
        if now.seconds_after(row.received) > limits.MESSAGE_DAYS * _SECONDS_A_DAY:
            _give_up(node, row)


def _give_up(node: Node, row: InboxRow) -> None:
    """Drop a message whose ancestor never came; its sender was told when its time was over."""
    with node.store.unit() as unit:
        held = unit.inbox.lock(row.message)
        if held.state != HELD:
            return
        _close(unit, held, REFUSED, why.LATE)
        make_finding(
            node, unit, kind=why.LATE, source=f"{row.sender_state} {row.sender_authority}",
            says=f"It waited for {held.trouble}, which never came.", evidence=row.statement,
        )  # fmt: skip # one finding


def _wake(node: Node, unit: Unit, rows: tuple[InboxRow, ...]) -> None:
    for row in rows:
        held = unit.inbox.lock(row.message)
        if held.state == HELD and is_ready(node, unit, held):
            _swap(unit, replace(held, state=WAITING, due=node.clock.now()))


def require_held(unit: Unit, row: InboxRow) -> InboxRow:
    """Return the message if this worker still holds it; raise ``LeaseLost``."""
    held = unit.inbox.lock(row.message)
    if held.fence != row.fence or held.state != WAITING:
        raise LeaseLost(where=str(row.message))
    return held


def _close(unit: Unit, row: InboxRow, state: str, trouble: str) -> None:
    """Be done with a message; its ciphertext goes."""
    _swap(unit, replace(row, state=state, body=None, lease_until=None, trouble=trouble))


def _swap(unit: Unit, row: InboxRow) -> None:
    unit.inbox.swap(row, expected=row.fence)


def _urgency(found: tuple[Any, ...]) -> tuple[int, Instant]:
    priority, due, _ = found
    return rank(priority), due
