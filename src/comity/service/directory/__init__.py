"""The node's directory: what it knows of authorities, and how it learns of changes."""

from comity.service.directory.errors import UnknownAuthority, UnknownState
from comity.service.directory.introducing import accept_pairing, add_metadata, trust_root
from comity.service.directory.knowing import (
    Known,
    KnownRegister,
    call_back_numbers,
    find_card,
    known_register,
    list_cards,
    list_trust,
    own_card,
    vouchers,
)
from comity.service.directory.publishing import export_pairing, read_public_file
from comity.service.directory.refreshing import Refreshed, refresh_directory, refresh_due

__all__ = [
    "Known",
    "KnownRegister",
    "Refreshed",
    "UnknownAuthority",
    "UnknownState",
    "accept_pairing",
    "add_metadata",
    "call_back_numbers",
    "export_pairing",
    "find_card",
    "known_register",
    "list_cards",
    "list_trust",
    "own_card",
    "read_public_file",
    "refresh_directory",
    "refresh_due",
    "trust_root",
    "vouchers",
]
