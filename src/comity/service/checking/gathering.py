"""Gathering findings: one that passed for each check without fault, one for each fault else."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from comity.base import Finding, Report, Verdict

# More of one kind than this says nothing new; the rest is counted.
MOST_FAULTS: Final = 20

NAMES: Final = {
    1: "acts",
    2: "chains",
    3: "ground",
    4: "contents",
    5: "citations",
    6: "identities",
    7: "heads",
    8: "standings",
    9: "deadlines",
    10: "outbox",
    11: "investigations",
    12: "custody",
    13: "exhibits",
    14: "volumes",
    15: "packages",
    16: "jobs",
    17: "blobs",
}


@dataclass
class Findings:
    """What was looked at, and what was wrong."""

    looked: Counter[int] = field(default_factory=Counter)
    notes: dict[int, str] = field(default_factory=dict)
    faults: list[Finding] = field(default_factory=list)
    _hidden: Counter[int] = field(default_factory=Counter)

    def look(self, check: int, count: int = 1) -> None:
        """Count what a check looked at."""
        self.looked[check] += count

    def note(self, check: int, says: str) -> None:
        """Add what is worth saying although nothing is wrong."""
        self.notes[check] = says

    def fail(self, check: int, says: str, *, expected: object = "", found: object = "") -> None:
        """Add a fault; ``says`` names it and ends with what to do."""
        self._add(check, Verdict.FAILED, says, expected, found)

    def doubt(self, check: int, says: str) -> None:
        """Add that something could not be decided."""
        self._add(check, Verdict.INDETERMINATE, says, "", "")

    def compare(
        self, check: int, what: str, *, expected: object, found: object, remedy: str
    ) -> None:
        """Count one comparison, and add a fault if the two differ."""
        self.look(check)
        if expected != found:
            says = f"{what} is not what follows from the acts. {remedy}"
            self.fail(check, says, expected=expected, found=found)

    def report(self) -> Report:
        """Return all findings in the order of their numbers."""
        bad = {finding.check for finding in self.faults}
        passed = [
            Finding(check=check, name=name, verdict=Verdict.PASSED, says=self._says(check))
            for check, name in NAMES.items()
            if check not in bad
        ]
        more = [
            Finding(
                check=check,
                name=NAMES[check],
                verdict=Verdict.FAILED,
                says=f"And {count} more of this kind.",
            )
            for check, count in self._hidden.items()
        ]
        return Report.of([*passed, *self.faults, *more])

    def _says(self, check: int) -> str:
        note = self.notes.get(check, "")
        return f"Looked at: {self.looked[check]}. {note}".rstrip()

    def _add(
        self, check: int, verdict: Verdict, says: str, expected: object, found: object
    ) -> None:
        if sum(fault.check == check for fault in self.faults) >= MOST_FAULTS:
            self._hidden[check] += 1
            return
        self.faults.append(
            Finding(
                check=check,
                name=NAMES[check],
                verdict=verdict,
                says=says,
                expected=_brief(expected),
                found=_brief(found),
            )
        )


def _brief(value: object) -> str:
    return "nothing" if value is None else str(value)[:300]
