"""What can be wrong with a law file: one class per refusal.

Each fault names file, line and column, the key, what was expected and, for a
misspelling, what was probably meant. Law files are written by lawyers: the message
is their only tool.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from comity.base.errors import DoesNotVerify
from comity.law.place import Place

_MOST_SHOWN = 24
_LIKENESS = 0.6


class LawFault(DoesNotVerify):
    """A law file cannot stand as it is."""

    code = "law/fault"
    remedy = ""

    def __init__(
        self,
        detail: str,
        place: Place,
        *,
        key: str = "",
        found: str = "",
        expected: Iterable[str] = (),
    ) -> None:
        """Keep where it is, and which of the ``expected`` is nearest to what was ``found``."""
        self.place = place
        self.key = key
        self.found = found
        self.expected = tuple(expected)
        self.nearest = nearest(found, self.expected)
        parts = [f"At {key}: {detail}" if key else detail]
        if self.nearest:
            parts.append(f"Did you mean {self.nearest}?")
        if self.expected:
            parts.append(f"Expected: {_listed(self.expected)}.")
        super().__init__(" ".join(parts), where=str(place))


class Unreadable(LawFault):
    """A law file is not plain YAML in UTF-8."""

    code = "law/unreadable"


class NotPlain(LawFault):
    """A law file uses an anchor, an alias, a tag, a directive, a merge or a second document."""

    code = "law/not-plain"


class RepeatedKey(LawFault):
    """A key stands twice in one table, so that one of its values would be lost."""

    code = "law/repeated-key"


class UnknownFile(LawFault):
    """A file lies among the law files that is none of the known kinds."""

    code = "law/unknown-file"


class MissingFile(LawFault):
    """A law file is missing that must be there."""

    code = "law/missing-file"


class UnknownKey(LawFault):
    """A key is not one of those possible here; what stands under it would be lost."""

    code = "law/unknown-key"


class MissingKey(LawFault):
    """A key is missing that must be there."""

    code = "law/missing-key"


class BadShape(LawFault):
    """A value is not of the kind that is expected here."""

    code = "law/bad-shape"


class BadCitation(LawFault):
    """A provision is not written as provisions are."""

    code = "law/bad-citation"


class RepeatedName(LawFault):
    """A name is given twice, so that one step, clock or state would have two meanings."""

    code = "law/repeated-name"


class UnknownName(LawFault):
    """A name is used that is defined nowhere."""

    code = "law/unknown-name"


class UnknownProvision(LawFault):
    """A provision is cited that its outline does not list."""

    code = "law/unknown-provision"


class LevelMismatch(LawFault):
    """The level claimed is not the one that the basis deserves."""

    code = "law/level-mismatch"


class UnreachableState(LawFault):
    """No chain of steps leads to a state."""

    code = "law/unreachable-state"


class DeadEnd(LawFault):
    """A request could come to a state and never end."""

    code = "law/dead-end"


class LeavesEnd(LawFault):
    """A step leaves a state that ends the matter."""

    code = "law/leaves-end"


class HouseMoves(LawFault):
    """A step that never leaves the house would move a standing that both sides share."""

    code = "law/house-moves"


class IdleStep(LawFault):
    """A step leads only to where it starts; such a step is written `to: same`."""

    code = "law/idle-step"


class MissingCrossing(LawFault):
    """Two steps can cross and nothing says which prevails."""

    code = "law/missing-crossing"


class DoubledCrossing(LawFault):
    """The same two steps are listed twice among the crossings."""

    code = "law/doubled-crossing"


class ImpossibleCrossing(LawFault):
    """Two steps are listed as crossing that cannot cross, or cannot both hold."""

    code = "law/impossible-crossing"


class OrphanNeed(LawFault):
    """A need is kept ready that no step and no gate names."""

    code = "law/orphan-need"


class UnkeptNeed(LawFault):
    """A need is named that no predicate of the domain decides."""

    code = "law/unkept-need"


class ClockMismatch(LawFault):
    """A step claims to answer a clock that it does not stop, or that the other side owes."""

    code = "law/clock-mismatch"


def nearest(found: str, expected: Iterable[str]) -> str:
    """Return the member of ``expected`` that was probably meant by ``found``, or nothing."""
    by_small = {name.lower(): name for name in expected}
    close = difflib.get_close_matches(found[:200].lower(), by_small, n=1, cutoff=_LIKENESS)
    return by_small[close[0]] if close else ""


def _listed(expected: tuple[str, ...]) -> str:
    shown = ", ".join(expected[:_MOST_SHOWN])
    rest = len(expected) - _MOST_SHOWN
    return f"{shown} and {rest} more" if rest > 0 else shown
