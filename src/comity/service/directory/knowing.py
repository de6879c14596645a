"""What a node knows of authorities, its own among them: read from verified rows alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from comity.base import Instant
from comity.federation import Voucher
from comity.federation.directory import AuthorityCard, vouch
from comity.federation.directory.register import Register
from comity.service.directory.errors import UnknownAuthority
from comity.service.node import Node
from comity.service.ports import Unit
from comity.service.rows import AuthorityRow, TrustRow

SHARED: Final = "shared"
PAIRED: Final = "paired"
OWN: Final = "own"
# What of the shared directory must be current for what it says to be current.
_FRESH: Final = ("shared/root", "shared/timestamp", "shared/snapshot", "shared/targets")
# Whom a State names to be called when the caller's authority is not listed itself.
_DESKS: Final = ("contact_point", "central_authority")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A card, and how well it is known.

    ``source`` is ``shared``, ``paired`` or ``own``. ``is_listed`` is false once its State
    dropped it. ``stale_since`` is when what says so expired, None while it is current: what is
    stale is still used, and shown as stale.
    """

    card: AuthorityCard
    source: str
    is_listed: bool
    stale_since: Instant | None


def find_card(node: Node, unit: Unit, state: str, authority: str) -> Known:
    """Return what is known of an authority; raise ``UnknownAuthority``."""
    for row in unit.authorities.find(state=state, authority=authority):
        return _known(node, unit, row)
    raise UnknownAuthority(where=f"{state}/{authority}"[:200])


def list_cards(node: Node) -> tuple[Known, ...]:
    """Return all that is known, by State and authority, with what States have dropped."""
    with node.store.view() as unit:
        return tuple(_known(node, unit, row) for row in unit.authorities.find())


def list_trust(node: Node) -> tuple[TrustRow, ...]:
    """Return the verified metadata that the node rests on, by name."""
    with node.store.view() as unit:
        return tuple(row for row in unit.trust.find() if row.document)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRegister:
    """The copy of the depositary's register, and how fresh it is.

    The depositary's own register alone is authoritative; whoever shows this copy says so.
    """

    register: Register
    fetched: Instant
    stale_since: Instant | None


def known_register(node: Node) -> KnownRegister | None:
    """Return the copy of the depositary's register; None where the directory names none."""
    with node.store.view() as unit:
        for row in unit.trust.find(name="shared/register"):
            return KnownRegister(
                register=_parse_register(row.document),
                fetched=row.fetched,
                stale_since=_first_expired(node, unit, _FRESH),
            )
    return None


def own_card(node: Node) -> Known:
    """Return the node's own card as the directory lists it; raise ``UnknownAuthority``."""
    with node.store.view() as unit:
        return find_card(node, unit, node.state, node.authority)


def vouchers(node: Node) -> tuple[Voucher, ...]:
    """Return for every key of every listed authority a voucher, as judges of packages need.

    Of the node's own ground alone: exercise keys never vouch for real work, nor the reverse.
    """
    cards = [known.card for known in list_cards(node) if known.is_listed]
    ours = [card for card in cards if card.exercise is node.exercise]
    return tuple(voucher for card in ours for voucher in vouch(card))


def call_back_numbers(node: Node, unit: Unit, state: str, authority: str) -> frozenset[str]:
    """Return the numbers on which a caller of that authority is called back.

    Those of the authority itself; if it is not listed by that name, those of its State's
    contact points and central authorities. Nothing where the directory knows nothing; and
    never a number of an exercise for real work.
    """
    rows = [row for row in unit.authorities.find(state=state) if row.is_listed]
    read = [_parse_card(row.document) for row in rows]
    cards = [card for card in read if card.exercise == node.exercise]
    meant = [card for card in cards if card.authority == authority]
    chosen = meant or [card for card in cards if card.kind in _DESKS]
    return frozenset(number for card in chosen for number in card.numbers())


def stale_since(node: Node, unit: Unit, state: str, source: str) -> Instant | None:
    """Return since when what is known of a State is stale; None while it is current."""
    names = [state_name(state), behind_name(state)]
    if source == SHARED:
        names += _FRESH
    return _first_expired(node, unit, names)


def _first_expired(node: Node, unit: Unit, names: Iterable[str]) -> Instant | None:
    """Return since when the first of these rows has expired; None while all are current."""
    rows = [row for name in names for row in unit.trust.find(name=name)]
    now = node.clock.now()
    over = [row.expires for row in rows if row.expires is not None and row.expires <= now]
    return min(over, default=None)


def state_name(state: str) -> str:
    """Return the name of the row with a State's list."""
    return f"state/{state}"


def root_name(state: str, version: int) -> str:
    """Return the name of the row with one version of a State's own keys."""
    return f"state/{state}/root/{version}"


def behind_name(state: str) -> str:
    """Return the name of the row that says since when a State is not known to its newest list."""
    return f"behind/{state}"


@lru_cache(maxsize=256)
def _parse_card(document: bytes) -> AuthorityCard:
    """Read a card once: a tenth of a second goes into it, and every request asks for one."""
    return AuthorityCard.parse(document)


@lru_cache(maxsize=4)
def _parse_register(document: bytes) -> Register:
    """Read the register once: it may be two megabytes, and every look asks for it."""
    return Register.parse(document)


def _known(node: Node, unit: Unit, row: AuthorityRow) -> Known:
    return Known(
        card=_parse_card(row.document),
        source=row.source,
        is_listed=row.is_listed,
        stale_since=stale_since(node, unit, row.state, row.source),
    )
