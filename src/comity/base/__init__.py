"""What every step of the staircase stands on; nothing here knows a treaty noun.

Errors, verdicts, digests, canonical bytes, the clock and identifiers. All is
pure but for reading streams that the caller opened.
"""

from comity.base.canonical import canonical_bytes, parse_canonical, parse_json
from comity.base.clock import Clock, Instant, Period
from comity.base.digest import Digest, Hasher
from comity.base.errors import (
    AskedWrongly,
    ComityError,
    DoesNotVerify,
    NotPermitted,
    OutOfReach,
)
from comity.base.ident import Ident, Idents
from comity.base.verdict import Finding, Report, Verdict

__all__ = [
    "AskedWrongly",
    "Clock",
    "ComityError",
    "Digest",
    "DoesNotVerify",
    "Finding",
    "Hasher",
    "Ident",
    "Idents",
    "Instant",
    "NotPermitted",
    "OutOfReach",
    "Period",
    "Report",
    "Verdict",
    "canonical_bytes",
    "parse_canonical",
    "parse_json",
]
