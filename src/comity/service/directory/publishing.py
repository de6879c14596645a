"""What a node shows of its own State: the files that others ask it for, and its bundle."""

from __future__ import annotations

import re
from typing import Final

from comity.base import Digest
from comity.federation.directory import AuthorityCard
from comity.federation.directory.pairing import Bundle
from comity.service.directory.holding import read_roots, read_state
from comity.service.directory.knowing import root_name, state_name
from comity.service.errors import NotThere
from comity.service.node import Node
from comity.service.ports import Unit

_ROOT: Final = re.compile(r"([A-Z]{2})/([1-9][0-9]{0,8})\.root\.json")
_CARD: Final = re.compile(r"([A-Z]{2})/([0-9a-f]{64})\.[A-Za-z0-9._~=-]{1,200}\.json")


def read_public_file(node: Node, name: str) -> bytes:
    """Return a file of the node's own State's part of the directory; raise ``NotThere``.

    ``XA.json`` is its list, ``XA/1.root.json`` its keys, ``XA/<sha256>.<name>.json`` a card.
    """
    with node.store.view() as unit:
        found = _find(node, unit, name)
    if found is None:
        detail = "This node shows no such file of the directory."
        raise NotThere(detail)
    return found


def export_pairing(node: Node) -> Bundle:
    """Return the bundle of the node's own State; raise ``NotThere`` until it has been enrolled."""
    with node.store.view() as unit:
        held = read_state(unit, node.state)
        if held is None:
            detail = f"This node holds no list of {node.state} yet; it must be enrolled first."
            raise NotThere(detail)
        roots = tuple(row.document for row in read_roots(unit, node.state))
        rows = unit.authorities.find(state=node.state, is_listed=True)
    cards = {AuthorityCard.parse(row.document).path: row.document for row in rows}
    return Bundle(state=node.state, roots=roots, list=held.list.data, cards=cards)


def _find(node: Node, unit: Unit, name: str) -> bytes | None:
    if name == f"{node.state}.json":
        rows = unit.trust.find(name=state_name(node.state))
        return rows[0].document if rows else None
    keys = _ROOT.fullmatch(name)
    if keys and keys[1] == node.state:
        rows = unit.trust.find(name=root_name(node.state, int(keys[2])))
        return rows[0].document if rows else None
    card = _CARD.fullmatch(name)
    if card and card[1] == node.state:
        wanted = Digest(bytes.fromhex(card[2]))
        held = (row.document for row in unit.authorities.find(state=node.state))
        return next((data for data in held if Digest.of(data) == wanted), None)
    return None
