"""The demonstration, run as its reader runs it; its figures are held against other tools."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.places import CHECKOUT, shared_data

_NINE = {
    "submission_accepted", "submission_rejected", "relay_accepted", "relay_rejected",
    "relay_failed", "delivered", "not_delivered", "retrieved", "not_retrieved",
}  # fmt: skip


def play(*words: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "demo", "--headless", *words],
        cwd=CHECKOUT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "kept"
    (folder.parent / "figures.json").write_text(json.dumps(play("--keep", str(folder))))
    return folder


def figures(kept: Path) -> Mapping[str, Any]:
    found: dict[str, Any] = json.loads((kept.parent / "figures.json").read_text())
    return found


def test_a_folder_that_is_there_already_is_refused(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "demo", "--headless", "--keep", str(tmp_path)],
        cwd=CHECKOUT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "is there already" in done.stderr


def test_the_last_line_has_the_figures_that_others_rely_on(kept: Path) -> None:
    expected = {
        "dossiers", "acts", "evidence_bytes", "objects", "disclosed", "withheld", "verified",
        "consistent", "receipts", "states", "seconds",
    }  # fmt: skip
    assert expected <= figures(kept).keys()


def test_all_is_verified_and_consistent(kept: Path) -> None:
    assert figures(kept)["verified"] is True
    assert figures(kept)["consistent"] is True


def test_receipts_are_of_the_nine_kinds_and_none_is_negative(kept: Path) -> None:
    found = set(figures(kept)["receipts"])
    assert {"submission_accepted", "relay_accepted", "delivered", "retrieved"} <= found <= _NINE
    assert not found & {"not_delivered", "not_retrieved", "relay_failed", "relay_rejected"}


def test_each_state_holds_its_own_and_xa_alone_all_of_the_case(kept: Path) -> None:
    states = figures(kept)["states"]
    shared = {state: held["dossiers"] - held["orders"] for state, held in states.items()}
    assert shared["XA"] == shared["XB"] + shared["XC"]
    assert states["XA"]["orders"] == 0
    assert states["XB"]["orders"] == states["XC"]["orders"] == 1
    assert states["XA"]["received"] == states["XB"]["packages"] + states["XC"]["packages"]


def test_the_objects_counted_are_those_that_the_provider_held(kept: Path) -> None:
    place = kept / "held-by-HostCo"
    files = [path for path in place.rglob("*") if path.is_file() and not path.is_symlink()]
    assert figures(kept)["objects"] == len(files)


def test_sha256sum_accepts_the_package_and_the_part(kept: Path) -> None:
    for package in ("package", "for-the-defence"):
        subprocess.run(
            ["sha256sum", "--quiet", "--strict", "-c", "manifest-sha256.txt"],
            cwd=kept / package / "bag", check=True, capture_output=True,
        )  # fmt: skip


def test_the_part_shows_as_many_objects_as_are_told(kept: Path) -> None:
    shown = list((kept / "for-the-defence" / "bag" / "data" / "objects").iterdir())
    assert figures(kept)["disclosed"] == len(shown)


@pytest.mark.slow
def test_laboratory_evidence_is_returned_whole() -> None:
    place = shared_data("evidence")
    told = play("--evidence", str(place))
    files = [path for path in place.rglob("*") if path.is_file() and not path.is_symlink()]
    assert told["evidence_bytes"] == sum(path.stat().st_size for path in files)
    assert told["verified"] is True


@pytest.mark.slow
def test_after_ctrl_c_in_the_middle_nothing_is_left_running(tmp_path: Path) -> None:
    mark = str(tmp_path / "kept")
    process = subprocess.Popen(
        [sys.executable, "-m", "demo", "--keep", mark],
        cwd=CHECKOUT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    for line in process.stdout:
        if "people enrolled, on duty" in line and "XC" in line:
            break
    assert named_in_commands(mark)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    for _ in range(100):
        if not named_in_commands(mark):
            break
        time.sleep(0.1)
    assert named_in_commands(mark) == []


def named_in_commands(mark: str) -> list[int]:
    """Return the processes, but for this one, whose command line names the folder."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (place / "cmdline").read_bytes().decode(errors="replace")
            if mark in words and int(place.name) != os.getpid():
                found.append(int(place.name))
    return found
