"""The situation: all that is known when someone is about to take a step.

Conditions read it and nothing else. What is not known is absent, and a condition that
needs it then answers *could not be decided*, which keeps the step closed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from comity.base.canonical import Json
from comity.base.clock import Instant
from comity.base.digest import Digest
from comity.base.errors import ComityError
from comity.domain.deadline import Deadline, FollowerView, deadlines
from comity.domain.dossier import Dossier
from comity.domain.entry import entries
from comity.domain.standing import Standing
from comity.domain.timeline import timeline
from comity.law import Book, Process, StateProfile
from comity.seal.act import Act


@dataclass(frozen=True, kw_only=True)
class Situation:
    """What the own State's node knows of one dossier, and what is about to be done.

    ``step`` is the step proposed, ``side`` who takes it; ``terms``, ``content``, ``covers``
    and ``channel`` are those of the act to be written. ``acts`` are all that this node
    holds, of both tracks and sides, ``followed`` those of the dossier that this one
    follows; ``form`` the values of the request's form.
    ``profile`` is the own State's law, ``counterpart`` what is known of the other's.
    ``directory_numbers`` are the numbers for calling back that the directory lists.
    ``reasons_against`` are an officer's written reasons for passing a good-practice gate.
    """

    book: Book
    process: Process
    dossier: Dossier
    standing: Standing
    acts: tuple[Act, ...]
    side: str
    now: Instant
    step: str = ""
    actor: str = ""
    role: str = ""
    channel: str = "node"
    form: Mapping[str, Json] = field(default_factory=dict)
    content: Mapping[str, Json] = field(default_factory=dict)
    terms: Mapping[str, str] = field(default_factory=dict)
    covers: Mapping[str, Digest] = field(default_factory=dict)
    profile: StateProfile | None = None
    counterpart: StateProfile | None = None
    delivered: Mapping[Digest, Instant] = field(default_factory=dict)
    follower: FollowerView | None = None
    followed: tuple[Act, ...] = ()
    directory_numbers: frozenset[str] = frozenset()
    reasons_against: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def history(self) -> tuple[Act, ...]:
        """Return the acts that count, in their order; overtaken ones do not."""
        named = {act.digest: act for act in self.acts}
        kept = timeline(entries(self.acts), self.standing)
        return tuple(named[entry.digest] for entry in kept)

    @cached_property
    def deadlines(self) -> tuple[Deadline, ...]:
        """Return the deadlines of the dossier as they stand now."""
        found = deadlines(
            self.book,
            self.process,
            entries(self.acts),
            self.standing,
            delivered=self.delivered,
            follower=self.follower,
            profile=self.profile,
        )
        return tuple(one.as_of(self.now) for one in found)

    def proposing(self, step: str) -> Situation:
        """Return the same situation with another step proposed; the history is read once."""
        other = dataclasses.replace(self, step=step)
        other.__dict__.update(history=self.history, deadlines=self.deadlines)
        return other

    def taken(self, *steps: str) -> tuple[Act, ...]:
        """Return the acts of these steps that count, in their order."""
        return tuple(act for act in self.history if act.step in steps)

    def since(self, *steps: str) -> tuple[Act, ...]:
        """Return the acts after the last of these steps; all if there is none."""
        places = [place for place, act in enumerate(self.history) if act.step in steps]
        return self.history[places[-1] + 1 :] if places else self.history

    def text(self, name: str) -> str:
        """Return what is written under this name in the content or the form; else nothing."""
        for values in (self.content, self.form):
            found = values.get(name)
            if isinstance(found, str) and found.strip():
                return found.strip()
        return ""

    def term(self, name: str) -> str:
        """Return a particular of the proposed act; else nothing."""
        return self.terms.get(name, "").strip()


def read_instant(text: str) -> Instant | None:
    """Return the moment that ``text`` names, or None."""
    try:
        return Instant.parse(text)
    except ComityError:
        return None
