"""The people of the desk, and each of them. Login and mail are shown to who enrols and oversees."""

from __future__ import annotations

from typing import Any, Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import pgettext, pgettext_lazy

from comity.base import Digest
from comity.service.findings import list_findings
from comity.service.people import list_persons, read_person
from comity.service.roster import list_roster
from comity.service.rows import PersonRow
from comity.service.tokens import list_tokens, revoke_token
from comity.web.pages.kit.pages import Answer, Go, Sheet, page
from comity.web.pages.kit.seat import Seat
from comity.web.pages.kit.tables import Column, Table
from comity.web.pages.kit.wording import name_role
from comity.web.permissions import Permission

_p = pgettext_lazy
_STANDINGS: Final[dict[str, Promise]] = {
    "enters": _p("people", "May sign in"),
    "acts": _p("people", "Acts by token alone; has no means of signing in"),
    "invited": _p("people", "Invited, has not begun"),
    "reset": _p("people", "Is to begin anew"),
    "retired": _p("people", "Acts no more"),
}
_TRACES: Final = 20


def standing_of(person: PersonRow) -> str:
    """Return how a person stands: ``enters``, ``acts``, ``invited``, ``reset`` or ``retired``."""
    is_dead = person.password.startswith("!")
    if not person.is_active:
        return "retired" if is_dead else "invited"
    if is_dead:
        return "reset"
    return "enters" if person.password else "acts"


def _roles(person: PersonRow) -> str:
    return " · ".join(str(name_role(role)) for role in person.roles.split())


def _address(person: PersonRow) -> str:
    return reverse("person", args=[person.actor])


_COLUMNS: Final = (
    Column(key="login", title=_p("people", "Name"), value=lambda row: row.login, link=_address),
    Column(key="actor", title=_p("people", "In acts"), value=lambda row: row.actor),
    Column(
        key="roles",
        title=_p("people", "Roles"),
        value=lambda row: row.roles,
        shown=_roles,
    ),
    Column(
        key="standing",
        title=_p("people", "Standing"),
        value=standing_of,
        shown=lambda row: _STANDINGS[standing_of(row)],
        choices=True,
    ),
)


@page("people", Permission.PERSON_READ, name="people", title=_p("people", "People"))
def list_all(seat: Seat) -> Answer:
    """Show everybody who may act, or might once."""
    table = Table.of(
        seat,
        name="people",
        columns=_COLUMNS,
        rows=list_persons(seat.node),
        sort="login",
        empty=_p("people", "Nobody is enrolled yet. Invite the first person."),
        empty_link=reverse("invite"),
        empty_next=_p("people", "Invite a person"),
    )
    if table.export:
        return table.export_answer()
    values = {"table": table, "may_enrol": seat.has(Permission.PERSON_ENROL)}
    return Sheet(template="people/people.html", values=values)


@page(
    "people/<str:actor>",
    Permission.PERSON_READ,
    name="person",
    title=_p("people", "A person"),
    room="people",
)
def show(seat: Seat, actor: str) -> Answer:
    """Show a person: roles, standing, tokens, duty, and the traces of what was done to them."""
    person = read_person(seat.node, actor)
    may_enrol = seat.has(Permission.PERSON_ENROL)
    standing = standing_of(person)
    values: dict[str, Any] = {
        "person": person,
        "roles": person.roles.split(),
        "standing": standing,
        "standing_text": _STANDINGS[standing],
        "is_self": actor == seat.actor,
        "may_enrol": may_enrol,
        "tokens": list_tokens(seat.node, actor) if may_enrol else (),
        "places": [one for one in list_roster(seat.node) if one.actor == actor],
        "traces": _traces(seat, actor),
        "now": seat.node.clock.now(),
    }
    return Sheet(template="people/person.html", values=values, title=person.login)


def _traces(seat: Seat, actor: str) -> list[Any]:
    source = f"person {actor}"
    found = [row for row in list_findings(seat.node) if row.source == source]
    return found[:_TRACES]


@page(
    "people/<str:actor>/tokens/<str:digest>",
    Permission.PERSON_ENROL,
    name="person-token",
    title=_p("people", "End a token"),
    takes_posts=True,
    room="people",
)
def end_token(seat: Seat, actor: str, digest: str) -> Answer:
    """End a token or code of somebody, now."""
    back = reverse("person", args=[actor])
    name = Digest.parse(digest)
    if not seat.is_post:
        return Go(to=back)
    revoke_token(seat.node, name, actor=actor)
    return Go(to=back, says=pgettext("people", "It opens nothing any more."))
