"""What XA's laboratory does with the return: take in, seal, verify, disclose, verify again.

Verifying happens in a separate process that is given nothing but files: the package and
the sealer's card.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from comity.app.work import run_due
from comity.evidence import FolderSource, Provenance, read_records
from comity.service.handing import Part, disclose_part, open_package
from comity.service.intake import request_intake
from comity.service.reading import show_dossier
from comity.service.sealing import request_seal
from comity.service.situations import Move
from demo.case import LABORATORY, PROSECUTOR, Desk

_PROVENANCE: Final = Provenance(
    origin="hosting provider in Belmora, by courier",
    collector="cybercrime laboratory of Arvenia",
    tool="comity",
    authority="XA-CA",
    basis="uncc:44(1)",
)


# Why evidence may be opened (uncc:40(19)): for the purpose of the request; and what may clear
# an accused person always, with notice to the State that gave it.
_STATED: Final = Move(step="", terms={"purpose": "stated"})
_EXCULPATORY: Final = Move(step="", terms={"purpose": "exculpatory", "notice": "to_follow"})


@dataclass(frozen=True)
class Kept:
    """What was kept: how much, and what the separate process said of it."""

    size: int
    objects: int
    shown: int
    whole: dict[str, object]
    part: dict[str, object]

    @property
    def is_verified(self) -> bool:
        """Return whether both the whole and the part passed every check."""
        return self.whole["verdict"] == self.part["verdict"] == "passed"


def keep_evidence(desk: Desk, place: Path, folder: Path) -> Kept:
    """Take ``place`` in, seal it, verify it from the files alone, disclose a part."""
    node, teller = desk.node, desk.teller
    intake = request_intake(node, LABORATORY, desk.dossier, [place], _PROVENANCE)
    _work(desk)
    request_seal(node, LABORATORY, desk.dossier, intake)
    _work(desk)
    shown = show_dossier(node, desk.dossier)
    package, taken = shown.packages[-1], shown.intakes[-1]
    teller.line(f"  {taken.objects_count} objects, {taken.size:,} bytes, sealed as {package.ident}")
    if taken.irregular:
        teller.line(f"  {taken.irregular} could not be taken in as they were; each says why")

    whole = folder / "package"
    desk.keep(open_package(node, LABORATORY, package.ident, whole, _STATED))
    teller.chapter("A separate process verifies the package from the files alone")
    card = folder / "node-xa" / "keys" / "authority.pub"
    said = verify(whole, card)
    teller.checks(said)

    part = folder / "for-the-defence"
    serials = _choose(whole)
    teller.chapter("A part is disclosed to the defence; it verifies alone")
    chosen = Part(serials=serials, out=part)
    desk.keep(disclose_part(node, PROSECUTOR, package.ident, chosen, _EXCULPATORY))
    said_of_part = verify(part, card)
    teller.checks(said_of_part)
    return Kept(taken.size, taken.objects_count, len(serials), said, said_of_part)


def verify(package: Path, card: Path) -> dict[str, object]:
    """Run ``comity evidence verify`` as a stranger would; return its report."""
    command = Path(sys.executable).with_name("comity")
    words: list[str | Path] = [command, "evidence", "verify", package, "--trust", card, "--json"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    report: dict[str, object] = json.loads(done.stdout)
    return report


def _work(desk: Desk) -> None:
    """Let the worker do what was asked for; tell the acts that came of it."""
    before = {one.act.digest for one in show_dossier(desk.node, desk.dossier).acts}
    for done in run_due(desk.node):
        if done.error is not None:
            raise done.error
    for one in show_dossier(desk.node, desk.dossier).acts:
        if one.act.digest not in before:
            desk.tell(one.act)


def _choose(package: Path) -> list[int]:
    """Choose a tenth of the objects, at least one: those with the lowest serials."""
    count = sum(1 for _ in read_records(FolderSource(package)))
    return list(range(1, max(1, count // 10) + 1))
