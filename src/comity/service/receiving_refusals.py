"""Why a message is refused: one word for the sender, a sentence for our own people.

The word goes out in a signed receipt. It tells a stranger nothing that they do not know:
a dossier of another authority and one that is not there are the same word.
"""

from __future__ import annotations

from typing import Final

from comity.base import Ident
from comity.base.errors import ComityError, DoesNotVerify

MALFORMED: Final = "malformed"
ALTERED: Final = "altered"
FALSE_SENDER: Final = "false-sender"
UNKNOWN_SENDER: Final = "unknown-sender"
UNKNOWN_KEY: Final = "unknown-key"
REVOKED_KEY: Final = "revoked-key"
BAD_SIGNATURE: Final = "bad-signature"
WRONG_ADDRESSEE: Final = "wrong-addressee"
OTHER_GROUND: Final = "other-ground"
AHEAD: Final = "ahead-of-clock"
TOO_OLD: Final = "too-old"
BACKDATED: Final = "backdated"
BUSY: Final = "busy"
NOT_READABLE: Final = "not-readable"
UNKNOWN_STEP: Final = "unknown-step"
NOT_YOURS: Final = "not-yours"
UNKNOWN_DOSSIER: Final = "unknown-dossier"
FORK: Final = "fork"
UNKNOWN_SEEN: Final = "unknown-seen"
CONTENT_MISSING: Final = "content-missing"
FULL: Final = "full"
# The time for it is over; it may still come to pass.
LATE: Final = "late"

# What may be otherwise in a while: the sender goes on trying, and no answer is kept.
PASSING: Final = frozenset({UNKNOWN_SENDER, UNKNOWN_KEY, BUSY, AHEAD, ALTERED})


class Refused(DoesNotVerify):
    """The message is refused, and nothing of it was taken in."""

    code = "wire/refused"
    remedy = "Look at the findings of the node that refused it."

    def __init__(self, reason: str, detail: str = "", *, evidence: bytes = b"") -> None:
        """Say why: ``reason`` is the word for the sender; ``evidence`` what is to be kept."""
        super().__init__(detail or reason, where=reason)
        self.reason = reason
        self.evidence = evidence


class Waits(ComityError):
    """An earlier act is not here yet; this one is kept until it comes."""

    code = "wire/waits"

    def __init__(self, what: str) -> None:
        """Say what it waits for: ``act 3``, or ``dossier dos_…``."""
        super().__init__(what)
        self.what = what

    @classmethod
    def for_act(cls, number: int) -> Waits:
        """Wait for the act of that number in their chain."""
        return cls(f"act {number}")

    @classmethod
    def for_dossier(cls, ident: Ident) -> Waits:
        """Wait for the request that this one follows."""
        return cls(f"dossier {ident}")
