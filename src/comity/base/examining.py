"""Numbered checks, made one after another, each resting on what earlier ones established.

Whatever a check raises becomes its finding: an error of our family fails it, but for what is
out of reach, which like ``Undecided`` decides it neither way. A check whose needs did not pass
is not made.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Self, TypeVar

from comity.base.errors import ComityError, OutOfReach
from comity.base.verdict import Finding, Verdict

ExaminationType = TypeVar("ExaminationType", bound="Examination")
Established = TypeVar("Established")


class Undecided(Exception):  # no error: it never leaves an examination
    """A check can be decided neither way; its message says why."""


@dataclass(frozen=True, slots=True)
class Check(Generic[ExaminationType]):
    """One numbered check, and the checks without which it cannot be made."""

    number: int
    name: str
    run: Callable[[ExaminationType], str]
    needs: tuple[int, ...] = ()
    source: str = ""

    def finding(self, verdict: Verdict, says: str) -> Finding:
        """Return what came of it."""
        return Finding(
            check=self.number, name=self.name, verdict=verdict, says=says, source=self.source
        )


class Examination:
    """What is under examination; a subclass keeps what its checks establish."""

    def __init__(self) -> None:
        """Begin: nothing has passed."""
        self.passed: set[int] = set()

    def make(self, check: Check[Self]) -> Finding:
        """Make one check; whatever is raised becomes its finding."""
        missing = [number for number in check.needs if number not in self.passed]
        if missing:
            because = f"Not examined, because check {missing[0]} did not pass."
            return check.finding(Verdict.INDETERMINATE, because)
        try:
            says = check.run(self)
        except (Undecided, OutOfReach) as undecided:
            return check.finding(Verdict.INDETERMINATE, str(undecided))
        except ComityError as error:
            return check.finding(Verdict.FAILED, str(error))
        self.passed.add(check.number)
        return check.finding(Verdict.PASSED, says)


def have(found: Established | None) -> Established:
    """Return what an earlier check established; its absence is a defect of ours."""
    if found is None:
        message = "a check was made before those it needs"
        raise RuntimeError(message)
    return found
