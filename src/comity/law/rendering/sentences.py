"""One sentence for each rule; the review of a process is the review of its sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from comity.law.book import Book
from comity.law.clocks import Clock
from comity.law.gates import Gate
from comity.law.glossary import Need
from comity.law.grounds import Ground
from comity.law.outline import Scope
from comity.law.place import Place
from comity.law.processes import Crossing, Process, Step
from comity.law.questions import Question, Rest
from comity.law.rendering.wording import (
    capital,
    end_stop,
    say_list,
    say_name,
    say_period,
    say_side,
    say_source,
    stress,
)
from comity.law.safeguards import Safeguard

_NATURES: Final = {
    "treaty": "treaty",
    "own_law": "the State's own law",
    "wish": "a wish, which binds nobody",
}
_AT_ITS_TIME: Final = {
    "shown": "it is shown",
    "notified": "the people concerned are told",
    "sealed": "what lies under it is sealed",
    "lapsed": "what it measured is marked lapsed",
}
_KINDS: Final = {
    "treaty_content": "Treaty content: the step stays closed.",
    "own_law": "The State's own law: the step stays closed on that State's node.",
    "good_practice": "Good practice: it also opens with a named officer's written reasons.",
}
_EFFECTS: Final = {
    "refuse": "Assistance may be refused",
    "postpone": "Assistance may be postponed",
    "condition": "Assistance may be made subject to conditions",
    "warn": "The other side is to be warned",
    "forbidden": "Assistance may never be refused on this ground",
}


def say_step(process: Process, step: Step, needs: Mapping[str, Need]) -> str:
    """Return who may take the step, from where, on which conditions, and what it leads to."""
    sources = [state for state in process.states if state in step.sources]
    where = say_list(map(stress, sources))
    by = f"{say_side(step.side)} ({say_list(map(say_name, step.roles))})"
    parts = [
        f"**{say_name(step.name)}** – {end_stop(step.means)}",
        (
            f"{capital(by)} may do so while the {process.subject} is {where}"
            f"{_conditions(step.needs, needs)}; {_effect(process, step)}."
        ),
    ]
    if step.within:
        parts.append(f"It answers the clock {stress(step.within)}.")
    return " ".join([*parts, say_source(step.law, step.level, step.basis)])


def _conditions(names: Iterable[str], needs: Mapping[str, Need]) -> str:
    said = [needs[name].means for name in names]
    return f", if {', and '.join(said)}" if said else ""


def _effect(process: Process, step: Step) -> str:
    if step.target is not None:
        return f"the {process.subject} is then {stress(step.target)}"
    if step.is_exchanged:
        return "the standing stays as it is"
    return "it is kept in its own house and the standing stays as it is"


def say_crossings(process: Process) -> list[str]:
    """Return one sentence for each row of crossings, in the order of the file."""
    rows: dict[Place, list[Crossing]] = {}
    for crossing in process.crossings.values():
        rows.setdefault(crossing.place, []).append(crossing)
    return [_say_row(rows[place]) for place in sorted(rows)]


def _say_row(row: list[Crossing]) -> str:
    one = row[0]
    first = stress(one.first)
    others = say_list(stress(crossing.second) for crossing in row)
    if one.prevails is None:
        result = f"both hold, {first} first"
    elif one.prevails == one.first:
        result = f"{first} prevails and the other is overtaken"
    else:
        result = f"the other prevails and {first} is overtaken"
    source = say_source(one.law, one.level, one.basis)
    return f"If {first} crosses with {others}, {result}. {end_stop(one.means)} {source}"


def say_clock(clock: Clock) -> str:
    """Return what the clock measures, who owes it, from when to when."""
    counted = "the delivery" if clock.counts_from == "delivery" else "the act"
    runs = "to the date that the starting step names"
    if clock.length is not None:
        runs = f"{say_period(clock.length)}, days counted in {clock.zone},"
    starts, ends = say_list(map(stress, clock.starts)), say_list(map(stress, clock.ends))
    parts = [
        f"**{say_name(clock.clock)}** ({_NATURES[clock.nature]}) – {end_stop(clock.means)}",
        f"It is owed by {say_side(clock.owed_by)}.",
        f"It runs {runs} from {counted} of {starts}; it ends with {ends}.",
    ]
    if clock.extended_by:
        parts.append(f"It is extended by {say_list(map(stress, clock.extended_by))}.")
    if clock.then is not None:
        parts.append("It then goes on until the request that follows is decided.")
    parts.append(f"At its time {_AT_ITS_TIME[clock.at_its_time]}.")
    return " ".join([*parts, say_source(clock.law, clock.level, clock.basis)])


def say_ground(ground: Ground) -> str:
    """Return what the ground allows, and what is owed with it."""
    owed = "Reasons are owed." if ground.reasons_owed else "Reasons are not owed."
    parts = [
        f"**{say_name(ground.ground)}** – {end_stop(ground.means)}",
        f"{_EFFECTS[ground.effect]}. {owed}",
    ]
    if ground.consult_first:
        parts.append("The other side is consulted first.")
    if ground.reservation:
        name = stress(ground.reservation)
        parts.append(f"It is open only to a State whose file holds the condition {name}.")
    return " ".join([*parts, say_source(ground.law, ground.level, ground.basis)])


def say_question(question: Question) -> str:
    """Return which steps answer the question."""
    answers = say_list(map(stress, question.answers))
    source = say_source(question.law, question.level, question.basis)
    return f"{stress(question.question)} is answered by {answers}. {source}"


def say_rest(rest: Rest) -> str:
    """Return on which grounds the step may rest."""
    effects = say_list((f"“{_EFFECTS[one].lower()}”" for one in rest.effects), "or")
    source = say_source(rest.law, rest.level, rest.basis)
    return f"{stress(rest.step)} may rest on a ground that says: {effects}. {source}"


def say_scope(scope: Scope) -> str:
    """Return which offences the instrument reaches."""
    articles = say_list((f"[{law}]" for law in scope.offences), "and")
    reached = f"the offences of {articles}" if scope.offences else "evidence of any offence"
    parts = [f"It reaches {reached}."]
    if scope.serious is not None:
        parts.append(
            "It also reaches any offence whose longest penalty is at least "
            f"{scope.serious.months} months. [{scope.serious.law}]"
        )
    return " ".join([*parts, say_source(scope.law, scope.level, scope.basis)])


def say_gate(gate: Gate, needs: Mapping[str, Need]) -> str:
    """Return what the gate closes, and what opens it."""
    closes = say_list(map(stress, gate.closes), "and")
    return " ".join(
        [
            f"**{say_name(gate.gate)}** – {end_stop(gate.means)}",
            f"It closes {closes} until {needs[gate.needs].means}. {_KINDS[gate.kind]}",
            say_source(gate.law, gate.level, gate.basis),
        ]
    )


def say_safeguard(safeguard: Safeguard) -> str:
    """Return the safeguard and what keeps it."""
    kept = say_list((f"`{keeper}`" for keeper in safeguard.kept_by), "and")
    source = say_source(safeguard.law, safeguard.level, safeguard.basis)
    means = end_stop(safeguard.means)
    return f"**{say_name(safeguard.safeguard)}** – {means} Kept by {kept}. {source}"


def keepers_of(book: Book, process: Process) -> frozenset[str]:
    """Return everything of this process that can keep a safeguard."""
    key = process.key
    forms = book.forms_of(key)
    return frozenset(
        {f"form:{form.key}" for form in forms}
        | {f"form:{form.key}/{name}" for form in forms for name in form.fields}
        | {f"step:{key}/{name}" for name in process.steps}
        | {f"clock:{clock.key}" for clock in book.clocks_of(key)}
        | {f"ground:{ground.key}" for ground in book.grounds_of(key)}
        | {f"gate:{gate.key}" for gate in book.gates_of(key)}
        | {f"need:{need}" for step in process.steps.values() for need in step.needs}
    )
