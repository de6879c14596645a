"""Answers of providers: verified, recorded as steps of theirs, and never lost.

A coded answer becomes the step that the law file of orders has for it where things stand: we
record it, by the channel *portal*, and the answer file is the proof, whole. Where no step
fits now, the file is kept by a house act and a person decides what it means. The same file
sent again changes nothing and is receipted again. What the asking State may know of all
this is one word and the salted digest (``tell_holding``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from comity.base import Digest, Ident, Instant, canonical_bytes, limits
from comity.base.canonical import Json
from comity.base.errors import NotPermitted, TooLarge
from comity.domain.dossier import Channel
from comity.domain.entry import entries
from comity.domain.standing import derive
from comity.federation.answering import Answer, Code, open_answer
from comity.law import Process
from comity.seal.act import Act
from comity.seal.dsse import sign_envelope
from comity.service.chains import read_acts
from comity.service.codes import find_order, use_code
from comity.service.deriving import is_sent
from comity.service.node import Node, Officer
from comity.service.notices import MACHINE, note
from comity.service.order_errors import OtherOrder
from comity.service.ports import Unit
from comity.service.replies import PROOF, Reply, record_reply
from comity.service.requests import platform_words
from comity.service.rows import DossierRow
from comity.service.settling import record_act
from comity.service.situations import Move
from comity.service.speakers import Speaker, find_speaker, held_order, refusals_kept

KEEP: Final = "keep_answer"
FILE: Final = "answer"
RECEIPT_PAYLOAD: Final = "application/vnd.comity.answer-receipt+json"
RECEIPT_TYPE: Final = "comity/answer-receipt/1"
NODE: Final = Officer(actor=MACHINE, role=MACHINE)
_CHANNEL: Final = "portal"
# For each code the steps of the law file that say it, the first that fits where things stand.
# Whoever answers has the order: where the law file asks for that first, it is recorded first.
_STEPS: Final[Mapping[Code, tuple[str, ...]]] = {
    Code.DONE: ("produce", "preserve"),
    Code.PARTLY: ("partly_produce", "partly_preserve"),
    Code.NO_SUCH_DATA: ("find_nothing",),
    Code.NOT_OURS: ("find_nothing",),
    Code.OBJECT: ("provider_objects",),
    Code.NEED_MORE_TIME: ("status_answer",),
    Code.COSTS: ("state_costs",),
}
_ASKS: Final = ("ask_clarification",)
_HAS_IT: Final = "acknowledge"
_WORDS: Final = {
    "preserve": "held",
    "partly_preserve": "partly",
    "find_nothing": "not_held",
    "produce": "held",
    "partly_produce": "partly",
}


class TooManyAnswers(NotPermitted):
    """This order was answered too often."""

    code = "provider/too-many-answers"
    remedy = "Call the authority."


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownAnswer:
    """An answer, and what became of it: the step recorded, or ``keep_answer``: nothing yet."""

    act: Digest
    step: str
    code: str
    at: Instant
    is_identified: bool
    file: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What the asking State may know: ``held``, ``partly``, ``not_held`` or ``unknown``."""

    word: str
    inventory: Digest | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How an answer came: through the providers' door, or brought by a person."""

    officer: Officer = NODE
    channel: str = _CHANNEL


_DOOR: Final = Way()


def bring_answer(node: Node, dossier: Ident, data: bytes, way: Way, code: str = "") -> ShownAnswer:
    """Take an answer file that came by another channel, as through the providers' door.

    Raise what ``accept_answer`` raises, and ``OtherOrder`` if it answers no order of ``dossier``.
    """
    channel = Channel.parse(way.channel).value
    order = open_answer(data).order
    with node.store.view() as unit:
        if find_order(unit, order).dossier != dossier:
            detail = "It answers an order of another dossier."
            raise OtherOrder(detail, where=order)
    accept_answer(node, data, code, replace(way, channel=channel))
    file = Digest.of(data)
    return next(one for one in list_answers(node, dossier) if one.file == file)


