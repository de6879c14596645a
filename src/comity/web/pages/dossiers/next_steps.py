"""Which steps are next for who sits here: open, closed and why, and where each is taken.

A need that the step itself brings (a ground, reasons, a day) does not close it: the page of the
step asks for it. A gate of good practice does not either: it opens with written reasons there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.urls import NoReverseMatch, reverse

from comity.base import Ident
from comity.base.verdict import Finding
from comity.domain.moves import Opening
from comity.law import Gate, Process, Step
from comity.service.node import Node, Officer
from comity.service.reading import list_steps
from comity.service.rows import DossierRow
from comity.web.pages.dossiers.words import step_label
from comity.web.pages.kit.seat import Seat

GOOD_PRACTICE: Final = "good_practice"
# What the page of the step asks for itself, so that its absence now closes nothing.
BROUGHT: Final = frozenset(
    {
        "conditions_named",
        "consulted_first",
        "costs_stated",
        "erasure_ordered",
        "ground_named",
        "inventory_compared",
        "missing_named",
        "order_served",
        "order_within_limit",
        "person_notified",
        "proof_attached",
        "reasons_given",
        "until_named",
        "urgency_stated",
        "use_covered",
    }
)
# Steps that have a page of their own, with what they need around them.
_ELSEWHERE: Final = {
    "call_back": "dossier-callback",
    "collect_evidence": "evidence",
    "disclose_part": "evidence",
    "draft": "dossier-form",
    "open_evidence": "evidence",
    "seal_collected": "evidence",
    "seal_evidence": "evidence",
    "send": "dossier-check",
    "serve": "dossier-check",
    "serve_production": "dossier-check",
    "take_in": "evidence",
}


# Steps that carry evidence from node to node, or are a plain step if it went by hand.
_ACROSS: Final = frozenset({"confirm_receipt", "hand_over"})
# What one should not press for being the first in sight.
_GRAVE: Final = frozenset({"court_ordered_erasure", "refuse", "revoke", "withdraw"})


@dataclass(frozen=True, kw_only=True)
class NextStep:
    """One step as the page shows it."""

    opening: Opening
    label: str
    address: str
    unmet: tuple[Finding, ...]
    is_role_fit: bool

    @property
    def step(self) -> Step:
        """Return the row of the law file."""
        return self.opening.step

    @property
    def is_main(self) -> bool:
        """Return whether its button stands out: it moves the request on, and is not grave."""
        return self.step.moves and self.step.name not in _GRAVE

    @property
    def is_open(self) -> bool:
        """Return whether it can be taken from here, with what its own page asks for."""
        return self.is_role_fit and not self.unmet


def next_steps(seat: Seat, dossier: Ident) -> tuple[NextStep, ...]:
    """Return the steps of our side, those that move the standing first."""
    node = seat.node
    looker = Officer(actor=seat.actor, role=seat.role)
    roles = frozenset({seat.role} if seat.role else seat.roles)
    with node.store.view() as unit:
        head = unit.dossiers.get(dossier)
    process = node.process(head.process)
    opened = list_steps(node, looker, dossier)
    found = [_next(node, process, head, one, roles) for one in opened]
    found.sort(key=lambda one: (not one.is_main, not one.step.moves, not one.step.is_exchanged))
    return tuple(found)


def hard_unmet(opening: Opening, gates: tuple[Gate, ...]) -> tuple[Finding, ...]:
    """Return what keeps a step closed whatever its page would be told."""
    soft = BROUGHT | {one.needs for one in gates if one.kind == GOOD_PRACTICE}
    return tuple(one for one in opening.unmet if one.name not in soft - _strict(opening))


def _strict(opening: Opening) -> frozenset[str]:
    """Return the step's own needs that no page can bring: reasons do not pass them."""
    return frozenset(opening.step.needs) - BROUGHT


def own_page(step: str) -> str:
    """Return the name of the page of a step that has one of its own; else nothing."""
    return _ELSEWHERE.get(step, "")


def gates_of(node: Node, process: Process, step: str) -> tuple[Gate, ...]:
    """Return all gates of a step on this node, the packs' and the own State's."""
    own = node.profile.gates.values() if node.profile else ()
    mine = (one for one in own if process.key in one.processes and step in one.closes)
    return (*node.book.gates_of(process.key, step), *mine)


def address_of(dossier: Ident, step: str, channel: str) -> str:
    """Return where a step is taken; what goes by hand needs no transfer from node to node."""
    special = own_page(step) or ("evidence" if step in _ACROSS and channel == "node" else "")
    if special:
        try:
            return reverse(special, kwargs={"dossier": str(dossier)})
        except NoReverseMatch:
            pass  # that room is not there; the page for any step does
    return reverse("dossier-step", kwargs={"dossier": str(dossier), "step": step})


def _next(
    node: Node, process: Process, head: DossierRow, opening: Opening, roles: frozenset[str]
) -> NextStep:
    step = opening.step
    return NextStep(
        opening=opening,
        label=step_label(step.name),
        address=address_of(head.ident, step.name, head.channel),
        unmet=hard_unmet(opening, gates_of(node, process, step.name)),
        is_role_fit=bool(roles & set(step.roles)),
    )
