"""The small words of a dossier: standings, lanes, outcomes, receipts, channels, particulars."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import pgettext, pgettext_lazy

from comity.law import Process
from comity.web.pages.dossiers.step_words import DO, DONE

_p = pgettext_lazy

STATES: Final[dict[str, Promise]] = {
    "called": _p("dossier standing", "Asked by telephone"),
    "closed": _p("dossier standing", "Closed"),
    "completed": _p("dossier standing", "Completed"),
    "consulting": _p("dossier standing", "In consultation"),
    "drafting": _p("dossier standing", "Being written"),
    "executed": _p("dossier standing", "Executed"),
    "granted": _p("dossier standing", "Granted"),
    "held": _p("dossier standing", "Data held"),
    "held_back": _p("dossier standing", "Held back"),
    "more_asked": _p("dossier standing", "Particulars asked"),
    "not_held": _p("dossier standing", "No data held"),
    "partly_executed": _p("dossier standing", "Executed in part"),
    "partly_held": _p("dossier standing", "Part of the data held"),
    "postponed": _p("dossier standing", "Postponed"),
    "refused": _p("dossier standing", "Refused"),
    "sent": _p("dossier standing", "Sent"),
    "under_examination": _p("dossier standing", "Under examination"),
    "warned": _p("dossier standing", "Warned"),
    "withdrawn": _p("dossier standing", "Withdrawn"),
    "accepted": _p("dossier standing", "Taken in hand"),
    "answered": _p("dossier standing", "Answered"),
    "clarifying": _p("dossier standing", "Clarification asked"),
    "demanded": _p("dossier standing", "Production demanded"),
    "disclosed": _p("dossier standing", "Disclosed"),
    "objected": _p("dossier standing", "Objected to"),
    "partly_answered": _p("dossier standing", "Answered in part"),
    "partly_preserved": _p("dossier standing", "Preserved in part"),
    "partly_produced": _p("dossier standing", "Produced in part"),
    "preserved": _p("dossier standing", "Preserved"),
    "produced": _p("dossier standing", "Produced"),
    "revoked": _p("dossier standing", "Revoked"),
    "served": _p("dossier standing", "Served"),
    "set_aside": _p("dossier standing", "Set aside"),
    "withheld": _p("dossier standing", "Withheld"),
}

OUTCOMES: Final[dict[str, tuple[Promise, Promise]]] = {
    "applied": (
        _p("dossier outcome", "applied"),
        _p("dossier outcome", "It counts: the standing follows from it."),
    ),
    "overtaken": (
        _p("dossier outcome", "overtaken"),
        _p(
            "dossier outcome",
            "It crossed an act of the other side that prevails. It stays on record and does not "
            "move the standing.",
        ),
    ),
    "irregular": (
        _p("dossier outcome", "irregular"),
        _p(
            "dossier outcome",
            "The law files do not permit this step from where the request stood. It stays on "
            "record and does not move the standing.",
        ),
    ),
    "waiting": (
        _p("dossier outcome", "waiting"),
        _p(
            "dossier outcome",
            "It rests on an act of the other side that is not here yet. It is read when that "
            "arrives.",
        ),
    ),
}

RECEIPTS: Final[dict[str, Promise]] = {
    "submission_accepted": _p("dossier receipt", "Ready to go: the letter was made"),
    "submission_rejected": _p("dossier receipt", "Not sent: the letter could not be made"),
    "relay_accepted": _p("dossier receipt", "Taken by their node"),
    "relay_failed": _p("dossier receipt", "Nobody took it in time"),
    "relay_rejected": _p("dossier receipt", "Their node refused it"),
    "delivered": _p("dossier receipt", "Delivered"),
    "not_delivered": _p("dossier receipt", "Not delivered"),
    "retrieved": _p("dossier receipt", "Opened by an officer"),
    "not_retrieved": _p("dossier receipt", "Not opened in time"),
}

CHANNELS: Final[dict[str, Promise]] = {
    "node": _p("channel", "from node to node"),
    "letter": _p("channel", "letter"),
    "mail": _p("channel", "electronic mail"),
    "portal": _p("channel", "portal"),
    "telephone": _p("channel", "telephone"),
    "interpol": _p("channel", "INTERPOL"),
    "diplomatic": _p("channel", "diplomatic channel"),
    "courier": _p("channel", "courier"),
}

PRIORITIES: Final[dict[str, Promise]] = {
    "emergency": _p("priority", "Emergency"),
    "urgent": _p("priority", "Urgent"),
    "routine": _p("priority", "Routine"),
}

DEADLINES: Final[dict[str, Promise]] = {
    "running": _p("dossier deadline", "running"),
    "extended": _p("dossier deadline", "extended"),
    "waiting_on": _p("dossier deadline", "waits"),
    "met": _p("dossier deadline", "met"),
    "lapsed": _p("dossier deadline", "lapsed"),
}

# Particulars of acts, and names of what they cover.
NAMES: Final[dict[str, Promise]] = {
    "act": _p("dossier particular", "Act"),
    "answer_by": _p("dossier particular", "Answer wished by"),
    "asked": _p("dossier particular", "What is missing"),
    "at": _p("dossier particular", "At"),
    "attachment": _p("dossier particular", "Document"),
    "basis": _p("dossier particular", "Legal basis"),
    "body": _p("dossier particular", "Body that decided"),
    "channel": _p("dossier particular", "Channel"),
    "conditions": _p("dossier particular", "Conditions"),
    "content": _p("dossier particular", "What it says to people"),
    "costs": _p("dossier particular", "Costs"),
    "counterpart": _p("dossier particular", "Other State"),
    "counterpart_authority": _p("dossier particular", "Other authority"),
    "currency": _p("dossier particular", "Currency"),
    "decision": _p("dossier particular", "Decision"),
    "documents": _p("dossier particular", "Documents"),
    "exposed": _p("dossier particular", "Person of an exposed calling"),
    "follows": _p("dossier particular", "Follows"),
    "form": _p("dossier particular", "Form"),
    "ground": _p("dossier particular", "Ground"),
    "inventory": _p("dossier particular", "Inventory"),
    "investigation": _p("dossier particular", "Investigation"),
    "language": _p("dossier particular", "Language"),
    "notice": _p("dossier particular", "Notice"),
    "number": _p("dossier particular", "Number called"),
    "of": _p("dossier particular", "Whose step it is"),
    "order": _p("dossier particular", "Order"),
    "original": _p("dossier particular", "Original"),
    "package": _p("dossier particular", "Package"),
    "priority": _p("dossier particular", "Priority"),
    "proof": _p("dossier particular", "Proof"),
    "purpose": _p("dossier particular", "Purpose"),
    "reason_by": _p("dossier particular", "Reason for that day"),
    "reasons": _p("dossier particular", "Reasons"),
    "reasons_against": _p("dossier particular", "Reasons for passing a gate of good practice"),
    "received": _p("dossier particular", "Received"),
    "reference": _p("dossier particular", "File number"),
    "remedy": _p("dossier particular", "Remedy"),
    "result": _p("dossier particular", "Result"),
    "says": _p("dossier particular", "Message"),
    "scan": _p("dossier particular", "Scan"),
    "scope": _p("dossier particular", "Scope"),
    "seen": _p("dossier particular", "What they had seen"),
    "speech_only": _p("dossier particular", "Expression alone"),
    "statement": _p("dossier particular", "Statement"),
    "transfer": _p("dossier particular", "Transfer"),
    "translation": _p("dossier particular", "Translation"),
    "until": _p("dossier particular", "Until"),
}

_HOUSE: Final[dict[str, Promise]] = {
    "open_dossier": _p("dossier house act", "The dossier was opened."),
    "record_delivery": _p("dossier house act", "It was recorded that our act reached them."),
    "open_incoming": _p("dossier house act", "The dossier was opened, for a message came in."),
}


def label(words: dict[str, Promise], name: str) -> str:
    """Return the plain word of a name; without one, the name itself, readable."""
    found = words.get(name)
    return str(found) if found is not None else plain(name)


def plain(name: str) -> str:
    """Return a name of the law files as a person writes it."""
    return name.replace("_", " ").strip().capitalize()


def standing_label(state: str) -> str:
    """Return what a standing is called in a list."""
    return label(STATES, state) if state else pgettext("dossier standing", "Not begun")


def step_label(step: str) -> str:
    """Return what one presses to take a step."""
    return label(DO, step)


def says_done(step: str, who: str, means: str) -> str:
    """Return the sentence that says that a step was taken, by whom."""
    found = DONE.get(step)
    if found is not None:
        return str(found) % {"who": who}
    said = pgettext("law", means) if means else plain(step)
    return pgettext("dossier deed", "%(who)s: %(said)s") % {"who": who, "said": said}


def says_house(step: str, process: Process | None) -> str:
    """Return the sentence that says that an act was done in the house."""
    known = process.steps.get(step) if process else None
    if step in _HOUSE:
        return str(_HOUSE[step])
    return pgettext("law", known.means) if known else plain(step)
