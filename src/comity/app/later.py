"""The wire, made when it is first used: most commands reach nobody, and its libraries are slow."""

from __future__ import annotations

from pathlib import Path

from comity.app.wirekeys import read_wire_key
from comity.base import Clock
from comity.service.ports import Answer, Peer, Random, Wire


class LaterWire:
    """Reaches other nodes, with the keys in a node's folder."""

    def __init__(self, folder: Path, keyid: str, clock: Clock, random: Random) -> None:
        """Sign as ``keyid`` with the key in ``folder``."""
        self._parts = (folder, keyid, clock, random)
        self._made: Wire | None = None

    def call(self, peer: Peer, method: str, path: str, body: bytes = b"", *, most: int) -> Answer:
        """Send one signed request; raise what the wire raises, or what its keys say."""
        return self._wire().call(peer, method, path, body, most=most)

    def fetch(self, url: str, *, most: int) -> bytes | None:
        """Return a public file, None if there is none."""
        return self._wire().fetch(url, most=most)

    def _wire(self) -> Wire:
        if self._made is None:
            from comity.transport.wire import HttpWire  # noqa: PLC0415 - that is what this is for

            folder, keyid, clock, random = self._parts
            key = read_wire_key(folder)
            self._made = HttpWire(keyid=keyid, key=key, clock=clock, random=random)
        return self._made
