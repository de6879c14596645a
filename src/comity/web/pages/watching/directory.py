"""The directory: whom to reach in each State, how fresh that is, and whether the way is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from comity.base import Instant
from comity.federation.directory import AuthorityCard
from comity.federation.directory.card import ACTING
from comity.service.directory import (
    Known,
    find_card,
    known_register,
    list_cards,
    list_trust,
    refresh_directory,
)
from comity.service.directory.knowing import state_name
from comity.service.trying import try_peer
from comity.web.pages.kit.forms import DeskForm
from comity.web.pages.kit.pages import Answer, Go, Sheet, page
from comity.web.pages.kit.seat import Seat
from comity.web.pages.kit.wording import name_state
from comity.web.pages.watching.duty import Watch, say_hours, watch
from comity.web.permissions import Permission

# The most useful first: who is called at night, who decides, who answers orders.
KINDS: Final = {
    "contact_point": pgettext_lazy("authority", "24/7 contact point"),
    "central_authority": pgettext_lazy("authority", "Central authority"),
    "competent_authority": pgettext_lazy("authority", "Competent authority"),
    "court": pgettext_lazy("authority", "Court"),
    "oversight": pgettext_lazy("authority", "Oversight body"),
    "provider": pgettext_lazy("authority", "Provider"),
}
_ORDER: Final = tuple(KINDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One authority on a tile."""

    known: Known
    name: str
    kind: object
    watch: Watch
    fetched: Instant | None

    @property
    def card(self) -> AuthorityCard:
        """Return the card."""
        return self.known.card


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One State."""

    state: str
    name: str
    is_own: bool
    exercise: bool
    entries: tuple[Entry, ...]


@page("directory", Permission.DIRECTORY_READ, name="directory", title=_("Directory"))
def show_directory(seat: Seat) -> Answer:
    """Show the States as tiles."""
    values = {
        "tiles": _tiles(seat, list_cards(seat.node)),
        "register": known_register(seat.node),
        "may_refresh": seat.has(Permission.DIRECTORY_REFRESH),
        "form": DeskForm(),
        "now": seat.node.clock.now(),
    }
    return Sheet(template="watching/directory.html", values=values)


@page(
    "directory-refresh",
    Permission.DIRECTORY_REFRESH,
    name="directory-refresh",
    title=_("Refresh the directory"),
    takes_posts=True,
    room="directory",
)
def refresh(seat: Seat) -> Answer:
    """Ask the mirrors and neighbours now; what does not verify changes nothing."""
    form = DeskForm.of(seat)
    if seat.is_post:
        with form.catching():
            done = refresh_directory(seat.node)
            if not done.refused and (done.mirror or not done.trouble):
                return Go(to=reverse("directory"), says=_say_changed(seat, done.changed))
            values = {"form": form, "done": done}
            return Sheet(template="watching/directory_refresh.html", values=values)
    return Sheet(template="watching/directory_refresh.html", values={"form": form})


@page(
    "directory/<str:state>/<path:authority>",
    Permission.DIRECTORY_READ,
    name="directory-entry",
    title=_("An authority"),
    room="directory",
)
def show_entry(seat: Seat, state: str, authority: str) -> Answer:
    """Show all that is known of an authority."""
    entry = _find(seat, state, authority)
    now = seat.node.clock.now()
    card = entry.card
    keys = [(one, _say_validity(one.since, one.until, one.revoked, now)) for one in card.keys]
    values = {
        "entry": entry,
        "state": state,
        "hours": say_hours(card, now, seat.zone),
        "keys": sorted(keys, key=lambda pair: str(pair[0].since), reverse=True),
        "recipients": sorted(card.recipients, key=lambda one: str(one.since), reverse=True),
        "may_act": card.kind in ACTING,
        "may_test": seat.has(Permission.PEER_TEST) and card.is_reachable,
        "is_other_ground": card.exercise is not seat.node.exercise,
        "form": DeskForm(),
    }
    return Sheet(template="watching/directory_entry.html", values=values, title=entry.name)


@page(
    "directory-test/<str:state>/<path:authority>",
    Permission.PEER_TEST,
    name="directory-test",
    title=_("Test the way to a node"),
    takes_posts=True,
    room="directory",
)
def test_way(seat: Seat, state: str, authority: str) -> Answer:
    """Try the way to a node and back, and show the numbered checks; nothing is recorded."""
    entry = _find(seat, state, authority)
    form = DeskForm.of(seat)
    values: dict[str, object] = {"entry": entry, "state": state, "form": form}
    if seat.is_post:
        with form.catching():
            values |= {"report": try_peer(seat.node, state, authority), "is_done": True}
    return Sheet(
        template="watching/directory_test.html",
        values=values,
        title=pgettext("watching", "Test the way to %(name)s") % {"name": entry.name},
    )


def say_name(card: AuthorityCard, language: str) -> str:
    """Return what an authority is called: in the reader's language, in English, or as it is."""
    for one in (language, language.partition("-")[0], "en"):
        if one in card.names:
            return card.names[one]
    return next(iter(card.names.values()), card.authority)


def _find(seat: Seat, state: str, authority: str) -> Entry:
    with seat.node.store.view() as unit:
        known = find_card(seat.node, unit, state, authority)
    return _entry(seat, known, _fetched(seat))


def _tiles(seat: Seat, cards: Sequence[Known]) -> list[Tile]:
    fetched = _fetched(seat)
    states = sorted(
        {one.card.state for one in cards}, key=lambda one: (one != seat.node.state, one)
    )
    tiles = []
    for state in states:
        entries = [_entry(seat, one, fetched) for one in cards if one.card.state == state]
        tiles.append(
            Tile(
                state=state,
                name=name_state(seat, state),
                is_own=state == seat.node.state,
                exercise=any(one.card.exercise for one in entries),
                entries=tuple(sorted(entries, key=_rank)),
            )
        )
    return tiles


def _entry(seat: Seat, known: Known, fetched: dict[str, Instant]) -> Entry:
    card = known.card
    return Entry(
        known=known,
        name=say_name(card, seat.language),
        kind=KINDS.get(card.kind, card.kind),
        watch=watch(card, seat.node.clock.now()),
        fetched=fetched.get(state_name(card.state)),
    )


def _fetched(seat: Seat) -> dict[str, Instant]:
    return {row.name: row.fetched for row in list_trust(seat.node)}


def _rank(entry: Entry) -> tuple[bool, int, str]:
    kind = entry.card.kind
    place = _ORDER.index(kind) if kind in _ORDER else len(_ORDER)
    return not entry.known.is_listed, place, entry.card.authority


def _say_validity(
    since: Instant, until: Instant | None, revoked: Instant | None, now: Instant
) -> str:
    """Return in one word how a key stands now."""
    if revoked is not None and revoked <= now:
        return "revoked"
    if until is not None and until <= now:
        return "ended"
    return "coming" if since > now else "in use"


def _say_changed(seat: Seat, changed: Sequence[str]) -> str:
    if not changed:
        return pgettext("watching", "The directory was asked. Nothing has changed.")
    names = ", ".join(name_state(seat, one) for one in changed)
    return pgettext("watching", "The directory was asked. Changed: %(names)s.") % {"names": names}
