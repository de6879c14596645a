"""Answers to questions, as text for a terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from comity.law.asking import Entry
from comity.law.book import Book
from comity.law.clocks import Clock
from comity.law.forms import Field, Form
from comity.law.gates import Gate
from comity.law.glossary import Need, Role, Term
from comity.law.grounds import Ground
from comity.law.national import Condition, StateProfile
from comity.law.outline import Clause, Scope
from comity.law.processes import Crossing, Process, State, Step
from comity.law.provision import Provision
from comity.law.questions import Question, Rest
from comity.law.rendering.sentences import (
    say_clock,
    say_crossings,
    say_gate,
    say_ground,
    say_question,
    say_rest,
    say_safeguard,
    say_scope,
    say_step,
)
from comity.law.rendering.wording import say_backing, say_list, say_name, say_source, stress
from comity.law.safeguards import Safeguard

_CITING: Final = (
    *("scope", "process", "form", "gate", "safeguard", "ground", "clock", "condition", "term"),
)
_BELOW: Final = {
    "step": "steps",
    "standing": "states",
    "field": "fields",
    "crossing": "crossings",
    "question": "questions",
    "rest": "rests",
}


def tell_book(book: Book) -> str:
    """Return what there is to be asked for."""
    names = {
        "Instruments": book.packs,
        "Processes": book.processes,
        "Forms": book.forms,
        "Grounds": book.grounds,
        "Gates": book.gates,
        "Safeguards": book.safeguards,
        "Clocks": book.clocks,
        "States": book.states,
    }
    lines = [f"Law book {book.version}, {book.digest}", *_notices(book)]
    for title, table in names.items():
        lines += ["", f"{title}:", *(f"  {name}" for name in table)]
    return "\n".join(lines)


def tell_clause(book: Book, law: Provision, entries: tuple[Entry, ...]) -> str:
    """Return what ``law`` says, and all that keeps it."""
    lines: list[str] = []
    for outline in book.outlines():
        inside = [outline[one] for one in sorted(outline) if law.contains(one)]
        lines += [_clause(clause) for clause in inside]
    pack = book.packs.get(law.pack)
    if pack is not None:
        lines.append(f"({pack.short}: {pack.notice})")
    if not entries:
        return "\n".join([*lines, "", "Nothing cites it."])
    lines += ["", "Kept by:"]
    for kind in (*_CITING, *_BELOW):
        lines += [
            f"  {_BELOW.get(kind, kind).removesuffix('s')} {entry.key}"
            f" [{say_list(map(str, entry.laws), 'and')}] {entry.thing.place}"
            for entry in entries
            if entry.kind == kind
        ]
    return "\n".join(lines)


def _clause(clause: Clause) -> str:
    words = " – ".join(part for part in (clause.title, clause.says) if part)
    backing = say_backing(clause.level, clause.basis)
    return f"{clause.law} ({clause.force}) {words} ({backing}) {clause.place}"


def tell_entry(book: Book, entry: Entry) -> str:
    """Return one thing in sentences, with its place in the law files."""
    told = _TELLERS[type(entry.thing)](book, entry.thing)
    return f"{entry.kind} {entry.key} – {entry.thing.place}\n{told}"


def _process(book: Book, process: Process) -> str:
    lines = [process.title, say_source(process.law, process.level, process.basis), "", "States:"]
    for state in process.states.values():
        marks = " (ends the matter)" if state.ends else ""
        lines.append(f"- {stress(state.name)}{marks} – {state.means}")
    lines += ["", "Steps:"]
    lines += [f"- {say_step(process, step, book.needs)}" for step in process.steps.values()]
    lines += ["", "When steps cross:", *(f"- {said}" for said in say_crossings(process))]
    lines += ["", "Clocks:", *(f"- {say_clock(one)}" for one in book.clocks_of(process.key))]
    lines += ["", "Gates:"]
    lines += [f"- {say_gate(one, book.needs)}" for one in book.gates_of(process.key)]
    lines += ["", *_notices(book, process.pack)]
    return "\n".join(lines)


def _step(book: Book, step: Step) -> str:
    processes = book.processes.values()
    return "\n".join(
        say_step(one, step, book.needs) for one in processes if one.steps.get(step.name) is step
    )


def _form(_: Book, form: Form) -> str:
    lines = [form.title, say_source(form.law, form.level, form.basis)]
    for one in form.fields.values():
        kind = f"{say_name(one.asked)}, {say_name(one.kind)}, {one.sensitivity}"
        source = say_source(one.law, one.level, one.basis)
        lines.append(f"- {one.label} ({kind}) {source}")
    return "\n".join(lines)


def _state(book: Book, state: StateProfile) -> str:
    lines = [
        f"{state.name}: {state.vouched.level.value}, {state.vouched.note}",
        f"Languages {', '.join(state.languages)}; channels {', '.join(state.channels)}.",
        *(f"- {say_clock(one)}" for one in state.clocks.values()),
        *(f"- {say_gate(one, book.needs)}" for one in state.gates.values()),
        *(f"- {one.means} [{one.law}]" for one in state.conditions),
    ]
    return "\n".join(lines)


def _notices(book: Book, only: str = "") -> list[str]:
    packs = [pack for pack in book.packs.values() if only in {"", pack.pack}]
    return [f"({pack.short}: {pack.notice})" for pack in packs]


def _meaning(_: Book, thing: State | Need | Role | Term | Condition | Crossing) -> str:
    law = getattr(thing, "law", None)
    return f"{thing.means} [{law}]" if law else thing.means


_TELLERS: Final[Mapping[type, Callable[[Book, Any], str]]] = {
    Process: _process,
    Form: _form,
    Field: lambda _, one: f"{one.label} {say_source(one.law, one.level, one.basis)}",
    Clock: lambda _, one: say_clock(one),
    Ground: lambda _, one: say_ground(one),
    Gate: lambda book, one: say_gate(one, book.needs),
    Safeguard: lambda _, one: say_safeguard(one),
    Question: lambda _, one: say_question(one),
    Rest: lambda _, one: say_rest(one),
    Scope: lambda _, one: say_scope(one),
    Step: _step,
    StateProfile: _state,
    **dict.fromkeys([State, Need, Role, Term, Condition, Crossing], _meaning),
}
