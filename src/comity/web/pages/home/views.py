"""The first page: what needs whoever sits here, ordered by what lapses first."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from comity.web.pages.home import choosing
from comity.web.pages.kit.pages import Answer, Sheet, page
from comity.web.pages.kit.seat import Seat
from comity.web.permissions import Permission

__all__ = ["choosing", "show_home"]


@page("", Permission.SELF, name="home", title=_("What needs you"))
def show_home(seat: Seat) -> Answer:
    """Show what waits for this person."""
    return Sheet(template="home/home.html", values={"roles": seat.roles})
