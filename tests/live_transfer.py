"""A package between two real nodes: asked for, granted, sealed, and about to be handed over."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from comity.app.databases import close_connections
from comity.app.work import run_due
from comity.base import Ident
from comity.evidence import Provenance
from comity.service.intake import request_intake
from comity.service.rows import TransferRow
from comity.service.sealing import request_seal
from comity.service.transfers import request_handover
from tests.crossing import HAND_OVER, KEEPER, OFFICER, grant
from tests.live import LiveNode


@dataclass(frozen=True)
class LivePackage:
    """A sealed package on ``xb``, for ``xa``; nobody is up yet."""

    xa: LiveNode
    xb: LiveNode
    dossier: Ident
    package: Ident

    def request(self) -> Ident:
        """Ask for the handing over; return the job."""
        job = request_handover(self.xb.open(), OFFICER, self.package, move=HAND_OVER)
        close_connections()
        return job

    def incoming(self) -> TransferRow | None:
        """Return the transfer as XA has it."""
        with self.xa.open().store.view() as unit:
            found = unit.transfers.find(direction="in")
        close_connections()
        return found[0] if found else None

    def outgoing(self) -> TransferRow | None:
        """Return the transfer as XB has it."""
        with self.xb.open().store.view() as unit:
            found = unit.transfers.find(direction="out")
        close_connections()
        return found[0] if found else None


def seal_live(xa: LiveNode, xb: LiveNode, source: Path) -> LivePackage:
    """Let XB hold what lies at ``source`` as a sealed package that XA was granted."""
    asking, asked = xa.open(), xb.open()
    dossier = grant(asking, asked, "node")
    request_intake(asked, KEEPER, dossier, [source], Provenance())
    _work(asked)
    with asked.store.view() as unit:
        (intake,) = unit.intakes.find(dossier=dossier)
    request_seal(asked, KEEPER, dossier, intake.job)
    _work(asked)
    with asked.store.view() as unit:
        (package,) = unit.packages.find(dossier=dossier)
    close_connections()
    return LivePackage(xa, xb, dossier, package.ident)


def wait_until(holds: Callable[[], bool], seconds: float, every: float = 0.2) -> float:
    """Wait until something is so; return how long it took."""
    begun = time.monotonic()
    while not holds():
        assert time.monotonic() - begun < seconds, "it did not come about"
        time.sleep(every)
    return time.monotonic() - begun


def _work(node: object) -> None:
    for done in run_due(node):  # type: ignore[arg-type] # a node
        assert done.error is None, done
