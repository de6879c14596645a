"""Two sides of one request: what one does, and that the other holds it too.

A step is taken at one State's desk door. If it is exchanged, the play goes on only when the
other State's desk shows the same act, by its digest. Both standings are told as they change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httpx2

from comity.law import Book
from demo.desk import Declined, as_base64
from demo.house import House
from demo.programs import await_that
from demo.telling import Teller

_READER: Final = "central_authority"
_PLATFORM: Final = {"record_delivery": "What we sent has reached the other side."}


@dataclass
class Request:
    """One request between two States, or an order within one; each step is told."""

    teller: Teller
    book: Book
    ident: str
    process: str
    asking: House
    asked: House | None = None
    patience: float = 240
    told: dict[str, str] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)

    def take(self, house: House, role: str, step: str, **move: Any) -> dict[str, Any]:  # noqa: ANN401 # as JSON is
        """Let the person with ``role`` take ``step``; wait until the other side has it."""
        documents: Mapping[str, bytes] = move.pop("documents", {})
        body = {"step": step, **move}
        if documents:
            body["documents"] = as_base64(documents)
        act: dict[str, Any] = house.desk(role).post(f"dossiers/{self.ident}/steps", body)
        self.tell(house, act)
        if act["track"] == "exchanged" and self.asked is not None:
            self.await_act(house, str(act["digest"]), step)
        self.tell_standing()
        return act

    def fill(self, house: House, role: str, values: Mapping[str, Any]) -> None:
        """Write the form."""
        act = house.desk(role).put(f"dossiers/{self.ident}/form", {"values": dict(values)})
        self.tell(house, act)

    def record(self, house: House, role: str, step: str, **reply: Any) -> dict[str, Any]:  # noqa: ANN401 # as JSON is
        """Record a step of somebody who has no node."""
        act: dict[str, Any] = house.desk(role).post(
            f"dossiers/{self.ident}/recorded", {"step": step, **reply}
        )
        self.tell(house, act)
        self.tell_standing()
        return act

    def show(self, house: House, role: str = _READER) -> dict[str, Any]:
        """Return the dossier as one side holds it."""
        found: dict[str, Any] = house.desk(role).get(f"dossiers/{self.ident}")
        return found

    def has(self, house: House) -> bool:
        """Return whether a side has the dossier: the first act that comes opens it there."""
        if house.state not in self.known:
            try:
                self.show(house)
            except Declined as error:
                if error.status != httpx2.codes.NOT_FOUND:
                    raise
                return False
            self.known.add(house.state)
        return True

    def await_act(self, by: House, digest: str, step: str) -> None:
        """Wait until the other side holds the act."""
        other = self.other(by)

        def holds() -> bool:
            return self.has(other) and any(
                act["digest"] == digest for act in self.show(other)["acts"]
            )

        await_that(f"{other.state} holds {step} of {by.state}", holds, seconds=self.patience)

    def other(self, house: House) -> House:
        """Return the other side."""
        return self.asking if self.asked is house else self.asked or house

    def tell(self, house: House, act: Mapping[str, Any]) -> None:
        """Tell an act in the words of its law file."""
        step = self.book.processes[self.process].steps.get(str(act["step"]))
        means = step.means if step else _PLATFORM.get(str(act["step"]), "")
        self.teller.step(house.state, act, means)

    def tell_standing(self) -> None:
        """Tell where it stands on each side, if that has changed."""
        for house in (self.asking, self.asked):
            if house is not None and self.has(house):
                state = str(self.show(house)["state"])
                if self.told.get(house.state) != state:
                    self.told[house.state] = state
                    means = self.book.processes[self.process].states[state].means
                    self.teller.standing(house.state, state, means)

    def tell_deadlines(self, house: House) -> None:
        """Tell what is due, as one side sees it."""
        self.teller.deadlines(row for row in self.show(house)["deadlines"] if row["state"] != "met")
