"""Conditions: what the law files' ``needs`` mean.

A law file names a need; here stands, under the same name, one small function that
looks whether it is met in a situation. Its docstring quotes the rule. It answers with
reasons, and *could not be decided* counts as not met: nothing opens on silence.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from comity.base.verdict import Finding
from comity.domain.conditions.answer import Answer, Predicate, unknown
from comity.domain.conditions.counterpart import COUNTERPART
from comity.domain.conditions.custody import CUSTODY
from comity.domain.conditions.decision import DECISION
from comity.domain.conditions.people import PEOPLE
from comity.domain.conditions.periods import PERIODS
from comity.domain.conditions.request import REQUEST
from comity.domain.situation import Situation

PREDICATES: Final[Mapping[str, Predicate]] = MappingProxyType(
    {**REQUEST, **COUNTERPART, **DECISION, **PERIODS, **PEOPLE, **CUSTODY}
)


def examine(need: str, situation: Situation, *, check: int = 1, source: str = "") -> Finding:
    """Return what came of one need; a name that nobody knows could not be decided."""
    predicate = PREDICATES.get(need)
    answer = predicate(situation) if predicate else unknown(f"Nobody knows how to look for {need}.")
    return Finding(check=check, name=need, verdict=answer.verdict, says=answer.says, source=source)


__all__ = ["PREDICATES", "Answer", "Predicate", "examine"]
