"""Verdicts: the answer to "does it hold?", in three values.

Rules: no findings at all is *indeterminate*, never passed; one failure fails;
one indeterminate is not a pass. A report has no truth value of its own, so that
``if report:`` cannot be mistaken for a check.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import NoReturn

from comity.base.errors import DoesNotVerify


class Verdict(Enum):
    """Whether something holds: yes, no, or could not be decided."""

    PASSED = "passed"
    FAILED = "failed"
    INDETERMINATE = "indeterminate"


class ReportRefused(DoesNotVerify):
    """A check did not pass."""

    code = "verify/report"
    remedy = "Read the numbered checks; each says what was compared."


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One numbered check and what came of it.

    ``check`` counts from 1; 0 is what all others rest on. ``name`` is the check in two or
    three words. ``says`` is the sentence for people. ``expected`` and ``found`` are what was
    compared. ``law`` or a clause of a standard stands in ``source``.
    """

    check: int
    name: str
    verdict: Verdict
    says: str
    expected: str = ""
    found: str = ""
    source: str = ""

    def as_data(self) -> dict[str, str | int]:
        """Return the finding as flat data; absent particulars are left out."""
        data: dict[str, str | int] = {
            "check": self.check,
            "name": self.name,
            "verdict": self.verdict.value,
            "says": self.says,
        }
        more = {"expected": self.expected, "found": self.found, "source": self.source}
        return data | {name: value for name, value in more.items() if value}


@dataclass(frozen=True, slots=True)
class Report:
    """All the findings of one examination, in the order of their numbers."""

    findings: tuple[Finding, ...]

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> Report:
        """Gather findings, ordered by check number."""
        return cls(tuple(sorted(findings, key=lambda finding: finding.check)))

    @property
    def verdict(self) -> Verdict:
        """Return the verdict of the whole: the worst of all, and never passed for nothing."""
        found = {finding.verdict for finding in self.findings}
        if Verdict.FAILED in found:
            return Verdict.FAILED
        if found == {Verdict.PASSED}:
            return Verdict.PASSED
        return Verdict.INDETERMINATE

    def require(self) -> None:
        """Raise ``ReportRefused`` unless all passed; name the first check that did not."""
        if self.verdict is Verdict.PASSED:
            return
        bad = [found for found in self.findings if found.verdict is not Verdict.PASSED]
        detail = "Nothing was checked."
        if bad:
            worst = next((f for f in bad if f.verdict is Verdict.FAILED), bad[0])
            detail = f"Check {worst.check}, {worst.name}: {worst.verdict.value}. {worst.says}"
        raise ReportRefused(detail)

    def __bool__(self) -> NoReturn:
        """Refuse: a report is three-valued; ask for ``verdict`` or call ``require``."""
        message = "A report has no truth value: use .verdict or .require()."
        raise TypeError(message)
