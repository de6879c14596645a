"""The request: opening a dossier, writing its form, taking its steps.

Every verb reads the same way: hold the dossier, ask whether the law permits it now,
record the act; with the act come the standing, the deadlines and the message to send.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from comity.base import Ident
from comity.base.canonical import Json
from comity.domain.dossier import Channel, LegalBasis
from comity.domain.moves import require_step
from comity.domain.party import StateCode
from comity.law import Step
from comity.seal.act import SignedAct
from comity.service.chains import HOUSE, Wording, read_acts, write_act
from comity.service.deriving import OPEN, PRIORITIES, ROUTINE
from comity.service.errors import Moved, OtherGround, Unfit
from comity.service.node import Node, Officer
from comity.service.ports import Unit
from comity.service.rows import DossierRow, StandingRow
from comity.service.settling import record_act, settle
from comity.service.situations import FORM, Move, read_dossier, read_form, see

DRAFT = "draft"


@dataclass(frozen=True, kw_only=True)
class Opening:
    """What must be known before there is a dossier: of what kind, with whom, on what basis.

    ``basis`` names a pack (``uncc``) or another treaty (``treaty: …``); ``channel`` is how
    acts go out; ``is_asking`` whether our State asks, or is asked.
    """

    process: str
    counterpart: str
    authority: str
    basis: str
    channel: str
    is_asking: bool = True
    investigation: Ident | None = None
    follows: Ident | None = None
    priority: str = ROUTINE


def open_dossier(node: Node, officer: Officer, opening: Opening) -> Ident:
    """Open a dossier and return its identifier."""
    with node.store.unit() as unit:
        return begin_dossier(node, unit, officer, _new_head(node, opening)).ident


def begin_dossier(node: Node, unit: Unit, officer: Officer, head: DossierRow) -> DossierRow:
    """Open the dossier of that head, whose version is 0, by a house act of ``officer``."""
    _require_company(unit, head)
    unit.dossiers.add(head)
    unit.standings.add(StandingRow(dossier=head.ident, state="", outcomes=b""))
    write_act(node, unit, officer, head.ident, _opening_words(node, head))
    begun = settle(node, unit, head.ident, expected=head.version)
    _settle_followed(node, unit, head)
    return begun


def amend_form(
    node: Node, officer: Officer, dossier: Ident, values: Mapping[str, Json]
) -> SignedAct:
    """Write the form anew; what is written stays in the house until it is sent."""
    move = Move(step=DRAFT, content={FORM: dict(values)})
    return keep_house_act(node, officer, dossier, move)


def take_step(
    node: Node, officer: Officer, dossier: Ident, move: Move, *, version: int | None = None
) -> SignedAct:
    """Take a step of our own side, as the law file of the process has it.

    Raise ``StepClosed`` with what is unmet if the law does not permit it now; raise
    ``Moved`` if the dossier is not the one that the officer saw at ``version``.
    """
    with node.store.unit() as unit:
        held = hold(node, unit, dossier, version)
        move = _with_form(node, unit, held, move)
        step = require_step(see(node, unit, officer, held, move)).step
        return record_act(node, unit, officer, held, step_words(held, step, move))


def keep_house_act(node: Node, officer: Officer, dossier: Ident, move: Move) -> SignedAct:
    """Write an act that stays in the house; where the law file has such a step, it binds."""
    with node.store.unit() as unit:
        held = hold(node, unit, dossier)
        words = house_words(node, unit, officer, held, move)
        return record_act(node, unit, officer, held, words)


def hold(node: Node, unit: Unit, dossier: Ident, version: int | None = None) -> DossierRow:
    """Return the dossier, which nobody else may change until the unit ends."""
    held = unit.dossiers.lock(dossier)
    if version is not None and held.version != version:
        detail = f"It had {version} acts when it was read, and has {held.version}."
        raise Moved(detail, where=str(dossier))
    if held.exercise is not node.exercise:
        raise OtherGround(where=str(dossier))
    return held


def step_words(held: DossierRow, step: Step, move: Move) -> Wording:
    """Return how the act of a step is worded."""
    against: dict[str, Json] = {}
    if move.reasons_against:
        against["reasons_against"] = dict(move.reasons_against)
    return Wording(
        track=step.kept,
        process=held.process,
        step=step.name,
        side=step.side,
        law=str(step.law),
        channel=move.channel or held.channel,
        content={**move.content, **against},
        documents=move.documents,
        covers=move.covers,
        cites=move.cites,
        terms=move.terms,
    )


def house_words(node: Node, unit: Unit, officer: Officer, held: DossierRow, move: Move) -> Wording:
    """Return how a house act is worded. A step that the law file has must be open now."""
    process = node.process(held.process)
    if move.step in process.steps:
        step = require_step(see(node, unit, officer, held, move)).step
        return step_words(held, step, move)
    return platform_words(node, held, move)


def platform_words(node: Node, held: DossierRow, move: Move) -> Wording:
    """Return how a house act of the platform's own is worded."""
    return Wording(
        track=HOUSE,
        process=held.process,
        step=move.step,
        side=held.side,
        law=str(node.process(held.process).law),
        channel=move.channel or held.channel,
        content=move.content,
        documents=move.documents,
        covers=move.covers,
        terms=move.terms,
    )


def _with_form(node: Node, unit: Unit, held: DossierRow, move: Move) -> Move:
    """Let what asks for a whole form carry the form as it stands."""
    step = node.process(held.process).steps.get(move.step)
    if step is None or "form_complete" not in step.needs or FORM in move.content:
        return move
    form = read_form(node, unit, held, read_acts(unit, held.ident))
    return replace(move, content={FORM: dict(form), **move.content})


def _new_head(node: Node, opening: Opening) -> DossierRow:
    sides = node.process(opening.process).sides
    head = DossierRow(
        ident=node.idents.new("dos"),
        version=0,
        process=opening.process,
        side=sides.asking if opening.is_asking else sides.asked,
        counterpart=str(StateCode.parse(opening.counterpart)),
        counterpart_authority=opening.authority,
        basis=str(LegalBasis.parse(opening.basis)),
        channel=Channel.parse(opening.channel).value,
        exercise=node.exercise,
        opened=node.clock.now(),
        follows=opening.follows,
        investigation=opening.investigation,
        priority=_read_priority(opening.priority),
    )
    read_dossier(node, head)  # the domain refuses what does not fit together
    return head


def _read_priority(text: str) -> str:
    if text not in PRIORITIES:
        detail = f"Priorities are {', '.join(PRIORITIES)}."
        raise Unfit(detail)
    return text


def _require_company(unit: Unit, head: DossierRow) -> None:
    """Refuse to join an investigation, or to follow a dossier, that is not there."""
    if head.investigation is not None:
        unit.investigations.get(head.investigation)
    if head.follows is not None and unit.dossiers.lock(head.follows).side != head.side:
        detail = "A request follows one of the same side."
        raise Unfit(detail, where=str(head.follows))


def _opening_words(node: Node, head: DossierRow) -> Wording:
    terms = {
        "counterpart": head.counterpart,
        "counterpart_authority": head.counterpart_authority,
        "basis": head.basis,
    }
    if head.follows is not None:
        terms["follows"] = str(head.follows)
    if head.investigation is not None:
        terms["investigation"] = str(head.investigation)
    if head.priority != ROUTINE:
        terms["priority"] = head.priority
    return platform_words(node, head, Move(step=OPEN, terms=terms))


def _settle_followed(node: Node, unit: Unit, head: DossierRow) -> None:
    if head.follows is not None:
        followed = unit.dossiers.lock(head.follows)
        settle(node, unit, followed.ident, expected=followed.version)
