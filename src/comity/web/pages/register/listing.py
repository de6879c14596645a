"""The register: every dossier, with both registries' numbers, its dates, parties and outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from babel.dates import format_date
from django.urls import reverse
from django.utils.translation import pgettext, pgettext_lazy

from comity.base import Ident, Instant
from comity.service.chains import EXCHANGED
from comity.service.node import Node
from comity.service.numbering import FileNumbers
from comity.service.rows import DossierRow
from comity.web.pages.kit.pages import Answer, Sheet, page
from comity.web.pages.kit.seat import Seat
from comity.web.pages.kit.tables import Column, Table
from comity.web.pages.kit.wording import locale_of, name_state
from comity.web.pages.register.index import catch_up
from comity.web.permissions import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One dossier as the register lists it. ``sent`` is the first act that both sides hold."""

    head: DossierRow
    numbers: FileNumbers
    is_asking: bool
    state: str
    process: str
    means: str
    is_over: bool
    sent: Instant | None
    last: Instant | None


@page(
    "register",
    Permission.DOSSIER_READ,
    name="register",
    title=pgettext_lazy("register", "Register"),
)
def show_register(seat: Seat) -> Answer:
    """List all dossiers; file numbers are content, and only who may read content sees them."""
    reads_content = seat.has(Permission.CONTENT_READ)
    lines, unread = list_lines(seat, reads_content=reads_content)
    table = Table.of(
        seat,
        name="register",
        columns=columns(
            seat, reads_content=reads_content, may_note=seat.has(Permission.DOSSIER_ACT)
        ),
        rows=lines,
        sort="-opened",
        empty=pgettext("register", "No dossier has been opened on this node."),
        empty_next=pgettext("register", "Start a request"),
        empty_link=reverse("open") if seat.has(Permission.DOSSIER_OPEN) else "",
    )
    if table.export:
        return table.export_answer()
    values = {"table": table, "unread": unread, "reads_content": reads_content}
    values["may_open"] = seat.has(Permission.DOSSIER_OPEN)
    return Sheet(template="register/register.html", values=values)


def list_lines(seat: Seat, *, reads_content: bool) -> tuple[list[Line], int]:
    """Return all dossiers as lines, and how many were not read for their numbers yet."""
    index, unread = catch_up(seat) if reads_content else (None, 0)
    node: Node = seat.node
    with node.store.view() as unit:
        heads = unit.dossiers.find()
        standings = {one: str(state) for one, state in unit.standings.pick("dossier", "state")}
        acts = unit.acts.pick("chain", "at", track=EXCHANGED)
    first, last = _ends(acts)
    state_of = cache(lambda code: name_state(seat, code))
    say = cache(lambda text: pgettext("law", text))
    lines = []
    for head in heads:
        process = node.book.processes.get(head.process)
        state = process.states.get(standings.get(head.ident, "")) if process else None
        lines.append(
            Line(
                head=head,
                numbers=index.numbers(head.ident) if index else FileNumbers(),
                is_asking=process is not None and head.side == process.sides.asking,
                state=state_of(head.counterpart),
                process=say(process.title) if process else head.process,
                means=say(state.means) if state else "",
                is_over=state.ends if state else False,
                sent=first.get(head.ident),
                last=last.get(head.ident),
            )
        )
    return lines, unread


def columns(seat: Seat, *, reads_content: bool, may_note: bool) -> tuple[Column, ...]:
    """Return the columns that this person sees."""
    numbers = (
        Column(
            key="our_number",
            title=pgettext_lazy("register", "Our number"),
            value=lambda row: row.numbers.ours or None,
            link=_noting if may_note else _nowhere,
            cell="register/cells/number.html",
        ),
        Column(
            key="their_number",
            title=pgettext_lazy("register", "Their number"),
            value=lambda row: row.numbers.theirs or None,
        ),
    )
    plain = (
        Column(
            key="dossier",
            title=pgettext_lazy("register", "Dossier"),
            value=lambda row: str(row.head.ident),
            cell="register/cells/dossier.html",
        ),
        Column(
            key="who_asks",
            title=pgettext_lazy("register", "Who asks"),
            value=lambda row: "we" if row.is_asking else "they",
            shown=lambda row: _WHO[row.is_asking],
            choices=True,
        ),
        Column(
            key="state",
            title=pgettext_lazy("register", "State"),
            value=lambda row: row.head.counterpart,
            shown=lambda row: row.state,
            choices=True,
        ),
        Column(
            key="authority",
            title=pgettext_lazy("register", "Authority"),
            value=lambda row: row.head.counterpart_authority,
            is_shown=False,
        ),
        Column(
            key="process",
            title=pgettext_lazy("register", "What is asked"),
            value=lambda row: row.head.process,
            shown=lambda row: row.process,
            choices=True,
            is_shown=False,
        ),
        Column(
            key="basis",
            title=pgettext_lazy("register", "Basis"),
            value=lambda row: row.head.basis,
            is_shown=False,
        ),
        Column(
            key="opened",
            title=pgettext_lazy("register", "Opened"),
            value=lambda row: row.head.opened,
            shown=lambda row: say_day(seat, row.head.opened),
        ),
        Column(
            key="sent",
            title=pgettext_lazy("register", "Sent"),
            value=lambda row: row.sent,
            shown=lambda row: say_day(seat, row.sent),
        ),
        Column(
            key="last_act",
            title=pgettext_lazy("register", "Last act"),
            value=lambda row: row.last,
            is_shown=False,
        ),
        Column(
            key="standing",
            title=pgettext_lazy("register", "Standing"),
            value=lambda row: row.means,
        ),
        Column(
            key="outcome",
            title=pgettext_lazy("register", "Outcome"),
            value=lambda row: "over" if row.is_over else "open",
            cell="register/cells/outcome.html",
            shown=lambda row: _OUTCOME[row.is_over],
            choices=True,
        ),
    )
    return (plain[0], *numbers, *plain[1:]) if reads_content else plain


_WHO: Final = {
    True: pgettext_lazy("register", "We ask"),
    False: pgettext_lazy("register", "They ask"),
}
_OUTCOME: Final = {
    True: pgettext_lazy("register", "Over"),
    False: pgettext_lazy("register", "Open"),
}


def say_day(seat: Seat, instant: Instant | None) -> str | None:
    """Return the day of a moment in the reader's language and zone; None where there is none."""
    if instant is None:
        return None
    return format_date(instant.at.astimezone(seat.zone), "d MMM y", locale=locale_of(seat))


def _noting(row: Line) -> str:
    return reverse("register-numbers", args=[row.head.ident])


def _nowhere(_: Line) -> str:
    return ""


def _ends(
    acts: tuple[tuple[object, ...], ...],
) -> tuple[Mapping[Ident, Instant], Mapping[Ident, Instant]]:
    first: dict[Ident, Instant] = {}
    last: dict[Ident, Instant] = {}
    for chain, at in acts:
        if isinstance(chain, Ident) and isinstance(at, Instant):
            first[chain] = min(at, first.get(chain, at))
            last[chain] = max(at, last.get(chain, at))
    return first, last
