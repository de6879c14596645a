"""Conditions on who has done what before: call back, second pair of eyes, court."""

from __future__ import annotations

from typing import Final

from comity.domain.conditions.answer import Answer, by_name, decide, met
from comity.domain.situation import Situation
from comity.seal.act import Act

# A request is countersigned by the asking side, a release by the side that hands over.
_SECOND: Final = frozenset({"countersign", "countersign_release"})


def call_back_done(situation: Situation) -> Answer:
    """uncc:40(13): *conditions allowing authenticity to be established*; oral only if agreed."""
    if not situation.taken("call"):
        return met("The request was not made by telephone.")
    backs = [act for act in situation.since("call") if act.step == "call_back"]
    good = [
        act for act in backs if act.terms.get("result") == "confirmed" and _listed(situation, act)
    ]
    return decide(
        holds=bool(good),
        yes="The request was confirmed by calling back.",
        no="Nobody has called back the number in the directory and had the request confirmed.",
    )


def second_officer(situation: Situation) -> Answer:
    """uncc:24(1), good practice: a second officer reads what is sent, as it is sent."""
    signed = [act for act in situation.since("draft") if act.step in _SECOND]
    return decide(
        holds=any(act.actor != situation.actor for act in signed),
        yes="A second officer has signed.",
        no="No second officer has signed the text as it stands now.",
    )


def speech_screened(situation: Situation) -> Answer:
    """uncc:6(2): nothing permits *suppression of human rights*, expression among them."""
    return _screened(situation, "speech_only", "no", "whether the conduct is expression alone")


def roles_screened(situation: Situation) -> Answer:
    """uncc:40(22): no duty where a person would be punished for who they are or think."""
    return _screened(
        situation, "exposed", "none", "whether a person of an exposed calling is touched"
    )


def court_authorised(situation: Situation) -> Answer:
    """uncc:24(2): *judicial* or other independent review, as the State's own law says."""
    return _authorised(situation, frozenset({"court"}), "No court has authorised the measure.")


def prosecutor_confirmed(situation: Situation) -> Answer:
    """uncc:24(2): *or other independent review*; a court's decision serves as well."""
    bodies = frozenset({"prosecutor", "court"})
    return _authorised(situation, bodies, "No prosecutor has confirmed the measure.")


def body_authorised(situation: Situation) -> Answer:
    """uncc:24(2): the body that authorised the measure and its decision stand in the record."""
    return _authorised(situation, None, "No authorisation is recorded with body and decision.")


def _listed(situation: Situation, act: Act) -> bool:
    """Tell whether the number called is the directory's; without a directory, that one is named."""
    number = act.terms.get("number", "")
    return number in situation.directory_numbers if situation.directory_numbers else bool(number)


def _screened(situation: Situation, term: str, clear: str, what: str) -> Answer:
    screens = situation.taken("screen_rights")
    if screens and screens[-1].terms.get(term) == clear:
        return met("An officer has looked and found nothing against it.")
    reviews = [act for act in situation.since("screen_rights") if act.step == "review_rights"]
    mine = {situation.actor, *(act.actor for act in screens[-1:])}
    return decide(
        holds=any(act.actor not in mine for act in reviews),
        yes="A rights reviewer has looked at it.",
        no=f"No officer has cleared, and no rights reviewer has looked at, {what}.",
    )


def _authorised(situation: Situation, bodies: frozenset[str] | None, no: str) -> Answer:
    # A court that allows notice to the person has not thereby authorised the measure.
    measures = [a for a in situation.taken("authorise") if a.terms.get("purpose") != "notice"]
    good = [
        act
        for act in measures
        if act.terms.get("decision") and act.terms.get("body")
        if bodies is None or act.terms["body"] in bodies
    ]
    return decide(holds=bool(good), yes="The authorisation and its decision are recorded.", no=no)


PEOPLE: Final = by_name(
    call_back_done,
    second_officer,
    speech_screened,
    roles_screened,
    court_authorised,
    prosecutor_confirmed,
    body_authorised,
)
