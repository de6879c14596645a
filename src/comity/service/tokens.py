"""Tokens: secrets of persons, of which only the SHA-256 is kept.

A secret has 256 random bits and is shown once, when it is made. ``api`` tokens open the
desk's door; ``invitation`` and ``reset`` codes work once and only to get such a token.
Whatever is wrong with a secret, the refusal is the same.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, replace
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from comity.base import Digest, Instant
from comity.base.errors import BadValue, NotPermitted
from comity.seal.fields import draw, is_line
from comity.service.errors import NotThere
from comity.service.node import Node
from comity.service.ports import Unit
from comity.service.rows import PersonRow, TokenRow

API: Final = "api"
INVITATION: Final = "invitation"
RESET: Final = "reset"
SPENT: Final = "spent"
_LIFE: Final = MappingProxyType(
    {API: timedelta(days=90), INVITATION: timedelta(days=3), RESET: timedelta(days=1)}
)
MOST_DAYS: Final = 366
_BYTES: Final = 32
_FORM: Final = re.compile(r"comity_[A-Za-z0-9_-]{43}")
_LABEL: Final = 100


class TokenRefused(NotPermitted):
    """This token does not open this door."""

    code = "service/token-refused"
    remedy = "Use a token that was issued to you, has not ended and was not revoked."


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A secret that was made now; it is not kept and cannot be shown again."""

    secret: str
    row: TokenRow

    def __repr__(self) -> str:
        """Leave the secret out."""
        return f"Issued({self.row.purpose})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A person who showed a good token."""

    actor: str
    roles: tuple[str, ...]
    token: Digest


def issue(  # noqa: PLR0913, PLR0917 # each says another thing of it
    node: Node, unit: Unit, actor: str, purpose: str, label: str = "", days: int | None = None
) -> Issued:
    """Make a secret for a person."""
    if not is_line(label, most=_LABEL):
        detail = f"A label is one line of at most {_LABEL} characters."
        raise BadValue(detail)
    if days is not None and not 1 <= days <= MOST_DAYS:
        detail = f"A token lives from 1 to {MOST_DAYS} days."
        raise BadValue(detail)
    life = _LIFE[purpose] if days is None else timedelta(days=days)
    drawn = base64.urlsafe_b64encode(draw(node.random, _BYTES))
    secret = "comity_" + drawn.decode("ascii").rstrip("=")
    now = node.clock.now()
    row = TokenRow(
        digest=Digest.of(secret.encode("ascii")),
        actor=actor,
        purpose=purpose,
        label=label,
        made=now,
        until=Instant(now.at + life),
        used=None,
        revoked=None,
    )
    unit.tokens.add(row)
    return Issued(secret=secret, row=row)


def issue_token(node: Node, actor: str, label: str, days: int | None = None) -> Issued:
    """Make an API token for an active person."""
    with node.store.unit() as unit:
        if not unit.persons.get(actor).is_active:
            raise TokenRefused
        return issue(node, unit, actor, API, label, days)


def find_holder(node: Node, secret: str) -> Holder:
    """Return who holds this token; raise ``TokenRefused``, whatever is wrong with it.

    The search is by SHA-256, of which whoever guesses controls no part: what time it
    takes tells nothing. The digests are compared again in constant time.
    """
    with node.store.view() as unit:
        row = _find_live(node, unit, secret, frozenset({API}))
        person = _find_person(unit, row.actor)
    if not person.is_active:
        raise TokenRefused
    return Holder(actor=person.actor, roles=tuple(person.roles.split()), token=row.digest)


def peek(node: Node, unit: Unit, secret: str, purposes: frozenset[str]) -> TokenRow:
    """Return the row of a live secret for one of these purposes; raise ``TokenRefused``."""
    return _find_live(node, unit, secret, purposes)


def spend(node: Node, unit: Unit, secret: str) -> TokenRow:
    """Use a code up; raise ``TokenRefused`` if it is none, has ended or was used.

    The mark of its use has a name that follows from the code: of two at once one fails.
    """
    row = _find_live(node, unit, secret, frozenset({INVITATION, RESET}))
    mark = replace(row, digest=Digest.of(row.digest.raw), purpose=SPENT, used=node.clock.now())
    unit.tokens.replace(replace(row, used=node.clock.now()))
    unit.tokens.add(mark)
    return row


def revoke_token(node: Node, digest: Digest, *, actor: str | None = None) -> TokenRow:
    """End a token now; with ``actor`` only one of that person's. Raise ``NotThere``."""
    with node.store.unit() as unit:
        row = unit.tokens.get(digest)
        if row.purpose == SPENT or actor not in {None, row.actor}:
            raise NotThere(where="token")
        if row.revoked is None:
            row = replace(row, revoked=node.clock.now())
            unit.tokens.replace(row)
        return row


def revoke_all(node: Node, unit: Unit, actor: str) -> None:
    """End every token and code of a person."""
    for row in unit.tokens.find(actor=actor):
        if row.revoked is None and row.purpose != SPENT:
            unit.tokens.replace(replace(row, revoked=node.clock.now()))


def list_tokens(node: Node, actor: str) -> tuple[TokenRow, ...]:
    """Return the tokens and codes of a person, without their secrets."""
    with node.store.view() as unit:
        return tuple(row for row in unit.tokens.find(actor=actor) if row.purpose != SPENT)


def _find_live(node: Node, unit: Unit, secret: str, purposes: frozenset[str]) -> TokenRow:
    if _FORM.fullmatch(secret) is None:
        raise TokenRefused
    digest = Digest.of(secret.encode("ascii"))
    found = unit.tokens.find(digest=digest)
    now = node.clock.now()
    for row in found:
        is_live = row.revoked is None and row.used is None and now < row.until
        if is_live and row.purpose in purposes and row.digest.matches(digest):
            return row
    raise TokenRefused


def _find_person(unit: Unit, actor: str) -> PersonRow:
    found = unit.persons.find(actor=actor)
    if not found:
        raise TokenRefused
    return found[0]
