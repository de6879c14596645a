"""All open deadlines: as lanes over time, and as a table that sorts, filters and exports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from comity.base import Instant
from comity.service.waiting import OpenDeadline, open_deadlines
from comity.web.pages.home.lanes import Scale
from comity.web.pages.home.naming import link, name_dossier, name_other, name_standing
from comity.web.pages.home.needs import tone_of
from comity.web.pages.kit.pages import Answer, Sheet, page
from comity.web.pages.kit.seat import Seat
from comity.web.pages.kit.tables import Column, Table
from comity.web.pages.kit.wording import say_left, say_provision
from comity.web.permissions import Permission

# So many are asked of the store; those that are due later are not yet anybody's worry.
_MOST: Final = 2_000
_LANES: Final = 25


@dataclass(frozen=True, kw_only=True)
class Row:
    """One deadline in the table, and as a lane."""

    title: str
    address: str
    standing: str
    due: Instant | None
    left: str
    tone: str
    owner: str
    kind: str
    means: str
    law: str
    reference: str
    is_ours: bool


@page("deadlines", Permission.DOSSIER_READ, name="deadlines", title=_("Deadlines"))
def show_deadlines(seat: Seat) -> Answer:
    """Show every clock that runs, the first due first."""
    rows = [_row(seat, one) for one in open_deadlines(seat.node, _MOST)]
    table = Table.of(
        seat,
        name="deadlines",
        columns=COLUMNS,
        rows=rows,
        empty=pgettext_lazy(
            "deadlines",
            "No clock runs. A clock begins with a step: a request that was delivered, data that "
            "are held, an order that was served. The law files name the clocks of each step.",
        ),
        empty_link=link("law"),
        empty_next=pgettext_lazy("deadlines", "Read which clocks there are"),
    )
    if table.export:
        return table.export_answer()
    lanes = [line[0].row for line in table.lines][:_LANES]
    scale = Scale.of(seat.node.clock.now(), [one.due for one in lanes if one.due is not None])
    values = {"table": table, "lanes": lanes, "scale": scale, "is_cut": len(rows) == _MOST}
    return Sheet(template="home/deadlines.html", values={**values, "most": _MOST})


COLUMNS: Final = (
    Column(
        key="dossier",
        title=pgettext_lazy("deadlines", "Dossier"),
        value=lambda row: row.title,
        link=lambda row: row.address,
    ),
    Column(
        key="due",
        title=pgettext_lazy("deadlines", "Due"),
        value=lambda row: row.due,
        cell="home/cells/due.html",
    ),
    Column(
        key="owner",
        title=pgettext_lazy("deadlines", "Owed by"),
        value=lambda row: row.owner,
        choices=True,
    ),
    Column(
        key="kind",
        title=pgettext_lazy("deadlines", "Kind"),
        value=lambda row: row.kind,
        choices=True,
    ),
    Column(
        key="means",
        title=pgettext_lazy("deadlines", "What it is"),
        value=lambda row: row.means,
    ),
    Column(
        key="law",
        title=pgettext_lazy("deadlines", "Provision"),
        value=lambda row: say_provision(row.law),
        cell="home/cells/law.html",
    ),
    Column(
        key="reference",
        title=pgettext_lazy("deadlines", "Reference"),
        value=lambda row: row.reference,
        is_shown=False,
    ),
)


def _row(seat: Seat, one: OpenDeadline) -> Row:
    row, now = one.row, seat.node.clock.now()
    waits = pgettext("deadlines", "waits on a delivery")
    if row.waits_for == "follower":
        waits = pgettext("deadlines", "until the request that follows is decided")
    return Row(
        title=name_dossier(seat, one.head),
        address=link("dossier", one.head.ident),
        standing=name_standing(seat, one.head, one.state),
        due=row.due,
        left=say_left(now, row.due) if row.due else waits,
        tone=tone_of(now, row.due),
        owner=pgettext("deadlines", "You") if one.is_ours else name_other(seat, one.head),
        kind=_kind(row.nature),
        means=pgettext("law", row.means),
        law=row.law,
        reference=str(one.head.ident),
        is_ours=one.is_ours,
    )


def _kind(nature: str) -> str:
    if nature == "wish":
        return pgettext("deadlines", "Wish")
    if nature == "own_law":
        return pgettext("deadlines", "A State’s own law")
    return pgettext("deadlines", "Treaty")
