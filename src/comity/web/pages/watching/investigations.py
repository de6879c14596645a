"""Investigations: dossiers with several States on one page, which our State alone sees whole."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from django import forms
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from comity.base import Ident, Instant
from comity.base.errors import ComityError
from comity.service.investigations import open_investigation, read_title
from comity.service.node import Node
from comity.service.reading import ShownDossier, show_dossier
from comity.service.rows import DeadlineRow, DossierRow, InvestigationRow
from comity.web.pages.kit.forms import DeskForm
from comity.web.pages.kit.pages import Answer, Go, Sheet, do_it, page
from comity.web.pages.kit.seat import Seat
from comity.web.pages.kit.tables import Column, Table
from comity.web.pages.kit.wording import name_state
from comity.web.pages.watching.chart import Chart, Lane, draw_chart
from comity.web.permissions import Permission

OPEN = frozenset({"running", "extended", "waiting_on"})
_TITLE = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An investigation in the list."""

    row: InvestigationRow
    dossiers: tuple[DossierRow, ...]
    next_due: Instant | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One dossier of an investigation: where it stands, what is due, what came in."""

    shown: ShownDossier
    title: str
    means: str
    ends: bool
    due: tuple[DeadlineRow, ...]
    waits: DeadlineRow | None
    theirs: int
    recorded: int
    received: int

    @property
    def ident(self) -> str:
        """Return the dossier's name."""
        return str(self.shown.head.ident)

    @property
    def next_due(self) -> DeadlineRow | None:
        """Return what lapses first."""
        return self.due[0] if self.due else None


class TitleForm(DeskForm):
    """What an investigation is called in the house."""

    title = forms.CharField(
        label=pgettext_lazy("watching", "What it is called in the house"),
        help_text=pgettext_lazy(
            "watching", "It lies sealed. No other State sees it, nor that there is one."
        ),
        max_length=_TITLE,
        strip=True,
    )


@page(
    "investigations",
    Permission.INVESTIGATION_READ,
    name="investigations",
    title=_("Investigations"),
)
def list_investigations(seat: Seat) -> Answer:
    """List all investigations, the latest first."""
    may_open = seat.has(Permission.INVESTIGATION_OPEN)
    table = Table.of(
        seat,
        name="investigations",
        columns=_columns(seat),
        rows=_lines(seat.node),
        empty=pgettext_lazy(
            "watching",
            "There is no investigation yet. An investigation holds together the dossiers of one "
            "case that go to several States; open one, then open its first dossier from there.",
        ),
        empty_next=pgettext_lazy("watching", "Open an investigation") if may_open else "",
        empty_link=reverse("investigation-open") if may_open else "",
    )
    if table.export:
        return table.export_answer()
    return Sheet(
        template="watching/investigations.html", values={"table": table, "may_open": may_open}
    )


@page(
    "open-investigation",
    Permission.INVESTIGATION_OPEN,
    name="investigation-open",
    title=_("Open an investigation"),
    takes_posts=True,
    room="investigations",
)
def begin_investigation(seat: Seat) -> Answer:
    """Ask for a title, and open an investigation under it."""
    form = TitleForm.of(seat)
    if seat.is_post and form.is_valid():
        with form.catching():
            return do_it(seat, partial(_open, seat, form.cleaned_data["title"]))
    return Sheet(template="watching/investigation_open.html", values={"form": form})


@page(
    "investigations/<str:investigation>",
    Permission.INVESTIGATION_READ,
    name="investigation",
    title=_("Investigation"),
    room="investigations",
)
def show_investigation(seat: Seat, investigation: str) -> Answer:
    """Show every dossier of an investigation, and their clocks together."""
    ident = Ident(investigation)
    with seat.node.store.view() as unit:
        row = unit.investigations.get(ident)
        heads = unit.dossiers.find(investigation=ident)
    parts = sorted((_part(seat.node, one) for one in heads), key=_by_due)
    title = say_title(seat, ident)
    values = {
        "row": row,
        "parts": parts,
        "states": sorted({name_state(seat, one.shown.head.counterpart) for one in parts}),
        "chart": _chart(seat, parts),
        "is_named": seat.has(Permission.CONTENT_READ),
        "may_open": seat.has(Permission.DOSSIER_OPEN),
    }
    return Sheet(template="watching/investigation.html", values=values, title=title)