def accept_answer(node: Node, data: bytes, code: str = "", way: Way = _DOOR) -> bytes:
    """Verify an answer file, record what it says, and return a signed receipt.

    Raise ``UnknownOrder``, ``OtherOrder``, ``NotIdentified``, ``CodeRefused`` or what is wrong with
    the file, and leave a finding; or ``CodesResting``.
    """
    if len(data) > limits.ENVELOPE_BYTES:
        with refusals_kept(node, b""):
            raise TooLarge
    with refusals_kept(node, data):
        answer = open_answer(data)
    with refusals_kept(node, data, answer.order) as heard, node.store.unit() as unit:
        order, held = held_order(unit, answer.order)
        earlier = _recorded(unit, held.ident, Digest.of(data))
        if earlier is not None:
            return _receipt(node, answer, data, earlier)
        speaker = heard.prove(find_speaker(node, unit, order, answer, code))
        if speaker.code is not None:
            use_code(node, unit, speaker.code)
        _require_room(unit, held.ident)
        act = _record(node, unit, held, speaker, answer, data, way)
        note(node, unit, "step-arrived", held.priority, held.ident)
        return _receipt(node, answer, data, act)


def list_answers(node: Node, dossier: Ident) -> tuple[ShownAnswer, ...]:
    """Return all answers to the orders of a dossier, in the order in which they came."""
    with node.store.view() as unit:
        acts = read_acts(unit, dossier)
    found = [act for act in acts if "answer_code" in act.terms and act.step != _HAS_IT]
    return tuple(_shown(act) for act in sorted(found, key=lambda act: act.at))


def tell_holding(node: Node, dossier: Ident) -> Holding:
    """Return what may go to the asking State of an order: one word, and the salted digest."""
    with node.store.view() as unit:
        acts = read_acts(unit, dossier)
    word, inventory = "unknown", None
    for act in sorted(acts, key=lambda act: (act.at, act.number)):
        if act.recorded is not None and act.step in _WORDS:
            word = _WORDS[act.step]
            told = act.terms.get("inventory")
            inventory = Digest.parse(told) if told else inventory
    return Holding(word=word, inventory=None if word == "not_held" else inventory)


def fitting_steps(process: Process, state: str, wanted: tuple[str, ...]) -> tuple[str, ...]:
    """Return the steps that say it where things stand; nothing if none does.

    The first of ``wanted`` that is possible; else the first that is once the order is
    acknowledged, and then that before it.
    """
    for name in wanted:
        if name in process.steps and state in process.steps[name].sources:
            return (name,)
    first = process.steps.get(_HAS_IT)
    if first is None or state not in first.sources:
        return ()
    for name in wanted:
        if name in process.steps and first.target in process.steps[name].sources:
            return (_HAS_IT, name)
    return ()


def seen_by(acts: tuple[Act, ...], holder: str, at: Instant) -> Digest | None:
    """Return our last act that they can have had at their time ``at``; None if that is the last.

    So an answer that crossed our revocation is told apart from one that came after it.
    """
    sent = sorted((act for act in acts if is_sent(act, holder)), key=lambda act: act.number)
    had = [act for act in sent if act.at <= at]
    return had[-1].digest if had and had[-1] is not sent[-1] else None


def state_at(process: Process, acts: tuple[Act, ...], holder: str, at: Instant) -> str:
    """Return where the order stood for the provider at its time ``at``: without what it had not."""
    last = seen_by(acts, holder, at)
    if last is None:
        return derive(process, entries(acts)).state
    number = next(act.number for act in acts if act.digest == last)
    had = tuple(act for act in acts if not is_sent(act, holder) or act.number <= number)
    return derive(process, entries(had)).state


