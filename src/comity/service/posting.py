"""Posting: letters and receipts of ours go out, each until the other side has it.

A worker claims a letter by lease and fence, sends it outside any unit, and reads the
answer: a signed receipt for a letter, nothing for a receipt. Whatever else comes back, or
nothing, and it is tried again after a pause that grows to a cap: seconds for an emergency,
minutes for routine, and never an end. When a peer cannot be reached all that is due to it
is put off, so that nobody else waits behind it. Of what was relayed the receipts are asked
for, now and then: a peer that cannot reach us is reached by us.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from comity.base import Instant, limits
from comity.base.errors import ComityError, DoesNotVerify, OutOfReach
from comity.federation.delays import EMERGENCY, delays_of, later, rank
from comity.federation.message import Address
from comity.service.errors import LeaseLost, Moved, NoCommonVersion, PeerUnreachable
from comity.service.findings import make_finding
from comity.service.letters import ASKING, RELAYED, WAITING, letter_file, make_letters
from comity.service.letters_parties import find_listed
from comity.service.node import Node
from comity.service.peers import peer_of
from comity.service.ports import Answer, Peer, Unit, Wire
from comity.service.receipts import accept_receipt
from comity.service.receipts_signing import RECEIPT
from comity.service.rows import LetterRow

# Longer than the wire waits for an answer; so long does a killed worker hold a letter back.
LEASE_SECONDS: Final = 180
# An emergency does not wait for that: sent twice, it is received once.
EMERGENCY_SECONDS: Final = 20
_MESSAGES: Final = "/peers/1/messages"
_RECEIPTS: Final = "/peers/1/receipts"
_TAKEN: Final = frozenset({200, 204})
_ASKED: Final = (RELAYED, ASKING)
_CANDIDATES: Final = 64
_MOST_AT_ONCE: Final = 200


class PeerRefused(OutOfReach):
    """The other node answered, and did not take it."""

    code = "wire/peer-refused"
    remedy = "It is tried again by itself; look at the findings on both sides."


class OtherAnswer(DoesNotVerify):
    """The other node answered with the receipt of another message."""

    code = "wire/other-answer"


def post_letters(node: Node) -> int:
    """Make the letters that are to be made and send what is due; return how many it was."""
    count = make_letters(node)
    if node.wire is None:
        return count
    count += _ask_for_receipts(node, node.wire)
    for dealt in range(_MOST_AT_ONCE):
        row = _claim(node)
        if row is None:
            return count + dealt
        _post(node, node.wire, row)
    return count + _MOST_AT_ONCE


def _claim(node: Node) -> LetterRow | None:
    """Claim what is due, emergencies first."""
    now = node.clock.now()
    with node.store.view() as unit:
        if not unit.letters.due(now, 1):
            return None
    with node.store.unit() as unit:
        for row in sorted(unit.letters.due(now, _CANDIDATES), key=_urgency):
            taken = _leased(row, now)
            try:
                unit.letters.swap(taken, expected=row.fence)
            except Moved:
                continue  # another worker was faster
            return taken
    return None


def _leased(row: LetterRow, now: Instant) -> LetterRow:
    seconds = EMERGENCY_SECONDS if row.priority == EMERGENCY else LEASE_SECONDS
    return replace(
        row,
        fence=row.fence + 1,
        attempts=row.attempts + 1,
        lease_until=later(now, seconds),
    )


def _post(node: Node, wire: Wire, row: LetterRow) -> None:
    """Send one letter; whatever fails, it is due again after a pause."""
    try:
        _send(node, wire, row)
    except NoCommonVersion as error:
        _give_back(node, row, error, finding="no-common-version")
    except PeerUnreachable as error:
        _give_back(node, row, error)
        _put_off_all(node, row)
    except DoesNotVerify as error:
        _give_back(node, row, error, finding="bad-answer")
    except ComityError as error:
        _give_back(node, row, error)


def _send(node: Node, wire: Wire, row: LetterRow) -> None:
    peer = _peer(node, row)
    if row.kind == RECEIPT:
        answer = wire.call(peer, "POST", _RECEIPTS, row.statement, most=limits.STATEMENT_BYTES)
        _require_taken(answer)
        _finish_receipt(node, row)
        return
    answer = wire.call(peer, "POST", _MESSAGES, letter_file(row), most=limits.STATEMENT_BYTES)
    _require_taken(answer)
    receipt = accept_receipt(node, answer.body)
    if receipt.message != row.message:
        raise OtherAnswer(where=str(row.message))
    _put_back(node, row, receipt.reason)


def _require_taken(answer: Answer) -> None:
    if answer.status not in _TAKEN:
        detail = f"Status {answer.status}."
        raise PeerRefused(detail)


def _peer(node: Node, row: LetterRow) -> Peer:
    with node.store.view() as unit:
        to = Address(row.receiver_state, row.receiver_authority)
        return peer_of(find_listed(node, unit, to))


def _finish_receipt(node: Node, row: LetterRow) -> None:
    """Be done with a receipt that they have."""
    try:
        with node.store.unit() as unit:
            held = _require_held(unit, row)
            _swap(unit, replace(held, state="done", lease_until=None, trouble=""))
    except LeaseLost:
        return


def _put_back(node: Node, row: LetterRow, reason: str) -> None:
    """Let a letter wait that was refused for a while; one that was taken has moved on."""
    try:
        with node.store.unit() as unit:
            held = _require_held(unit, row)
            _swap(unit, _paused(node, held, reason))
    except LeaseLost:
        return


def _give_back(node: Node, row: LetterRow, error: ComityError, *, finding: str = "") -> None:
    """Let the letter wait, longer each time; of the first failure of its kind tell a person."""
    try:
        with node.store.unit() as unit:
            held = _require_held(unit, row)
            _swap(unit, _paused(node, held, error.code))
            kind = finding or ("refused" if isinstance(error, PeerRefused) else "")
            if kind and held.trouble != error.code:
                says = f"{error.sentence()} {error.detail}"
                source = f"{row.receiver_state} {row.receiver_authority}"
                make_finding(node, unit, kind=kind, source=source, says=says)
    except LeaseLost:
        return


def _paused(node: Node, row: LetterRow, trouble: str) -> LetterRow:
    due = later(node.clock.now(), delays_of(row.priority).pause(row.attempts))
    return replace(row, lease_until=None, due=due, trouble=trouble)


def _put_off_all(node: Node, failed: LetterRow) -> None:
    """Let all that is due to a peer that is away wait too."""
    now = node.clock.now()
    with node.store.unit() as unit:
        # In one order, whoever does it: two that wait for each other would both be lost.
        for row in sorted(unit.letters.due(now, _MOST_AT_ONCE), key=lambda one: one.message):
            if _receiver(row) == _receiver(failed):
                pause = delays_of(row.priority).pause(failed.attempts)
                moved = replace(row, due=later(now, pause), trouble=PeerUnreachable.code)
                _swap_if_free(unit, moved)


def _ask_for_receipts(node: Node, wire: Wire) -> int:
    """Ask for receipts that should have come by themselves a while ago."""
    now = node.clock.now()
    with node.store.view() as unit:
        due = [
            row
            for state in _ASKED
            for row in unit.letters.find(state=state)
            if row.due <= now and (row.lease_until is None or row.lease_until <= now)
        ]
    return sum(_ask(node, wire, row, now) for row in due[:_CANDIDATES])


def _ask(node: Node, wire: Wire, row: LetterRow, now: Instant) -> int:
    taken = _leased(row, now)
    try:
        with node.store.unit() as unit:
            unit.letters.swap(taken, expected=row.fence)
    except Moved:
        return 0
    try:
        path = f"{_RECEIPTS}/{row.message.hex}"
        answer = wire.call(_peer(node, row), "GET", path, most=limits.RECEIPTS_BYTES)
        _require_taken(answer)
        for envelope in answer.body.split(b"\n"):
            accept_receipt(node, envelope)
    except ComityError:
        pass  # the pause below is all that follows; a false receipt has left its finding
    _look_later(node, taken)
    return 1


def _look_later(node: Node, row: LetterRow) -> None:
    with node.store.unit() as unit:
        held = unit.letters.lock(row.message)
        if held.state in _ASKED and held.fence == row.fence:
            due = later(node.clock.now(), delays_of(row.priority).longest_pause)
            _swap(unit, replace(held, lease_until=None, due=due))


def _require_held(unit: Unit, row: LetterRow) -> LetterRow:
    """Return the letter if this worker still holds it; raise ``LeaseLost``."""
    held = unit.letters.lock(row.message)
    if held.fence != row.fence or held.state != WAITING:
        raise LeaseLost(where=str(row.message))
    return held


def _swap(unit: Unit, row: LetterRow) -> None:
    unit.letters.swap(row, expected=row.fence)


def _swap_if_free(unit: Unit, row: LetterRow) -> None:
    try:
        _swap(unit, row)
    except Moved:
        return


def _receiver(row: LetterRow) -> tuple[str, str]:
    return row.receiver_state, row.receiver_authority


def _urgency(row: LetterRow) -> tuple[int, Instant]:
    return rank(row.priority), row.due
