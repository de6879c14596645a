"""All open deadlines: as lanes over time, and as a table that sorts, filters and exports."""

from __future__ import annotations

from functools import cached_property
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from comity.service.waiting import OpenDeadline, open_deadlines
from comity.web.pages.home.lanes import Scale
from comity.web.pages.home.naming import link, name_dossier, name_other
from comity.web.pages.home.needs import tone_of
from comity.web.pages.kit.pages import Answer, Sheet, page
from comity.web.pages.kit.seat import Seat
from comity.web.pages.kit.tables import Column, Table
from comity.web.pages.kit.wording import say_left, say_provision
from comity.web.permissions import Permission

# So many are asked of the store, more of them for a file: what is due later can wait.
_MOST: Final = 300
_MOST_IN_FILE: Final = 5_000
_LANES: Final = 25
_KINDS: Final = {
    "wish": pgettext_lazy("deadlines", "Wish"),
    "own_law": pgettext_lazy("deadlines", "A State’s own law"),
    "treaty": pgettext_lazy("deadlines", "Treaty"),
}


class Row:
    """One deadline in the table, and as a lane; what it shows is made when it is shown."""

    def __init__(self, seat: Seat, one: OpenDeadline) -> None:
        """Show ``one`` to who sits here."""
        self._seat = seat
        self._one = one
        self.due = one.row.due
        self.law = one.row.law
        self.reference = str(one.head.ident)
        self.is_ours = one.is_ours
        self.kind = str(_KINDS.get(one.row.nature, one.row.nature))

    @cached_property
    def title(self) -> str:
        """Return what the dossier is called."""
        return name_dossier(self._seat, self._one.head)

    @cached_property
    def address(self) -> str:
        """Return where the dossier is."""
        return link("dossier", self._one.head.ident)

    @cached_property
    def owner(self) -> str:
        """Return who owes it."""
        if self.is_ours:
            return pgettext("deadlines", "You")
        return name_other(self._seat, self._one.head)

    @cached_property
    def means(self) -> str:
        """Return what the law file says of it."""
        return pgettext("law", self._one.row.means)

    @cached_property
    def left(self) -> str:
        """Return how long is left, or what it waits for."""
        if self.due is not None:
            return say_left(self._seat.node.clock.now(), self.due)
        if self._one.row.waits_for == "follower":
            return pgettext("deadlines", "until the request that follows is decided")
        return pgettext("deadlines", "waits on a delivery")

    @property
    def tone(self) -> str:
        """Return whether its time is over, or soon will be."""
        return tone_of(self._seat.node.clock.now(), self.due)


@page("deadlines", Permission.DOSSIER_READ, name="deadlines", title=_("Deadlines"))
def show_deadlines(seat: Seat) -> Answer:
    """Show every clock that runs, the first due first."""
    most = _MOST_IN_FILE if seat.http.GET.get("export") else _MOST
    rows = [Row(seat, one) for one in open_deadlines(seat.node, most)]
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
    values = {"table": table, "lanes": lanes, "scale": scale, "is_cut": len(rows) == most}
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
