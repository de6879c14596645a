"""Signing in, as the record sees it: who came in, by which means, and who was turned away.

How a person proves who they are is the desk's affair; here lie the password's hash, the codes
that begin it, and the traces. Every entrance, every failure and every new or lost means of
signing in is a finding under the opaque name of the person concerned, within bounds: what is
done with somebody's own hand counts as seen by them, the rest waits for another to look.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from comity.base import Ident
from comity.base.errors import BadValue
from comity.service.findings import UNKNOWN, make_finding
from comity.service.node import Node
from comity.service.people import leave_trace
from comity.service.ports import Unit
from comity.service.rows import PersonRow
from comity.service.tokens import INVITATION, RESET, TokenRefused, peek, spend

_DEAD: Final = "!"
_HASHED: Final = "argon2$"


def find_invited(node: Node, code: str) -> PersonRow:
    """Return whom a code of an invitation or reset is for, and spend nothing.

    Raise ``TokenRefused``, whatever is wrong with it.
    """
    with node.store.view() as unit:
        row = peek(node, unit, code, frozenset({INVITATION, RESET}))
        found = unit.persons.find(actor=row.actor)
    if not found:
        raise TokenRefused
    return found[0]


def begin_person(node: Node, code: str, password: str) -> PersonRow:
    """Spend the code of an invitation or reset on a password, given as its hash.

    What began with another password is over.
    """
    _require_hash(password)
    with node.store.unit() as unit:
        spent = spend(node, unit, code)
        person = replace(unit.persons.lock(spent.actor), is_active=True, password=password)
        unit.persons.replace(person)
        says = f"The code of its {spent.purpose} of {spent.made} became a password."
        leave_trace(node, unit, person, "accepted", says)
        return person


def change_password(node: Node, actor: str, password: str) -> PersonRow:
    """Let a person have this password, given as its hash; raise ``TokenRefused`` if retired."""
    _require_hash(password)
    with node.store.unit() as unit:
        person = unit.persons.lock(actor)
        if not can_enter(person):
            raise TokenRefused
        person = replace(person, password=password)
        unit.persons.replace(person)
        _tell_own(node, unit, person, "means", "It changed its password.")
        return person


def can_enter(person: PersonRow) -> bool:
    """Return whether a person may sign in: neither retired, nor reset, nor only invited."""
    return person.is_active and bool(person.password) and not person.password.startswith(_DEAD)


def note_entrance(node: Node, actor: str, means: str) -> None:
    """Keep that a person signed in, and by which means."""
    with node.store.unit() as unit:
        person = unit.persons.get(actor)
        _tell_own(node, unit, person, "entered", f"It signed in with {means}.")


def note_means(node: Node, actor: str, says: str) -> None:
    """Keep that a person has a new means of signing in, or lost one."""
    with node.store.unit() as unit:
        leave_trace(node, unit, unit.persons.get(actor), "means", says)


def note_failure(node: Node, login: str, says: str) -> None:
    """Keep that somebody was turned away: under the person's name if there is such a person."""
    with node.store.unit() as unit:
        found = unit.persons.find(login=login)
        if found:
            leave_trace(node, unit, found[0], "turned-away", says)
        else:
            if login:
                says = "Somebody tried to sign in under a name that nobody has."
            make_finding(node, unit, kind="person-turned-away", says=says, source=UNKNOWN)


def note_shut_out(node: Node, login: str) -> None:
    """Keep that there were so many failures for a person that strangers must wait a while.

    Nobody is woken: a stranger could wake them.
    """
    says = "Too many failures to sign in as it: strangers wait, its own browser need not."
    with node.store.unit() as unit:
        for person in unit.persons.find(login=login):
            leave_trace(node, unit, person, "shut-out", says)


def _tell_own(node: Node, unit: Unit, person: PersonRow, what: str, says: str) -> None:
    """Leave a trace of what somebody did with their own hand: seen by them."""
    ident = leave_trace(node, unit, person, what, says)
    if isinstance(ident, Ident):
        row = unit.findings.get(ident)
        seen = replace(row, seen_by=person.actor, seen_at=node.clock.now())
        unit.findings.replace(seen)


def _require_hash(password: str) -> None:
    if not password.startswith(_HASHED):
        detail = "A password is kept as its Argon2 hash and in no other way."
        raise BadValue(detail)
