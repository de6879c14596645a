"""What a condition answers: met, not met, or could not be decided; always with a sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from comity.base.verdict import Verdict
from comity.domain.situation import Situation


class Answer(NamedTuple):
    """A verdict and its reason, for people."""

    verdict: Verdict
    says: str


Predicate: TypeAlias = Callable[[Situation], Answer]


def met(says: str) -> Answer:
    """Answer yes."""
    return Answer(Verdict.PASSED, says)


def unmet(says: str) -> Answer:
    """Answer no."""
    return Answer(Verdict.FAILED, says)


def unknown(says: str) -> Answer:
    """Answer that it could not be decided; the step stays closed."""
    return Answer(Verdict.INDETERMINATE, says)


def decide(*, holds: bool, yes: str, no: str) -> Answer:
    """Answer by a fact that is known."""
    return met(yes) if holds else unmet(no)


def by_name(*predicates: Predicate) -> Mapping[str, Predicate]:
    """Return predicates under their own names."""
    return MappingProxyType({one.__name__: one for one in predicates})
