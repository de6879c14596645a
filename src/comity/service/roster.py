"""The duty roster: who is told first when something waits, and who after that.

Places are numbered; the lowest is told first. A place may have bounds in time, else it
holds always. Who is not active, or has no address, is passed over: a notice must reach
somebody.
"""

from __future__ import annotations

from collections.abc import Iterable

from comity.base import Instant, limits
from comity.base.errors import BadValue
from comity.service.node import Node
from comity.service.ports import Unit
from comity.service.rows import PersonRow, RosterRow


def on_duty(unit: Unit, now: Instant) -> tuple[PersonRow, ...]:
    """Return who can be told now, the first to be told first, nobody twice."""
    found: dict[str, PersonRow] = {}
    for place in unit.roster.find():
        if _holds(place, now):
            for person in unit.persons.find(actor=place.actor):
                if person.is_active and person.mail:
                    found.setdefault(person.actor, person)
    return tuple(found.values())


def list_roster(node: Node) -> tuple[RosterRow, ...]:
    """Return all places in their order."""
    with node.store.view() as unit:
        return unit.roster.find()


def set_place(node: Node, place: RosterRow) -> None:
    """Put a person on a place; raise ``NotThere`` if nobody is called so, or ``BadValue``."""
    _require_sound(place)
    with node.store.unit() as unit:
        unit.persons.get(place.actor)
        unit.roster.remove(place=place.place)
        unit.roster.add(place)


def clear_place(node: Node, place: int) -> None:
    """Take whoever is on a place off it; raise ``NotThere`` if nobody is."""
    with node.store.unit() as unit:
        unit.roster.get(place)
        unit.roster.remove(place=place)


def set_roster(node: Node, places: Iterable[RosterRow]) -> None:
    """Write the whole roster anew, all or nothing."""
    wanted = tuple(places)
    for place in wanted:
        _require_sound(place)
    if len({place.place for place in wanted}) != len(wanted):
        detail = "One place is named twice."
        raise BadValue(detail)
    with node.store.unit() as unit:
        for place in wanted:
            unit.persons.get(place.actor)
        unit.roster.remove()
        unit.roster.add(*wanted)


def _holds(place: RosterRow, now: Instant) -> bool:
    has_begun = place.begins is None or place.begins <= now
    return has_begun and (place.ends is None or now < place.ends)


def _require_sound(place: RosterRow) -> None:
    if not 0 <= place.place < limits.ROSTER_PLACES:
        detail = f"A place is a number from 0 to {limits.ROSTER_PLACES - 1}."
        raise BadValue(detail)
    if place.begins is not None and place.ends is not None and place.ends <= place.begins:
        detail = "A duty ends after it begins."
        raise BadValue(detail)
