"""A provider: no node, a folder of its own, and the command line as a separate process."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo.errors import OutOfReach
from demo.programs import Programs


@dataclass
class Provider:
    """A company that holds data, and what its compliance desk does."""

    name: str
    state: str
    folder: Path
    data: Path
    part: Path
    programs: Programs
    trust: Path
    key: Path
    door: str
    certificate: Path
    tries: int = 20

    def keep(self, name: str, data: bytes) -> Path:
        """Keep a file that was served; return where."""
        place = self.folder / "orders" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        return place

    def verify(self, order: Path) -> dict[str, Any]:
        """Ask our own verifier whether an order is genuine."""
        return self.run("verify", order, "--trust", self.trust, "--for", self.name, "--exercise")

    def answer(self, order: Path, *words: str | Path) -> dict[str, Any]:
        """Answer an order to the authority's node, signed with our key."""
        return self.send("answer", order, *words)

    def send(self, verb: str, *words: str | Path) -> dict[str, Any]:
        """Say something to the authority's node; a bad line is tried again."""
        to: list[str | Path] = ["--key", self.key, "--to", self.door, "--tls-pin", self.certificate]
        for _ in range(self.tries):
            try:
                return self.run(verb, *words, *to)
            except OutOfReach:
                continue
        return self.run(verb, *words, *to)

    def run(self, *words: str | Path) -> dict[str, Any]:
        """Run ``comity order …`` and return what it said."""
        told = self.programs.run(self.name, "order", *words, "--json")
        found: dict[str, Any] = json.loads(told.splitlines()[-1])
        return found
