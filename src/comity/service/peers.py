"""Who calls: another authority's node, known by the key that the directory names.

A signed request (RFC 9421) names its sender in ``keyid`` as ``XA/XA-CA``: the State, then the
authority with what is not plain ASCII percent-encoded. A nonce counts once, in whichever
process it arrives: it is a row, kept until the request would be too old anyway.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import quote, unquote

from comity.base import Instant
from comity.base.errors import ComityError, DoesNotVerify, Malformed
from comity.domain.party import StateCode
from comity.domain.plain import require_line
from comity.service.errors import AlreadyThere
from comity.service.node import Node
from comity.service.ports import Peer
from comity.service.rows import NonceRow

# Versions of the peers' protocol that this program speaks, the best first.
PROTOCOLS: Final = ("1",)
_PLAIN: Final = " !'()*+,-.:;=@_~"


class NonceReplayed(DoesNotVerify):
    """This request was received before; it counts once."""

    code = "service/nonce-replayed"
    remedy = "Sign every request anew."


class HasCard(Protocol):
    """What is asked of an authority's card here."""

    @property
    def state(self) -> str:
        """Return the State."""

    @property
    def authority(self) -> str:
        """Return the authority."""

    @property
    def endpoint(self) -> str:
        """Return where its node is reached."""

    @property
    def certificate(self) -> str:
        """Return the one certificate that it shows, as PEM."""


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Caller:
    """An authority whose node called, and proved it by its signature."""

    state: str
    authority: str

    @property
    def keyid(self) -> str:
        """Return the name under which it signs requests, such as ``XA/XA-CA``."""
        return f"{self.state}/{quote(self.authority, safe=_PLAIN)}"

    @classmethod
    def parse(cls, keyid: str) -> Caller:
        """Read ``XA/XA-CA``; raise ``Malformed`` for any other form."""
        state, _, authority = keyid.partition("/")
        try:
            caller = cls(state=str(StateCode(state)), authority=unquote(authority, errors="strict"))
            require_line(caller.authority)
        except (ComityError, ValueError) as error:
            raise Malformed(_FORM) from error
        if caller.keyid != keyid:
            raise Malformed(_FORM)
        return caller


_FORM: Final = "A caller is written State/authority."


def peer_of(card: HasCard) -> Peer:
    """Return where the node of that card is reached."""
    return Peer(
        state=card.state,
        authority=card.authority,
        endpoint=card.endpoint,
        certificate=card.certificate,
    )


def admit_nonce(node: Node, caller: Caller, nonce: str, until: Instant) -> None:
    """Keep the nonce of a verified request until then; raise ``NonceReplayed`` if it is known."""
    row = NonceRow(peer=caller.keyid, nonce=nonce, until=until)
    try:
        with node.store.unit() as unit:
            unit.nonces.add(row)
    except AlreadyThere as error:
        raise NonceReplayed(where=caller.keyid) from error


def forget_nonces(node: Node) -> int:
    """Remove the nonces of requests that would be too old by now; return for how many moments."""
    now = node.clock.now()
    with node.store.view() as unit:
        times = unit.nonces.distinct("until")
    past = [time for time in times if isinstance(time, Instant) and time < now]
    if past:
        with node.store.unit() as unit:
            for time in past:
                unit.nonces.remove(until=time)
    return len(past)
