"""People: who am I, my tokens; enrolling others; who is on duty."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field, StringConstraints

from comity.base import Digest, Instant
from comity.service.people import (
    Newcomer,
    accept_code,
    change_roles,
    invite_person,
    list_persons,
    read_person,
    reset_person,
    retire_person,
)
from comity.service.roster import list_roster, set_roster
from comity.service.rows import PersonRow, RosterRow, TokenRow
from comity.service.tokens import MOST_DAYS, issue_token, list_tokens, revoke_token
from comity.web.api import fields
from comity.web.api.asking import Asked, Door
from comity.web.api.errors import BodyRefused
from comity.web.api.fields import Closed, Shown
from comity.web.api.paging import LIMIT, After, Limit, page
from comity.web.permissions import ROLES, Permission, may

door: Final = Door("people")
_ROLES: Final = 20
_PLACES: Final = 1_000

_Label = Annotated[fields.Text, StringConstraints(max_length=100)]
_Roles = Annotated[list[fields.Word], Field(min_length=1, max_length=_ROLES)]
_Secret = Annotated[str, StringConstraints(pattern=r"^comity_[A-Za-z0-9_-]{43}$")]


class MeShown(Shown):
    """Who asks, where, and what they may do."""

    actor: str
    state: str
    authority: str
    exercise: bool
    roles: list[str]
    permissions: list[str]


class PersonShown(Shown):
    """A person. Login and mail are shown to those who enrol, and to nobody else."""

    actor: str
    login: str
    roles: list[str]
    mail: str
    language: str
    is_active: bool


class PersonPage(Shown):
    """Some persons."""

    items: list[PersonShown]
    next: str | None


class Invited(PersonShown):
    """A person who was invited; the code is shown this once."""

    code: str
    until: str


class InvitationBody(Closed):
    """Who is to be enrolled."""

    login: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
    roles: _Roles
    actor: fields.MaybeWord = ""
    mail: Annotated[str, StringConstraints(max_length=255)] = ""
    language: Annotated[str, StringConstraints(max_length=35)] = "en"


class RolesBody(Closed):
    """Which roles, and no other."""

    roles: _Roles


class AcceptBody(Closed):
    """The code of an invitation or of a reset."""

    code: _Secret
    label: _Label = ""


class TokenBody(Closed):
    """What a token is for, and how long it lives."""

    label: _Label = ""
    days: Annotated[int, Field(ge=1, le=MOST_DAYS)] = 90


class TokenShown(Shown):
    """A token or code, without its secret; ``digest`` is its name."""

    digest: str
    actor: str
    purpose: str
    label: str
    made: str
    until: str
    used: str | None
    revoked: str | None


class TokenMade(TokenShown):
    """A token, shown this once."""

    token: str


class TokenPage(Shown):
    """Some tokens."""

    items: list[TokenShown]
    next: str | None


class DutyPlace(Closed):
    """Who is on duty: the lowest place is told first. No bounds: always."""

    place: Annotated[int, Field(ge=0, le=2**15)]
    actor: fields.Word
    begins: fields.InstantText | None = None
    ends: fields.InstantText | None = None


class RosterBody(Closed):
    """The whole roster."""

    items: Annotated[list[DutyPlace], Field(max_length=_PLACES)]


class RosterShown(Shown):
    """The whole roster."""

    items: list[DutyPlace]


@door.get("/me", Permission.SELF, MeShown)
def show_me(request: Asked) -> MeShown:
    """Say who you are here, and what your roles may do."""
    node, roles = request.node, request.roles
    allowed = {one for one in Permission for role in roles if may(role, one)}
    return MeShown(
        actor=request.actor,
        state=node.state,
        authority=node.authority,
        exercise=node.exercise,
        roles=[*roles],
        permissions=sorted(one.value for one in allowed),
    )


@door.get("/persons", Permission.PERSON_READ, PersonPage)
def list_people(request: Asked, limit: Limit = LIMIT, after: After = "") -> PersonPage:
    """List the persons of this desk."""
    found, later = page(list_persons(request.node), _person_key, limit, after)
    return PersonPage(items=[_person(row) for row in found], next=later)


@door.get("/persons/{actor}", Permission.PERSON_READ, PersonShown)
def show_person(request: Asked, actor: fields.Word) -> PersonShown:
    """Show a person."""
    return _person(read_person(request.node, actor))


@door.post("/persons", Permission.PERSON_ENROL, Invited, 201)
def invite(request: Asked, body: InvitationBody) -> Invited:
    """Invite a person; the code goes to them by another way, and works once."""
    newcomer = Newcomer(
        login=body.login,
        roles=_known(body.roles),
        actor=body.actor,
        mail=body.mail,
        language=body.language,
    )
    person, issued = invite_person(request.node, request.officer(), newcomer)
    return Invited(**_person(person).model_dump(), code=issued.secret, until=str(issued.row.until))


@door.post("/persons/{actor}/reset", Permission.PERSON_ENROL, Invited, 201)
def begin_anew(request: Asked, actor: fields.Word) -> Invited:
    """End every token of a person; the code with which they begin anew goes by another way."""
    issued = reset_person(request.node, request.officer(), actor)
    person = _person(read_person(request.node, actor))
    return Invited(**person.model_dump(), code=issued.secret, until=str(issued.row.until))


@door.put("/persons/{actor}/roles", Permission.PERSON_ENROL, PersonShown)
def set_roles(request: Asked, actor: fields.Word, body: RolesBody) -> PersonShown:
    """Let a person hold these roles and no other; nobody changes their own."""
    roles = _known(body.roles)
    return _person(change_roles(request.node, request.officer(), actor, roles))


@door.post("/persons/{actor}/retirement", Permission.PERSON_ENROL, PersonShown)
def retire(request: Asked, actor: fields.Word) -> PersonShown:
    """Let a person act no more, and end their tokens."""
    return _person(retire_person(request.node, request.officer(), actor))


@door.get("/persons/{actor}/tokens", Permission.PERSON_ENROL, TokenPage)
def list_theirs(
    request: Asked, actor: fields.Word, limit: Limit = LIMIT, after: After = ""
) -> TokenPage:
    """List the tokens of a person, without their secrets."""
    read_person(request.node, actor)
    return _tokens(list_tokens(request.node, actor), limit, after)


@door.post("/persons/{actor}/tokens/{digest}/revocation", Permission.PERSON_ENROL, TokenShown)
def revoke_theirs(request: Asked, actor: fields.Word, digest: fields.DigestText) -> TokenShown:
    """End a token of a person now."""
    return _token(revoke_token(request.node, Digest.parse(digest), actor=actor))


@door.post("/invitations/accept", Permission.PUBLIC, TokenMade, 201)
def accept(request: Asked, body: AcceptBody) -> TokenMade:
    """Accept an invitation or a reset: the code is spent, and a token takes its place."""
    _, issued = accept_code(request.node, body.code, body.label)
    return TokenMade(**_token(issued.row).model_dump(), token=issued.secret)


@door.get("/tokens", Permission.SELF, TokenPage)
def list_mine(request: Asked, limit: Limit = LIMIT, after: After = "") -> TokenPage:
    """List your own tokens, without their secrets."""
    return _tokens(list_tokens(request.node, request.actor), limit, after)


@door.post("/tokens", Permission.SELF, TokenMade, 201)
def make_mine(request: Asked, body: TokenBody) -> TokenMade:
    """Make another token of your own; it is shown this once."""
    issued = issue_token(request.node, request.actor, body.label, body.days)
    return TokenMade(**_token(issued.row).model_dump(), token=issued.secret)


@door.post("/tokens/{digest}/revocation", Permission.SELF, TokenShown)
def revoke_mine(request: Asked, digest: fields.DigestText) -> TokenShown:
    """End one of your own tokens now."""
    return _token(revoke_token(request.node, Digest.parse(digest), actor=request.actor))


@door.get("/roster", Permission.ROSTER_READ, RosterShown)
def show_roster(request: Asked) -> RosterShown:
    """Show who is on duty when."""
    return _roster(list_roster(request.node))


@door.put("/roster", Permission.ROSTER_WRITE, RosterShown)
def write_roster(request: Asked, body: RosterBody) -> RosterShown:
    """Write the whole roster anew."""
    rows = [
        RosterRow(
            place=one.place,
            actor=one.actor,
            begins=Instant.parse(one.begins) if one.begins else None,
            ends=Instant.parse(one.ends) if one.ends else None,
        )
        for one in body.items
    ]
    set_roster(request.node, rows)
    return _roster(list_roster(request.node))


def _known(roles: list[str]) -> list[str]:
    """Return roles that this door has a line for; a role without one could do nothing."""
    for role in roles:
        if role not in ROLES:
            detail = f"roles: one of {', '.join(sorted(ROLES))}."
            raise BodyRefused(detail)
    return roles


def _person(row: PersonRow) -> PersonShown:
    return PersonShown(
        actor=row.actor,
        login=row.login,
        roles=row.roles.split(),
        mail=row.mail,
        language=row.language,
        is_active=row.is_active,
    )


def _person_key(row: PersonRow) -> tuple[str, ...]:
    return (row.actor,)


def _tokens(rows: tuple[TokenRow, ...], limit: int, after: str) -> TokenPage:
    found, later = page(rows, _token_key, limit, after)
    return TokenPage(items=[_token(row) for row in found], next=later)


def _token(row: TokenRow) -> TokenShown:
    return TokenShown(
        digest=str(row.digest),
        actor=row.actor,
        purpose=row.purpose,
        label=row.label,
        made=str(row.made),
        until=str(row.until),
        used=fields.maybe_text(row.used),
        revoked=fields.maybe_text(row.revoked),
    )


def _token_key(row: TokenRow) -> tuple[str, ...]:
    return (str(row.digest),)


def _roster(rows: tuple[RosterRow, ...]) -> RosterShown:
    return RosterShown(
        items=[
            DutyPlace(
                place=row.place,
                actor=row.actor,
                begins=fields.maybe_text(row.begins),
                ends=fields.maybe_text(row.ends),
            )
            for row in rows
        ]
    )
