"""Gathering findings: one that passed for each check without fault, one for each fault else."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from comity.base import Finding, Instant, Report, Verdict, limits
from comity.service.checking.spelling import spell, spell_apart

# More of one kind than this says nothing new; the rest is counted.
MOST_FAULTS: Final = 20
DATABASE: Final = 0
_CHAINS: Final = 2

NAMES: Final = {
    0: "database",
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
    18: "letters",
    19: "inbox",
    20: "receipts",
    21: "transfers",
    22: "pieces",
    23: "received",
    24: "received packages",
    25: "directory",
    26: "orders",
    27: "returns",
}


@dataclass
class Findings:
    """What was looked at, and what was wrong."""

    looked: Counter[int] = field(default_factory=Counter)
    notes: dict[int, str] = field(default_factory=dict)
    faults: list[Finding] = field(default_factory=list)
    _hidden: Counter[int] = field(default_factory=Counter)
    _ahead: list[Instant] = field(default_factory=list)
    _acts: int = 0

    def see_time(self, at: Instant, now: Instant) -> None:
        """Count an act, and remember it if it lies ahead of the clock."""
        self._acts += 1
        if at.seconds_after(now) > limits.CLOCK_AHEAD_SECONDS:
            self._ahead.append(at)

    def tell_ahead(self, now: Instant) -> None:
        """Say once, of all chains together, that acts lie ahead of this machine's clock."""
        if not self._ahead:
            return
        says = (
            f"{len(self._ahead)} of {self._acts} acts lie ahead of this machine's clock, which "
            f"says {now}; the last is of {max(self._ahead)}."
        )
        self.doubt(_CHAINS, f"{says} Set the clock right, then check again.")

    def look(self, check: int, count: int = 1) -> None:
        """Count what a check looked at."""
        self.looked[check] += count

    def note(self, check: int, says: str) -> None:
        """Add what is worth saying although nothing is wrong."""
        self.notes[check] = says

    @property
    def is_closed(self) -> bool:
        """Return whether the database itself failed, so that nothing else can be asked."""
        return any(fault.check == DATABASE for fault in self.faults)

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
            one, other = spell_apart(expected, found)
            self.fail(check, says, expected=one, found=other)

    def report(self) -> Report:
        """Return all findings in the order of their numbers."""
        if self.is_closed:
            return Report.of([*self.faults, *map(_unexamined, sorted(NAMES.keys() - {DATABASE}))])
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
                expected=spell(expected),
                found=spell(found),
            )
        )


def _unexamined(check: int) -> Finding:
    says = "Not examined, as check 0 says."
    return Finding(check=check, name=NAMES[check], verdict=Verdict.INDETERMINATE, says=says)