def record_theirs(  # noqa: PLR0913, PLR0917 # who, where, which steps, and what they rest on
    node: Node,
    unit: Unit,
    dossier: Ident,
    steps: tuple[str, ...],
    plain: Reply,
    at: Instant,
    officer: Officer = NODE,
) -> Act:
    """Record the steps of the provider, one after the other; return the act of the last."""
    act: Act | None = None
    for step in steps:
        held = unit.dossiers.lock(dossier)
        reply = Reply(
            step=step,
            channel=plain.channel,
            received=plain.received,
            proof=plain.proof,
            content=plain.content,
            terms=plain.terms,
            seen=seen_by(read_acts(unit, dossier), node.state, at),
        )
        act = record_reply(node, unit, officer, held, reply).act
    if act is None:
        message = "nothing was to be recorded"
        raise RuntimeError(message)
    return act


def _record(  # noqa: PLR0913, PLR0917 # who said what, where
    node: Node,
    unit: Unit,
    held: DossierRow,
    speaker: Speaker,
    answer: Answer,
    data: bytes,
    way: Way,
) -> Act:
    wanted = _ASKS if answer.asked is not None else _STEPS[answer.code]
    process = node.process(held.process)
    state = state_at(process, read_acts(unit, held.ident), node.state, answer.at)
    steps = fitting_steps(process, state, wanted)
    terms, content = _terms(speaker, answer), _content(answer)
    if not steps:
        move = Move(step=KEEP, content=content, terms=terms, documents={FILE: data})
        return record_act(node, unit, way.officer, held, platform_words(node, held, move)).act
    reply = Reply(
        step="",
        channel=way.channel,
        received=node.clock.now(),
        proof=data,
        content=content,
        terms=terms,
    )
    return record_theirs(node, unit, held.ident, steps, reply, answer.at, way.officer)


def _terms(speaker: Speaker, answer: Answer) -> dict[str, str]:
    """Return the particulars for machines; what is free text goes into the sealed content."""
    found = {
        "answer_code": answer.code.value,
        "order": answer.order,
        "identified": speaker.mark,
        "said_at": str(answer.at),
        "ground": answer.ground,
        "until": None if answer.until is None else str(answer.until),
        "costs": None if answer.costs is None else answer.costs.amount,
        "currency": None if answer.costs is None else answer.costs.currency,
        "inventory": None if answer.inventory is None else str(answer.inventory),
    }
    return {name: value for name, value in found.items() if value is not None}


def _content(answer: Answer) -> dict[str, Json]:
    found: dict[str, Json] = {"reasons": answer.reasons, "asked": answer.asked}
    return {name: value for name, value in found.items() if value is not None}


def _recorded(unit: Unit, dossier: Ident, file: Digest) -> Act | None:
    """Return the act by which this very file was recorded or kept."""
    if not unit.contents.find(chain=dossier, digest=file):
        return None
    acts = read_acts(unit, dossier)
    return next((act for act in reversed(acts) if file in _files(act)), None)


def _files(act: Act) -> tuple[Digest, ...]:
    return tuple(act.covers[name] for name in (PROOF, FILE) if name in act.covers)


def _require_room(unit: Unit, dossier: Ident) -> None:
    answers = [act for act in read_acts(unit, dossier) if "answer_code" in act.terms]
    if len(answers) >= limits.ORDER_ANSWERS:
        raise TooManyAnswers(where=str(dossier))


def _shown(act: Act) -> ShownAnswer:
    return ShownAnswer(
        act=act.digest,
        step=act.step,
        code=act.terms["answer_code"],
        at=act.at,
        is_identified=act.terms.get("identified") == "yes",
        file=_files(act)[0],
    )


def _receipt(node: Node, answer: Answer, data: bytes, act: Act) -> bytes:
    """Return our signed word that we have this file, since when, and whether we know of whom."""
    payload: Json = {
        "type": RECEIPT_TYPE,
        "key": node.key.public.as_data(),
        "order": answer.order,
        "received": str(Digest.of(data)),
        "at": str(act.at),
        "identified": act.terms.get("identified") == "yes",
        "by": {"state": node.state, "authority": node.authority},
        "exercise": node.exercise,
    }
    return sign_envelope(RECEIPT_PAYLOAD, canonical_bytes(payload), node.key)
