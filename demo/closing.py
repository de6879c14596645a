"""The end: notices, originals, the hold released, and what each State holds."""

from __future__ import annotations

from demo.assisting import Assisted
from demo.cast import NAMES
from demo.house import House
from demo.preserving import Preserved
from demo.sides import Request
from demo.stage import Stage


def close_assistance(stage: Stage, assisted: Assisted, theirs: House) -> None:
    """Give notice, finish, return the originals, close."""
    ours, request = stage.houses["XA"], assisted.request
    if assisted.held.part:
        notice = "A part went to the defence, as it may clear an accused person."
        request.take(
            ours, "prosecutor", "notify_disclosure", content={"says": notice, "reasons": notice}
        )
    _notify(request, theirs)
    request.take(
        theirs, "central_authority", "finish", content={"says": "Nothing more will follow."}
    )
    request.take(
        ours, "laboratory", "return_originals", content={"says": "Nothing was lent; none is kept."}
    )
    request.take(ours, "central_authority", "close")


def release_hold(stage: Stage, preserved: Preserved, theirs: House) -> None:
    """Say that the hold is no longer needed; have it released."""
    ours, request = stage.houses["XA"], preserved.request
    request.take(
        ours, "central_authority", "withdraw", content={"says": "The hold is no longer needed."}
    )
    request.take(theirs, "duty_officer", "release", content={"says": "Released."})


def _notify(request: Request, house: House) -> None:
    """Let a court allow notice before silence ends; tell the person concerned."""
    decision = f"{house.state}-2026-91"
    request.take(
        house, "court", "authorise",
        terms={"body": "court", "decision": decision, "purpose": "notice"},
    )  # fmt: skip
    says = f"{NAMES[house.state]} tells the account holder of the measure and of the remedy."
    request.take(house, "central_authority", "notify_person", content={"says": says})
