"""Ask the law book what it says of a provision, a process, a form, a ground, a clock.

A question is a provision (``uncc:42(3)``), a name (``preservation``), or a name with its
kind before it (``clock:hold_minimum``). A provision is answered with what it says and with
everything that cites it: that is what keeps it.
"""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from comity.base.canonical import Json
from comity.base.clock import Period
from comity.base.errors import AskedWrongly
from comity.law.book import Book
from comity.law.national import StateProfile
from comity.law.outline import Pack
from comity.law.place import Place
from comity.law.provision import BadProvision, Provision

_MOST: Final = 8
_SMALL: Final = {"step", "standing", "field", "crossing", "question", "rest"}


class NotInBook(AskedWrongly):
    """The law book knows nothing of that."""

    code = "law/not-in-book"
    remedy = "`comity law show` lists what there is."


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in the book: its kind, its key, and the thing itself."""

    kind: str
    key: str
    thing: Any
    laws: tuple[Provision, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """Return all ways to ask for it."""
        parts = self.key.split("/")
        keys = {"/".join(parts[start:]) for start in range(len(parts))}
        return frozenset(keys | {f"{self.kind}:{key}" for key in keys})

    def as_data(self) -> dict[str, Json]:
        """Return it as data for machines."""
        return {"kind": self.kind, "key": self.key, "content": as_data(self.thing)}


def list_entries(book: Book) -> Iterator[Entry]:
    """Yield everything that can be asked for by name."""
    tables: Mapping[str, Mapping[str, Any]] = {
        "process": book.processes,
        "form": book.forms,
        "clock": book.clocks,
        "ground": book.grounds,
        "gate": book.gates,
        "safeguard": book.safeguards,
    }
    for kind, table in tables.items():
        yield from (Entry(kind, key, thing, (thing.law,)) for key, thing in table.items())
    yield from (_scope(pack) for pack in book.packs.values())
    yield from _parts(book)
    for state in book.states.values():
        yield from _own_law(state)
    yield from (Entry("term", term.term, term, _given(term.law)) for term in book.glossary.values())
    yield from (Entry("need", need.need, need) for need in book.needs.values())
    yield from (Entry("role", role.role, role) for role in book.roles.values())


def _scope(pack: Pack) -> Entry:
    scope = pack.scope
    serious = () if scope.serious is None else (scope.serious.law,)
    return Entry("scope", pack.pack, scope, (scope.law, *serious, *scope.offences))


def _parts(book: Book) -> Iterator[Entry]:
    for process in book.processes.values():
        for name, step in process.steps.items():
            yield Entry("step", f"{process.key}/{name}", step, (step.law,))
        for name, state in process.states.items():
            yield Entry("standing", f"{process.key}/{name}", state, _given(state.law))
        for (asking, asked), crossing in process.crossings.items():
            yield Entry("crossing", f"{process.key}/{asking}+{asked}", crossing, (crossing.law,))
    for question in book.questions.values():
        yield Entry("question", question.key, question, (question.law,))
    for rest in book.rests.values():
        yield Entry("rest", rest.key, rest, (rest.law,))
    for form in book.forms.values():
        for name, field in form.fields.items():
            yield Entry("field", f"{form.key}/{name}", field, (field.law,))


def _own_law(state: StateProfile) -> Iterator[Entry]:
    yield Entry("state", state.state, state)
    for clock in state.clocks.values():
        yield Entry("clock", clock.key, clock, (clock.law,))
    for gate in state.gates.values():
        yield Entry("gate", gate.key, gate, (gate.law,))
    for condition in state.conditions:
        key = f"{state.state}/{condition.condition}"
        yield Entry("condition", key, condition, (condition.law,))


def _given(law: Provision | None) -> tuple[Provision, ...]:
    return () if law is None else (law,)


def ask_name(book: Book, question: str) -> tuple[Entry, ...]:
    """Return everything of that name; raise ``NotInBook`` with what is nearest.

    Steps, fields and the like are found by their bare names too, but only where
    nothing greater bears the name.
    """
    found = [entry for entry in list_entries(book) if question in entry.names]
    if not found:
        raise NotInBook(_nearest(book, question))
    great = [entry for entry in found if entry.kind not in _SMALL]
    return tuple(great or found)


def ask_provision(book: Book, law: Provision) -> tuple[Entry, ...]:
    """Return what keeps ``law`` or anything within it: all that cites it.

    Raise ``NotInBook`` if no outline lists it.
    """
    if book.clause(law) is None:
        raise NotInBook(_nearest(book, str(law)))
    entries = list_entries(book)
    return tuple(entry for entry in entries if any(law.contains(one) for one in entry.laws))


def read_question(question: str) -> Provision | str:
    """Return the provision that is asked for, or the name.

    Raise ``BadProvision`` for what is neither, such as 40.10.
    """
    try:
        return Provision.parse(question)
    except BadProvision:
        if any(letter.isalpha() for letter in question.partition(":")[2] or question):
            return question
        raise


def _nearest(book: Book, question: str) -> str:
    known: set[str] = {str(law) for outline in book.outlines() for law in outline}
    for entry in list_entries(book):
        known |= entry.names
    by_small = {name.lower(): name for name in sorted(known)}
    near = difflib.get_close_matches(question[:200].lower(), by_small, n=_MOST, cutoff=0.6)
    detail = f"{question[:200]!r} is neither a provision nor a name in it."
    if near:
        detail += f" Did you mean {', '.join(by_small[name] for name in near)}?"
    return detail


def as_data(value: object) -> Json:
    """Return any part of the book as plain data; provisions, places and periods as written."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Mapping):
        return {_key(key): as_data(inside) for key, inside in value.items()}
    if isinstance(value, frozenset | tuple | list):
        return [as_data(item) for item in (sorted(value) if _is_set(value) else value)]
    if dataclasses.is_dataclass(value) and not isinstance(value, Place | Period | Provision):
        fields = dataclasses.fields(value)
        return {field.name: as_data(getattr(value, field.name)) for field in fields}
    return str(value.value if isinstance(value, Enum) else value)


def _is_set(value: object) -> bool:
    return isinstance(value, frozenset)


def _key(key: object) -> str:
    return "+".join(map(str, key)) if isinstance(key, tuple) else str(key)
