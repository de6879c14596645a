"""Pack the verifier of orders as one file that a provider can pin and keep.

The file needs Python 3.11 and the ``cryptography`` package, nothing else. It holds
``comity.base``, ``comity.seal``, what orders and cards need of ``comity.federation``, the command,
and ``rfc8785``. The same sources make the same bytes, so that anyone can make it again and compare.
"""

from __future__ import annotations

import hashlib
import sys
import zipfile
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
SOURCES = CHECKOUT / "src"
PACKAGES = ("comity/base", "comity/seal")
FEDERATION = (
    *("__init__", "answer", "errors", "judging", "order", "revocation", "signed", "trust", "words"),
    *("directory/__init__", "directory/card", "directory/card_parts", "directory/errors"),
    "directory/vouching",
)
MODULES = (
    "comity/__init__.py",
    "comity/cli/__init__.py",
    "comity/cli/order_desk.py",
    "comity/cli/order_verifier.py",
    *(f"comity/federation/{name}.py" for name in FEDERATION),
)
START = b"""import sys

from comity.cli.order_verifier import main

sys.exit(main())
"""
SHEBANG = b"#!/usr/bin/env python3\n"
EPOCH = (1980, 1, 1, 0, 0, 0)


def members() -> Iterator[tuple[str, bytes]]:
    """Yield what lies in the file: name and bytes."""
    yield "__main__.py", START
    yield "LICENSE", (CHECKOUT / "LICENSE").read_bytes()
    for name in MODULES:
        yield name, (SOURCES / name).read_bytes()
    for package in PACKAGES:
        for path in sorted((SOURCES / package).rglob("*.py")):
            if "directory" in path.parts:
                continue  # it needs TUF, and no order is judged by it
            yield path.relative_to(SOURCES).as_posix(), path.read_bytes()
    yield from others()


def others() -> Iterator[tuple[str, bytes]]:
    """Yield the one package of others that is packed too, with its licence."""
    for path in distribution("rfc8785").files or ():
        kept = path.suffix == ".py" or path.name in {"LICENSE", "METADATA"}
        if kept and ".." not in path.parts:
            yield path.as_posix(), Path(str(path.locate())).read_bytes()


def make(out: Path) -> str:
    """Write the verifier to ``out``; return its SHA-256 in hexadecimal digits."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with out.open("wb") as stream:
        stream.write(SHEBANG)
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
            for name, data in sorted(members()):
                info = zipfile.ZipInfo(name, EPOCH)
                info.external_attr = 0o644 << 16
                info.create_system = 3
                archive.writestr(info, data)
    out.chmod(0o755)
    return hashlib.sha256(out.read_bytes()).hexdigest()


def main() -> int:
    """Pack it into the file named, and print its digest as ``sha256sum`` does."""
    out = Path(sys.argv[1] if len(sys.argv) > 1 else "comity-order-verify.pyz")
    print(f"{make(out)}  {out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
