"""The answer to "is this order genuine?", for people and for machines, and its exit code.

The same bytes come from ``comity order verify`` and from the one-file verifier.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from comity.base.canonical import Json
from comity.federation.judging import MEANINGS, NEXT, Judged, Question, Word
from comity.federation.order import Order

# 0 genuine and current; 1 not so; 3 could not be decided. A usage error is 2.
_EXITS: Final = {
    Word.GENUINE: 0,
    Word.FORGED: 1,
    Word.ALTERED: 1,
    Word.EXPIRED: 1,
    Word.REVOKED: 1,
    Word.EXERCISE: 3,
    Word.UNDECIDED: 3,
}


def exit_code(judged: Judged, question: Question) -> int:
    """Return how the command ends; an exercise that was asked about and holds is 0."""
    if judged.word is Word.EXERCISE and question.exercise:
        return 0
    return _EXITS[judged.word]


def answer_text(judged: Judged, question: Question) -> bytes:
    """Return the answer for people: UTF-8 lines, the word last but for what to do next."""
    lines = [
        f"{found.check:>2} {found.name:<11} {found.verdict.value:<14} {found.says}"
        for found in judged.report.findings
    ]
    if judged.order is not None:
        lines += ["What it says (to be believed only if it is genuine):"]
        lines += [f"   {line}" for line in _order_lines(judged.order)]
    word = judged.word
    lines += [f"As of {question.now} this order is: {word.value}. {MEANINGS[word]}"]
    lines += [f"What to do next: {NEXT[word]}"]
    return ("\n".join(lines) + "\n").encode("utf-8")


def answer_json(judged: Judged, question: Question) -> bytes:
    """Return the answer for machines: one line of JSON."""
    checks: list[Json] = [dict(found.as_data()) for found in judged.report.findings]
    told: dict[str, Json] = {
        "word": judged.word.value,
        "verdict": judged.report.verdict.value,
        "meaning": MEANINGS[judged.word],
        "next": NEXT[judged.word],
        "as_of": str(question.now),
        "checks": checks,
    }
    if judged.order is not None:
        told |= {"key": str(judged.order.key.key_id), "order": judged.order.says()}
    return (json.dumps(told, ensure_ascii=False) + "\n").encode("utf-8")


def _order_lines(order: Order) -> Iterator[str]:
    yield f"{order.order}, reference {order.reference}" + (" (EXERCISE)" if order.exercise else "")
    if order.replaces is not None:
        yield f"in place of: {order.replaces}"
    yield f"from:        {order.authority} ({order.state}), key {order.key.key_id}"
    yield f"to:          {order.provider}"
    yield f"measure:     {order.measure.value} ({', '.join(kind.value for kind in order.kinds)})"
    for line in order.data:
        yield f"data:        {line}"
    if order.period is not None:
        yield f"period:      {order.period.begins} until {order.period.ends}"
    for line in order.law:
        yield f"law:         {line}"
    if order.authorisation is not None:
        yield f"authorised:  {order.authorisation}"
    if order.carries is not None:
        yield f"carries:     a foreign request, {order.carries}"
    yield f"issued at:   {order.issued_at}"
    yield f"in force to: {order.valid_until}"
    if order.answer_by is not None:
        yield f"answer by:   {order.answer_by}"
    if order.confidential_until is not None:
        yield f"silence to:  {order.confidential_until}"
    by = "" if order.objection.by is None else f", by {order.objection.by}"
    yield f"object to:   {order.objection.to}{by}"
    for line in order.objection.how.split("\n"):
        yield f"  how:       {line}"
