"""What can be wrong with cards, metadata, keys and pairings of a directory."""

from __future__ import annotations

from comity.base.errors import AskedWrongly, BadValue, DoesNotVerify, NotPermitted, OutOfReach

_CALL = "Nothing of it was taken in; what was known before still holds. Call the State."


class CardImpossible(BadValue):
    """No authority can have a card like this."""

    code = "directory/card"
    remedy = "The fields and their bounds are listed in docs/protocol/directory.md."


class KeyUnknown(DoesNotVerify):
    """The directory lists no such key for this authority at this time."""

    code = "directory/key-unknown"
    remedy = "Refresh the directory; if it stays unknown, call the authority on its listed number."


class KeyRevoked(DoesNotVerify):
    """The key was revoked by its State; what it signs counts no more."""

    code = "directory/key-revoked"
    remedy = "Call the authority on the number in the directory."


class NoRecipient(DoesNotVerify):
    """The authority lists no key to encrypt to at this time."""

    code = "directory/no-recipient"
    remedy = "Refresh the directory, or ask the authority to list one."


class MetadataRefused(DoesNotVerify):
    """The directory's metadata is not what it must be."""

    code = "directory/metadata"
    remedy = _CALL


class BelowThreshold(MetadataRefused):
    """Too few of the keys that must sign have signed."""

    code = "directory/below-threshold"
    remedy = _CALL


class RolledBack(MetadataRefused):
    """What is offered is older than what was known already."""

    code = "directory/rolled-back"
    remedy = _CALL


class Stale(MetadataRefused):
    """What is offered has expired: it is no news."""

    code = "directory/stale"
    remedy = "Try another mirror; what was known before still holds, and is shown as stale."


class Mismatched(MetadataRefused):
    """The parts of the directory do not belong together."""

    code = "directory/mismatched"
    remedy = _CALL


class OtherFingerprint(DoesNotVerify):
    """The bundle is not the one whose fingerprint was given."""

    code = "directory/fingerprint"
    remedy = "Compare the fingerprint with the note verbale, and ask for the bundle again."


class CeremonyImpossible(AskedWrongly):
    """The ceremony cannot be held like this."""

    code = "directory/ceremony"
    remedy = "The steps are listed in docs/operating.md, section on ceremonies."


class NotYourKey(NotPermitted):
    """This key has no say in this file."""

    code = "directory/not-your-key"
    remedy = "Use one of the keys that the file, or the version before it, names for this role."


class FolderBroken(OutOfReach):
    """The folder of the directory cannot be read or written."""

    code = "directory/folder"
