"""``make demo``: XA's side of the case, from the first call to the disclosed part.

With ``--headless`` the last line is JSON and the exit code says whether all of it held.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from comity.app.compose import init_node, open_node
from comity.app.settings import Settings
from comity.base import ComityError, Verdict
from comity.service.checking import check_node
from comity.service.node import Node
from comity.service.reading import list_dossiers, show_dossier
from demo.case import ask_for_data, close_case, preserve
from demo.evidence import Kept, keep_evidence
from demo.provider_return import write_return
from demo.telling import Teller


def main(words: Sequence[str]) -> int:
    """Play the case; return 0 if everything held."""
    asked = _read(words)
    teller = Teller()
    try:
        if asked.keep is not None:
            return play(teller, asked.keep.absolute(), asked.evidence, is_headless=asked.headless)
        with tempfile.TemporaryDirectory(prefix="comity-demo-") as name:
            folder = Path(name) if asked.headless else Path(tempfile.mkdtemp(prefix="comity-demo-"))
            return play(teller, folder / "xa", asked.evidence, is_headless=asked.headless)
    except ComityError as error:
        sys.stderr.write(f"demo: {error}\n")
        return 1


def play(teller: Teller, folder: Path, evidence: Path | None, *, is_headless: bool) -> int:
    """Play the case in the new ``folder``."""
    begun = time.monotonic()
    folder.mkdir(parents=True)
    place = evidence.absolute() if evidence else folder / "return-of-the-provider"
    if evidence is None:
        write_return(place)
    teller.line("An exercise. Arvenia (XA), Belmora (XB) and their law are invented; the")
    teller.line("treaty's provisions are drafts, not compared with the certified texts.")

    teller.chapter("Arvenia makes its node")
    settings = Settings(state="XA", authority="XA-CA", kind="central_authority", exercise=True)
    card = init_node(folder / "node-xa", settings)
    node = open_node(folder / "node-xa")
    teller.line(f"  The authority's key is {card.key.key_id}; law book {node.book.digest}")

    teller.chapter("The data are preserved (Belmora has no node: its steps are recorded by us)")
    preserved, investigation = preserve(node, teller)
    teller.chapter("The data are asked for")
    desk = ask_for_data(node, teller, preserved, investigation)
    teller.chapter("The return is taken in and sealed")
    kept = keep_evidence(desk, place, folder)
    teller.chapter("The case is closed")
    close_case(preserved, desk)
    figures = _count(node, kept) | {"seconds": round(time.monotonic() - begun, 2)}
    if is_headless:
        teller.figures(figures)
    else:
        _tell_next(teller, folder, figures)
    return 0 if figures["verified"] and figures["consistent"] else 1


def _count(node: Node, kept: Kept) -> dict[str, object]:
    """Return the figures, read from what the node stores."""
    dossiers = [show_dossier(node, head.ident) for head in list_dossiers(node)]
    acts = [one.act for dossier in dossiers for one in dossier.acts]
    return {
        "dossiers": len(dossiers),
        "acts": len(acts),
        "recorded": sum(act.recorded is not None for act in acts),
        "evidence_bytes": kept.size,
        "objects": kept.objects,
        "disclosed": kept.shown,
        "withheld": kept.objects - kept.shown,
        "verified": kept.is_verified,
        "consistent": check_node(node).verdict is Verdict.PASSED,
    }


def _tell_next(teller: Teller, folder: Path, figures: dict[str, object]) -> None:
    teller.chapter("What is left to look at")
    teller.line("  " + ", ".join(f"{name} {value}" for name, value in figures.items()))
    card = folder / "node-xa" / "keys" / "authority.pub"
    teller.line(f"""
  the sealed package         {folder / "package"}
  the part for the defence   {folder / "for-the-defence"}
  the node                   {folder / "node-xa"}

  .venv/bin/comity evidence verify {folder / "for-the-defence"} --trust {card}
  (cd {folder / "package" / "bag"} && sha256sum --quiet -c manifest-sha256.txt)
  .venv/bin/comity check --node {folder / "node-xa"}
  .venv/bin/comity law show uncc:42(8)
""")


def _read(words: Sequence[str]) -> argparse.Namespace:
    reader = argparse.ArgumentParser(prog="make demo", description=__doc__)
    reader.add_argument("--evidence", type=Path, help="take this in instead of a made-up return")
    reader.add_argument("--headless", action="store_true", help="end with a line of JSON")
    reader.add_argument("--keep", type=Path, help="play in this new folder and leave it there")
    asked = reader.parse_args(words)
    if asked.keep is not None and os.path.lexists(asked.keep):
        reader.error(f"--keep: {asked.keep} is there already; name a new folder")
    if asked.evidence is not None and not asked.evidence.exists():
        reader.error(f"--evidence: there is no {asked.evidence}")
    return asked


sys.exit(main(sys.argv[1:]))
