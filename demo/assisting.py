"""Assistance (Arts. 40, 44): the request that follows, its execution, evidence handed over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from demo import forms
from demo.evidence import Held, await_job, collect, receive
from demo.house import House
from demo.ordering import Served, compare, demand, narrow, object_to, produce
from demo.preserving import Preserved
from demo.sides import Request
from demo.stage import Stage


@dataclass
class Assisted:
    """A request for assistance, and the evidence that came of it."""

    request: Request
    held: Held


def assist_from_belmora(stage: Stage, preserved: Preserved, investigation: str) -> Assisted:
    """Ask Belmora for the data, have them produced, compared, sealed and handed over."""
    ours, theirs = stage.houses["XA"], stage.houses["XB"]
    stage.chapter("Arvenia asks Belmora for the data: the request follows, translated")
    request = _ask(stage, preserved, theirs, investigation, forms.assistance(), "ar")
    preserved.request.take(
        ours, "central_authority", "announce_request", content={"says": "The request is sent."}
    )
    _admit(request, theirs)
    request.take(
        theirs, "central_authority", "grant_with_conditions",
        terms={"conditions": "same_offence"},
        content={"says": "Granted for the offence named and no other."},
    )  # fmt: skip

    stage.chapter("Belmora's court authorises; HostCo produces; the return is compared")
    served = preserved.served
    _execute(request, theirs, served, "court", "DC-2026-77")
    demand(served, "court")
    returns = produce(stage, served, stage.providers["XB"].data)
    package = _collect(stage, request, served, returns)
    _release(request, theirs, "execute", {"says": "Executed: all that was held."})
    held = _hand_over(stage, request, theirs, package, "same_offence")
    return Assisted(request, held)


def assist_from_castova(stage: Stage, preserved: Preserved, investigation: str) -> Assisted:
    """Ask Castova: its provider objects, the order is narrowed, and part comes."""
    ours, theirs = stage.houses["XA"], stage.houses["XC"]
    stage.chapter("Castova's provider objects; Castova executes in part")
    request = _ask(stage, preserved, theirs, investigation, forms.assistance_castova(), "fr")
    preserved.request.take(
        ours, "central_authority", "announce_request", content={"says": "The request is sent."}
    )
    _admit(request, theirs)
    request.take(theirs, "central_authority", "grant")
    served = preserved.served
    _execute(request, theirs, served, "prosecutor", "FISC-2026-12")
    demand(served, "prosecutor")
    object_to(stage, served)
    request.take(
        theirs, "executing_authority", "record_objection",
        terms={"order": served.order, "ground": "privilege"},
    )  # fmt: skip
    narrow(served)
    part = stage.providers["XC"].part
    returns = produce(stage, served, part, missing="Mails with a lawyer.")
    package = _collect(stage, request, served, returns)
    _release(
        request, theirs, "partly_execute",
        {"says": "In part.", "reasons": "Mails with a lawyer stay with ResellCo (privilege)."},
    )  # fmt: skip
    held = _hand_over(stage, request, theirs, package, "erasure_after_trial")
    return Assisted(request, held)


def _ask(  # noqa: PLR0913, PLR0917 # as many as a request has
    stage: Stage,
    preserved: Preserved,
    theirs: House,
    investigation: str,
    form: forms.Values,
    language: str,
) -> Request:
    """Open the request that follows, fill, translate, countersign and send it."""
    ours = stage.houses["XA"]
    request = stage.open(
        "uncc/stored_data", ours, "central_authority", asked=theirs, priority="urgent",
        investigation=investigation, follows=preserved.request.ident,
    )  # fmt: skip
    request.fill(ours, "prosecutor", form)
    if language not in {"en", "fr"}:
        request.take(
            ours, "translator", "translate",
            terms={"language": language}, documents={"original": forms.TRANSLATION},
            content={"says": forms.HOUSE_NOTE},
        )  # fmt: skip
    request.take(ours, "prosecutor", "countersign")
    documents = {"original-en.txt": forms.TRANSLATION} if language == "ar" else {}
    request.take(ours, "central_authority", "send", documents=documents)
    return request


def _admit(request: Request, house: House) -> None:
    request.take(house, "central_authority", "acknowledge")
    terms = {"speech_only": "no", "exposed": "none"}
    request.take(house, "central_authority", "screen_rights", terms=terms)


def _execute(request: Request, house: House, served: Served, body: str, decision: str) -> None:
    request.take(house, body, "authorise", terms={"body": body, "decision": decision})
    request.take(house, "executing_authority", "serve_order", terms={"order": served.order})


def _collect(stage: Stage, request: Request, served: Served, returns: list[str]) -> str:
    """Take the return in, tell how it compares with the freeze, seal it."""
    package = collect(stage, request, served.house, returns)
    stage.teller.note(served.house.state, f"compared with the freeze: {compare(served, returns)}")
    return package


def _release(request: Request, house: House, step: str, content: dict[str, str]) -> None:
    """Review scope and privilege, report, and let a second officer sign the release."""
    terms = {"inventory": "compared"}
    words = {"says": "Within the order; nothing privileged."}
    request.take(house, "executing_authority", "review", terms=terms, content=words)
    request.take(house, "executing_authority", step, content=content)
    request.take(house, "central_authority", "countersign_release")


def _hand_over(
    stage: Stage, request: Request, theirs: House, package: str, conditions: str
) -> Held:
    """Hand the sealed package over, chosen objects first; let Arvenia fetch and confirm."""
    stage.chapter(f"{theirs.state} hands over with conditions; XA fetches, verifies, confirms")
    desk = theirs.desk("executing_authority")
    body: dict[str, Any] = {"first": [1], "terms": {"conditions": conditions}}
    job = desk.post(f"packages/{package}/handovers", body)["job"]
    await_job(stage, theirs, str(job), "executing_authority")
    return receive(stage, request, theirs)
