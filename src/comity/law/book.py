"""The law book: all packs and States together, with one digest over what they say.

The digest is taken over the canonical form of the content: a change of any value
changes it; a change of a comment, of layout or of the order of files does not. It
goes into every act, so that one can say years later under which text a step was taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from comity.base.digest import Digest
from comity.law.clocks import Clock
from comity.law.forms import Form
from comity.law.gates import Gate
from comity.law.glossary import Need, Role, Term
from comity.law.grounds import Ground
from comity.law.national import StateProfile
from comity.law.outline import Clause, Pack
from comity.law.processes import Process
from comity.law.provision import Provision
from comity.law.questions import Question, Rest
from comity.law.safeguards import Safeguard


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """All the law that a node knows. Keys are ``pack/name``; a clock's is ``pack/process/name``."""

    version: str
    digest: Digest
    packs: Mapping[str, Pack]
    processes: Mapping[str, Process]
    forms: Mapping[str, Form]
    clocks: Mapping[str, Clock]
    grounds: Mapping[str, Ground]
    gates: Mapping[str, Gate]
    safeguards: Mapping[str, Safeguard]
    questions: Mapping[str, Question]
    rests: Mapping[str, Rest]
    states: Mapping[str, StateProfile]
    glossary: Mapping[str, Term]
    needs: Mapping[str, Need]
    roles: Mapping[str, Role]

    def clause(self, law: Provision) -> Clause | None:
        """Return what ``law`` says; None where the outline does not list it."""
        for outline in self.outlines():
            if law in outline:
                return outline[law]
        return None

    def outlines(self) -> tuple[Mapping[Provision, Clause], ...]:
        """Return the outlines of all packs and of all States' own acts."""
        packs = (pack.outline for pack in self.packs.values())
        states = (state.outline for state in self.states.values())
        return (*packs, *states)

    def forms_of(self, process: str) -> tuple[Form, ...]:
        """Return the forms of the process with this key."""
        return tuple(form for form in self.forms.values() if form.process == process)

    def clocks_of(self, process: str) -> tuple[Clock, ...]:
        """Return the packs' clocks of the process; a State's own are in its profile."""
        return tuple(clock for clock in self.clocks.values() if clock.process == process)

    def grounds_of(self, process: str) -> tuple[Ground, ...]:
        """Return the grounds that apply to the process."""
        return tuple(ground for ground in self.grounds.values() if process in ground.processes)

    def answers_of(self, pack: str) -> Mapping[str, str]:
        """Return, for each step of the pack that answers, the question that it answers."""
        own = [one for key, one in self.questions.items() if key.startswith(f"{pack}/")]
        return {answer: one.question for one in own for answer in one.answers}

    def answers_to(self, pack: str, question: str) -> frozenset[str]:
        """Return the steps of which any one answers the question."""
        found = self.questions.get(f"{pack}/{question}")
        return frozenset(found.answers if found else ())

    def effects_of(self, pack: str, step: str) -> frozenset[str]:
        """Return the effects of the grounds on which the step may rest."""
        found = self.rests.get(f"{pack}/{step}")
        return frozenset(found.effects if found else ())

    def gates_of(self, process: str, step: str = "") -> tuple[Gate, ...]:
        """Return the packs' gates of the process, or of one of its steps."""
        return tuple(
            gate
            for gate in self.gates.values()
            if process in gate.processes and (not step or step in gate.closes)
        )
