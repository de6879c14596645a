"""Orders on providers: issue, revoke, codes; what was answered and returned."""

from __future__ import annotations

import base64
from typing import Annotated, Final

from django.http import HttpResponse
from pydantic import Field

from comity.base import Digest, Ident
from comity.seal.fields import read_base64
from comity.service.answers import ShownAnswer, Way, bring_answer, list_answers, tell_holding
from comity.service.codes import make_code
from comity.service.node import Node
from comity.service.orders import (
    Issue,
    ShownOrder,
    issue_order,
    list_orders,
    revoke_order,
    show_order,
)
from comity.service.reading import show_form
from comity.service.returning import show_comparison
from comity.service.uploads import list_returns
from comity.web.api import fields, uploads
from comity.web.api.asking import Asked, Door
from comity.web.api.dossiers import read_head, show_taken, step_roles
from comity.web.api.fields import Closed, Shown
from comity.web.api.shown import ActTaken
from comity.web.permissions import Permission

door: Final = Door("orders")
_HOURS: Final = 24 * 14
_SERVE: Final = ("serve", "serve_production")


class OrderBody(Closed):
    """What issuing needs beside the form; most often nothing."""

    step: fields.MaybeWord = ""
    channel: fields.MaybeWord = ""
    cites: Annotated[list[fields.DigestText], Field(max_length=1_000)] = Field(default_factory=list)
    terms: fields.Terms
    reasons_against: dict[fields.Word, fields.Line] = Field(default_factory=dict)
    must_check: bool = False
    replaces: fields.OrderId | None = None
    changes: fields.Content = Field(default_factory=dict)
    version: Annotated[int, Field(ge=0, le=2**31)] | None = None


class OrderIssued(Shown):
    """The signed file to be served, and the dossier's version after it."""

    dossier: str
    order: str
    file: str = Field(description="The signed file, in base64.")
    version: int


class CodeShown(Shown):
    """A code for one answer or return, without the code."""

    made: str
    until: str
    used: str | None


class OrderShown(Shown):
    """An order as it stands."""

    order: str
    dossier: str
    provider: str
    made: str
    until: str
    served: str
    revoked: str | None
    codes: list[CodeShown]
    returns: list[uploads.UploadShown]


class AnswerShown(Shown):
    """An answer of a provider, and what became of it."""

    act: str
    step: str
    code: str
    at: str
    is_identified: bool
    file: str


class AnswerBody(Closed):
    """An answer file of a provider, and by which channel it came."""

    file: fields.Base64Text
    channel: fields.Word
    code: Annotated[str, Field(max_length=100)] = Field(
        default="", description="The code that came with it, if no key signed it."
    )


class OrderPage(Shown):
    """The orders of a dossier, what was answered, and what may go to the asking State."""

    items: list[OrderShown]
    answers: list[AnswerShown]
    holding: str
    inventory: str | None


class RevocationBody(Closed):
    """Why an order is taken back."""

    reasons: fields.Line
    version: Annotated[int, Field(ge=0, le=2**31)] | None = None


class CodeBody(Closed):
    """For how long a code is good."""

    hours: Annotated[int, Field(ge=1, le=_HOURS)] = 72


class CodeMade(Shown):
    """A code, shown this once; it goes to the provider by another channel."""

    order: str
    code: str
    hours: int


class ReturnsShown(Shown):
    """What came back to a dossier: returns of providers, and what officers brought."""

    items: list[uploads.UploadShown]


class ComparisonShown(Shown):
    """How a return compares, item by item, with the inventory at the freeze."""

    comparison: fields.Content


@door.post("/dossiers/{dossier}/orders", Permission.ORDER_ISSUE, OrderIssued, 201)
def issue(request: Asked, dossier: fields.DossierId, body: OrderBody) -> OrderIssued:
    """Issue the order that the form describes; the answer holds the file to be served."""
    node, ident = request.node, Ident(dossier)
    wish = Issue(
        step=body.step,
        channel=body.channel,
        cites=tuple(Digest.parse(one) for one in body.cites),
        terms=body.terms,
        reasons_against=body.reasons_against,
        must_check=body.must_check,
        replaces=body.replaces,
        changes=body.changes,
    )
    officer = request.officer(step_roles(node, ident, body.step or _serving(node, ident)))
    data = issue_order(node, officer, ident, wish, version=body.version)
    served = Digest.of(data)
    row = next(one for one in list_orders(node, ident) if one.served == served)
    return OrderIssued(
        dossier=dossier,
        order=row.order,
        file=base64.b64encode(data).decode("ascii"),
        version=read_head(node, ident).version,
    )


