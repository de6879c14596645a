"""Two sides and their acts, as tests need them: each act in its author's chain, on the real law."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from comity.base.clock import Instant
from comity.base.digest import Digest
from comity.base.ident import Ident
from comity.domain.dossier import Dossier, LegalBasis
from comity.domain.entry import entries
from comity.domain.party import Party, StateCode
from comity.domain.situation import Situation
from comity.domain.standing import Standing, derive
from comity.law import Book
from comity.law.loading import load_book
from comity.seal.act import Act

BEGIN = "2026-03-02T08:00:00Z"
IDENT = Ident("dos_" + "0" * 26)


@cache
def book() -> Book:
    """Return the law book that Comity carries."""
    return load_book()


class Desk:
    """One dossier between XA, which asks, and XB; ``own`` is the State whose node this is."""

    def __init__(self, process: str = "uncc/preservation", own: str = "XA") -> None:
        self.book = book()
        self.process = self.book.processes[process]
        self.own = own
        self.now = Instant.parse(BEGIN)
        self.acts: list[Act] = []
        self.delivered: dict[Digest, Instant] = {}

    def at(self, moment: str) -> Desk:
        """Let the time be this."""
        self.now = Instant.parse(moment)
        return self

    def do(self, step: str, *, seen: Act | str | None = "all", **more: Any) -> Act:
        """Let the step's side take it, having seen all that the other did, or less."""
        row = self.process.steps[step]
        holder = "XA" if row.side == self.process.sides.asking else "XB"
        act = self._act(row.name, row.side, holder, row.kept, seen, more)
        self.acts.append(act)
        return act

    def record(self, step: str, *, seen: Act | None = None, **more: Any) -> Act:
        """Write down, in the own chain, what the other side did without a node."""
        row = self.process.steps[step]
        more.setdefault("recorded", {"channel": "letter"})
        act = self._act(row.name, row.side, self.own, "exchanged", seen, more)
        self.acts.append(act)
        return act

    def _act(  # noqa: PLR0917 # a test's own maker
        self,
        step: str,
        side: str,
        holder: str,
        track: str,
        seen: Act | str | None,
        more: Mapping[str, Any],
    ) -> Act:
        chain = [act for act in self.acts if (act.holder, act.track) == (holder, track)]
        theirs = [a for a in self.acts if a.side != side and a.track == "exchanged"]
        last = (theirs[-1] if theirs else None) if seen == "all" else seen
        values: dict[str, Any] = {
            "chain": str(IDENT),
            "track": track,
            "holder": holder,
            "number": len(chain),
            "before": chain[-1].digest if chain else None,
            "seen": last.digest if isinstance(last, Act) else None,
            "at": self.now,
            "process": self.process.key,
            "step": step,
            "side": side,
            "law": str(self.process.steps[step].law),
            "lawbook": self.book.digest,
            "authority": f"Authority of {holder}",
            "actor": f"officer-of-{holder}",
            "role": "duty_officer",
            "channel": "node",
            "exercise": True,
            "covers": {},
        }
        return Act(**{**values, **more})

    @property
    def standing(self) -> Standing:
        """Return where the dossier stands."""
        return derive(self.process, entries(self.acts))

    @property
    def dossier(self) -> Dossier:
        """Return the header."""
        return Dossier(
            ident=IDENT,
            process=self.process.key,
            asking=Party(StateCode("XA"), "Contact Point of Arvenia"),
            asked=Party(StateCode("XB"), "Contact Point of Belmora"),
            own=StateCode(self.own),
            basis=LegalBasis(pack="uncc"),
            exercise=True,
            opened=Instant.parse(BEGIN),
        )

    def situation(self, step: str = "", **more: Any) -> Situation:
        """Return the situation in which the own side is about to take ``step``."""
        other = "XB" if self.own == "XA" else "XA"
        values: dict[str, Any] = {
            "book": self.book,
            "process": self.process,
            "dossier": self.dossier,
            "standing": self.standing,
            "acts": tuple(self.acts),
            "side": self.dossier.side(self.process),
            "now": self.now,
            "step": step,
            "actor": f"officer-of-{self.own}",
            "profile": self.book.states[self.own],
            "counterpart": self.book.states[other],
            "delivered": self.delivered,
        }
        return Situation(**{**values, **more})


FULL_FORM: dict[str, Any] = {
    "requesting_authority": "Contact Point of Arvenia",
    "offence": {"article": "uncc:7"},
    "facts": "On 1 March the records of a hospital were encrypted and a ransom was asked.",
    "data": ["address: 203.0.113.7 port 443 at 2026-03-01T23:14:05+02:00"],
    "link": "The address is that of the server from which the attack was directed.",
    "necessity": "The host keeps its logs for seven days; nothing else names the attacker.",
    "follow_on": "yes",
    "language": "en",
}
