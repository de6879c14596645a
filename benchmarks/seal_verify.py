"""Seal and verify beside openssl, bagit.py and age, in one run: one large file, many small ones.

Prints one JSON line per measurement: seconds of the wall, MB per second of evidence, peak
memory of the process. Each command is a process of its own, so that starting counts too.
What only reads (openssl), what works in place (bagit.py) and what copies (comity) says so.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
COMITY = [sys.executable, "-c", "from comity.cli.main import run; run()", "evidence"]
BAGIT = Path(sys.executable).with_name("bagit.py")
AGE = CHECKOUT / ".tools" / "age" / "age"
MEGA = 1_000_000
PIECE = 1 << 20


@dataclass(frozen=True)
class Case:
    """What is measured on: a folder of evidence, its size, how many files."""

    name: str
    folder: Path
    octets: int
    count: int


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--large-mb", type=int, default=1024)
    words.add_argument("--small", type=int, default=20_000)
    words.add_argument("--in", dest="place", type=Path, default=None)
    asked = words.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.place) as name:
        work = Path(name)
        run([*COMITY, "key", str(work / "key")])
        run([*COMITY, "identity", str(work / "identity")])
        measure(make_case(work, "one large file", 1, asked.large_mb * MEGA), work)
        measure(make_case(work, "many small files", asked.small, 2048), work)


def make_case(work: Path, name: str, count: int, size: int) -> Case:
    folder = work / name.replace(" ", "-")
    folder.mkdir()
    for number in range(count):
        block = hashlib.shake_256(b"%d" % number).digest(min(size, PIECE))
        with (folder / f"{number:06d}.bin").open("wb") as stream:
            for at in range(0, size, PIECE):
                stream.write(block[: size - at])
    os.sync()
    return Case(name, folder, count * size, count)


def measure(case: Case, work: Path) -> None:
    files = sorted(str(path) for path in case.folder.iterdir())
    package, part, sealed = (work / f"{case.folder.name}.{end}" for end in ("pkg", "part", "age"))
    key, card = str(work / "key"), str(work / "key.pub")
    tell(
        case, "warm up: cat", "reads", ["sh", "-c", 'cat "$1"/* > /dev/null', "_", str(case.folder)]
    )
    tell(case, "openssl dgst -sha256", "reads", ["openssl", "dgst", "-sha256", *files])
    tell(
        case,
        "comity seal",
        "copies",
        [*COMITY, "seal", str(case.folder), "--out", str(package), "--key", key],
    )
    tell(case, "comity verify", "reads", [*COMITY, "verify", str(package), "--trust", card])
    tell(
        case,
        "comity disclose one",
        "copies",
        [*COMITY, "disclose", str(package), "--object", "1", "--out", str(part)],
    )
    receiver = str(work / "identity.pub")
    tell(
        case,
        "comity seal --to",
        "encrypts",
        [*COMITY, "seal", str(case.folder), "--out", str(sealed), "--key", key, "--to", receiver],
    )
    opened = [*COMITY, "verify", str(sealed), "--trust", card, "--identity", str(work / "identity")]
    tell(case, "comity verify, encrypted", "decrypts", opened)
    bag = work / f"{case.folder.name}.bag"
    shutil.copytree(case.folder, bag, copy_function=os.link)
    tell(
        case, "bagit.py", "in place", [sys.executable, str(BAGIT), "--quiet", "--sha256", str(bag)]
    )
    tell(
        case,
        "bagit.py --validate",
        "reads",
        [sys.executable, str(BAGIT), "--quiet", "--validate", str(bag)],
    )
    tell_age(case, bag, work)


def tell_age(case: Case, bag: Path, work: Path) -> None:
    """Measure ``tar | age``, as one encrypts a bag by hand; say so if age is absent."""
    if not AGE.exists():
        print(json.dumps({"case": case.name, "what": "tar | age", "absent": True}))
        return
    receiver = (work / "identity.pub").read_text().strip()
    script = 'tar -C "$1" -c . | "$2" -r "$3" -o "$4"'
    command = ["sh", "-c", script, "_", str(bag), str(AGE), receiver, str(work / "bag.age")]
    tell(case, "tar | age", "encrypts", command)
    (work / "bag.age").unlink()


def tell(case: Case, what: str, how: str, command: Sequence[str]) -> None:
    """Run a command, wait for the disk, print what it took."""
    begun = time.monotonic()
    peak = run(command)
    seconds = time.monotonic() - begun
    found = {
        "case": case.name,
        "files": case.count,
        "what": what,
        "how": how,
        "seconds": round(seconds, 2),
        "mb_per_s": round(case.octets / MEGA / seconds, 1),
        "files_per_s": round(case.count / seconds, 1),
        "peak_rss_mb": round(peak / MEGA, 1),
    }
    print(json.dumps(found), flush=True)
    os.sync()


def run(command: Sequence[str]) -> int:
    """Run a command to its end; return the most memory it had, in bytes."""
    with tempfile.TemporaryFile() as said:
        started = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(started.pid, 0)
        started.returncode = os.waitstatus_to_exitcode(status)
        if started.returncode:
            said.seek(0)
            sys.exit(said.read().decode("utf-8", "replace"))
    return usage.ru_maxrss * 1024


if __name__ == "__main__":
    main()
