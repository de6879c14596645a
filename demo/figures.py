"""The figures at the end, read through the doors: what each State holds, and whether it fits."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from demo.evidence import Held
from demo.house import House
from demo.stage import Stage

_READER = "central_authority"


def count(stage: Stage, helds: list[Held]) -> dict[str, Any]:
    """Return what was done and what is held, for the last line."""
    holdings = {state: list(_dossiers(house)) for state, house in stage.houses.items()}
    # A receipt that both sides hold is one receipt.
    receipts = {
        (receipt["message"], receipt["event"])
        for held in holdings.values()
        for shown in held
        for receipt in shown["receipts"]
    }
    main = helds[0]
    return {
        "dossiers": len(holdings["XA"]),
        "acts": sum(len(shown["acts"]) for shown in holdings["XA"]),
        "evidence_bytes": main.size,
        "objects": main.objects,
        "disclosed": main.shown,
        "withheld": main.objects - main.shown,
        "verified": all(held.is_verified for held in helds) and bool(main.whole and main.part),
        "receipts": dict(sorted(Counter(event for _, event in receipts).items())),
        "states": {state: _holding(stage.houses[state], held) for state, held in holdings.items()},
    }


def check_all(stage: Stage) -> bool:
    """Run ``comity check`` on each node; return whether all passed."""
    good = True
    for house in stage.houses.values():
        said = json.loads(
            stage.programs.run(
                f"check {house.state}", "check", "--node", house.folder, "--json",
                accept=(0, 1, 3),
            )
        )  # fmt: skip
        bad = [one for one in said["findings"] if one["verdict"] != "passed"]
        word = "consistent" if said["verdict"] == "passed" else "NOT CONSISTENT"
        stage.teller.note(house.state, f"comity check: {len(said['findings'])} checks, {word}")
        for one in bad:
            stage.teller.note(house.state, f"{one['check']}. {one['verdict']}: {one['says']}")
        good = good and said["verdict"] == "passed"
    return good


def _dossiers(house: House) -> Iterator[dict[str, Any]]:
    """Yield all dossiers of a node, page by page."""
    desk, after = house.desk(_READER), ""
    while True:
        page = desk.get("dossiers", limit=100, **({"after": after} if after else {}))
        for head in page["items"]:
            yield desk.get(f"dossiers/{head['dossier']}")
        after = page["next"]
        if not after:
            return


def _holding(house: House, shown: list[dict[str, Any]]) -> dict[str, int]:
    acts = [act for one in shown for act in one["acts"]]
    mine = [act for act in acts if act["holder"] == house.state]
    findings = house.desk("operator").get("findings", limit=200)["items"]
    return {
        "dossiers": len(shown),
        "acts_signed": len(mine),
        "acts_received": len(acts) - len(mine),
        "house_acts": sum(act["track"] == "house" for act in mine),
        "packages": sum(len(one["packages"]) for one in shown),
        "received": sum(len(one["received"]) for one in shown),
        "orders": sum(one["process"] == "uncc/order" for one in shown),
        "findings": len(findings),
    }