def _serving(node: Node, dossier: Ident) -> str:
    """Return which step serves the order that the form describes."""
    return _SERVE[show_form(node, dossier).get("measure") != "preserve"]


@door.get("/dossiers/{dossier}/orders", Permission.ORDER_READ, OrderPage)
def list_issued(request: Asked, dossier: fields.DossierId) -> OrderPage:
    """List the orders of a dossier, the answers to them, and what is held."""
    node, ident = request.node, Ident(dossier)
    read_head(node, ident)
    holding = tell_holding(node, ident)
    return OrderPage(
        items=[_show(show_order(node, row.order)) for row in list_orders(node, ident)],
        answers=[_answer(one) for one in list_answers(node, ident)],
        holding=holding.word,
        inventory=fields.maybe_text(holding.inventory),
    )


@door.post("/dossiers/{dossier}/answers", Permission.ANSWER_BRING, AnswerShown, 201)
def bring_answered(request: Asked, dossier: fields.DossierId, body: AnswerBody) -> AnswerShown:
    """Take an answer file of a provider that came by another channel than its door."""
    way = Way(officer=request.officer(), channel=body.channel)
    data = read_base64(body.file)
    return _answer(bring_answer(request.node, Ident(dossier), data, way, body.code))


@door.get("/orders/{order}", Permission.ORDER_READ, OrderShown)
def show_issued(request: Asked, order: fields.OrderId) -> OrderShown:
    """Show an order, its codes and its returns."""
    return _show(show_order(request.node, order))


@door.bare(
    "GET",
    "/orders/{order}/file",
    Permission.CONTENT_READ,
    {200: None},
    streams="application/octet-stream",
)
def read_file(request: Asked, order: fields.OrderId) -> HttpResponse:
    """Read the signed file as it was served."""
    answer = HttpResponse(
        show_order(request.node, order).document, content_type="application/octet-stream"
    )
    answer["Content-Disposition"] = f'attachment; filename="{order}.order"'
    return answer


@door.post("/orders/{order}/revocation", Permission.ORDER_ISSUE, ActTaken, 201)
def revoke(request: Asked, order: fields.OrderId, body: RevocationBody) -> ActTaken:
    """Take an order back; from then on it stands in the public list."""
    node = request.node
    dossier = show_order(node, order).row.dossier
    officer = request.officer(step_roles(node, dossier, "revoke"))
    signed = revoke_order(node, officer, order, body.reasons, version=body.version)
    return show_taken(node, signed)


@door.post("/orders/{order}/codes", Permission.ORDER_ISSUE, CodeMade, 201)
def code(request: Asked, order: fields.OrderId, body: CodeBody) -> CodeMade:
    """Make a code for a provider without a key; it is shown this once."""
    made = make_code(request.node, request.reader(), order, hours=body.hours)
    return CodeMade(order=order, code=made, hours=body.hours)


@door.get("/dossiers/{dossier}/returns", Permission.ORDER_READ, ReturnsShown)
def list_returned(request: Asked, dossier: fields.DossierId) -> ReturnsShown:
    """List what came back to a dossier, and what officers brought."""
    node, ident = request.node, Ident(dossier)
    read_head(node, ident)
    return ReturnsShown(items=[uploads.show(row) for row in list_returns(node, ident)])


@door.get("/returns/{upload}/comparison", Permission.CONTENT_READ, ComparisonShown)
def compare(request: Asked, upload: fields.UploadId) -> ComparisonShown:
    """Compare a return with the inventory that its provider made at the freeze."""
    return ComparisonShown(comparison=dict(show_comparison(request.node, Ident(upload))))


def _answer(one: ShownAnswer) -> AnswerShown:
    return AnswerShown(
        act=str(one.act),
        step=one.step,
        code=one.code,
        at=str(one.at),
        is_identified=one.is_identified,
        file=str(one.file),
    )


def _show(found: ShownOrder) -> OrderShown:
    row = found.row
    return OrderShown(
        order=row.order,
        dossier=str(row.dossier),
        provider=row.provider,
        made=str(row.made),
        until=str(row.until),
        served=str(row.served),
        revoked=fields.maybe_text(row.revoked),
        codes=[
            CodeShown(made=str(one.made), until=str(one.until), used=fields.maybe_text(one.used))
            for one in found.codes
        ],
        returns=[uploads.show(one) for one in found.returns],
    )
