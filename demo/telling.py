"""What the demonstration prints: each step with its provision, deadlines, and one JSON line."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from typing import Any, Final

_PROVISION: Final = 13
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

    def step(self, who: str, act: Mapping[str, Any], means: str) -> None:
        """Tell an act: whose, under which provision, what it means, and how it is kept."""
        law, step = str(act["law"]), str(act["step"]).replace("_", " ")
        self.line(f"  {who:<3} {law:<{_PROVISION}} {step:<{_STEP}} {means} [{_kept(act)}]")

    def standing(self, who: str, state: str, means: str) -> None:
        """Tell where things stand on one side."""
        self.line(f"  {'':<3} {'':<{_PROVISION}} {'→ ' + who + ':':<{_STEP}} {state}: {means}")

    def deadlines(self, found: Iterable[Mapping[str, Any]]) -> None:
        """Tell what is due when; a wish is told as a wish."""
        for row in found:
            due = f"until {row['due']}" if row["due"] else f"not before {row['earliest']}"
            due = due if row["due"] or row["earliest"] else str(row["state"]).replace("_", " ")
            wish = "A wish. " if row["nature"] == "wish" else ""
            self.line(
                f"  {'':<3} {row['law']:<{_PROVISION}} {'clock':<{_STEP}} "
                f"{wish}{row['means']} [{due}]"
            )

    def note(self, who: str, text: str) -> None:
        """Tell what somebody did who takes no step of a process."""
        self.line(f"  {who:<3} {'':<{_PROVISION}} {text}")

    def checks(self, report: Mapping[str, object]) -> None:
        """Tell the numbered checks of a verification."""
        findings = report["checks"]
        if isinstance(findings, list):
            for found in findings:
                self.line(f"  {found['check']:>2}. {found['verdict']:<13} {found['says']}")

    def figures(self, found: Mapping[str, object]) -> None:
        """End with one line of JSON."""
        self.line(json.dumps(found))


def _kept(act: Mapping[str, Any]) -> str:
    if act.get("recorded"):
        return f"recorded by us, {act['recorded']['channel']}"
    return "house act" if act["track"] == "house" else "signed, sent"
