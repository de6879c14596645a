"""Which rules were applied to a dossier: process, standings, steps, clocks, gates; with sources."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from comity.base import Ident
from comity.law import Clock, Gate, Ground, Process
from comity.service.node import Node
from comity.service.reading import ShownDossier, show_dossier
from comity.web.pages.dossiers.lanes import party
from comity.web.pages.dossiers.showing import address, head_values
from comity.web.pages.dossiers.words import standing_label, step_label
from comity.web.pages.kit.pages import Answer, Sheet, page
from comity.web.pages.kit.seat import Seat
from comity.web.permissions import Permission


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A step that was taken here, and the row of the law file under which it was."""

    step: str
    label: str
    means: str
    law: str
    level: str
    times: int
    target: str


@page(
    "dossiers/<str:dossier>/law",
    Permission.DOSSIER_READ,
    name="dossier-law",
    title=_("Law applied"),
    room="dossiers",
)
def show_law(seat: Seat, dossier: str) -> Answer:
    """Show the rules of this dossier, and who stands behind each."""
    shown = show_dossier(seat.node, Ident(dossier))
    process = seat.node.book.processes.get(shown.head.process)
    values = {**head_values(seat, shown, process)}
    if process is not None:
        values |= {
            "rules": _rules(shown, process),
            "clocks": _clocks(seat.node, process),
            "gates": _gates(seat.node, process),
            "grounds": _grounds(seat.node, process),
            "states": [(standing_label(one.name), one) for one in process.states.values()],
            "book": seat.node.book,
            "other_books": _other_books(seat.node, shown),
            "giver": _giver(seat, shown, process),
            "process_link": address(seat, "law-process", book=process.pack, process=process.name),
        }
    return Sheet(template="dossiers/law.html", values=values)


def _rules(shown: ShownDossier, process: Process) -> list[Rule]:
    taken = [one.act.step for one in shown.acts]
    found = []
    for name in dict.fromkeys(taken):
        step = process.steps.get(name)
        if step is not None:
            found.append(
                Rule(
                    step=name,
                    label=step_label(name),
                    means=step.means,
                    law=str(step.law),
                    level=step.level.value,
                    times=taken.count(name),
                    target=standing_label(step.target) if step.target else "",
                )
            )
    return found


def _clocks(node: Node, process: Process) -> list[Clock]:
    own = node.profile.clocks.values() if node.profile else ()
    mine = [one for one in own if one.process == process.key]
    return [*node.book.clocks_of(process.key), *mine]


def _gates(node: Node, process: Process) -> list[Gate]:
    own = node.profile.gates.values() if node.profile else ()
    return [*node.book.gates_of(process.key), *(g for g in own if process.key in g.processes)]


def _grounds(node: Node, process: Process) -> list[Ground]:
    return list(node.book.grounds_of(process.key))


def _other_books(node: Node, shown: ShownDossier) -> int:
    """Return how many acts were signed under another law book than the one that is here now."""
    return sum(one.act.lawbook != node.book.digest for one in shown.acts)


def _giver(seat: Seat, shown: ShownDossier, process: Process) -> str:
    asks = shown.head.side == process.sides.asking
    return party(seat, shown.head, is_ours=not asks)
