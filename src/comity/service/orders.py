"""Orders: issuing one on a provider, taking it back, and the public list of those taken back.

An order has a dossier of its own (process ``order``). Issuing is its step of service: in one
transaction the law is asked, the file is made of the form as it stands and signed, the act
covers its digest, and the order is listed. The file itself lies sealed with the act, as
all content does. The number to call back is not in it: that is the directory's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

from comity.base import Digest, Ident, Instant, Verdict
from comity.base.canonical import Json
from comity.base.errors import BadValue, Malformed
from comity.domain.form import check_form
from comity.domain.identifiers import read_identifier, write_identifier
from comity.domain.moves import require_step
from comity.federation import (
    DataKind,
    Measure,
    Objection,
    Order,
    OrderImpossible,
    Revocation,
    Span,
    new_order_id,
    sign_order,
    sign_revocation,
)
from comity.seal.act import SignedAct
from comity.service.chains import read_acts
from comity.service.codes import find_order, make_code
from comity.service.contents import read_document
from comity.service.errors import AlreadyThere
from comity.service.node import Node, Officer
from comity.service.requests import hold, step_words
from comity.service.rows import DossierRow, OrderRow, ReturnCodeRow, ReturnRow
from comity.service.settling import record_act
from comity.service.situations import FORM, Move, read_form, see

__all__ = [
    "Issue",
    "ShownOrder",
    "issue_order",
    "list_orders",
    "list_revocations",
    "make_code",
    "revoke_order",
    "show_order",
]

FILE: Final = "order"
_SUBJECT: Final = "order"
_PRESERVE: Final = "preserve"
_SERVE: Final = {True: "serve", False: "serve_production"}
_PRODUCE: Final = {
    "produce_subscriber_information": DataKind.SUBSCRIBER,
    "produce_traffic_data": DataKind.TRAFFIC,
    "produce_content_data": DataKind.CONTENT,
}
_FIXED: Final = frozenset({"data", "custodian", "period"})
_HOW: Final = "Answer this order with the code object, a ground and your reasons."
_LIST_HOURS: Final = 24


@dataclass(frozen=True, kw_only=True)
class Issue:
    """What issuing needs beside the form; most often nothing.

    ``step`` is the law file's; if empty, ``serve`` for an order to preserve, else
    ``serve_production``. With ``must_check`` the provider must look at the list of revoked
    orders first; ``replaces`` names an order that this one takes the place of. ``changes`` are
    fields in which it differs from the form, as when production is demanded of what was
    preserved (``demand_production``): never other data, another provider or another period.
    """

    step: str = ""
    channel: str = ""
    cites: tuple[Digest, ...] = ()
    terms: Mapping[str, str] = field(default_factory=dict)
    reasons_against: Mapping[str, str] = field(default_factory=dict)
    must_check: bool = False
    replaces: str | None = None
    changes: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ShownOrder:
    """An order as it stands: its file, the codes made for it, and what was returned."""

    row: OrderRow
    document: bytes
    codes: tuple[ReturnCodeRow, ...]
    returns: tuple[ReturnRow, ...]


def issue_order(
    node: Node,
    officer: Officer,
    dossier: Ident,
    issue: Issue | None = None,
    *,
    version: int | None = None,
) -> bytes:
    """Issue the order that the form of ``dossier`` describes; return the file to be served.

    Raise ``StepClosed`` with what is unmet, ``OrderImpossible`` if the form says what no order
    can, ``Moved`` if the dossier is no longer the one seen at ``version``.
    """
    wish = issue or Issue()
    with node.store.unit() as unit:
        held = hold(node, unit, dossier, version)
        form = _changed(node, held, read_form(node, unit, held, read_acts(unit, held.ident)), wish)
        move = _serving(wish, form)
        step = require_step(see(node, unit, officer, held, move)).step
        order = _make_order(node, held, form, wish)
        data = sign_order(order, node.key)
        said = replace(move, documents={FILE: data}, terms={**move.terms, **_terms(order)})
        record_act(node, unit, officer, held, step_words(held, step, said))
        unit.orders.add(_row(held, order, data))
    return data


def revoke_order(
    node: Node, officer: Officer, order: str, reasons: str, *, version: int | None = None
) -> SignedAct:
    """Take an order back, with every other file of its dossier.

    From now on they stand in the public list of those revoked.
    """
    with node.store.unit() as unit:
        row = find_order(unit, order)
        held = hold(node, unit, row.dossier, version)
        if row.revoked is not None:
            detail = f"It was revoked at {row.revoked}."
            raise AlreadyThere(detail, where=order)
        move = Move(step="revoke", content={"reasons": reasons}, terms={"order": order})
        step = require_step(see(node, unit, officer, held, move)).step
        signed = record_act(node, unit, officer, held, step_words(held, step, move))
        for other in unit.orders.find(dossier=row.dossier):
            if other.revoked is None:
                unit.orders.replace(replace(other, revoked=signed.act.at))
    return signed


def list_revocations(node: Node) -> bytes:
    """Return the signed list of all orders that bind no more before their time.

    Revoked, set aside or released, by whatever verb: the standing of their dossier has ended.
    The list is whole: of the orders of this authority these and no others are revoked, and that
    may be relied on for a day.
    """
    now = node.clock.now()
    with node.store.view() as unit:
        over = {row.dossier for name in _ends(node) for row in unit.standings.find(state=name)}
        live = [row for row in unit.orders.find() if row.until > now]
    rows = [row for row in live if row.revoked is not None or row.dossier in over]
    revocation = Revocation(
        state=node.state,
        authority=node.authority,
        at=now,
        orders=tuple(sorted(row.order for row in rows)),
        valid_until=Instant(now.at + timedelta(hours=_LIST_HOURS)),
        reason=None,
        key=node.key.public,
    )
    return sign_revocation(revocation, node.key)


def list_orders(node: Node, dossier: Ident) -> tuple[OrderRow, ...]:
    """Return the orders issued in a dossier."""
    with node.store.view() as unit:
        return unit.orders.find(dossier=dossier)


def show_order(node: Node, order: str) -> ShownOrder:
    """Return an order with its file; raise ``UnknownOrder`` or ``ContentErased``."""
    with node.store.view() as unit:
        row = find_order(unit, order)
        return ShownOrder(
            row=row,
            document=read_document(node, unit, row.dossier, row.served),
            codes=unit.codes.find(order=order),
            returns=unit.returns.find(dossier=row.dossier, order=order),
        )


def _ends(node: Node) -> frozenset[str]:
    """Return the states that end an order, in any process of orders."""
    processes = [one for one in node.book.processes.values() if one.subject == _SUBJECT]
    return frozenset(
        state.name for process in processes for state in process.states.values() if state.ends
    )


def _changed(
    node: Node, held: DossierRow, form: Mapping[str, Json], wish: Issue
) -> Mapping[str, Json]:
    """Return the form with what the issue changes in it; raise ``OrderImpossible``."""
    if not wish.changes:
        return form
    if odd := sorted(_FIXED & wish.changes.keys()):
        detail = f"{odd[0]} is not changed by an order that rests on an earlier one."
        raise OrderImpossible(detail, where=str(held.ident))
    made = {**form, **wish.changes}
    asked = node.book.forms.get(held.process)
    report = None if asked is None else check_form(asked, made)
    wrong = () if report is None else report.findings
    failed = [one.says for one in wrong if one.verdict is Verdict.FAILED]
    if failed:
        raise OrderImpossible(" ".join(failed), where=str(held.ident))
    return made


def _serving(wish: Issue, form: Mapping[str, Json]) -> Move:
    return Move(
        step=wish.step or _SERVE[form.get("measure") == _PRESERVE],
        content={FORM: dict(form)},
        terms=wish.terms,
        cites=wish.cites,
        channel=wish.channel,
        reasons_against=wish.reasons_against,
    )


def _terms(order: Order) -> dict[str, str]:
    """Return what of an order its act says in the clear: its name, and what clocks run to.

    ``until`` is when the duty of silence ends (clock ``silence_end`` of the law files).
    """
    terms = {"order": order.order}
    if order.answer_by is not None:
        terms["answer_by"] = str(order.answer_by)
    if order.confidential_until is not None:
        terms["until"] = str(order.confidential_until)
    return terms


def _row(held: DossierRow, order: Order, data: bytes) -> OrderRow:
    return OrderRow(
        order=order.order,
        dossier=held.ident,
        provider=order.provider,
        made=order.issued_at,
        until=order.valid_until,
        served=Digest.of(data),
        revoked=None,
    )


def _make_order(node: Node, held: DossierRow, form: Mapping[str, Json], wish: Issue) -> Order:
    """Return the order that the form describes; raise ``OrderImpossible``."""
    measure = _text(form, "measure")
    confidential = _text(form, "confidential") == "yes"
    try:
        return Order(
            order=new_order_id(node.random),
            reference=_text(form, "own_reference") or str(held.ident),
            replaces=wish.replaces,
            state=node.state,
            authority=node.authority,
            provider=held.counterpart_authority,
            measure=Measure.PRESERVE if measure == _PRESERVE else Measure.PRODUCE,
            kinds=_kinds(measure, form),
            data=tuple(write_identifier(read_identifier(line)) for line in _lines(form, "data")),
            period=_period(form.get("period")),
            law=tuple(_rows(_text(form, "domestic_law"))),
            authorisation=" ".join(_rows(_text(form, "authorisation"))) or None,
            issued_at=node.clock.now(),
            valid_until=Instant.parse(_text(form, "valid_until")),
            answer_by=_moment(form, "answer_by"),
            confidential_until=_moment(form, "confidential_until") if confidential else None,
            objection=Objection(how=_text(form, "remedy") or _HOW, to=node.authority, by=None),
            carries=_carried(form),
            must_check=wish.must_check,
            exercise=node.exercise,
            key=node.key.public,
        )
    except (Malformed, BadValue) as error:
        raise OrderImpossible(error.detail, where=str(held.ident)) from error


def _kinds(measure: str, form: Mapping[str, Json]) -> tuple[DataKind, ...]:
    """Return which kinds of data: what is to be produced, or what the form lists, or all."""
    if measure in _PRODUCE:
        return (_PRODUCE[measure],)
    named = _lines(form, "data_kinds") or [kind.value for kind in DataKind]
    known = {kind.value: kind for kind in DataKind}
    if odd := [name for name in named if name not in known]:
        detail = f"The kinds of data are {', '.join(known)}, not {odd[0][:40]!r}."
        raise OrderImpossible(detail)
    return tuple(known[name] for name in sorted(set(named)))


def _text(form: Mapping[str, Json], name: str) -> str:
    found = form.get(name)
    return found.strip() if isinstance(found, str) else ""


def _lines(form: Mapping[str, Json], name: str) -> list[str]:
    found = form.get(name)
    return [line for line in found if isinstance(line, str)] if isinstance(found, list) else []


def _rows(text: str) -> list[str]:
    """Return the lines of a text, each with single blanks."""
    return [" ".join(row.split()) for row in text.splitlines() if row.strip()]


def _moment(form: Mapping[str, Json], name: str) -> Instant | None:
    text = _text(form, name)
    return Instant.parse(text) if text else None


def _carried(form: Mapping[str, Json]) -> Digest | None:
    text = _text(form, "carries_request")
    return Digest.parse(text) if text else None


def _period(value: Json) -> Span | None:
    if not isinstance(value, dict):
        return None
    return Span(Instant.parse(str(value.get("from"))), Instant.parse(str(value.get("until"))))
