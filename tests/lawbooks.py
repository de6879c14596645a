"""Law books for tests: the small one of the vectors, changed in one place at a time."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.places import CHECKOUT

VECTORS = CHECKOUT / "tests" / "vectors" / "law"
BASE = VECTORS / "base"
FILES = CHECKOUT / "src" / "comity" / "law" / "files"


@dataclass(frozen=True)
class Vector:
    """One bad law file: what it replaces in the base book, and what must be said of it."""

    name: str
    why: str
    replaces: str
    code: str
    line: int
    says: tuple[str, ...]

    def lay(self, folder: Path) -> Path:
        """Lay the base book into ``folder`` with this file in it."""
        book = copy_book(folder)
        target = book / self.replaces
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(VECTORS / "bad" / f"{self.name}.yaml", target)
        return book


def copy_book(folder: Path, source: Path = BASE) -> Path:
    """Copy a book, by default the small one, into ``folder``."""
    return Path(shutil.copytree(source, folder / "book"))


def change(book: Path, file: str, old: str, new: str) -> None:
    """Change the first ``old`` in ``file``, which must be there."""
    text = (book / file).read_text("utf-8")
    assert old in text, old
    (book / file).write_text(text.replace(old, new, 1), "utf-8")


def read_vectors() -> list[Vector]:
    """Return all vectors."""
    rows = json.loads((VECTORS / "index.json").read_text("utf-8"))
    return [
        Vector(row["id"], row["why"], row["replaces"], row["code"], row["line"], tuple(row["says"]))
        for row in rows
    ]
