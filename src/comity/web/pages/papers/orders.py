"""The paper of an order on a provider: what its file says, with the file inside."""

from __future__ import annotations

from django.utils.translation import pgettext

from comity.base import parse_canonical
from comity.federation.order import PAYLOAD_TYPE, Order
from comity.seal.dsse import read_envelope
from comity.service.orders import list_orders, show_order
from comity.web.pages.papers.record import Record
from comity.web.pages.papers.words import law, option, state_name, when
from comity.web.paper.errors import NothingToPrint
from comity.web.paper.inlays import Signed, check_lines, signed_inlays
from comity.web.paper.model import Bit, Paper, Part, Row, digest_bit, mono, ref, text

_FILE = "order"


def make_order(record: Record, wanted: str, language: str) -> Paper:
    """Return the paper of an order: the one asked for, or the last of the dossier."""
    rows = [
        row
        for row in sorted(list_orders(record.node, record.ident), key=lambda one: one.made)
        if not wanted or row.order == wanted
    ]
    if not rows:
        raise NothingToPrint
    shown = show_order(record.node, rows[-1].order)
    envelope = read_envelope(shown.document, PAYLOAD_TYPE)
    order = Order.from_data(parse_canonical(envelope.payload))
    signed = Signed(
        name=_FILE,
        document=shown.document,
        envelope=envelope,
        key=order.key,
        at=order.issued_at,
    )
    return Paper(
        kind="order",
        language=language,
        title=_title(order),
        says=pgettext("paper", "%(authority)s orders %(provider)s to do what is said here.")
        % {"authority": order.authority, "provider": order.provider},
        state=state_name(record.node, order.state, language),
        authority=order.authority,
        reference=order.reference,
        at=order.issued_at,
        exercise=order.exercise,
        digest=signed.digest,
        named="order.json",
        marks=_marks(order, shown.row.revoked is not None),
        facts=_facts(order, language),
        parts=(_asked(order, language), _objection(order, language), _sealed(signed)),
        checks=_checks(signed),
        inlays=signed_inlays(signed),
    )


def _title(order: Order) -> str:
    if order.measure.value == "preserve":
        return pgettext("paper", "Order to preserve data")
    return pgettext("paper", "Order to produce data")


def _marks(order: Order, is_revoked: bool) -> tuple[str, ...]:  # noqa: FBT001 # the claim itself
    found = [
        pgettext(
            "paper",
            "Do not call a number that came with this paper. Call the number that the directory "
            "gives for this authority, and ask whether the order is theirs.",
        )
    ]
    if is_revoked:
        found.append(pgettext("paper", "This order was revoked. It binds no more."))
    if order.must_check:
        found.append(
            pgettext(
                "paper", "Look at the list of revoked orders before you obey: this order asks it."
            )
        )
    return tuple(found)


def _facts(order: Order, language: str) -> tuple[Row, ...]:
    rows = [
        Row(label=pgettext("paper", "Order"), bits=(ref(order.order),)),
        Row(label=pgettext("paper", "File number"), bits=(ref(order.reference),)),
        Row(label=pgettext("paper", "Issued by"), bits=(text(order.authority),)),
        Row(label=pgettext("paper", "Provider addressed"), bits=(text(order.provider),)),
        Row(label=pgettext("paper", "Issued at"), bits=(when(order.issued_at, language),)),
        Row(label=pgettext("paper", "In force until"), bits=(when(order.valid_until, language),)),
        Row(label=pgettext("paper", "Under"), bits=tuple(_law(one) for one in order.law)),
    ]
    if order.authorisation:
        rows.append(
            Row(label=pgettext("paper", "Authorisation"), bits=(text(order.authorisation),))
        )
    if order.answer_by is not None:
        rows.append(
            Row(label=pgettext("paper", "Answer by"), bits=(when(order.answer_by, language),))
        )
    if order.confidential_until is not None:
        rows.append(
            Row(
                label=pgettext("paper", "Silence until"),
                bits=(when(order.confidential_until, language),),
            )
        )
    if order.replaces is not None:
        rows.append(Row(label=pgettext("paper", "Takes the place of"), bits=(ref(order.replaces),)))
    if order.carries is not None:
        rows.append(
            Row(
                label=pgettext("paper", "Request of another State that it serves"),
                bits=(digest_bit(order.carries),),
            )
        )
    return tuple(rows)


def _law(said: str) -> Bit:
    return law(said)


def _asked(order: Order, language: str) -> Part:
    rows = [
        Row(
            label=pgettext("paper", "Kinds of data"),
            bits=tuple(text(option(kind.value)) for kind in order.kinds),
        ),
        Row(label=pgettext("paper", "Data"), bits=tuple(mono(one) for one in order.data)),
    ]
    if order.period is not None:
        ends = (order.period.begins, order.period.ends)
        rows.append(
            Row(
                label=pgettext("paper", "Period of the data"),
                bits=tuple(when(one, language) for one in ends),
            )
        )
    return Part(title=pgettext("paper", "What is ordered"), rows=tuple(rows))


def _objection(order: Order, language: str) -> Part:
    rows = [
        Row(label=pgettext("paper", "How to object"), bits=(text(order.objection.how),)),
        Row(label=pgettext("paper", "To whom"), bits=(text(order.objection.to),)),
    ]
    if order.objection.by is not None:
        rows.append(
            Row(label=pgettext("paper", "By when"), bits=(when(order.objection.by, language),))
        )
    return Part(title=pgettext("paper", "Remedy"), rows=tuple(rows))


def _sealed(signed: Signed) -> Part:
    name = digest_bit(signed.envelope.key_id)
    return Part(
        title=pgettext("paper", "What the signature covers"),
        says=pgettext("paper", "The signature stands over all that this paper says of the order."),
        rows=(Row(label=pgettext("paper", "Name of the key"), bits=(name,)),),
    )


def _checks(signed: Signed) -> tuple[tuple[str, str], ...]:
    digest, key, prepare, verify = check_lines(signed)
    return (
        ("pdfdetach -saveall *.pdf", pgettext("paper", "takes the files out of this paper")),
        (
            "comity order verify order.dsse.json",
            pgettext("paper", "all checks at once; or, with nothing of ours, line by line:"),
        ),
        (digest, pgettext("paper", "must print the digest at the foot of every page")),
        (key, pgettext("paper", "must print the name of the key, given above")),
        (prepare, pgettext("paper", "writes the bytes that were signed (DSSE)")),
        (verify, pgettext("paper", "must print: Signature Verified Successfully")),
    )
