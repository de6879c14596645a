"""One order: what it demands, of whom, until when; its file, codes, answers and returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from comity.federation import Order, open_signed
from comity.federation.order import PAYLOAD_TYPE
from comity.seal import read_envelope
from comity.service.answers import ShownAnswer, list_answers, tell_holding
from comity.service.orders import ShownOrder, show_order
from comity.service.rows import ReturnRow
from comity.web.pages.evidence.parts import note_seen
from comity.web.pages.kit.pages import Answer, Sheet, page
from comity.web.pages.kit.seat import Seat
from comity.web.pages.orders.words import CODES, HOLDINGS, KINDS, MEASURES, UPLOADS
from comity.web.permissions import Permission

_MEDIA: Final = "application/octet-stream"


@dataclass(frozen=True, kw_only=True)
class Answered:
    """An answer as the page tells it."""

    answer: ShownAnswer
    says: str | Promise
    means: str


@dataclass(frozen=True, kw_only=True)
class Returned:
    """A return as the page tells it."""

    row: ReturnRow
    says: str | Promise


@page(
    "orders/<str:order>",
    Permission.ORDER_READ,
    name="order",
    title=pgettext_lazy("order", "Order on a provider"),
    room="dossiers",
)
def show_one(seat: Seat, order: str) -> Answer:
    """Show an order as it stands."""
    found = show_order(seat.node, order)
    row = found.row
    note_seen(seat, row.dossier)
    may_read = seat.has(Permission.CONTENT_READ)
    may_issue = seat.has(Permission.ORDER_ISSUE)
    holding = tell_holding(seat.node, row.dossier)
    now = seat.node.clock.now()
    return Sheet(
        template="orders/order.html",
        values={
            "order": row,
            "said": read_order(found) if may_read else None,
            "measures": MEASURES,
            "kinds": _kinds(found) if may_read else (),
            "measure": _measure(found) if may_read else "",
            "codes": found.codes,
            "answers": _answers(seat, found),
            "returns": [
                Returned(row=one, says=UPLOADS.get(one.state, one.state)) for one in found.returns
            ],
            "holding": HOLDINGS.get(holding.word, holding.word),
            "inventory": holding.inventory,
            "is_over": row.revoked is None and row.until <= now,
            "is_live": row.revoked is None and row.until > now,
            "may_issue": may_issue,
            "may_bring": seat.has(Permission.ANSWER_BRING),
            "now": now,
        },
    )


@page(
    "orders/<str:order>/file",
    Permission.CONTENT_READ,
    name="order-file",
    title=pgettext_lazy("order", "The signed file"),
    room="dossiers",
)
def read_file(seat: Seat, order: str) -> Answer:
    """Hand out the signed file as it was served."""
    found = show_order(seat.node, order)
    answer = HttpResponse(found.document, content_type=_MEDIA)
    answer["Content-Disposition"] = f'attachment; filename="{found.row.order}.order"'
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def read_order(found: ShownOrder) -> Order:
    """Return what the order says, from its own file."""
    return Order.from_data(dict(open_signed(read_envelope(found.document, PAYLOAD_TYPE))))


def _measure(found: ShownOrder) -> str | Promise:
    measure = read_order(found).measure.value
    return MEASURES.get(measure, measure)


def _kinds(found: ShownOrder) -> tuple[str | Promise, ...]:
    return tuple(KINDS.get(one.value, one.value) for one in read_order(found).kinds)


def _answers(seat: Seat, found: ShownOrder) -> list[Answered]:
    with seat.node.store.view() as unit:
        head = unit.dossiers.get(found.row.dossier)
    steps = seat.node.process(head.process).steps
    return [
        Answered(
            answer=one,
            says=CODES.get(one.code, one.code),
            means=steps[one.step].means if one.step in steps else "",
        )
        for one in list_answers(seat.node, found.row.dossier)
    ]
