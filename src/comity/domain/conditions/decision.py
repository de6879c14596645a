"""Conditions on decisions: grounds, reasons, consultation, conditions, costs, answers."""

from __future__ import annotations

import re
from typing import Final

from comity.domain.conditions.answer import Answer, by_name, decide, met, unknown, unmet
from comity.domain.situation import Situation
from comity.law import Ground

_AMOUNT: Final = re.compile(r"\d{1,12}(?:\.\d{1,2})?", re.ASCII)
_CURRENCY: Final = re.compile(r"[A-Z]{3}", re.ASCII)


def ground_named(situation: Situation) -> Answer:
    """uncc:40(21), uncc:42(6), uncc:43(2): only on the grounds that are listed, and no other."""
    ground = _ground(situation)
    if ground is None:
        return unmet("No ground is named that this process knows.")
    if ground.effect == "forbidden":
        return unmet(f"{ground.means} [{ground.law}]")
    if ground.effect not in situation.book.effects_of(situation.process.pack, situation.step):
        return unmet(f"The ground {ground.ground} does not allow this step: {ground.means}")
    if ground.reservation and not _is_reserved(ground, situation):
        return unmet("The ground is open only to a State that made the reservation.")
    return met(f"The ground is {ground.ground}: {ground.means}")


def reasons_given(situation: Situation) -> Answer:
    """uncc:40(25): *reasons shall be given for any refusal* of mutual legal assistance."""
    return decide(
        holds=bool(situation.text("reasons")), yes="Reasons are given.", no="No reasons are given."
    )


def consulted_first(situation: Situation) -> Answer:
    """uncc:40(28): before refusing or postponing the requested State *shall consult*."""
    ground = _ground(situation)
    if ground is None:
        return unknown("Whether consultation is owed depends on the ground, which is not named.")
    if not ground.consult_first:
        return met("This ground requires no consultation.")
    mine = [act for act in situation.taken("consult") if act.side == situation.side]
    return decide(
        holds=bool(mine),
        yes="The other side was consulted.",
        no="The other side was not consulted on terms under which help would be possible.",
    )


def conditions_named(situation: Situation) -> Answer:
    """uncc:36(1), uncc:40(28): *terms and conditions* are named, or nobody can accept them."""
    return decide(
        holds=bool(situation.term("conditions") or situation.text("conditions")),
        yes="The conditions are named.",
        no="No condition is named.",
    )


def missing_named(situation: Situation) -> Answer:
    """uncc:40(16): additional information *necessary for the execution*; so it is named."""
    return decide(
        holds=bool(situation.term("asked") or situation.text("asked")),
        yes="It is said what is missing.",
        no="It is not said what is missing.",
    )


def costs_stated(situation: Situation) -> Answer:
    """uncc:40(30): for costs of a *substantial or extraordinary* nature the States consult."""
    is_amount = _AMOUNT.fullmatch(situation.term("costs")) is not None
    is_currency = _CURRENCY.fullmatch(situation.term("currency")) is not None
    return decide(
        holds=is_amount and is_currency,
        yes="Amount and currency are stated.",
        no="Amount and currency are stated as in 1200.00 and EUR; one of them is not.",
    )


def question_open(situation: Situation) -> Answer:
    """uncc:40(26), uncc:42(9): an answer needs a question that the other side has put."""
    pack = situation.process.pack
    question = situation.book.answers_of(pack).get(situation.step)
    if question is None:
        return unknown("It is not known which question this step answers.")
    if not situation.taken(question):
        return unmet("Nothing was asked that this answers.")
    answers = situation.book.answers_to(pack, question)
    later = [act for act in situation.since(question) if act.step in answers]
    return decide(
        holds=not later, yes="The question is open.", no="The question was answered already."
    )


def _ground(situation: Situation) -> Ground | None:
    key = f"{situation.process.pack}/{situation.term('ground')}"
    ground = situation.book.grounds.get(key)
    return ground if ground is not None and situation.process.key in ground.processes else None


def _is_reserved(ground: Ground, situation: Situation) -> bool:
    own = situation.profile.conditions if situation.profile else ()
    key = situation.process.key
    return any(one.condition == ground.reservation and key in one.processes for one in own)


DECISION: Final = by_name(
    ground_named,
    reasons_given,
    consulted_first,
    conditions_named,
    missing_named,
    costs_stated,
    question_open,
)
