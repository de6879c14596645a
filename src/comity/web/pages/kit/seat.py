"""Who sits at the desk, in which role, language and time zone; and what they asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest
from django.utils.translation import get_language

from comity.service.node import Node
from comity.web.asker import Asker

# Where the session keeps what was chosen at the top of the page.
ROLE = "comity-role"
ZONE = "comity-zone"


@dataclass(frozen=True, kw_only=True)
class Seat(Asker):
    """A request of somebody who sits at the desk. ``actor`` is "" where nobody signed in."""

    login: str
    http: HttpRequest

    @property
    def is_post(self) -> bool:
        """Return whether a form was sent."""
        return self.http.method == "POST"

    @property
    def is_taken(self) -> bool:
        """Return whether somebody signed in."""
        return bool(self.actor)

    @property
    def language(self) -> str:
        """Return the language of the page, as BCP 47 writes it."""
        return get_language() or "en"

    @property
    def zone(self) -> tzinfo:
        """Return the time zone in which this person reads times; UTC unless they chose one."""
        return read_zone(self.http.session.get(ZONE, ""))

    def at(self, node: Node) -> Seat:
        """Return the same seat, at the node as it stands in a transaction."""
        return replace(self, node=node)


def read_zone(name: str) -> tzinfo:
    """Return the time zone of that name; UTC where there is none."""
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError):
        return UTC
