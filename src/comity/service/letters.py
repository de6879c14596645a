"""Letters: acts of ours on their way to another node, each made once.

For every exchanged act that goes by node or by courier one letter is made: the bundle is
encrypted to the receiver's current recipient and signed for, and ``submission_accepted`` is
kept with it, all in one unit, under the dossier's lock. What cannot be made (no such
authority in the directory, content erased) leaves ``submission_rejected`` and a finding, and
is tried again after a growing pause. A letter is tried until it is delivered or a person
stops it; ``send_again`` makes a new one, and the receiver takes an act once all the same.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from comity.base import Digest, Ident, Instant
from comity.base.errors import ComityError, OutOfReach
from comity.federation.bundle import Bundle
from comity.federation.delays import delays_of, later
from comity.federation.message import Address, Statement, join_message, sign_statement
from comity.federation.receipt import Event
from comity.seal.act import Act, read_act
from comity.seal.age import Recipient, encrypt_bytes
from comity.service import notices
from comity.service.chains import Wording, kept_documents
from comity.service.contents import read_document
from comity.service.deriving import COURIER, WIRE
from comity.service.errors import NotThere, PeerUnreachable, Unfit
from comity.service.findings import make_finding
from comity.service.letters_parties import find_listed, our_address
from comity.service.node import Node, Officer
from comity.service.ports import Unit
from comity.service.receipts_signing import draw_up, find_receipt
from comity.service.requests import hold, platform_words
from comity.service.rows import DossierRow, LetterRow, OutboxRow, ReceiptRow
from comity.service.settling import record_act
from comity.service.situations import Move

ACT: Final = "act"
WAITING: Final = "waiting"
RELAYED: Final = "relayed"
# It was delivered, but the receipt that they took it got lost on its way back.
ASKING: Final = "asking"
DONE: Final = "done"
STOPPED: Final = "stopped"
# A letter that goes on a disk: the wire leaves it alone.
BY_COURIER: Final = "courier"
STOP: Final = "stop_letter"
AGAIN: Final = "send_again"
_WAYS: Final = (WIRE, COURIER)
# What stands against a letter that the other side has not seen: nothing is wrong with it.
_UNTRIED: Final = frozenset({"", PeerUnreachable.code})


def make_letters(node: Node) -> int:
    """Make a letter for every act that must go out and has none; return how many were tried."""
    now = node.clock.now()
    with node.store.view() as unit:
        missing = [
            row
            for way in _WAYS
            for row in unit.outbox.find(channel=way, delivered=None)
            if row.due <= now and not unit.letters.count(act=row.act)
        ]
    return sum(_try_letter(node, row) for row in sorted(missing, key=_in_time))


def list_letters(node: Node) -> tuple[LetterRow, ...]:
    """Return all letters and receipts of ours on their way."""
    with node.store.view() as unit:
        return unit.letters.find()


def read_letter(node: Node, message: Digest) -> bytes:
    """Return a letter as the file that goes over the wire or onto a disk.

    Raise ``NotThere`` once it was delivered or stopped, for its body is then dropped.
    """
    with node.store.view() as unit:
        return letter_file(unit.letters.get(message))


def letter_file(row: LetterRow) -> bytes:
    """Return the bytes of a letter; raise ``NotThere`` if its body was dropped."""
    if row.body is None:
        detail = f"The letter is {row.state}; its body was dropped."
        raise NotThere(detail, where=str(row.message))
    return join_message(row.statement, row.body)


def stop_letter(node: Node, officer: Officer, message: Digest) -> LetterRow:
    """Let a letter be tried no longer; a house act says who stopped it."""
    with node.store.unit() as unit:
        head = _hold(node, unit, message)
        row = unit.letters.lock(message)
        if row.state in {ASKING, DONE, STOPPED}:
            raise Unfit(row.state, where=str(message))
        stopped = halted(row, f"stopped by {officer.actor}"[:100])
        unit.letters.swap(stopped, expected=row.fence)
        _record(node, unit, officer, head, STOP, row)
    return stopped


def send_again(node: Node, officer: Officer, message: Digest) -> LetterRow:
    """Send a letter at once that nobody answered; of one that was refused make a new one.

    Raise ``Unfit`` if the act was delivered.
    """
    with node.store.unit() as unit:
        head = _hold(node, unit, message)
        row = unit.letters.lock(message)
        if row.act is None or row.kind != ACT:
            detail = "Receipts are sent again by themselves."
            raise Unfit(detail, where=str(message))
        outbox = unit.outbox.get(row.act)
        if outbox.delivered is not None:
            detail = f"It was delivered on {outbox.delivered}."
            raise Unfit(detail, where=str(message))
        _record(node, unit, officer, head, AGAIN, row)
        if row.state == WAITING and row.trouble in _UNTRIED:
            hurried = replace(row, due=node.clock.now(), attempts=0)
            unit.letters.swap(hurried, expected=row.fence)
            return hurried
        if row.state != STOPPED:
            unit.letters.swap(halted(row, "sent again"), expected=row.fence)
        return write_letter(node, unit, head, outbox)


def halted(row: LetterRow, trouble: str) -> LetterRow:
    """Return a letter that is tried no more: whoever held it has lost it, and its body goes."""
    return replace(
        row, state=STOPPED, body=None, lease_until=None, fence=row.fence + 1, trouble=trouble
    )


def write_letter(node: Node, unit: Unit, head: DossierRow, outbox: OutboxRow) -> LetterRow:
    """Make the letter of an act, and the receipt that it was made; the dossier is locked."""
    row = _compose(node, unit, head, outbox)
    unit.letters.add(row)
    made = draw_up(node, row.message, Event.SUBMISSION_ACCEPTED, at=node.clock.now())
    unit.receipts.add(replace(made, dossier=head.ident, act=outbox.act))
    return row


def _try_letter(node: Node, outbox: OutboxRow) -> int:
    try:
        with node.store.unit() as unit:
            head = unit.dossiers.lock(outbox.dossier)
            if head.counterpart == node.state or unit.letters.count(act=outbox.act):
                return 0  # it stays at home, or another worker was faster
            write_letter(node, unit, head, outbox)
    except OutOfReach:
        raise
    except ComityError as error:
        _put_off(node, outbox, error)
    return 1


def _put_off(node: Node, outbox: OutboxRow, error: ComityError) -> None:
    """Say that the letter could not be made, once, and let it be tried again later."""
    with node.store.unit() as unit:
        head = unit.dossiers.lock(outbox.dossier)
        row = unit.outbox.get(outbox.act)
        pause = delays_of(head.priority).pause(row.attempts + 1)
        due = later(node.clock.now(), pause)
        unit.outbox.replace(replace(row, attempts=row.attempts + 1, due=due))
        if find_receipt(unit, row.message, Event.SUBMISSION_REJECTED) is None:
            unit.receipts.add(_not_made(node, row, error))
            make_finding(
                node, unit, kind="not-sent", source=row.receiver, says=f"{error.code}: {row.act}"
            )
            notices.note(node, unit, notices.NEGATIVE_RECEIPT, head.priority, head.ident)


def _not_made(node: Node, row: OutboxRow, error: ComityError) -> ReceiptRow:
    at = node.clock.now()
    made = draw_up(node, row.message, Event.SUBMISSION_REJECTED, at=at, reason=error.code)
    return replace(made, dossier=row.dossier, act=row.act)


def _compose(node: Node, unit: Unit, head: DossierRow, outbox: OutboxRow) -> LetterRow:
    now = node.clock.now()
    to = Address(head.counterpart, head.counterpart_authority)
    recipient = Recipient.parse(find_listed(node, unit, to).current_recipient(now))
    (kept,) = unit.acts.find(chain=head.ident, digest=outbox.act)
    act = read_act(kept.envelope).unsafe_act
    bundle = Bundle(act=kept.envelope, documents=_documents(node, unit, act, kept.chain))
    body = encrypt_bytes(bundle.pack(), [recipient], node.random)
    statement = Statement(
        sender=our_address(node),
        receiver=to,
        made=act.at,
        priority=head.priority,
        exercise=node.exercise,
        body=Digest.of(body),
        size=len(body),
    )
    delays = delays_of(head.priority)
    return LetterRow(
        message=Digest.of(statement.payload()),
        kind=ACT,
        dossier=head.ident,
        act=outbox.act,
        receiver_state=to.state,
        receiver_authority=to.authority,
        priority=head.priority,
        statement=sign_statement(statement, node.key),
        body=body,
        made=act.at,
        due=now,
        relay_by=delays.relay_by(now),
        deliver_by=delays.deliver_by(now),
        retrieve_by=delays.retrieve_by(now),
        lease_until=None,
        fence=0,
        attempts=0,
        state=BY_COURIER if outbox.channel == COURIER else WAITING,
        trouble="",
    )


def _documents(node: Node, unit: Unit, act: Act, chain: Ident) -> dict[str, bytes]:
    return {
        name: read_document(node, unit, chain, act.covers[name]) for name in kept_documents(act)
    }


def _hold(node: Node, unit: Unit, message: Digest) -> DossierRow:
    """Lock the dossier of a letter: always before the letter itself."""
    row = unit.letters.get(message)
    if row.dossier is None:
        raise Unfit(row.kind, where=str(message))
    return hold(node, unit, row.dossier)


def _record(  # noqa: PLR0913, PLR0917 # one act, and who takes it on what
    node: Node, unit: Unit, officer: Officer, head: DossierRow, step: str, row: LetterRow
) -> None:
    terms = {"act": str(row.act), "message": str(row.message)}
    words: Wording = platform_words(node, head, Move(step=step, terms=terms))
    record_act(node, unit, officer, head, words)


def _in_time(row: OutboxRow) -> tuple[Instant, Digest]:
    return row.made, row.act
