"""People: who may act for the authority, in which roles.

A person is invited, accepts with a code that works once, and from then on holds tokens.
Acts name the opaque ``actor``; login and mail stay in the list of persons. Roles are the
law file's, by which steps are taken, and the platform's own:

- ``operator``            keeps the node running; sees no dossier and no content
- ``enrolment_officer``   enrols persons and says who is on duty; sees no dossier
- ``oversight``           reads the record and its decisions, not the content

Nobody becomes another in silence: who invites, resets, changes roles, retires or makes
another's token, and each use of a code, is a finding of its own, in the same transaction.
It is under the name of the person concerned, and nobody can use up its share for others; a
reset and changed roles wake the people on duty besides.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from comity.base import Ident
from comity.base.errors import BadValue
from comity.domain.plain import require_line
from comity.service.errors import AlreadyThere, NotThere, Unfit
from comity.service.findings import make_finding
from comity.service.node import Node, Officer
from comity.service.notices import FINDING, URGENT, note
from comity.service.ports import Unit
from comity.service.rows import PersonRow
from comity.service.tokens import (
    API,
    INVITATION,
    RESET,
    Issued,
    TokenRefused,
    issue,
    revoke_all,
    spend,
)

OPERATOR: Final = "operator"
ENROLMENT: Final = "enrolment_officer"
OVERSIGHT: Final = "oversight"
PLATFORM_ROLES: Final = MappingProxyType(
    {
        OPERATOR: "Keeps the node running; sees no dossier and no content.",
        ENROLMENT: "Enrols persons and says who is on duty; sees no dossier.",
        OVERSIGHT: "Reads the record and its decisions, not the content.",
    }
)
_LOGIN: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_ACTOR: Final = re.compile(r"[a-z0-9][a-z0-9_.:-]{0,79}")
_MAIL: Final = re.compile(r"[^@\s<>,;:\"]{1,64}@[A-Za-z0-9.-]{1,190}")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_LETTERS: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_OPAQUE: Final = 10
# After these somebody may act as another, or as more than before.
_WAKING: Final = frozenset({"reset", "roles", "token"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """A person to be enrolled. ``actor`` is made up if it is empty."""

    login: str
    roles: Sequence[str]
    actor: str = ""
    mail: str = ""
    language: str = "en"


def known_roles(node: Node) -> frozenset[str]:
    """Return every role that a person may hold: the law files' and the platform's."""
    return frozenset(node.book.roles) | frozenset(PLATFORM_ROLES)


def add_person(node: Node, newcomer: Newcomer) -> PersonRow:
    """Enrol a person who is here: for the first ones, by hand on the node itself."""
    with node.store.unit() as unit:
        return _add(node, unit, newcomer, is_active=True)


def invite_person(node: Node, officer: Officer, newcomer: Newcomer) -> tuple[PersonRow, Issued]:
    """Enrol a person who accepts later; return the code to be handed over in person."""
    with node.store.unit() as unit:
        person = _add(node, unit, newcomer, is_active=False)
        leave_trace(node, unit, person, "invited", f"{officer.actor} invited it as {person.roles}.")
        return person, issue(node, unit, person.actor, INVITATION)


def accept_code(node: Node, code: str, label: str) -> tuple[PersonRow, Issued]:
    """Accept an invitation, or a reset: the code is spent and a token takes its place."""
    with node.store.unit() as unit:
        spent = spend(node, unit, code)
        person = replace(unit.persons.lock(spent.actor), is_active=True)
        unit.persons.replace(person)
        says = f"The code of its {spent.purpose} of {spent.made} became a token."
        leave_trace(node, unit, person, "accepted", says)
        return person, issue(node, unit, person.actor, "api", label)


def reset_person(node: Node, officer: Officer, actor: str) -> Issued:
    """End all tokens and the password of a person; return a code with which to begin anew.

    Without a password nobody signs in, by whatever means, and what began with it is over.
    Whoever holds the code acts as that person, so the people on duty are told at once.
    """
    with node.store.unit() as unit:
        person = replace(unit.persons.lock(actor), password=_dead(node))
        unit.persons.replace(person)
        revoke_all(node, unit, person.actor)
        says = f"{officer.actor} ended its means of signing in and got a code to begin anew as it."
        leave_trace(node, unit, person, "reset", says)
        return issue(node, unit, person.actor, RESET)


def give_token(node: Node, officer: Officer, actor: str, label: str, days: int) -> Issued:
    """Make another's token, by hand on the node itself; raise ``TokenRefused`` if it is retired."""
    with node.store.unit() as unit:
        person = unit.persons.get(actor)
        if not person.is_active:
            raise TokenRefused
        says = f"{officer.actor} made a token that acts as it."
        leave_trace(node, unit, person, "token", says)
        return issue(node, unit, actor, API, label, days)


