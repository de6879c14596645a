"""The parts of a process's page, one at a time: a page stays light, and says one thing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.safestring import mark_safe
from django.utils.translation import pgettext_lazy

from comity.law import Book, Process
from comity.law.rendering import say_crossings
from comity.law.rendering.pages import questions_of, rests_of
from comity.law.rendering.scores import draw_score
from comity.law.rendering.sentences import keepers_of, say_question, say_rest
from comity.web.pages.lawbook.readings import judge_grounds, judge_steps


@dataclass(frozen=True, slots=True)
class Part:
    """One part: what it is called, and what its template is told."""

    title: str | Promise
    tell: Callable[[Book, Process], dict[str, Any]]


def _score(_: Book, process: Process) -> dict[str, Any]:
    drawn = draw_score(process, has_style=False)
    return {"score": mark_safe(drawn)}  # noqa: S308 # drawn by us, every text in it escaped


def _steps(book: Book, process: Process) -> dict[str, Any]:
    steps = process.steps.values()
    sides = [(side, [one for one in steps if one.side == side]) for side in process.sides.both]
    return {"sides": sides, "needs": book.needs}


def _crossings(book: Book, process: Process) -> dict[str, Any]:
    return {
        "crossings": say_crossings(process),
        "questions": [say_question(one) for one in questions_of(book, process)],
        "rests": [say_rest(one) for one in rests_of(book, process)],
    }


def _clocks(book: Book, process: Process) -> dict[str, Any]:
    key = process.key
    return {"clocks": book.clocks_of(key), "gates": book.gates_of(key), "needs": book.needs}


def _forms(book: Book, process: Process) -> dict[str, Any]:
    return {"forms": book.forms_of(process.key)}


def _grounds(book: Book, process: Process) -> dict[str, Any]:
    kept = keepers_of(book, process)
    found = (one for one in book.safeguards.values() if kept.intersection(one.kept_by))
    return {"grounds": book.grounds_of(process.key), "safeguards": tuple(found)}


def _verdicts(book: Book, process: Process) -> dict[str, Any]:
    lines = judge_steps(book, process)
    return {
        "lines": lines,
        "ground_lines": judge_grounds(book, process),
        "silent": len(process.steps) - len(lines),
        "needs": book.needs,
    }


PARTS: Final[dict[str, Part]] = {
    "": Part(pgettext_lazy("lawbook", "States and steps"), _score),
    "steps": Part(pgettext_lazy("lawbook", "Who may take which step"), _steps),
    "crossings": Part(pgettext_lazy("lawbook", "When steps cross"), _crossings),
    "clocks": Part(pgettext_lazy("lawbook", "Clocks and gates"), _clocks),
    "form": Part(pgettext_lazy("lawbook", "What is asked"), _forms),
    "grounds": Part(pgettext_lazy("lawbook", "Grounds and safeguards"), _grounds),
    "verdicts": Part(pgettext_lazy("lawbook", "What States add"), _verdicts),
}
