"""Memory does not grow with evidence."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connections

from comity.app.compose import init_node, open_node
from comity.app.settings import Settings
from comity.evidence import Provenance
from comity.service.intake import request_intake
from comity.service.node import Officer
from comity.service.requests import Opening, open_dossier
from comity.service.sealing import request_seal
from tests.places import CHECKOUT

OFFICER = Officer(actor="p-1", role="central_authority")
# More than two volumes; COMITY_LARGE_MIB=2048 is what the issue asks for.
MEBIBYTES = int(os.environ.get("COMITY_LARGE_MIB", "600"))
MOST_MEBIBYTES = 300


@pytest.mark.slow
def test_a_large_exhibit_is_taken_in_sealed_and_checked_in_300_mebibytes(tmp_path: Path) -> None:
    folder = tmp_path / "node"
    init_node(
        folder, Settings(state="XA", authority="XA-CA", kind="central_authority", exercise=True)
    )
    node = open_node(folder)
    opening = Opening(
        process="uncc/preservation",
        counterpart="XB",
        authority="XB contact point",
        basis="uncc",
        channel="letter",
    )
    dossier = open_dossier(node, OFFICER, opening)
    image = tmp_path / "disk.img"
    _write_large(image)
    intake = request_intake(node, OFFICER, dossier, [image], Provenance())
    connections.close_all()
    peaks = [_run("node", "work", str(folder), "--once")]
    request_seal(node, OFFICER, dossier, intake)
    connections.close_all()
    peaks.append(_run("node", "work", str(folder), "--once"))
    peaks.append(_run("check", "--node", str(folder)))
    sys.stderr.write(f"\n{MEBIBYTES} MiB; peaks of intake, seal, check: {peaks} MiB\n")
    assert max(peaks) < MOST_MEBIBYTES


def _write_large(path: Path) -> None:
    block = os.urandom(1 << 20)
    with path.open("wb") as file:
        for number in range(MEBIBYTES):
            file.write(number.to_bytes(4, "big") + block[4:])


# The kernel's own mark of the most that this program held; getrusage would tell the parent's.
_SCRIPT = """
import re, sys
from pathlib import Path
from comity.cli.main import run
try:
    run()
finally:
    peak = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())
    sys.stderr.write(f"\\npeak {peak[1]}")
"""


def _run(*words: str) -> int:
    """Run a command to its good end; return the most memory it held, in MiB."""
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, *words],
        cwd=CHECKOUT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=True,
    )
    return int(done.stderr.rpartition("peak ")[2]) >> 10
