"""The roster: who is told first when something waits, and who after that."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from django import forms
from django.urls import reverse
from django.utils.translation import pgettext, pgettext_lazy

from comity.base import Instant, limits
from comity.service.node import Node
from comity.service.notices import MINUTES, list_notices
from comity.service.people import list_persons
from comity.service.roster import clear_place, list_roster, set_place
from comity.service.rows import RosterRow
from comity.web.pages.kit.forms import DeskForm
from comity.web.pages.kit.pages import Answer, Go, Sheet, do_it, page
from comity.web.pages.kit.seat import Seat
from comity.web.permissions import Permission

_p = pgettext_lazy
_SHOWN: Final = 20
_MOMENT: Final = "%Y-%m-%dT%H:%M"


class PlaceForm(DeskForm):
    """Who stands on a place of the roster, and for how long."""

    place = forms.IntegerField(
        label=_p("people", "Place"),
        help_text=_p("people", "The lowest number is told first."),
        min_value=0,
        max_value=limits.ROSTER_PLACES - 1,
        widget=forms.NumberInput(attrs={"class": "short"}),
    )
    actor = forms.ChoiceField(label=_p("people", "Person"))
    begins = forms.DateTimeField(
        label=_p("people", "From"),
        help_text=_p("people", "In UTC; leave both empty for always."),
        required=False,
        input_formats=[_MOMENT, "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(format=_MOMENT, attrs={"type": "datetime-local"}),
    )
    ends = forms.DateTimeField(
        label=_p("people", "Until"),
        required=False,
        input_formats=[_MOMENT, "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(format=_MOMENT, attrs={"type": "datetime-local"}),
    )

    def __init__(self, *args: Any, node: Node, **more: Any) -> None:  # noqa: ANN401 - Django's
        """Offer whoever may act."""
        super().__init__(*args, **more)
        self.fields["actor"].choices = [  # type: ignore[attr-defined] # a field of choices
            (one.actor, one.login) for one in list_persons(node) if one.is_active
        ]


@page("roster", Permission.ROSTER_READ, name="roster", title=_p("people", "Who is on duty"))
def show(seat: Seat) -> Answer:
    """Show the roster in its order, and the last notices with who acknowledged them."""
    people = {one.actor: one for one in list_persons(seat.node)}
    now = seat.node.clock.now()
    values = {
        "places": [_place(row, people, now) for row in list_roster(seat.node)],
        "notices": _notices(seat, people) if seat.has(Permission.NOTICE_READ) else [],
        "minutes": MINUTES,
        "may_write": seat.has(Permission.ROSTER_WRITE),
        "sees_people": seat.has(Permission.PERSON_READ),
    }
    return Sheet(template="people/roster.html", values=values)


def _place(row: RosterRow, people: dict[str, Any], now: Instant) -> dict[str, Any]:
    person = people.get(row.actor)
    has_begun = row.begins is None or row.begins <= now
    return {
        "row": row,
        "person": person,
        "is_now": has_begun and (row.ends is None or now < row.ends),
        "is_over": row.ends is not None and row.ends <= now,
        "is_told": bool(person and person.is_active and person.mail),
    }


def _notices(seat: Seat, people: dict[str, Any]) -> list[dict[str, Any]]:
    held = sorted(list_notices(seat.node), key=lambda row: row.made, reverse=True)[:_SHOWN]
    return [{"row": row, "by": people.get(row.acknowledged_by)} for row in held]


@page(
    "roster/change",
    Permission.ROSTER_WRITE,
    name="roster-change",
    title=_p("people", "Put a person on duty"),
    takes_posts=True,
    room="roster",
)
def change(seat: Seat) -> Answer:
    """Put somebody on a place; whoever stood there gives way."""
    form = PlaceForm.of(seat, node=seat.node)
    if seat.is_post and form.is_valid():
        given = form.cleaned_data
        row = RosterRow(
            place=given["place"],
            actor=given["actor"],
            begins=_instant(given["begins"]),
            ends=_instant(given["ends"]),
        )

        def do(node: Node) -> Go:
            set_place(node, row)
            return Go(to=reverse("roster"), says=pgettext("people", "The roster is changed."))

        with form.catching():
            return do_it(seat, do)
    return Sheet(template="people/place.html", values={"form": form})


@page(
    "roster/<int:place>/clearing",
    Permission.ROSTER_WRITE,
    name="roster-clear",
    title=_p("people", "Take a person off duty"),
    takes_posts=True,
    room="roster",
)
def clear(seat: Seat, place: int) -> Answer:
    """Take whoever stands on a place off it."""
    if not seat.is_post:
        return Go(to=reverse("roster"))

    def do(node: Node) -> Go:
        clear_place(node, place)
        return Go(to=reverse("roster"), says=pgettext("people", "The roster is changed."))

    return do_it(seat, do)


def _instant(moment: datetime | None) -> Instant | None:
    return None if moment is None else Instant(moment.astimezone(UTC))
