"""A node in a folder with a dossier, evidence and a sealed package; and its backups."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, fields
from pathlib import Path

from comity.app.backup import BackedUp, back_up
from comity.app.compose import init_node, open_node
from comity.app.databases import close_connections
from comity.app.restore import Restored, Verified, restore_node, verify_backup
from comity.app.settings import SQLITE, Settings
from comity.app.work import run_due
from comity.base import Ident
from comity.evidence import Provenance
from comity.seal.age import Identity
from comity.service.intake import request_intake
from comity.service.node import Node
from comity.service.sealing import request_seal
from tests.nodes import OFFICER, Desk, small_book
from tests.steady import HandClock, SeedBytes

KEEPER = Identity.generate(SeedBytes(77))
_PROVENANCE = Provenance(
    origin="a disk", collector="an officer", tool="dd", authority="XA-CA", basis="uncc:42"
)


@dataclass(frozen=True)
class Home:
    """A node's folder, opened with the small law book."""

    folder: Path
    clock: HandClock

    def node(self, folder: Path | None = None) -> Node:
        """Open it, or the node in another folder."""
        return open_node(folder or self.folder, clock=self.clock, book=small_book())

    def desk(self) -> Desk:
        return Desk(node=self.node(), clock=self.clock)

    def back_up(self, out: Path, *earlier: Path) -> BackedUp:
        done = back_up(self.folder, out, [KEEPER.recipient], earlier=earlier, clock=self.clock)
        close_connections()
        return done

    def restore(self, backup: Path, folder: Path, *earlier: Path, database: str = "") -> Restored:
        found = verify(backup, *earlier)
        done = restore_node(found, folder, database=database, clock=self.clock, book=small_book())
        close_connections()
        return done


def verify(backup: Path, *earlier: Path) -> Verified:
    return verify_backup(backup, [KEEPER], earlier=earlier)


def make_home(folder: Path, database: str = SQLITE) -> Home:
    settings = Settings(
        state="XA", authority="XA-CA", kind="central_authority", exercise=True, database=database
    )
    init_node(folder, settings)
    return Home(folder, HandClock("2030-01-01T00:00:00Z"))


def fill(home: Home, scratch: Path, *, count: int = 3) -> Ident:
    """Open a dossier, send, take evidence in, and seal it."""
    desk = home.desk()
    dossier = desk.open()
    desk.send(dossier)
    take(home, dossier, scratch, count=count)
    return dossier


def take(home: Home, dossier: Ident, scratch: Path, *, count: int = 1, mark: str = "a") -> None:
    """Take evidence into a dossier, and seal it."""
    place = scratch / f"evidence-{mark}"
    place.mkdir()
    for number in range(count):
        (place / f"{number}.bin").write_bytes(f"{mark}{number}".encode() * 1000)
    node = home.node()
    job = request_intake(node, OFFICER, dossier, [place], _PROVENANCE)
    _work(node)
    request_seal(node, OFFICER, dossier, job)
    _work(node)
    shutil.rmtree(place)
    close_connections()


def rows(node: Node) -> dict[str, object]:
    """Return every row of every table."""
    with node.store.view() as unit:
        found: dict[str, object] = {
            field.name: getattr(unit, field.name).find()
            for field in fields(unit)  # type: ignore[arg-type] # every unit is a dataclass
        }
    close_connections()
    return found


def blobs(node: Node) -> dict[str, bytes]:
    """Return every blob."""
    found = {}
    for name in node.blobs.names():
        with node.blobs.open(name) as file:
            found[str(name)] = file.read()
    return found


def _work(node: Node) -> None:
    for done in run_due(node):
        if done.error is not None:
            raise done.error
