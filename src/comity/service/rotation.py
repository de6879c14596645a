"""Changing keys: what the record must know of it, and what is wrapped anew.

A new signing key is known to the record before anything is signed with it, and the old one
stays known: what it signed goes on verifying. Identities of dossiers are wrapped to the
authority's; after a change of that they are wrapped anew, one dossier at a time, so that
the former one is needed no more but for messages that were on their way.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from comity.base import Ident, canonical_bytes
from comity.seal.age import decrypt_bytes
from comity.seal.errors import NoMatch
from comity.seal.keys import VerifyingKey
from comity.service.contents import seal_for
from comity.service.node import Node
from comity.service.ports import Unit
from comity.service.rows import IdentityRow, KeyRow

_INVESTIGATION: Final = "inv"


def know_key(node: Node, key: VerifyingKey) -> None:
    """Let the record know a key as the authority's own; a second time does nothing."""
    with node.store.unit() as unit:
        own = {"state": node.state, "authority": node.authority}
        if not unit.keys.count(key_id=key.key_id, **own):
            unit.keys.add(
                KeyRow(
                    key_id=key.key_id,
                    state=node.state,
                    authority=node.authority,
                    document=canonical_bytes(key.as_data()),
                    known_since=node.clock.now(),
                )
            )


def rewrap_identities(node: Node) -> int:
    """Wrap every identity that opens only with a former one to the present; return how many.

    It may be broken off at any moment, and begun again.
    """
    with node.store.view() as unit:
        chains = sorted(one for one in unit.identities.distinct("chain") if isinstance(one, Ident))
    return sum(_rewrap(node, chain) for chain in chains)


def _rewrap(node: Node, chain: Ident) -> int:
    count = 0
    with node.store.unit() as unit:
        _hold(unit, chain)
        for row in unit.identities.find(chain=chain):
            if row.wrapped is None or _opens(node, row):
                continue
            secret = decrypt_bytes(row.wrapped, node.former)
            wrapped = seal_for(node, node.identity.recipient, secret)
            unit.identities.replace(replace(row, wrapped=wrapped))
            count += 1
    return count


def _hold(unit: Unit, chain: Ident) -> None:
    """Keep others from erasing the identity while it is wrapped anew."""
    if chain.kind == _INVESTIGATION:
        unit.investigations.lock(chain)
    else:
        unit.dossiers.lock(chain)


def _opens(node: Node, row: IdentityRow) -> bool:
    try:
        decrypt_bytes(row.wrapped or b"", [node.identity])
    except NoMatch:
        return False
    return True
