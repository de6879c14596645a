"""The two ends of a message: who we are, who they are, and by which key they sign."""

from __future__ import annotations

from typing import Final

from comity.base import Digest
from comity.federation.directory import AuthorityCard
from comity.federation.message import Address
from comity.seal.keys import VerifyingKey
from comity.service.directory import UnknownAuthority, find_card
from comity.service.errors import OtherGround
from comity.service.node import Node, Officer
from comity.service.ports import Unit


class NoParty(UnknownAuthority):
    """An authority of this kind takes no part in dossiers."""

    code = "service/no-party"
    remedy = "Look at its kind in `comity directory show`; providers answer orders, no requests."


# Who acts where no person does.
NODE: Final = Officer(actor="node", role="node")


def our_address(node: Node) -> Address:
    """Return our own address."""
    return Address(node.state, node.authority)


def find_listed(node: Node, unit: Unit, address: Address) -> AuthorityCard:
    """Return the card of an authority that its State lists, of our ground, and that may act.

    Raise ``UnknownAuthority``, ``NoParty`` or ``OtherGround``.
    """
    known = find_card(node, unit, address.state, address.authority)
    if not known.is_listed:
        raise UnknownAuthority(where=str(address))
    if known.card.exercise is not node.exercise:
        raise OtherGround(where=str(address))
    if not known.card.may_act:
        raise NoParty(known.card.kind, where=str(address))
    return known.card


def find_key(node: Node, unit: Unit, address: Address, key_id: Digest) -> VerifyingKey:
    """Return the key of that name, which the directory lists for that authority now.

    Raise ``UnknownAuthority``, ``NoParty``, ``OtherGround``, ``KeyUnknown`` or ``KeyRevoked``.
    """
    return find_listed(node, unit, address).key_for(key_id, node.clock.now())
