"""Codes: how a provider without a key in the directory answers or returns, once.

An officer makes a code for one order and tells it by another channel than the order came by.
It has 100 random bits, is shown once, and only its digest is kept; the digest is bound
to the order, so a code for one opens nothing of another. It opens one answer or one
return, and not after its time. Wrong codes are counted for each order in the database,
in whichever process they arrive: after ten in a quarter of an hour all codes for the order rest.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Final

from comity.base import Digest, Instant, limits
from comity.base.errors import BadValue
from comity.seal.fields import draw
from comity.service.node import Node, Officer
from comity.service.order_errors import CodeRefused, CodesResting, OrderOver, UnknownOrder
from comity.service.ports import Random, Unit
from comity.service.requests import hold, platform_words
from comity.service.rows import NonceRow, OrderRow, ReturnCodeRow
from comity.service.settling import record_act
from comity.service.situations import Move

GIVE: Final = "give_code"
_LETTERS: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_GROUPS: Final = 4
_GROUP: Final = 5
_BYTES: Final = 13
_HOURS: Final = 24 * 30
_REST: Final = timedelta(minutes=15)
_ALIKE: Final = str.maketrans({"o": "0", "i": "1", "l": "1", "-": "", " ": ""})
_CODE: Final = re.compile(rf"[{_LETTERS}]{{{_GROUPS * _GROUP}}}")


def make_code(node: Node, officer: Officer, order: str, *, hours: int = 72) -> str:
    """Return a new code for an order, good for so many hours; it is shown this once.

    Raise ``UnknownOrder`` or ``OrderOver``.
    """
    if not 0 < hours <= _HOURS:
        detail = f"A code is good for 1 to {_HOURS} hours."
        raise BadValue(detail)
    code = new_code(node.random)
    now = node.clock.now()
    until = Instant(now.at + timedelta(hours=hours))
    with node.store.unit() as unit:
        row = find_order(unit, order)
        held = hold(node, unit, row.dossier)
        if row.revoked is not None or row.until <= now:
            raise OrderOver(where=order)
        made = ReturnCodeRow(
            code=digest_code(order, code),
            dossier=row.dossier,
            order=order,
            provider=row.provider,
            made=now,
            until=until,
            used=None,
        )
        unit.codes.add(made)
        terms = {"order": order, "code": str(made.code), "until": str(until)}
        words = platform_words(node, held, Move(step=GIVE, terms=terms))
        record_act(node, unit, officer, held, words)
    return code


def new_code(random: Random) -> str:
    """Return a code such as ``k3f7q-0m2xw-9c4hj-t8bnd``: 100 random bits."""
    number = int.from_bytes(draw(random, _BYTES), "big")
    letters = [_LETTERS[number >> (5 * place) & 31] for place in range(_GROUPS * _GROUP)]
    groups = ("".join(letters[at : at + _GROUP]) for at in range(0, len(letters), _GROUP))
    return "-".join(groups)


def digest_code(order: str, text: str) -> Digest:
    """Return under which digest a code for this order is kept, however it was typed."""
    plain = text[:200].strip().lower().translate(_ALIKE)
    return Digest.of(f"comity/code/1\n{order}\n{plain}".encode())


def find_order(unit: Unit, order: str) -> OrderRow:
    """Return an order that was issued here; raise ``UnknownOrder``."""
    found = unit.orders.find(order=order[:100])
    if not found:
        raise UnknownOrder(where=order[:100])
    return found[0]


def find_code(node: Node, unit: Unit, order: OrderRow, text: str) -> ReturnCodeRow:
    """Return the row of a code for this order, used or not; raise ``CodeRefused``.

    To be asked while the dossier is held, so that of two who come with one code one is first.
    """
    now = node.clock.now()
    if sum(row.until > now for row in unit.nonces.find(peer=_peer(order.order))) >= (
        limits.CODE_MISSES
    ):
        raise CodesResting(where=order.order)
    found = unit.codes.find(code=digest_code(order.order, text))
    if not found or found[0].order != order.order:
        raise CodeRefused(where=order.order)
    return found[0]


def use_code(node: Node, unit: Unit, row: ReturnCodeRow) -> None:
    """Use a code up; raise ``CodeRefused`` if it was used or its time is over."""
    now = node.clock.now()
    if row.used is not None or row.until <= now:
        raise CodeRefused(where=row.order)
    unit.codes.replace(replace(row, used=now))


def count_miss(node: Node, order: str) -> None:
    """Count a wrong code, in a unit of its own: the one in which it was tried is lost."""
    now = node.clock.now()
    until = Instant(now.at + _REST)
    with node.store.unit() as unit:
        for row in unit.nonces.find(peer=_peer(order)):
            if row.until <= now:
                unit.nonces.remove(peer=row.peer, nonce=row.nonce)
        unit.nonces.add(NonceRow(peer=_peer(order), nonce=draw(node.random, 16).hex(), until=until))


def _peer(order: str) -> str:
    return f"codes of {order}"