def change_roles(node: Node, officer: Officer, actor: str, roles: Sequence[str]) -> PersonRow:
    """Let a person hold these roles and no other."""
    if officer.actor == actor:
        detail = "Nobody changes their own roles."
        raise Unfit(detail)
    with node.store.unit() as unit:
        before = unit.persons.lock(actor)
        person = replace(before, roles=_write_roles(node, roles))
        unit.persons.replace(person)
        says = f"{officer.actor} changed its roles from {before.roles} to {person.roles}."
        leave_trace(node, unit, person, "roles", says)
        return person


def retire_person(node: Node, officer: Officer, actor: str) -> PersonRow:
    """Let a person act no more; what was done stays theirs."""
    if officer.actor == actor:
        detail = "Nobody retires themselves: another must be left who can enrol."
        raise Unfit(detail)
    with node.store.unit() as unit:
        person = replace(unit.persons.lock(actor), is_active=False, password=_dead(node))
        unit.persons.replace(person)
        revoke_all(node, unit, actor)
        leave_trace(
            node, unit, person, "retired", f"{officer.actor} retired it and ended its tokens."
        )
        return person


def list_persons(node: Node) -> tuple[PersonRow, ...]:
    """Return all persons."""
    with node.store.view() as unit:
        return unit.persons.find()


def read_person(node: Node, actor: str) -> PersonRow:
    """Return one person; raise ``NotThere``."""
    with node.store.view() as unit:
        return unit.persons.get(actor)


def find_login(node: Node, login: str) -> PersonRow:
    """Return the person who signs in under this name; raise ``NotThere``."""
    with node.store.view() as unit:
        found = unit.persons.find(login=login)
    if not found:
        raise NotThere(where="login")
    return found[0]


def _add(node: Node, unit: Unit, newcomer: Newcomer, *, is_active: bool) -> PersonRow:
    person = PersonRow(
        actor=newcomer.actor or _make_actor(node),
        login=newcomer.login,
        roles=_write_roles(node, newcomer.roles),
        mail=newcomer.mail,
        language=newcomer.language,
        is_active=is_active,
    )
    _require_plain(person)
    if unit.persons.find(login=person.login) or unit.persons.find(actor=person.actor):
        detail = "Somebody is enrolled under this login or actor."
        raise AlreadyThere(detail)
    unit.persons.add(person)
    return person


def leave_trace(node: Node, unit: Unit, person: PersonRow, what: str, says: str) -> Ident | None:
    """Leave a trace of what was done to a person, by opaque names alone."""
    source = f"person {person.actor}"
    found = make_finding(node, unit, kind=f"person-{what}", says=says, source=source)
    if what in _WAKING:
        note(node, unit, FINDING, URGENT)
    return found


def _require_plain(person: PersonRow) -> None:
    fits = (
        ("login", _LOGIN.fullmatch(person.login)),
        ("actor", _ACTOR.fullmatch(person.actor)),
        ("mail", not person.mail or _MAIL.fullmatch(person.mail)),
        ("language", _LANGUAGE.fullmatch(person.language)),
    )
    for name, fit in fits:
        if not fit:
            detail = f"The {name} is not written as one is."
            raise BadValue(detail, where=name)


def _write_roles(node: Node, roles: Sequence[str]) -> str:
    unknown = sorted(set(roles) - known_roles(node))
    if unknown or not roles:
        for name in unknown:
            require_line(name)
        detail = f"Roles are of {', '.join(sorted(known_roles(node)))}."
        raise BadValue(detail, where="roles")
    return " ".join(dict.fromkeys(roles))


def _dead(node: Node) -> str:
    """Return what stands for a password and opens nothing; each time another, so that it tells."""
    return "!" + node.random(20).hex()


def _make_actor(node: Node) -> str:
    """Make up an opaque name: it tells nothing of the person."""
    return "p-" + "".join(_LETTERS[byte % len(_LETTERS)] for byte in node.random(_OPAQUE))
