"""The node's directory: what it knows of authorities, and how it learns of changes."""

from comity.service.directory.errors import UnknownAuthority
from comity.service.directory.knowing import (
    Known,
    call_back_numbers,
    find_card,
    list_cards,
    own_card,
    vouchers,
)

__all__ = [
    "Known",
    "UnknownAuthority",
    "call_back_numbers",
    "find_card",
    "list_cards",
    "own_card",
    "vouchers",
]
