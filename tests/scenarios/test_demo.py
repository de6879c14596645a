"""The demonstration, run as its reader runs it; its figures are held against other tools."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.places import CHECKOUT, shared_data


def play(*words: str) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-m", "demo", "--headless", *words],
        cwd=CHECKOUT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    figures: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return figures


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "kept"
    (folder.parent / "figures.json").write_text(json.dumps(play("--keep", str(folder))))
    return folder


def figures(kept: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((kept.parent / "figures.json").read_text())
    return found


def test_a_folder_that_is_there_already_is_refused(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "demo", "--headless", "--keep", str(tmp_path)],
        cwd=CHECKOUT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "is there already" in done.stderr


def test_the_last_line_has_the_figures_that_others_rely_on(kept: Path) -> None:
    expected = {"dossiers", "acts", "evidence_bytes", "objects", "verified", "seconds"}
    assert expected <= figures(kept).keys()


def test_the_objects_counted_are_those_that_lie_in_the_return(kept: Path) -> None:
    place = kept / "return-of-the-provider"
    files = [path for path in place.rglob("*") if path.is_file() or path.is_symlink()]
    empty = [path for path in place.rglob("*") if path.is_dir() and not any(path.iterdir())]
    assert figures(kept)["objects"] == len(files) + len(empty)


def test_sha256sum_accepts_the_package_and_the_part(kept: Path) -> None:
    for package in ("package", "for-the-defence"):
        subprocess.run(
            ["sha256sum", "--quiet", "--strict", "-c", "manifest-sha256.txt"],
            cwd=kept / package / "bag", check=True, capture_output=True,
        )  # fmt: skip


def test_the_part_shows_as_many_objects_as_are_told(kept: Path) -> None:
    shown = list((kept / "for-the-defence" / "bag" / "data" / "objects").iterdir())
    assert figures(kept)["disclosed"] == len(shown)


def test_laboratory_evidence_is_taken_in_whole() -> None:
    place = shared_data("evidence")
    told = play("--evidence", str(place))
    said = subprocess.run(
        ["du", "-sb", "--apparent-size", str(place)], capture_output=True, check=True
    )
    folders = sum(path.stat().st_size for path in [place, *place.rglob("*")] if path.is_dir())
    assert told["evidence_bytes"] == int(said.stdout.split()[0]) - folders
    assert told["verified"] is True
