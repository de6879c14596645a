"""Conditions that bind, and translations beside the text that was signed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from comity.law import Condition, Process
from comity.seal.act import Act
from comity.service.reading import ShownAct, ShownDossier
from comity.web.pages.dossiers.lanes import whose
from comity.web.pages.dossiers.saying import Document, Said, documents_of, read_said, read_text
from comity.web.pages.kit.seat import Seat
from comity.web.permissions import Permission

_CARRYING: Final = ("grant_with_conditions", "hand_over")
_TRANSLATING: Final = ("translate", "translate_answer")
_BESIDE: Final = ("original", "translation")


@dataclass(frozen=True, kw_only=True)
class Bound:
    """Conditions that came with an act, and whether they were acknowledged."""

    act: Act
    who: str
    code: str
    said: Said | None
    is_acknowledged: bool


@dataclass(frozen=True, kw_only=True)
class Version:
    """A text beside the signed one: a translation, or the original that it was made from."""

    document: Document
    language: str
    text: str


def conditions(seat: Seat, shown: ShownDossier, process: Process | None) -> tuple[Bound, ...]:
    """Return the conditions that acts of this dossier carry; overtaken acts bind nobody."""
    acts = [one for one in shown.acts if one.outcome == "applied"]
    return tuple(
        Bound(
            act=one.act,
            who=whose(seat, shown, one.act),
            code=one.act.terms.get("conditions", ""),
            said=_said(seat, process, one.act),
            is_acknowledged=_is_acknowledged(acts, place),
        )
        for place, one in enumerate(acts)
        if one.act.step in _CARRYING and _carries(one.act)
    )


def own_conditions(seat: Seat, shown: ShownDossier, process: Process | None) -> list[Condition]:
    """Return what the law of the State that gives always attaches to what it gives."""
    if process is None:
        return []
    asks = shown.head.side == process.sides.asking
    giver = seat.node.book.states.get(shown.head.counterpart if asks else seat.node.state)
    return [one for one in giver.conditions if process.key in one.processes] if giver else []


def versions(seat: Seat, acts: tuple[ShownAct, ...]) -> tuple[Version, ...]:
    """Return the texts beside the signed one: of translators, and what went out with it."""
    if not seat.has(Permission.CONTENT_READ):
        return ()
    return tuple(
        _version(seat, one.act, document)
        for one in acts
        for document in documents_of(one.act)
        if one.act.step in _TRANSLATING or document.name.startswith(_BESIDE)
    )


def _version(seat: Seat, act: Act, document: Document) -> Version:
    is_translation = document.name.startswith("translation")
    language = act.terms.get("language", "") if is_translation else ""
    text = read_text(seat.node, act, document.name)
    return Version(document=document, language=language, text=text)


def _said(seat: Seat, process: Process | None, act: Act) -> Said | None:
    if not seat.has(Permission.CONTENT_READ):
        return None
    return read_said(seat.node, process, act)


def _carries(act: Act) -> bool:
    return act.step != "hand_over" or bool(act.terms.get("conditions"))


def _is_acknowledged(acts: list[ShownAct], place: int) -> bool:
    later = (one.act for one in acts[place + 1 :])
    return any(
        act.step == "confirm_receipt" and act.terms.get("conditions") == "acknowledged"
        for act in later
    )
