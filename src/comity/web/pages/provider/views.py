"""The page for providers at the desk's door."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from comity.service.providing import Brought
from comity.web.pages.kit.pages import Answer, Sheet, page
from comity.web.pages.kit.seat import Seat
from comity.web.pages.provider.answering import Sent
from comity.web.pages.provider.showing import respond, show_nothing
from comity.web.permissions import Permission


@page(
    "provider",
    Permission.PUBLIC,
    name="provider",
    title=pgettext_lazy("provider", "Is this order genuine?"),
    takes_posts=True,
)
def show_page(seat: Seat) -> Answer:
    """Judge an order, or take an answer or a return; nobody need be signed in."""
    if not seat.is_post:
        return Sheet(template="provider/desk.html", values=show_nothing(seat.node))
    files = {
        name: [Brought(name=one.name or "", data=one.read()) for one in sent if one]
        for name, sent in seat.http.FILES.lists()
    }
    fields = {name: str(value) for name, value in seat.http.POST.items()}
    values, status = respond(seat.node, Sent(fields=fields, files=files))
    return Sheet(template="provider/desk.html", values=values, status=status)
