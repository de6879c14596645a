"""Checks 18 to 20: letters on their way, what came in, and the receipts of both."""

from __future__ import annotations

from collections.abc import Mapping

from comity.base import Digest, parse_canonical
from comity.base.errors import ComityError, DoesNotVerify
from comity.federation.message import PAYLOAD_TYPE, Statement
from comity.federation.receipt import Event, read_receipt, verify_receipt
from comity.seal.dsse import read_envelope, verify_envelope
from comity.seal.errors import OtherKey
from comity.seal.keys import VerifyingKey
from comity.service.chains import EXCHANGED
from comity.service.checking.gathering import Findings
from comity.service.letters import ACT, ASKING, DONE, STOPPED
from comity.service.node import Node
from comity.service.ports import Unit
from comity.service.receipts_signing import find_receipt, receipt_row
from comity.service.rows import InboxRow, LetterRow, ReceiptRow

_LETTERS, _INBOX, _RECEIPTS = range(18, 21)
_RESTORE = "Put the row back from the backup."
_LOOK = "See the findings, then send it again or by another way."
_Owner = tuple[str, str]
_Keys = Mapping[tuple[_Owner, Digest], VerifyingKey]


def check_letters(node: Node, findings: Findings) -> None:
    """Make checks 18 to 20."""
    with node.store.view() as unit:
        keys = _keys(node, unit)
        # 18. Letters.
        for letter in unit.letters.each(kind=ACT):
            _check_letter(node, unit, findings, keys, letter)
        # 19. Inbox.
        for row in unit.inbox.each():
            _check_inbox(unit, findings, keys, row)
        # 20. Receipts.
        for receipt in unit.receipts.each():
            _check_receipt(unit, findings, keys, receipt)


def _check_letter(
    node: Node,
    unit: Unit,
    findings: Findings,
    keys: _Keys,
    row: LetterRow,
) -> None:
    findings.look(_LETTERS)
    where = f"Letter {row.message}"
    owner = (node.state, node.authority)
    said = _read_statement(findings, _LETTERS, where, row.statement, row.message, keys, owner)
    if said is None:
        return
    receiver = (said.receiver.state, said.receiver.authority)
    if (receiver, said.made) != ((row.receiver_state, row.receiver_authority), row.made):
        findings.fail(_LETTERS, f"{where} is not what its row says of it. {_RESTORE}")
    _check_body(findings, _LETTERS, where, row, said)
    held = unit.acts.find(chain=row.dossier, digest=row.act, holder=node.state, track=EXCHANGED)
    outbox = unit.outbox.find(act=row.act)
    if not held or not outbox:
        findings.fail(_LETTERS, f"{where} bears no act of ours. {_RESTORE}")
        return
    if row.state in {ASKING, DONE} and outbox[0].delivered is None:
        findings.fail(_LETTERS, f"{where} is done, and no act says it was delivered. {_RESTORE}")
    if find_receipt(unit, row.message, Event.SUBMISSION_ACCEPTED) is None:
        findings.fail(_LETTERS, f"{where} was made and has no receipt of it. {_RESTORE}")
    if row.state == STOPPED and outbox[0].delivered is None:
        others = {one.state for one in unit.letters.find(act=row.act)}
        if others == {STOPPED}:
            findings.doubt(_LETTERS, f"{where} was stopped: {row.trouble}. {_LOOK}")


def _check_inbox(
    unit: Unit,
    findings: Findings,
    keys: _Keys,
    row: InboxRow,
) -> None:
    findings.look(_INBOX)
    where = f"Message {row.message}"
    owner = (row.sender_state, row.sender_authority)
    said = _read_statement(findings, _INBOX, where, row.statement, row.message, keys, owner)
    if said is None:
        return
    _check_body(findings, _INBOX, where, row, said)
    if find_receipt(unit, row.message, Event.RELAY_ACCEPTED) is None:
        findings.fail(_INBOX, f"{where} was kept and has no receipt of it. {_RESTORE}")
    if row.state == "held":
        findings.note(_INBOX, "Some wait for an earlier act.")
    if row.state != DONE:
        return
    if not unit.acts.count(chain=row.dossier, digest=row.act, holder=row.sender_state):
        findings.fail(_INBOX, f"{where} was taken in, and its act is not there. {_RESTORE}")
    if find_receipt(unit, row.message, Event.DELIVERED) is None:
        findings.fail(_INBOX, f"{where} was taken in and has no receipt of it. {_RESTORE}")


def _check_receipt(
    unit: Unit,
    findings: Findings,
    keys: _Keys,
    row: ReceiptRow,
) -> None:
    findings.look(_RECEIPTS)
    where = f"Receipt {row.event} of {row.message}"
    try:
        found = read_receipt(row.envelope)
        key = _key_of(keys, found.envelope.key_id, (row.state, row.authority))
        receipt = verify_receipt(found, key)
    except ComityError as error:
        findings.fail(_RECEIPTS, f"{where} does not verify: {error.code}. {_RESTORE}")
        return
    said = receipt_row(receipt, row.envelope)
    if (said.message, said.event, said.at, said.reason) != (
        row.message, row.event, row.at, row.reason,
    ):  # fmt: skip # what is said, over what the row says
        findings.fail(_RECEIPTS, f"{where} is not what its row says of it. {_RESTORE}")
    is_ours = bool(unit.letters.count(message=row.message, kind=ACT))
    if is_ours and row.event == Event.DELIVERED.value and row.act is not None:
        outbox = unit.outbox.find(act=row.act)
        if not outbox or outbox[0].delivered is None:
            findings.fail(_RECEIPTS, f"{where} is here, and no act notes it. {_RESTORE}")


def _check_body(
    findings: Findings, check: int, where: str, row: LetterRow | InboxRow, said: Statement
) -> None:
    """Look that a body is there as long as it is needed, and no longer."""
    is_needed = row.state not in {ASKING, DONE, STOPPED, "refused"}
    if is_needed is not (row.body is not None):
        findings.fail(check, f"{where} is {row.state} and its body does not fit that. {_RESTORE}")
    elif row.body is not None and not Digest.of(row.body).matches(said.body):
        findings.fail(check, f"{where} has another body than was signed. {_RESTORE}")


def _read_statement(  # noqa: PLR0913, PLR0917 # what is read, under which keys, and who is told
    findings: Findings,
    check: int,
    where: str,
    line: bytes,
    name: Digest,
    keys: _Keys,
    owner: _Owner,
) -> Statement | None:
    try:
        envelope = read_envelope(line, PAYLOAD_TYPE)
        payload = verify_envelope(envelope, _key_of(keys, envelope.key_id, owner))
        said = Statement.parse(payload)
        if Digest.of(payload) != name:
            raise OtherKey(str(name))
    except DoesNotVerify as error:
        findings.fail(check, f"{where} does not verify: {error.code}. {_RESTORE}")
        return None
    return said


def _key_of(keys: _Keys, key_id: Digest, owner: _Owner) -> VerifyingKey:
    found = keys.get((owner, key_id))
    if found is None:
        raise OtherKey(str(key_id))
    return found


def _keys(node: Node, unit: Unit) -> _Keys:
    """Return every key that this node knows, under whose it is; its own from its key file.

    Two may call one key theirs: it then counts for each in its own name alone.
    """
    own = node.key.public
    found = {((node.state, node.authority), own.key_id): own}
    for row in unit.keys.find():
        try:
            key = VerifyingKey.parse(parse_canonical(row.document))
        except ComityError:
            continue  # what it signed then verifies with no known key, which is a finding
        if key.key_id == row.key_id:
            found[(row.state, row.authority), row.key_id] = key
    return found
