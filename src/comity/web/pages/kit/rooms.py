"""The navigation: the rooms that there are, as far as the person at the desk may enter them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from comity.web.pages.kit.pages import PAGES
from comity.web.pages.kit.seat import Seat

# The order in which they stand.
ROOMS: Final[tuple[tuple[str, Promise], ...]] = (
    ("home", pgettext_lazy("navigation", "What needs you")),
    ("dossiers", pgettext_lazy("navigation", "Dossiers")),
    ("deadlines", pgettext_lazy("navigation", "Deadlines")),
    ("investigations", pgettext_lazy("navigation", "Investigations")),
    ("register", pgettext_lazy("navigation", "Register")),
    ("search", pgettext_lazy("navigation", "Search")),
    ("directory", pgettext_lazy("navigation", "Directory")),
    ("findings", pgettext_lazy("navigation", "Findings")),
    ("law", pgettext_lazy("navigation", "Law")),
    ("people", pgettext_lazy("navigation", "People")),
)


@dataclass(frozen=True, kw_only=True)
class Room:
    """A room as the navigation shows it."""

    name: str
    title: Promise
    address: str
    is_here: bool


def open_rooms(seat: Seat, here: str) -> list[Room]:
    """Return the rooms that exist and whose permission the person has in the role chosen."""
    return [
        Room(name=name, title=title, address=reverse(name), is_here=name == here)
        for name, title in ROOMS
        if name in PAGES and seat.is_taken and seat.has(PAGES[name].permission)
    ]
