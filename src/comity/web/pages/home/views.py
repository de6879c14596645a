"""The first page: what needs whoever sits here, ordered by what lapses first."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from comity.base import Ident
from comity.service.node import Node
from comity.service.notices import acknowledge
from comity.web.pages.home import choosing, deadlines
from comity.web.pages.home.lanes import Scale
from comity.web.pages.home.naming import link
from comity.web.pages.home.needs import list_needs
from comity.web.pages.kit.pages import Answer, Go, Sheet, do_it, page
from comity.web.pages.kit.seat import Seat
from comity.web.permissions import Permission

__all__ = ["choosing", "deadlines", "show_home"]
_SHOWN: Final = 30
_LANES: Final = 10
# Notices of one dossier: there are no more kinds.
_AT_ONCE: Final = 10


@page("", Permission.SELF, name="home", title=_("What needs you"))
def show_home(seat: Seat) -> Answer:
    """Show what waits for this person."""
    needs = list_needs(seat)
    shown = needs[:_SHOWN]
    clocks = [one for one in shown if one.due is not None][:_LANES]
    now = seat.node.clock.now()
    return Sheet(
        template="home/home.html",
        values={
            "needs": shown,
            "has_more": len(needs) > len(shown),
            "clocks": clocks,
            "scale": Scale.of(now, [one.due for one in clocks if one.due is not None]),
            "now": now,
            "may_acknowledge": seat.has(Permission.NOTICE_ACKNOWLEDGE),
            "open_link": link("open") if seat.has(Permission.DOSSIER_OPEN) else "",
            "people_link": link("people") if seat.has(Permission.PERSON_ENROL) else "",
            "law_link": link("law"),
        },
    )


@page(
    "notices/<str:notice>/acknowledgement",
    Permission.NOTICE_ACKNOWLEDGE,
    name="notice-acknowledge",
    title=_("See to it"),
    takes_posts=True,
    room="home",
)
def see_to(seat: Seat, notice: str) -> Answer:
    """Say that one sees to a matter, so that nobody else is told of it."""
    if not seat.is_post:
        return Go(to=link("home"))
    said = pgettext("inbox", "You see to it. Nobody else is told of it.")

    def do(node: Node) -> Go:
        for one in dict.fromkeys((notice, *seat.http.POST.getlist("notice")[:_AT_ONCE])):
            acknowledge(node, seat.at(node).reader(), Ident(one))
        return Go(to=link("home"), says=said)

    return do_it(seat, do)
