"""A return: what came back, from whom, and how it compares with the inventory at the freeze."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import pgettext_lazy

from comity.base.canonical import Json
from comity.base.errors import NotPermitted
from comity.service.errors import NotThere
from comity.service.returning import show_comparison
from comity.service.uploads import show_upload
from comity.web.pages.evidence.parts import note_seen, read_ident
from comity.web.pages.kit.pages import Answer, Sheet, page
from comity.web.pages.kit.seat import Seat
from comity.web.pages.kit.tables import Column, Table
from comity.web.pages.orders.words import BOUND, OUTCOMES, UPLOADS
from comity.web.permissions import Permission


def _name(one: Mapping[str, Any]) -> str:
    item = one.get("frozen") or one.get("returned") or {}
    return str(item.get("name", ""))


_COLUMNS: Final = (
    Column(
        key="name",
        title=pgettext_lazy("comparison", "Item"),
        value=_name,
        cell="orders/cells/name.html",
    ),
    Column(
        key="outcome",
        title=pgettext_lazy("comparison", "Compared"),
        value=lambda one: str(one.get("outcome", "")),
        shown=lambda one: OUTCOMES.get(str(one.get("outcome", "")), ""),
        cell="orders/cells/outcome.html",
        choices=True,
    ),
    Column(
        key="frozen",
        title=pgettext_lazy("comparison", "At the freeze"),
        value=lambda one: _digest(one, "frozen"),
        cell="orders/cells/item.html",
    ),
    Column(
        key="returned",
        title=pgettext_lazy("comparison", "As it came back"),
        value=lambda one: _digest(one, "returned"),
        cell="orders/cells/item.html",
    ),
)


@page(
    "returns/<str:upload>",
    Permission.ORDER_READ,
    name="return",
    title=pgettext_lazy("comparison", "Return of a provider"),
    room="dossiers",
)
def show_return(seat: Seat, upload: str) -> Answer:
    """Show a return; item by item against the inventory, to who may read content."""
    row = show_upload(seat.node, read_ident(upload, "ret"))
    note_seen(seat, row.dossier)
    may_read = seat.has(Permission.CONTENT_READ)
    told = _comparison(seat, upload) if may_read else None
    table = _table(seat, told) if told is not None else None
    if table is not None and table.export:
        return table.export_answer()
    return Sheet(
        template="orders/return.html",
        values={
            "row": row,
            "says": UPLOADS.get(row.state, row.state),
            "may_read": may_read,
            "may_bring": seat.has(Permission.EVIDENCE_BRING),
            "compared": told,
            "bound": BOUND.get(str(told["inventory"]), "") if told else "",
            "counts": _counts(told) if told else [],
            "table": table,
        },
    )


def _comparison(seat: Seat, upload: str) -> dict[str, Json] | None:
    try:
        return show_comparison(seat.node, read_ident(upload, "ret"))
    except (NotThere, NotPermitted):
        return None


def _counts(told: Mapping[str, Any]) -> list[tuple[object, int]]:
    return [(text, told["counts"].get(name, 0)) for name, text in OUTCOMES.items()]


def _table(seat: Seat, told: Mapping[str, Any]) -> Table:
    return Table.of(
        seat,
        name="comparison",
        columns=_COLUMNS,
        rows=told["items"],
        caption=pgettext_lazy("comparison", "Item by item"),
        empty=pgettext_lazy("comparison", "There is no item in either list."),
    )


def _digest(one: Mapping[str, Any], side: str) -> str | None:
    item = one.get(side)
    return str(item["sha256"]) if item else None
