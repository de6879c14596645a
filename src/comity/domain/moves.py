"""Moves: which steps are open to one side now, and what keeps the others closed.

A step is open if the standing permits it to this side, the person holds one of its
roles, every need is met and every gate is open. Gates are of three kinds: *treaty
content* and a *State's own law* (on that State's own node) close the step until their
need is met; *good practice* also opens with a named officer's written reasons, which
the act then carries. Gates bind whoever acts, never whoever receives: an incomplete
request that comes in can be acknowledged, and more can be asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from comity.base.errors import NotPermitted
from comity.base.verdict import Finding, Verdict
from comity.domain.conditions import examine
from comity.domain.situation import Situation
from comity.law import Gate, Step

_GOOD_PRACTICE: Final = "good_practice"


class StepClosed(NotPermitted):
    """This step cannot be taken now."""

    code = "domain/step-closed"
    remedy = "Meet what is named, or take another of the steps that are open."


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """One step as it stands now.

    ``findings`` are all its needs and gates, ``unmet`` those that keep it closed;
    ``overridden`` names the gates that an officer's reasons opened.
    """

    step: Step
    findings: tuple[Finding, ...]
    unmet: tuple[Finding, ...]
    overridden: tuple[str, ...]
    is_role_fit: bool

    @property
    def is_open(self) -> bool:
        """Return whether it may be taken."""
        return self.is_role_fit and not self.unmet


def next_steps(situation: Situation) -> tuple[Opening, ...]:
    """Return the steps that the standing permits to the situation's side, open or closed."""
    return tuple(
        _opening(situation.proposing(step.name), step)
        for step in situation.process.steps.values()
        if step.side == situation.side and situation.standing.state in step.sources
    )


def require_step(situation: Situation) -> Opening:
    """Return the opening of the situation's step; raise ``StepClosed`` if it is not open."""
    opening = weigh_step(situation)
    step = opening.step
    if not opening.is_role_fit:
        detail = f"It is for {', '.join(step.roles)}, not for {situation.role}."
        raise StepClosed(detail, where=step.name, law=str(step.law))
    if opening.unmet:
        detail = " ".join(f"{one.says} [{one.source}]" for one in opening.unmet)
        raise StepClosed(detail, where=step.name, law=opening.unmet[0].source)
    return opening


def weigh_step(situation: Situation) -> Opening:
    """Return the opening of the situation's step, open or closed, with what it carries.

    Raise ``StepClosed`` if it is no step of this side, or none from where the request stands.
    """
    step = _own_step(situation)
    if situation.standing.state not in step.sources:
        detail = f"{step.name} is not possible while the request stands at {_state(situation)}."
        raise StepClosed(detail, where=step.name, law=str(step.law))
    return _opening(situation, step)


def require_recording(situation: Situation) -> Step:
    """Return the step of the *other* side that is to be recorded; raise ``StepClosed``.

    What came in is a fact and is never bounced: not for its needs, since a refusal without
    reasons is still a refusal, and not for the standing, since a letter may have crossed
    ours. The standing says what becomes of it. House steps of others cannot be known.
    """
    step = situation.process.steps.get(situation.step)
    if step is None or step.side == situation.side or not step.is_exchanged:
        detail = f"{situation.step!r} is no step that the other side makes known to us."
        raise StepClosed(detail)
    return step


def _own_step(situation: Situation) -> Step:
    step = situation.process.steps.get(situation.step)
    if step is None or step.side != situation.side:
        key = situation.process.key
        detail = f"{situation.step!r} is no step of the {situation.side} side in {key}."
        raise StepClosed(detail)
    return step


def _state(situation: Situation) -> str:
    state = situation.process.states[situation.standing.state]
    return f"{state.name} ({state.means})"


def _opening(situation: Situation, step: Step) -> Opening:
    asked: list[tuple[str, str, Gate | None]] = [(need, str(step.law), None) for need in step.needs]
    asked += [(gate.needs, str(gate.law), gate) for gate in _gates(situation)]
    findings, unmet, overridden = [], [], []
    for check, (need, law, gate) in enumerate(asked, 1):
        finding = examine(need, situation, check=check, source=law)
        findings.append(finding)
        if finding.verdict is Verdict.PASSED:
            continue
        if gate is not None and _is_passed(situation, gate):
            overridden.append(gate.gate)
        else:
            unmet.append(finding)
    return Opening(
        step=step,
        findings=tuple(findings),
        unmet=tuple(unmet),
        overridden=tuple(overridden),
        is_role_fit=not situation.role or situation.role in step.roles,
    )


def _gates(situation: Situation) -> Iterator[Gate]:
    """Yield the packs' gates of the step, then those of the own State's law."""
    yield from situation.book.gates_of(situation.process.key, situation.step)
    own = situation.profile.gates.values() if situation.profile else ()
    for gate in own:
        if situation.process.key in gate.processes and situation.step in gate.closes:
            yield gate


def _is_passed(situation: Situation, gate: Gate) -> bool:
    """Tell whether reasons open the gate: good practice alone gives way to them."""
    reasons = situation.reasons_against.get(gate.gate, "")
    return gate.kind == _GOOD_PRACTICE and bool(reasons.strip())
