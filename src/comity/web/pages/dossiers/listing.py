"""The list of dossiers: what each is about, where it stands, what is due next. No content is read.

What stands in a form (a case number, a name) lies sealed and is not looked through here: that is
what the search is for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from comity.base import Ident, Instant
from comity.service.ports import Unit
from comity.service.rows import DeadlineRow, DossierRow
from comity.web.pages.dossiers.lanes import party
from comity.web.pages.dossiers.words import PRIORITIES, label, standing_label
from comity.web.pages.kit.pages import Answer, Sheet, page
from comity.web.pages.kit.seat import Seat
from comity.web.pages.kit.tables import Column, Table
from comity.web.permissions import Permission

_OPEN: Final = frozenset({"running", "extended", "waiting_on"})
# How many are listed at once: the latest, or all that a person looks through or asks for.
_LATEST: Final = 200
_MANY: Final = 5_000
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
    """List dossiers, the latest first; what narrows the list is asked of the store."""
    only_due = seat.http.GET.get("due") == "1"
    heads, is_cut = _heads(seat, only_due=only_due)
    table = Table.of(
        seat,
        name="dossiers",
        columns=_columns(),
        rows=_rows(seat, heads),
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
    values = {
        "table": table,
        "only_due": only_due,
        "open_link": _open_link(seat),
        "is_cut": is_cut,
        "count": len(heads),
    }
    return Sheet(template="dossiers/list.html", values=values)


def _heads(seat: Seat, *, only_due: bool) -> tuple[list[DossierRow], bool]:
    """Return the heads to be listed, the latest first, and whether there are more of them."""
    query = seat.http.GET
    named = {"process": query.get("is-process", ""), "counterpart": query.get("is-counterpart", "")}
    where = {name: value for name, value in named.items() if value}
    state = query.get("is-state", "")
    is_looked_through = any(query.get(name) for name in ("find", "sort", "export"))
    most = _MANY if is_looked_through else _LATEST
    with seat.node.store.view() as unit:
        if not state and not only_due:
            found = list(unit.dossiers.first("-opened", most + 1, **where))
            return found[:most], len(found) > most
        idents = _standing_at(unit, state) if state else _due_in(unit)
        if state and only_due:
            idents &= _due_in(unit)
        heads = unit.dossiers.among("ident", idents)
    fit = [one for one in heads if all(getattr(one, name) == v for name, v in where.items())]
    fit.sort(key=lambda head: str(head.opened), reverse=True)
    return fit[:_MANY], len(fit) > _MANY


def _standing_at(unit: Unit, state: str) -> frozenset[Ident]:
    found = unit.standings.pick("dossier", state=state)
    return frozenset(ident for (ident,) in found if isinstance(ident, Ident))


def _due_in(unit: Unit) -> frozenset[Ident]:
    """Return the dossiers in which something is owed by a day; a wish is no duty."""
    rows = [
        row
        for state in _OPEN
        for row in unit.deadlines.pick("dossier", "due", "nature", state=state)
    ]
    return frozenset(
        ident
        for ident, due, nature in rows
        if isinstance(ident, Ident) and due is not None and nature != "wish"
    )


def _open_link(seat: Seat) -> str:
    if not seat.has(Permission.DOSSIER_OPEN):
        return ""
    try:
        return reverse("open")
    except NoReverseMatch:
        return ""


def _rows(seat: Seat, heads: list[DossierRow]) -> Iterator[Row]:
    node = seat.node
    idents = [head.ident for head in heads]
    with node.store.view() as unit:
        states = {row.dossier: row.state for row in unit.standings.among("dossier", idents)}
        dues = _dues(unit.deadlines.among("dossier", idents))
    for head in heads:
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


def _dues(rows: Iterable[DeadlineRow]) -> dict[Ident, Instant]:
    """Return the next day of each dossier on which something is owed; a wish is no duty."""
    dues: dict[Ident, Instant] = {}
    for row in rows:
        if row.due is not None and row.state in _OPEN and row.nature != "wish":
            dues[row.dossier] = min(row.due, dues.get(row.dossier, row.due))
    return dues


def _columns() -> list[Column]:
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
