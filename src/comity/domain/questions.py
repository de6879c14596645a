"""Questions and the steps that answer them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

QUESTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "status_answer": "status_query",
        "extend": "ask_extension",
        "decline_extension": "ask_extension",
        "consent_other_use": "ask_other_use",
        "deny_other_use": "ask_other_use",
        "consent_onward": "ask_onward",
        "deny_onward": "ask_onward",
        "agree_costs": "propose_costs",
        "decline_costs": "propose_costs",
        "remedy_decided": "remedy_pending",
        "answer_clarification": "ask_clarification",
        "lift_objection": "provider_objects",
    }
)


def answers_to(question: str) -> frozenset[str]:
    """Return the steps of which any one answers ``question``."""
    return frozenset(step for step, asked in QUESTIONS.items() if asked == question)
