"""Drafting: how a request that is being written stands before the law, with what is not saved yet.

Nothing here writes. ``look_ahead`` tells what would come of sending the form as it is on the
screen: which of its fields are given, which needs are met, which gates are open and what opens
the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from comity.base import Ident
from comity.base.canonical import Json
from comity.base.verdict import Finding, Verdict
from comity.domain.form import check_form
from comity.domain.moves import Opening, next_steps
from comity.law import Clock, Form, Gate, Process, StateProfile, Step
from comity.service.chains import read_acts
from comity.service.node import Node, Officer
from comity.service.rows import DossierRow
from comity.service.situations import Move, read_form, see

GOOD_PRACTICE = "good_practice"
ORDER = "order"


@dataclass(frozen=True, kw_only=True)
class GateSeen:
    """A gate of the sending, and what came of its need."""

    gate: Gate
    finding: Finding

    @property
    def is_open(self) -> bool:
        """Return whether its need is met."""
        return self.finding.verdict is Verdict.PASSED

    @property
    def gives_way(self) -> bool:
        """Return whether an officer's written reasons open it."""
        return self.gate.kind == GOOD_PRACTICE


@dataclass(frozen=True, kw_only=True)
class Ahead:
    """What would come of sending the form now.

    ``step`` is the step that sends, None where the process has none or the standing allows none;
    ``needs`` are its findings, ``checks`` those of the form's fields by their names.
    """

    head: DossierRow
    process: Process
    form: Form | None
    values: Mapping[str, Json]
    state: str
    step: Step | None
    needs: tuple[Finding, ...]
    gates: tuple[GateSeen, ...]
    checks: Mapping[str, Finding]
    clocks: tuple[Clock, ...]
    counterpart: StateProfile | None

    @property
    def may_amend(self) -> bool:
        """Return whether the standing still allows the form to be written."""
        draft = self.process.steps.get("draft")
        return draft is not None and self.state in draft.sources

    @property
    def closed(self) -> tuple[Finding, ...]:
        """Return what keeps the sending closed and gives way to no reasons."""
        unmet = [one for one in self.needs if one.verdict is not Verdict.PASSED]
        unmet += [one.finding for one in self.gates if not one.is_open and not one.gives_way]
        return tuple(unmet)

    @property
    def asks_reasons(self) -> tuple[GateSeen, ...]:
        """Return the gates of good practice that are closed: reasons open them."""
        return tuple(one for one in self.gates if not one.is_open and one.gives_way)

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the fields whose check failed, in the order of the form."""
        return tuple(name for name, one in self.checks.items() if one.verdict is not Verdict.PASSED)


def sending_step(process: Process) -> Step | None:
    """Return the step by which the asking side sends the whole form; None if there is none."""
    for step in process.steps.values():
        asks = step.side == process.sides.asking and "form_complete" in step.needs
        if asks and process.begins in step.sources:
            return step
    return None


def is_request(process: Process) -> bool:
    """Return whether one State makes it to another: an order on a provider stays at home."""
    return process.subject != ORDER and sending_step(process) is not None


def look_ahead(
    node: Node, actor: str, dossier: Ident, changed: Mapping[str, Json] | None = None
) -> Ahead:
    """Return how the form stands, with ``changed`` in the place of what was saved."""
    with node.store.view() as unit:
        head = unit.dossiers.get(dossier)
        process = node.process(head.process)
        values = {**read_form(node, unit, head, read_acts(unit, dossier)), **(changed or {})}
        step = sending_step(process)
        looker = Officer(actor=actor, role="")
        situation = see(node, unit, looker, head, Move(step=step.name if step else ""))
    situation = replace(situation, form=values)
    openings = {one.step.name: one for one in next_steps(situation)}
    opening = openings.get(step.name) if step else None
    form = node.book.forms.get(process.key)
    checks = check_form(form, values).findings if form else ()
    return Ahead(
        head=head,
        process=process,
        form=form,
        values=values,
        state=situation.standing.state,
        step=opening.step if opening else None,
        needs=opening.findings[: len(opening.step.needs)] if opening else (),
        gates=_gates(node, process, opening),
        checks={one.name: one for one in checks},
        clocks=_clocks(node, process, step),
        counterpart=situation.counterpart,
    )


def sending_terms(ahead: Ahead) -> dict[str, str]:
    """Return the particulars that clocks read from the act that sends: days that were asked for."""
    found: dict[str, str] = {}
    for clock in ahead.clocks:
        if clock.length is not None:
            continue
        name, field = (
            ("answer_by",) * 2 if clock.nature == "wish" else ("until", "confidential_until")
        )
        value = ahead.values.get(field)
        if isinstance(value, str) and value:
            found[name] = value
    return found


def _gates(node: Node, process: Process, opening: Opening | None) -> tuple[GateSeen, ...]:
    """Pair gates with their findings: after those of the needs, first the packs', then our own."""
    if opening is None:
        return ()
    step = opening.step
    own = node.profile.gates.values() if node.profile else ()
    gates = [*node.book.gates_of(process.key, step.name)]
    gates += [one for one in own if process.key in one.processes and step.name in one.closes]
    found = opening.findings[len(step.needs) :]
    return tuple(GateSeen(gate=one, finding=of) for one, of in zip(gates, found, strict=True))


def _clocks(node: Node, process: Process, step: Step | None) -> tuple[Clock, ...]:
    if step is None:
        return ()
    own = node.profile.clocks.values() if node.profile else ()
    known = [*node.book.clocks_of(process.key), *(one for one in own if one.process == process.key)]
    return tuple(one for one in known if step.name in one.starts)
