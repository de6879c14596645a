"""What can be wrong with packages, and with the places they are read from and written to."""

from __future__ import annotations

from comity.base.errors import AskedWrongly, DoesNotVerify, OutOfReach


class LayoutRefused(DoesNotVerify):
    """The package holds what no package holds, or lacks what every package holds."""

    code = "evidence/layout"
    remedy = "Ask for the package again as it was sealed; keep this copy."


class PackageUnfinished(LayoutRefused):
    """This package was never finished: its making was broken off."""

    code = "evidence/unfinished"
    remedy = "Seal again under another name; this folder proves nothing."


class PackageBroken(DoesNotVerify):
    """The package is not as it was sealed."""

    code = "evidence/broken"
    remedy = "Ask for the package again; keep this copy."


class IrregularRefused(DoesNotVerify):
    """Something could not be taken in as it is, and strictness was asked for."""

    code = "evidence/irregular"
    remedy = "Look at what is listed, then seal again, or without --strict."


class LinkNamed(AskedWrongly):
    """A symbolic link was named; links are not followed, so what it stands for is not sealed."""

    code = "evidence/link-named"
    remedy = "Name its target instead."


class NotThere(AskedWrongly):
    """There is nothing of the kind at this place."""

    code = "evidence/not-there"


class PlaceTaken(AskedWrongly):
    """There is something at this place already; nothing is ever written over."""

    code = "evidence/place-taken"
    remedy = "Name another place."


class UnfinishedThere(PlaceTaken):
    """What an unfinished run left lies at this place."""

    code = "evidence/unfinished-there"
    remedy = "Delete it, then run again."


class NothingChosen(AskedWrongly):
    """Nothing in the package answers to what was asked for."""

    code = "evidence/nothing-chosen"
    remedy = "List the objects with `comity evidence list`; serials count from 1."


class StorageFailed(OutOfReach):
    """The disk or folder did not do what was asked."""

    code = "evidence/storage"
    remedy = "Look at free space and rights, then try again."


class ReadFailed(StorageFailed):
    """What lies here could not be read."""

    code = "evidence/unreadable"
    remedy = "Look at the rights to read it and at the disk, then try again."


class IdentityNeeded(AskedWrongly):
    """The package is encrypted, and no key to open it was given."""

    code = "evidence/identity-needed"
    remedy = "Give the file of the identity that it was encrypted to with --identity."
