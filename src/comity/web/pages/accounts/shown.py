"""What is shown once: codes and tokens, sealed in the session between two pages."""

from __future__ import annotations

import json
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import pgettext_lazy

from comity.base import Instant
from comity.web.pages.accounts.adapters import DeskMeans
from comity.web.pages.kit.pages import Answer, Go, Sheet, page
from comity.web.pages.kit.seat import Seat
from comity.web.permissions import Permission

_SHOWN: Final = "comity-shown"


def keep_sealed(request: HttpRequest, name: str, told: dict[str, Any]) -> None:
    """Keep something in the session that whoever reads the database must not read."""
    request.session[name] = DeskMeans().encrypt(json.dumps(told))


def read_sealed(request: HttpRequest, name: str) -> dict[str, Any]:
    """Return what was kept so, or nothing."""
    held = request.session.get(name)
    found: dict[str, Any] = json.loads(DeskMeans().decrypt(held)) if held else {}
    return found


def show_once(seat: Seat, **told: str) -> Go:
    """Go to the page that shows this once: ``kind``, ``secret``, ``until``, ``back``, ``whose``."""
    keep_sealed(seat.http, _SHOWN, dict(told))
    return Go(to=reverse("shown"))


@page(
    "me/shown",
    Permission.SELF,
    name="shown",
    title=pgettext_lazy("accounts", "Shown this once"),
    room="me",
)
def show(seat: Seat) -> Answer:
    """Show a code or a token, and forget it."""
    told = read_sealed(seat.http, _SHOWN)
    seat.http.session.pop(_SHOWN, None)
    values = {
        "told": told,
        "until": Instant.parse(told["until"]) if told else None,
        "invitation_address": seat.http.build_absolute_uri(reverse("invitation")),
    }
    return Sheet(template="accounts/shown.html", values=values)
