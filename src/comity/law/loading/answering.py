"""Read which step answers which, and on which grounds a step may rest.

The names are those of steps of the pack's processes. Wherever an answer can be given, the
question can be put; a step answers one question.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType

from comity.law.loading.desk import Desk, Row
from comity.law.loading.faults import RepeatedName, UnknownName
from comity.law.questions import Question, Rest


def read_questions(files: Iterable[Row], desk: Desk) -> MappingProxyType[str, Question]:
    """Read the questions of all packs."""
    found: dict[str, Question] = {}
    for row in (row for file in files for row in file.rows("questions")):
        question = _question(row, desk)
        desk.require_new(question.key, found, row, "question")
        _require_unanswered(question, found.values(), row, desk)
        _require_askable(question, row, desk)
        found[question.key] = question
    return MappingProxyType(found)


def read_rests(files: Iterable[Row], desk: Desk) -> MappingProxyType[str, Rest]:
    """Read what the steps of all packs may rest on."""
    found: dict[str, Rest] = {}
    for row in (row for file in files for row in file.rows("rests_on")):
        law = desk.cite(row)
        level, basis = desk.backing(row, law)
        step = desk.name(row, "step", _steps(row, desk), "step of this pack")
        key = f"{row.pack}/{step}"
        desk.require_new(key, found, row, "step")
        found[key] = Rest(
            key=key,
            step=step,
            effects=row.texts("effects"),
            law=law,
            level=level,
            basis=basis,
            place=row.place,
        )
    return MappingProxyType(found)


def _question(row: Row, desk: Desk) -> Question:
    law = desk.cite(row)
    level, basis = desk.backing(row, law)
    steps = _steps(row, desk)
    name = desk.name(row, "question", steps, "step of this pack")
    return Question(
        key=f"{row.pack}/{name}",
        question=name,
        answers=desk.names(row, "answers", steps, "step of this pack"),
        law=law,
        level=level,
        basis=basis,
        place=row.place,
    )


def _steps(row: Row, desk: Desk) -> set[str]:
    own = [one for one in desk.processes.values() if one.pack == row.pack]
    return {step for process in own for step in process.steps}


def _require_unanswered(
    question: Question, before: Iterable[Question], row: Row, desk: Desk
) -> None:
    """Refuse a step that would answer two questions."""
    others = [one for one in before if one.law.pack == question.law.pack]
    for item in row.items("answers"):
        if any(item.text in one.answers for one in others):
            detail = f"{item.text!r} answers another question already."
            desk.faults.append(RepeatedName(detail, item.place, key=f"{row.key}.answers"))


def _require_askable(question: Question, row: Row, desk: Desk) -> None:
    """Refuse a process in which there is an answer and never the question."""
    for process in desk.processes.values():
        answers = [name for name in question.answers if name in process.steps]
        if process.pack == row.pack and answers and question.question not in process.steps:
            detail = f"In {process.key} there is {answers[0]!r}, and never {question.question!r}."
            desk.faults.append(UnknownName(detail, row.place, key=row.key))
