"""What the demonstration prints: each step with its provision, deadlines, and one JSON line."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from typing import Final

from comity.seal.act import Act
from comity.service.rows import DeadlineRow

_PROVISION: Final = 16
_STEP: Final = 22


class Teller:
    """Tell the story on standard output, line by line as it happens."""

    def chapter(self, title: str) -> None:
        """Begin a new part of the story."""
        self.line(f"\n{title}\n{'─' * len(title)}")

    def line(self, text: str) -> None:
        """Print one line at once."""
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()

    def step(self, act: Act, means: str) -> None:
        """Tell an act: provision, step, what it means, and whose word it is."""
        words = f"{act.law:<{_PROVISION}} {act.step.replace('_', ' '):<{_STEP}}"
        self.line(f"  {words} {means} [{_whose(act)}]")

    def standing(self, sentence: str) -> None:
        """Tell where things stand."""
        self.line(f"  {'':<{_PROVISION}} {'':<{_STEP}} → {sentence}")

    def deadlines(self, found: Iterable[DeadlineRow]) -> None:
        """Tell what is due when; a wish is told as a wish."""
        for row in found:
            due = f"until {row.due}" if row.due else f"not before {row.earliest}"
            due = due if row.due or row.earliest else row.state.replace("_", " ")
            wish = "A wish. " if row.nature == "wish" else ""
            self.line(f"  {row.law:<{_PROVISION}} {'clock':<{_STEP}} {wish}{row.means} [{due}]")

    def checks(self, report: Mapping[str, object]) -> None:
        """Tell the numbered checks of a verification."""
        findings = report["checks"]
        if isinstance(findings, list):
            for found in findings:
                self.line(f"  {found['check']:>2}. {found['verdict']:<13} {found['says']}")

    def figures(self, found: Mapping[str, object]) -> None:
        """End with one line of JSON."""
        self.line(json.dumps(found))


def _whose(act: Act) -> str:
    if act.recorded is not None:
        return f"recorded by us, {act.recorded['channel']}"
    return "house act" if act.track == "house" else "signed by us"
