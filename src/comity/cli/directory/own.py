"""What commands on a node's own directory need: loaded by them alone, for it takes a second."""

from comity.app.compose import open_node, read_passphrase
from comity.service.directory import (
    Known,
    UnknownAuthority,
    accept_pairing,
    add_metadata,
    export_pairing,
    known_register,
    list_cards,
    list_trust,
    own_card,
    refresh_directory,
    trust_root,
)
from comity.service.node import Node

__all__ = [
    "Known",
    "Node",
    "UnknownAuthority",
    "accept_pairing",
    "add_metadata",
    "export_pairing",
    "known_register",
    "list_cards",
    "list_trust",
    "open_node",
    "own_card",
    "read_passphrase",
    "refresh_directory",
    "trust_root",
]