def say_title(seat: Seat, ident: Ident) -> str | Promise:
    """Return the title to whoever may read content; to all others, that it is sealed."""
    if not seat.has(Permission.CONTENT_READ):
        return pgettext("watching", "An investigation, its title sealed")
    try:
        return read_title(seat.node, ident)
    except ComityError:
        return pgettext("watching", "An investigation, its title erased")


def _open(seat: Seat, title: str, node: Node) -> Go:
    ident = open_investigation(node, seat.officer(), title)
    return Go(
        to=reverse("investigation", kwargs={"investigation": str(ident)}),
        says=pgettext("watching", "The investigation is open. It has no dossier yet."),
    )


def _lines(node: Node) -> list[Line]:
    with node.store.view() as unit:
        rows = sorted(unit.investigations.find(), key=_by_opening, reverse=True)
        heads = unit.dossiers.among("investigation", [row.ident for row in rows])
        due: dict[Ident, Instant] = {}
        for one in unit.deadlines.among("dossier", [head.ident for head in heads]):
            if one.due is not None and _counts(one):
                due[one.dossier] = min(due.get(one.dossier, one.due), one.due)
    dossiers: dict[Ident | None, list[DossierRow]] = {}
    for head in heads:
        dossiers.setdefault(head.investigation, []).append(head)
    found = []
    for row in rows:
        own = tuple(dossiers.get(row.ident, []))
        first = min((due[one.ident] for one in own if one.ident in due), default=None)
        found.append(Line(row=row, dossiers=own, next_due=first))
    return found


def _columns(seat: Seat) -> list[Column]:
    def title(line: Line) -> object:
        return say_title(seat, line.row.ident)

    def states(line: Line) -> object:
        return ", ".join(sorted({name_state(seat, one.counterpart) for one in line.dossiers}))

    return [
        Column(
            key="investigation",
            title=pgettext_lazy("watching", "Investigation"),
            value=lambda line: str(line.row.ident),
            shown=title,
            link=lambda line: reverse(
                "investigation", kwargs={"investigation": str(line.row.ident)}
            ),
        ),
        Column(key="states", title=pgettext_lazy("watching", "States"), value=states),
        Column(
            key="dossiers",
            title=pgettext_lazy("watching", "Dossiers"),
            value=lambda line: len(line.dossiers),
        ),
        Column(
            key="next_due",
            title=pgettext_lazy("watching", "Lapses first"),
            value=lambda line: line.next_due,
        ),
        Column(
            key="opened",
            title=pgettext_lazy("watching", "Opened"),
            value=lambda line: line.row.opened,
        ),
    ]


def _part(node: Node, head: DossierRow) -> Part:
    shown = show_dossier(node, head.ident)
    process = node.book.processes.get(head.process)
    state = process.states.get(shown.state) if process else None
    with node.store.view() as unit:
        received = len(unit.received.find(dossier=head.ident))
    theirs = [
        one for one in shown.acts if one.act.track == "exchanged" and one.act.side != head.side
    ]
    due = [row for row in shown.deadlines if row.due is not None and _counts(row)]
    return Part(
        shown=shown,
        title=process.title if process else head.process,
        means=state.means if state else "",
        ends=state.ends if state else False,
        due=tuple(sorted(due, key=_moment)),
        waits=next((row for row in shown.deadlines if row.due is None and _counts(row)), None),
        theirs=sum(not one.is_recorded for one in theirs),
        recorded=sum(one.is_recorded for one in theirs),
        received=received + len(shown.packages),
    )


def _chart(seat: Seat, parts: list[Part]) -> Chart | None:
    lanes = [
        Lane(
            label=f"{name_state(seat, one.shown.head.counterpart)}: {pgettext('law', one.title)}",
            begins=one.shown.head.opened,
            marks=tuple((row.due, row.clock) for row in one.due if row.due is not None),
        )
        for one in parts
    ]
    return draw_chart(lanes, seat)


def _counts(row: DeadlineRow) -> bool:
    return row.state in OPEN and row.nature != "wish"


def _moment(row: DeadlineRow) -> str:
    return str(row.due)


def _by_due(part: Part) -> tuple[bool, str, str]:
    first = part.next_due
    return first is None, str(first.due) if first else "", part.ident


def _by_opening(row: InvestigationRow) -> tuple[Instant, str]:
    return row.opened, str(row.ident)
