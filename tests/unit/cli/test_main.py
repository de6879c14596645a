"""How the one command leaves: by its own codes, whatever happens to what it prints."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PROGRAM = [sys.executable, "-c", "from comity.cli.main import run; run()"]
FULL = Path("/dev/full")


def comity(*words: str, at: Path, out: int = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
    home = {"HOME": str(at), "XDG_CONFIG_HOME": str(at / "config")}
    return subprocess.run(
        [*PROGRAM, *words], cwd=at, stdout=out, stderr=subprocess.PIPE, text=True, check=False,
        env=os.environ | home,
    )  # fmt: skip


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    at = tmp_path_factory.mktemp("desk")
    (at / "x").write_bytes(b"x")
    assert comity("evidence", "seal", "x", "--out", "pkg", at=at).returncode == 0
    return at


@pytest.mark.parametrize("words", [["list", "pkg"], ["verify", "pkg", "--json"], ["verify", "no"]])
def test_a_full_disk_behind_the_output_exits_5(sealed: Path, words: list[str]) -> None:
    if not FULL.exists():
        pytest.skip("this system has no /dev/full")
    with FULL.open("wb") as full:
        done = comity("evidence", *words, at=sealed, out=full.fileno())
    # "no" is not there: that is told on the other channel, and nothing is printed here.
    assert done.returncode == (2 if "no" in words else 5)
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_reader_who_went_away_is_no_pass(sealed: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = comity("evidence", "verify", "pkg", at=sealed, out=writing)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.parametrize(
    "words", [["evidence", "verify"], ["evidence", "seal", "x"], ["nothing"], ["law", "--odd"]]
)
def test_wrong_words_exit_2_and_are_told_as_asked(tmp_path: Path, words: list[str]) -> None:
    said = comity(*words, at=tmp_path)
    assert said.returncode == 2
    assert said.stderr.startswith("comity: What was asked cannot be understood. ")
    told = comity(*words, "--json", at=tmp_path)
    assert told.returncode == 2
    assert json.loads(told.stdout)["error"]["code"] == "asked/wrongly"


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.timeout(60)
def test_a_verification_that_is_broken_off_says_so(tmp_path: Path, sent: int, code: int) -> None:
    running = _begin_verify(tmp_path)
    running.send_signal(sent)
    _, said = running.communicate()
    assert (running.returncode, said.splitlines()[-1]) == (code, "Stopped.")


@pytest.mark.timeout(60)
def test_a_sealing_that_is_ended_names_what_it_left(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    words = [*PROGRAM, "evidence", "seal", "-", "--out", "pkg"]
    home = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "config")}
    with subprocess.Popen(
        words, cwd=tmp_path, stdin=reading, stderr=subprocess.PIPE, text=True, env=os.environ | home
    ) as running:
        os.close(reading)
        os.write(writing, b"begun")
        begun = tmp_path / "pkg.partial/bag/data/objects/000001"
        while not begun.exists() or not begun.stat().st_size:
            time.sleep(0.01)
        running.terminate()
        _, said = running.communicate()
        os.close(writing)
    assert running.returncode == 143
    assert "pkg.partial is no package; delete it." in said
    assert said.endswith("Stopped.\n")
    assert not (tmp_path / "pkg").exists()


def _begin_verify(at: Path) -> subprocess.Popen[str]:
    """Begin to verify a package that takes two minutes; return when its object is being read."""
    script = (
        "import time\n"
        "from comity.evidence import hashing\n"
        "class Slow(hashing.Hasher):\n"
        "    def update(self, chunk):\n"
        "        print('reading', flush=True)\n"
        "        time.sleep(1)\n"
        "        super().update(chunk)\n"
        "hashing.Hasher = Slow\n"
        "from comity.cli.main import run\n"
        "run()\n"
    )
    home = {"HOME": str(at), "XDG_CONFIG_HOME": str(at / "config")}
    with (at / "x").open("wb") as stream:
        stream.truncate(120 << 20)
    assert comity("evidence", "seal", "x", "--out", "pkg", at=at).returncode == 0
    running = subprocess.Popen(
        [sys.executable, "-c", script, "evidence", "verify", "pkg"], cwd=at, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ | home,
    )  # fmt: skip
    assert running.stdout is not None
    assert running.stdout.readline() == "reading\n"
    return running
