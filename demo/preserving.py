"""Preservation (Art. 42): a call, a call back, the written request, an order, a freeze."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from demo import forms
from demo.cast import NAMES, NUMBERS
from demo.house import House
from demo.ordering import Served, freeze, serve
from demo.sides import Request
from demo.stage import Stage

TITLE: Final = "Ransomware against a hospital in Arvenia"


@dataclass
class Preserved:
    """A preservation, and the order that carries the hold."""

    request: Request
    served: Served


def preserve_in_belmora(stage: Stage, investigation: str) -> Preserved:
    """Have HostCo's data held: first by telephone, as lives are at risk."""
    ours, theirs = stage.houses["XA"], stage.houses["XB"]
    stage.chapter("Arvenia asks Belmora to preserve: by telephone, called back, then in writing")
    request = stage.open(
        "uncc/preservation", ours, "duty_officer", asked=theirs,
        investigation=investigation, priority="emergency",
    )  # fmt: skip
    request.fill(ours, "duty_officer", forms.preservation(NUMBERS["XA"]))
    why = {"reasons": "Patients' lives are at risk and the logs are about to be lost."}
    request.take(ours, "duty_officer", "call", channel="telephone", content=why)
    request.take(
        theirs, "duty_officer", "call_back", channel="telephone",
        terms={"number": NUMBERS["XA"], "result": "confirmed"},
    )  # fmt: skip
    request.take(ours, "duty_officer", "send")

    stage.chapter("Belmora acknowledges, looks, asks, decides")
    request.take(theirs, "duty_officer", "acknowledge")
    _screen(request, theirs)
    request.take(
        theirs, "duty_officer", "ask",
        terms={"asked": "zone"}, content={"says": "Which time zone are the instants in?"},
    )  # fmt: skip
    request.take(ours, "duty_officer", "supplement", content={"says": "All instants are in UTC."})
    request.take(
        theirs, "central_authority", "grant_with_conditions",
        terms={"conditions": "this_case_only"},
        content={"says": "Granted. To be used for this case only."},
    )  # fmt: skip

    stage.chapter("Belmora serves an order on HostCo, who verifies it alone, and freezes")
    served = serve(stage, theirs, forms.order_in_belmora())
    until = forms.ahead(25)
    request.take(
        theirs, "executing_authority", "serve_order", terms={"order": served.order, "until": until}
    )
    freeze(stage, served, stage.providers["XB"].data)
    _authorise(request, theirs, "prosecutor", "XB-2026-118")
    report_hold(request, theirs, served, "execute", {"says": "Held: server image, logs, mail."})
    request.tell_deadlines(ours)
    return Preserved(request, served)


def preserve_in_castova(stage: Stage, investigation: str) -> Preserved:
    """Have ResellCo's data held: a second request that Belmora never sees."""
    ours, theirs = stage.houses["XA"], stage.houses["XC"]
    stage.chapter("The traffic data lead to Castova: a second request, in the same investigation")
    request = stage.open(
        "uncc/preservation", ours, "duty_officer", asked=theirs,
        investigation=investigation, priority="urgent",
    )  # fmt: skip
    request.fill(ours, "duty_officer", forms.preservation_castova())
    request.take(ours, "duty_officer", "send")
    request.take(theirs, "duty_officer", "acknowledge")
    _screen(request, theirs)
    request.take(theirs, "central_authority", "grant")
    served = serve(stage, theirs, forms.order_in_castova())
    until = forms.ahead(50)
    request.take(
        theirs, "executing_authority", "serve_order", terms={"order": served.order, "until": until}
    )
    freeze(stage, served, stage.providers["XC"].data, code="partly")
    _authorise(request, theirs, "prosecutor", "FISC-2026-9")
    reasons = {"reasons": "Payment records older than thirty days are gone.", "says": "In part."}
    report_hold(request, theirs, served, "partly_execute", reasons)
    return Preserved(request, served)


def report_hold(
    request: Request, house: House, served: Served, step: str, content: dict[str, str]
) -> None:
    """Record the freeze at home; tell the other side *held* and a salted digest, no more."""
    inventory = {"inventory": served.inventory} if served.inventory else {}
    request.take(
        house, "executing_authority", "freeze_inventory",
        terms={"order": served.order}, covers=inventory,
    )  # fmt: skip
    request.take(house, "executing_authority", step, content=content, covers=inventory)


def open_investigation(stage: Stage) -> str:
    """Open the investigation that Arvenia alone sees whole."""
    desk = stage.houses["XA"].desk("prosecutor")
    found = desk.post("investigations", {"title": TITLE})
    stage.teller.note("XA", f"An investigation is opened; {NAMES['XA']} alone sees it whole.")
    return str(found["investigation"])


def _screen(request: Request, house: House) -> None:
    request.take(
        house, "duty_officer", "screen_rights", terms={"speech_only": "no", "exposed": "none"}
    )


def _authorise(request: Request, house: House, body: str, decision: str) -> None:
    request.take(house, body, "authorise", terms={"body": body, "decision": decision})
