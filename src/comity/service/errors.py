"""What a verb may refuse, and how the store may fail it."""

from __future__ import annotations

from comity.base.errors import AskedWrongly, BadValue, DoesNotVerify, NotPermitted, OutOfReach


class NotThere(AskedWrongly):
    """There is nothing of that name here."""

    code = "service/not-there"
    remedy = "Check the name; the lists show what there is."


class AlreadyThere(AskedWrongly):
    """It is there already, and nothing that is recorded is written twice."""

    code = "service/already-there"
    remedy = "Read what is there; do not send it again."


class Moved(OutOfReach):
    """Somebody else changed it in the meantime."""

    code = "service/moved"
    remedy = "Read it again and decide again."


class LeaseLost(OutOfReach):
    """Another worker has taken this job over; what this one did is dropped."""

    code = "service/lease-lost"


class StoreBusy(OutOfReach):
    """The database did not answer in time."""

    code = "service/store-busy"
    remedy = "Try again; if it lasts, look at the database."


class StoreUnreachable(OutOfReach):
    """The database cannot be reached, or is not the one expected."""

    code = "service/store-unreachable"
    remedy = "See that the database runs and that the address in node.toml is right."


class StoreDamaged(DoesNotVerify):
    """The database file is damaged."""

    code = "service/store-damaged"
    remedy = "Put it back from the backup."


class StoreMissing(OutOfReach):
    """The database of this node is missing."""

    code = "service/store-missing"
    remedy = "Put it back from the backup; only comity node init makes a new one."


class BlobMissing(DoesNotVerify):
    """A stored object that is named in the record is missing."""

    code = "service/blob-missing"
    remedy = "Put it back from the backup; its name is the SHA-256 of its bytes."


class BlobBroken(DoesNotVerify):
    """A stored object is no longer the bytes that its name says."""

    code = "service/blob-broken"
    remedy = "Put it back from the backup; its name is the SHA-256 of its bytes."


class BlobsUnreachable(OutOfReach):
    """The folder of stored objects cannot be read or written."""

    code = "service/blobs-unreachable"
    remedy = "See that the disk has room and that this account may write there."


class PeerUnreachable(OutOfReach):
    """The other node does not answer, or not as the one that the directory names."""

    code = "service/peer-unreachable"
    remedy = "It is tried again by itself; if it lasts, call the number in the directory."


class NoCommonVersion(PeerUnreachable):
    """The other node speaks no version of the protocol that this one speaks."""

    code = "service/no-common-version"
    remedy = "One of the two must be brought up to date; tell its operators."


class MailUnreachable(OutOfReach):
    """The mail could not be handed over."""

    code = "service/mail-unreachable"
    remedy = "It is tried again by itself; see that the mail server in node.toml is right."


class MailRefused(AskedWrongly):
    """The mail server takes no mail for this address."""

    code = "service/mail-refused"
    remedy = "Correct the address of the person on duty."


class ContentErased(NotPermitted):
    """This content was erased; only its digest is left."""

    code = "service/erased"


class ClockBehind(OutOfReach):
    """This machine's clock stands before the last act; time never goes back in a chain."""

    code = "service/clock-behind"
    remedy = "Set the clock right, then do it again."


class OtherGround(NotPermitted):
    """Exercise and real work never meet on one node."""

    code = "service/exercise"
    remedy = "Use the exercise node for exercises, and the other for real requests."


class NotReconciled(NotPermitted):
    """This node was restored from a backup, and nobody has yet looked what was lost."""

    code = "service/not-reconciled"
    remedy = "Ask the others for their last act of ours, then mark the finding as seen."


class NotOurs(NotPermitted):
    """This step is the other side's; here it can only be recorded."""

    code = "service/not-ours"
    remedy = "Record it as received, with channel and proof."


class NotTheirs(NotPermitted):
    """This step is our own; it is taken and signed, not recorded."""

    code = "service/not-theirs"
    remedy = "Take the step."


class WorkUnderWay(OutOfReach):
    """A job is being worked on, or was left by a worker that was killed."""

    code = "service/work-under-way"
    remedy = "Run: comity node work FOLDER; then try again."


class Unfit(BadValue):
    """This cannot be done with what was given."""

    code = "service/unfit"
