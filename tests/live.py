"""Real nodes for tests: ``comity node init`` and ``up``, with real TLS, on ports of loopback.

    with live_nodes(tmp_path, "XA", "XB") as (xa, xb):
        xa.up(); xb.up()                      # all processes of both; waits until they listen
        xa.comity("node", "self-test", …)     # any command; returns what it printed
        node = xa.open()                      # the node in this process, as the CLI opens it
        xb.kill("peers"); xb.down()           # SIGKILL of one child; stop all in order

The nodes know each other's cards as if a paired directory had brought them, which is done in
their databases before they start; with ``pair=False`` they know nobody.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from comity.app.compose import open_node
from comity.app.databases import close_connections
from comity.app.settings import Settings, read_settings
from comity.app.wirekeys import read_certificate, read_wire_key
from comity.federation.directory import AuthorityCard
from comity.service.node import Node
from tests.cards import card_of
from tests.wires import introduce as introduce_card

# Generous: a machine that runs other tests too starts eight processes slowly.
_START_SECONDS = 240
_STOP_SECONDS = 60


def free_port() -> int:
    """Return a port of loopback on which nobody listens just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class LiveNode:
    """One node in its folder; its processes while it is up."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def settings(self) -> Settings:
        return read_settings(self.folder, {})

    @property
    def endpoint(self) -> str:
        return self.settings.endpoint

    @property
    def desk(self) -> str:
        return f"http://{self.settings.desk}"

    @property
    def certificate(self) -> Path:
        return self.folder / "keys" / "tls.crt"

    @property
    def log(self) -> Path:
        return self.folder.with_name(f"{self.folder.name}.log")

    def open(self) -> Node:
        """Open the node in this process; close_connections() when done."""
        return open_node(self.folder)

    def card(self, **change: object) -> AuthorityCard:
        """Return its card: its own keys, endpoint and certificate."""
        node = self.open()
        plain: dict[str, object] = {
            "endpoint": self.endpoint,
            "certificate": read_certificate(self.folder),
            "wire_key": read_wire_key(self.folder).public_key().public_bytes_raw(),
            "kind": self.settings.kind,
        }
        return card_of(node, **{**plain, **change})

    def know(self, *cards: AuthorityCard) -> None:
        """Let it know cards as if a verified directory had brought them."""
        node = self.open()
        for card in cards:
            introduce_card(node, card)

    def comity(self, *words: str, code: int | None = 0) -> Any:
        """Run a command; return its JSON if it printed some, else its text."""
        done = subprocess.run(
            [*_comity(), *words], capture_output=True, env=self._world(), check=False, timeout=300
        )
        said = done.stdout.decode()
        assert code is None or done.returncode == code, said + done.stderr.decode()
        try:
            return json.loads(said)
        except ValueError:
            return said

    def up(self, *, workers: int = 2, wait: bool = True) -> None:
        """Start its supervisor; wait until its doors answer."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*_comity(), "node", "up", str(self.folder), "--workers", str(workers)],
                stdout=log,
                stderr=log,
                env=self._world(),
            )
        if wait:
            self.wait_until_up()

    def wait_until_up(self) -> None:
        """Wait until every door answers."""
        doors = [one for one in (self.settings.peers, self.settings.desk) if one]
        wait_for(lambda: all(self.listens(door) for door in doors), self._why)

    def listens(self, door: str) -> bool:
        """Return whether somebody takes connections at ``host:port``."""
        assert self.process is not None
        assert self.process.poll() is None, self._why()
        host, _, port = door.rpartition(":")
        with contextlib.suppress(OSError), socket.create_connection((host, int(port)), 1):
            return True
        return False

    def children(self) -> dict[str, int]:
        """Return the processes that are kept up, by name, and the supervisor."""
        found: dict[str, int] = json.loads((self.folder / "run" / "children.json").read_text())
        return found

    def kill(self, child: str) -> int:
        """Kill one child; return what was its number."""
        number = self.children()[child]
        os.kill(number, signal.SIGKILL)
        return number

    def processes(self) -> set[int]:
        """Return every process of this node that is alive: the supervisor and all below it."""
        assert self.process is not None
        return family(self.process.pid)

    def die(self) -> None:
        """Kill the supervisor at once."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        self.process = None

    def down(self) -> int | None:
        """Stop all in order; return the exit code."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(_STOP_SECONDS)
        self.process = None
        return code

    def _world(self) -> dict[str, str]:
        return {**os.environ, **self.environment}

    def _why(self) -> str:
        return f"{self.folder} is not up:\n{self.log.read_text()[-3000:]}"


@contextlib.contextmanager
def live_nodes(
    folder: Path, *states: str, databases: dict[str, str] | None = None, pair: bool = True
) -> Iterator[tuple[LiveNode, ...]]:
    """Make a node for each State (``XA`` is authority ``XA-CA``); stop them all in the end."""
    nodes = tuple(make_live(folder, state, (databases or {}).get(state, "")) for state in states)
    try:
        if pair:
            introduce(*nodes)
        yield nodes
    finally:
        for node in nodes:
            node.down()
        close_connections()


def make_live(folder: Path, state: str, database: str = "", *more: str) -> LiveNode:
    """Make a node with doors on free ports; ``more`` are further words for init."""
    node = LiveNode(folder / f"node-{state.lower()}")
    words = ["--state", state, "--authority", f"{state}-CA", "--kind", "central_authority"]
    words += ["--exercise", "--peers", f"127.0.0.1:{free_port()}"]
    words += ["--desk", f"127.0.0.1:{free_port()}", *more]
    words += ["--database", database] if database else []
    node.comity("node", "init", str(node.folder), *words)
    return node


def introduce(*nodes: LiveNode) -> None:
    """Let each of the nodes know the cards of all."""
    cards = [node.card() for node in nodes]
    for node in nodes:
        node.know(*cards)
    close_connections()


def family(root: int) -> set[int]:
    """Return a process and all that descend from it."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                stat = (entry / "stat").read_text().rpartition(")")[2].split()
                parents[int(entry.name)] = int(stat[1])
    found = {root}
    while more := {one for one, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def is_alive(process: int) -> bool:
    """Return whether a process runs: one that ended and is not yet buried does not."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def wait_for(
    holds: Any, why: Any = lambda: "it did not come about", *, seconds: float = _START_SECONDS
) -> None:
    """Wait until ``holds()`` is true; fail with ``why()`` after a long while."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, why()
        time.sleep(0.05)


def _comity() -> list[str]:
    return [sys.executable, "-c", "from comity.cli.main import run; run()"]
