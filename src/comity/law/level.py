"""Who stands behind a fact.

The research notes mark each fact T (depositary material), U (official summary),
V (primary text read), S (secondary source), M (memory, compared with a model) or
unverified. T, U, V and S become *draft-sourced*, all others *draft-unsourced*; the
mark itself is kept as ``basis``. *Reviewed* and *official* are given by named people
alone, and never by this module.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Final

_SOURCED: Final = re.compile(r"[TUVS]\b")
_WEAK: Final = re.compile(r"unverified|\bM\b|\?", re.IGNORECASE)


class Level(Enum):
    """How far a line of the law files can be relied upon, weakest first."""

    DRAFT_UNSOURCED = "draft-unsourced"
    DRAFT_SOURCED = "draft-sourced"
    REVIEWED = "reviewed"
    OFFICIAL = "official"

    @property
    def is_draft(self) -> bool:
        """Return whether no named person has signed for it yet."""
        return self in {Level.DRAFT_UNSOURCED, Level.DRAFT_SOURCED}


def draft_level(basis: str) -> Level:
    """Return the level that a note's mark deserves; a mixed mark counts as its weakest part."""
    if _SOURCED.match(basis) and not _WEAK.search(basis):
        return Level.DRAFT_SOURCED
    return Level.DRAFT_UNSOURCED
