"""The directory: which authorities a State has, how to reach them, and by which keys.

Pure: bytes and moments in, values out. Signed as in The Update Framework (TUF), verified
with ``tuf.api.metadata``; a card is the target file that tells of one authority.
"""

from comity.federation.directory.card import AuthorityCard, card_path
from comity.federation.directory.card_parts import CardKey, CardRecipient, Duty
from comity.federation.directory.errors import (
    BelowThreshold,
    CardImpossible,
    CeremonyImpossible,
    FolderBroken,
    KeyRevoked,
    KeyUnknown,
    MetadataRefused,
    Mismatched,
    NoRecipient,
    NotYourKey,
    OtherFingerprint,
    RolledBack,
    Stale,
)
from comity.federation.directory.vouching import vouch

__all__ = [
    "AuthorityCard",
    "BelowThreshold",
    "CardImpossible",
    "CardKey",
    "CardRecipient",
    "CeremonyImpossible",
    "Duty",
    "FolderBroken",
    "KeyRevoked",
    "KeyUnknown",
    "MetadataRefused",
    "Mismatched",
    "NoRecipient",
    "NotYourKey",
    "OtherFingerprint",
    "RolledBack",
    "Stale",
    "card_path",
    "vouch",
]
