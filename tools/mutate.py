"""Break the code in ways that matter; every break must be noticed by a test.

``tests/mutants/*.toml`` lists the breaks: a name that says what is broken, the file, the
text to find (exactly once), what to put there, and the tests that must notice. Each
break is made in a copy of the checkout. Prints one JSON line for each and ends with 1
if a break survived or no longer fits.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
COPIED = ("src", "tests", "demo", "docs", "tools", "pyproject.toml", "README.md")


@dataclass(frozen=True)
class Mutant:
    """One break: where, what, and who must notice."""

    name: str
    file: str
    find: str
    put: str
    tests: tuple[str, ...]


def read_mutants(only: str) -> Iterator[Mutant]:
    """Yield all breaks whose name or file holds ``only``."""
    for path in sorted((CHECKOUT / "tests" / "mutants").glob("*.toml")):
        for row in tomllib.loads(path.read_text(encoding="utf-8"))["mutant"]:
            mutant = Mutant(**{**row, "tests": tuple(row["tests"])})
            if only in mutant.name or only in mutant.file:
                yield mutant


def try_mutant(mutant: Mutant) -> str:
    """Return ``died``, ``survived`` or ``does not fit``."""
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name)
        for part in COPIED:
            source = CHECKOUT / part
            if source.is_dir():
                shutil.copytree(source, copy / part, symlinks=True)
            else:
                shutil.copy2(source, copy / part)
        (copy / ".tools").symlink_to(CHECKOUT / ".tools")
        target = copy / mutant.file
        text = target.read_text(encoding="utf-8")
        if text.count(mutant.find) != 1:
            return "does not fit"
        target.write_text(text.replace(mutant.find, mutant.put), encoding="utf-8")
        return "died" if _tests_fail(copy, mutant.tests) else "survived"


def _tests_fail(copy: Path, tests: tuple[str, ...]) -> bool:
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    environment = {**os.environ, "PYTHONPATH": f"{copy / 'src'}:{copy}"}
    done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, check=False)
    if done.returncode not in {0, 1}:
        sys.stderr.buffer.write(done.stdout[-2000:])
    return done.returncode == 1


def main() -> int:
    """Try all breaks, two at a time; return how the command ends."""
    mutants = list(read_mutants(sys.argv[1] if len(sys.argv) > 1 else ""))
    fates: list[str] = []
    with ThreadPoolExecutor(2) as pool:
        for mutant, fate in zip(mutants, pool.map(try_mutant, mutants), strict=True):
            fates.append(fate)
            told = {"mutant": mutant.name, "file": mutant.file, "fate": fate}
            print(json.dumps(told), flush=True)
    died = fates.count("died")
    print(json.dumps({"mutants": len(fates), "died": died}))
    return 0 if fates and died == len(fates) else 1


if __name__ == "__main__":
    sys.exit(main())
