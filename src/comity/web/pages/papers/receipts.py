"""The paper of receipts: what became of our and their messages, signed by who can know it."""

from __future__ import annotations

from django.utils.translation import pgettext

from comity.base import Digest, Instant
from comity.federation.receipt import PAYLOAD_TYPE, Event
from comity.seal.dsse import read_envelope
from comity.service.rows import ReceiptRow
from comity.web.pages.dossiers.words import RECEIPTS, label
from comity.web.pages.papers.record import Record, known_key
from comity.web.pages.papers.words import state_name, when
from comity.web.paper.errors import NothingToPrint
from comity.web.paper.inlays import Signed, check_lines, signed_inlays
from comity.web.paper.model import Bit, Paper, Part, Row, digest_bit, mark, ref, text

# The last of a dossier: the embedded files stay few.
_MOST = 40
_EVENTS = [one.value for one in Event]


def make_receipt(record: Record, wanted: str, language: str) -> Paper:
    """Return the paper of the receipts of one act, or of all acts of the dossier."""
    rows = chosen(record, wanted)
    signed = [sign_of(record, row, at) for at, row in enumerate(rows, 1)]
    last = rows[-1]
    return Paper(
        kind="receipt",
        language=language,
        title=pgettext("paper", "Receipts"),
        says=pgettext(
            "paper",
            "What became of the messages of this dossier. The sender’s authority signs what it "
            "knows; the receiver’s signs the rest.",
        ),
        state=state_name(record.node, record.node.state, language),
        authority=record.node.authority,
        reference=record.reference(),
        at=last.at,
        exercise=record.shown.head.exercise,
        digest=signed[-1].digest,
        named=f"{signed[-1].name}.json",
        facts=(Row(label=pgettext("paper", "Dossier"), bits=(ref(record.ident),)),),
        parts=(
            Part(
                title=pgettext("paper", "What happened"),
                head=(
                    pgettext("paper", "No."),
                    pgettext("paper", "What"),
                    pgettext("paper", "When"),
                    pgettext("paper", "Signed for"),
                    pgettext("paper", "Why"),
                ),
                table=tuple(
                    (
                        text(at),
                        mark(label(RECEIPTS, row.event)),
                        when(row.at, language),
                        text(f"{row.authority} ({row.state})"),
                        text(row.reason or "–"),
                    )
                    for at, row in enumerate(rows, 1)
                ),
            ),
            _messages(rows),
        ),
        checks=_checks(signed[-1]),
        inlays=tuple(one for each in signed for one in signed_inlays(each)),
    )


def chosen(record: Record, wanted: str) -> list[ReceiptRow]:
    """Return the receipts of an act, or all; in time. Raise ``NothingToPrint``."""
    digest = Digest.parse(wanted) if wanted else None
    rows = [row for row in record.shown.receipts if digest is None or row.act == digest]
    if not rows:
        raise NothingToPrint
    return sorted(rows, key=_in_order)[-_MOST:]


def _in_order(row: ReceiptRow) -> tuple[Instant, Digest, int]:
    return row.at, row.message, _EVENTS.index(row.event)


def sign_of(record: Record, row: ReceiptRow, at: int) -> Signed:
    """Return a receipt as a signed document."""
    envelope = read_envelope(row.envelope, PAYLOAD_TYPE)
    return Signed(
        name=f"receipt-{at:02}",
        document=row.envelope,
        envelope=envelope,
        key=known_key(record.node, envelope.key_id),
        at=row.at,
    )


def _messages(rows: list[ReceiptRow]) -> Part:
    return Part(
        title=pgettext("paper", "Which messages"),
        head=(
            pgettext("paper", "Receipts"),
            pgettext("paper", "Message"),
            pgettext("paper", "Act that it carried"),
        ),
        table=tuple(_message(message, rows) for message in dict.fromkeys(r.message for r in rows)),
    )


def _message(message: Digest, rows: list[ReceiptRow]) -> tuple[Bit, ...]:
    mine = [(at, row) for at, row in enumerate(rows, 1) if row.message == message]
    acts = [row.act for _at, row in mine if row.act is not None]
    return (
        text(", ".join(str(at) for at, _row in mine)),
        digest_bit(message),
        digest_bit(acts[0]) if acts else text("–"),
    )


def _checks(signed: Signed) -> tuple[tuple[str, str], ...]:
    digest, *rest = check_lines(signed)
    found = [
        ("pdfdetach -saveall *.pdf", pgettext("paper", "takes the files out of this paper")),
        (digest, pgettext("paper", "must print the digest at the foot of every page")),
    ]
    if rest:
        key, prepare, verify = rest
        found += [
            (key, pgettext("paper", "must print the name of the key that signed it")),
            (prepare, pgettext("paper", "writes the bytes that were signed (DSSE)")),
            (verify, pgettext("paper", "must print: Signature Verified Successfully")),
        ]
    return tuple(found)
