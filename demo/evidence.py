"""Evidence: taken in, sealed, received, exported, and verified from the files alone.

Verifying happens in a separate process that is given nothing but files: the package and
the sealer's card.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from comity.evidence import FolderSource, read_records
from demo.errors import PlayStopped
from demo.house import House
from demo.programs import await_that
from demo.sides import Request
from demo.stage import Stage

_STATED: Final = {"purpose": "stated"}
_EXCULPATORY: Final = {"purpose": "exculpatory", "notice": "to_follow"}


@dataclass
class Held:
    """A package that reached XA: its name, size, and what a stranger said of it."""

    package: str
    objects: int
    size: int
    sealer: House
    shown: int = 0
    whole: dict[str, Any] = field(default_factory=dict)
    part: dict[str, Any] = field(default_factory=dict)

    @property
    def is_verified(self) -> bool:
        """Return whether the separate process passed the whole, and the part if there is one."""
        said = [self.whole, self.part] if self.part else [self.whole]
        return all(one.get("verdict") == "passed" for one in said)


def await_job(stage: Stage, house: House, job: str, role: str) -> None:
    """Wait until a job is done; raise ``PlayStopped`` if it was stopped."""

    def is_done() -> bool:
        stage.programs.require_alive()
        found = house.desk(role).get(f"jobs/{job}")
        if found["state"] == "stopped":
            message = f"{house.state}: {found['kind']} was stopped: {found['trouble']}"
            raise PlayStopped(message)
        return bool(found["state"] == "done")

    await_that(f"{house.state}: {job} is done", is_done, seconds=stage.patience * 20)


def collect(stage: Stage, request: Request, house: House, returns: list[str]) -> str:
    """Take a return in and seal it at the house that collected it; return the package's name."""
    desk = house.desk("laboratory")
    provenance = {
        "origin": f"{stage.providers[house.state].name}, by its own upload",
        "collector": f"laboratory of {house.state}",
        "tool": "comity",
        "authority": house.authority,
        "basis": "uncc:28(3)",
    }
    before = {act["digest"] for act in request.show(house)["acts"]}
    body = {"uploads": returns, "provenance": provenance}
    job = str(desk.post(f"dossiers/{request.ident}/intakes", body)["job"])
    await_job(stage, house, job, "laboratory")
    sealing = str(desk.post(f"dossiers/{request.ident}/seals", {"intake": job})["job"])
    await_job(stage, house, sealing, "laboratory")
    shown = request.show(house)
    for act in shown["acts"]:
        if act["digest"] not in before:
            request.tell(house, act)
    return str(shown["packages"][-1]["package"])


def receive(stage: Stage, request: Request, theirs: House) -> Held:
    """Wait until XA has fetched and verified the package; confirm it and the conditions."""
    ours = request.asking
    told = [act for act in request.show(theirs)["acts"] if act["step"] == "hand_over"]
    request.tell(theirs, told[-1])
    request.await_act(theirs, str(told[-1]["digest"]), "hand_over")

    def has_come() -> bool:
        stage.programs.require_alive()
        return any(one["state"] == "done" for one in request.show(ours)["transfers"])

    await_that("XA has fetched the package", has_come, seconds=stage.patience * 20)
    shown = request.show(ours)
    received, transfer = shown["received"][-1], shown["transfers"][-1]
    size, count = transfer["size"], received["objects"]
    stage.teller.note("XA", f"{count} objects in {size:,} encrypted bytes, verified on arrival.")
    request.take(
        ours, "laboratory", "confirm_receipt",
        terms={"transfer": transfer["transfer"], "conditions": "acknowledged"},
        content={"says": "All arrived whole; the conditions are understood."},
    )  # fmt: skip
    return Held(str(received["package"]), int(count), int(size), theirs)


def export(stage: Stage, request: Request, held: Held, out: Path) -> None:
    """Have XA's laboratory write the package out plain; let a stranger verify it."""
    ours = request.asking
    path = f"packages/{held.package}/export"
    ours.desk("laboratory").fetch_tree(path, {"terms": _STATED}, out)
    request.tell(ours, request.show(ours)["acts"][-1])
    held.whole = verify(stage, out, held.sealer.card)
    held.size = sum(record.size for _, record in read_records(FolderSource(out)))
    stage.teller.checks(held.whole)


def disclose(stage: Stage, request: Request, held: Held, out: Path) -> None:
    """Disclose a tenth of the objects to the defence; let the defence verify it."""
    ours = request.asking
    held.shown = max(1, held.objects // 10)
    body = {"serials": list(range(1, held.shown + 1)), "terms": _EXCULPATORY}
    ours.desk("prosecutor").fetch_tree(f"packages/{held.package}/disclosures", body, out)
    request.tell(ours, request.show(ours)["acts"][-1])
    held.part = verify(stage, out, held.sealer.card)
    stage.teller.checks(held.part)


def verify(stage: Stage, package: Path, card: Path) -> dict[str, Any]:
    """Run ``comity evidence verify`` as a stranger would; return its report."""
    said = stage.programs.run(
        "court", "evidence", "verify", package, "--trust", card, "--json", accept=(0, 1, 3)
    )
    report: dict[str, Any] = json.loads(said)
    return report
