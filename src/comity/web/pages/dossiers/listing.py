"""The list of dossiers: what each is about, where it stands, what is due next. No content is read.

What stands in a form (a case number, a name) lies sealed and is not looked through here: that is
what the search is for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from comity.base import Ident, Instant
from comity.service.reading import list_dossiers
from comity.service.rows import DossierRow
from comity.web.pages.dossiers.lanes import party
from comity.web.pages.dossiers.words import PRIORITIES, label, standing_label
from comity.web.pages.kit.pages import Answer, Sheet, page
from comity.web.pages.kit.seat import Seat
from comity.web.pages.kit.tables import Column, Table
from comity.web.permissions import Permission

_OPEN: Final = frozenset({"running", "extended", "waiting_on"})
_RANKS: Final = {"emergency": 0, "urgent": 1, "routine": 2}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One dossier in the list."""

    head: DossierRow
    title: str
    state: str
    means: str
    counterpart: str
    due: Instant | None
    is_ours: bool

    @property
    def standing(self) -> str:
        """Return where it stands, in two words."""
        return standing_label(self.state)


@page("dossiers", Permission.DOSSIER_READ, name="dossiers", title=_("Dossiers"))
def list_all(seat: Seat) -> Answer:
    """List all dossiers, the latest first; filters narrow the list."""
    only_due = seat.http.GET.get("due") == "1"
    rows = sorted(_rows(seat), key=lambda row: str(row.head.opened), reverse=True)
    table = Table.of(
        seat,
        name="dossiers",
        columns=_columns(seat),
        rows=[row for row in rows if row.due is not None] if only_due else rows,
        empty=pgettext_lazy(
            "dossier",
            "There is no dossier here. A dossier is one request with all that happens to it; it "
            "is opened before anything is asked, and nothing leaves the house until it is sent.",
        ),
        empty_next=pgettext_lazy("dossier", "Open a dossier"),
        empty_link=_open_link(seat),
    )
    if table.export:
        return table.export_answer()
    values = {"table": table, "only_due": only_due, "open_link": _open_link(seat)}
    return Sheet(template="dossiers/list.html", values=values)


def _open_link(seat: Seat) -> str:
    if not seat.has(Permission.DOSSIER_OPEN):
        return ""
    try:
        return reverse("open")
    except NoReverseMatch:
        return ""


def _rows(seat: Seat) -> Iterator[Row]:
    node = seat.node
    with node.store.view() as unit:
        states = {row.dossier: row.state for row in unit.standings.find()}
        dues = _dues(unit.deadlines.pick("dossier", "due", "state", "nature"))
    for head in list_dossiers(node):
        process = node.book.processes.get(head.process)
        state = states.get(head.ident, "")
        known = process.states.get(state) if process else None
        yield Row(
            head=head,
            title=pgettext("law", process.title) if process else head.process,
            state=state,
            means=pgettext("law", known.means) if known else "",
            counterpart=party(seat, head, is_ours=False),
            due=dues.get(head.ident),
            is_ours=process is not None and head.side == process.sides.asking,
        )


def _dues(found: Any) -> dict[Ident, Instant]:  # noqa: ANN401 # rows of four columns
    """Return the next day of each dossier on which something is owed; a wish is no duty."""
    dues: dict[Ident, Instant] = {}
    for dossier, due, state, nature in found:
        if due is not None and state in _OPEN and nature != "wish":
            dues[dossier] = min(due, dues.get(dossier, due))
    return dues


def _columns(seat: Seat) -> list[Column]:
    del seat
    return [
        Column(
            key="request",
            title=pgettext_lazy("dossier", "Request"),
            value=lambda row: str(row.head.ident),
            shown=lambda row: row.title,
            cell="dossiers/cells/request.html",
        ),
        Column(
            key="state",
            title=pgettext_lazy("dossier", "Standing"),
            value=lambda row: row.state,
            shown=lambda row: row.standing,
            cell="dossiers/cells/state.html",
            choices=True,
        ),
        Column(
            key="counterpart",
            title=pgettext_lazy("dossier", "Other State"),
            value=lambda row: row.head.counterpart,
            shown=lambda row: row.counterpart,
            cell="dossiers/cells/counterpart.html",
            choices=True,
        ),
        Column(
            key="process",
            title=pgettext_lazy("dossier", "Process"),
            value=lambda row: row.head.process,
            shown=lambda row: row.title,
            choices=True,
            is_shown=False,
        ),
        Column(
            key="priority",
            title=pgettext_lazy("dossier", "Priority"),
            value=lambda row: _RANKS.get(row.head.priority, 2),
            shown=lambda row: label(PRIORITIES, row.head.priority),
            choices=True,
        ),
        Column(
            key="due",
            title=pgettext_lazy("dossier", "Next due"),
            value=lambda row: row.due,
            cell="dossiers/cells/due.html",
        ),
        Column(
            key="opened",
            title=pgettext_lazy("dossier", "Opened"),
            value=lambda row: row.head.opened,
        ),
        Column(
            key="investigation",
            title=pgettext_lazy("dossier", "Investigation"),
            value=lambda row: str(row.head.investigation or ""),
            is_shown=False,
        ),
    ]
