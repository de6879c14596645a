"""Dossiers: open, list, look, read what acts cover, erase."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal

from django.http import HttpResponse
from pydantic import Field

from comity.base import Digest, Ident, Instant
from comity.law import Process
from comity.seal.act import SignedAct
from comity.service.chains import read_acts
from comity.service.custody import ERASE, step_name
from comity.service.erasing import erase_content
from comity.service.node import Node
from comity.service.ports import Unit
from comity.service.reading import show_content, show_document, show_dossier
from comity.service.receipts import retrieve
from comity.service.requests import Opening, open_dossier
from comity.service.rows import DossierRow
from comity.service.situations import Move, read_form
from comity.web.api import fields
from comity.web.api.asking import Asked, Door
from comity.web.api.errors import NoPermission
from comity.web.api.fields import Closed, Shown
from comity.web.api.paging import LIMIT, After, Limit, latest_first, page
from comity.web.api.shown import (
    ActTaken,
    DossierShown,
    HeadShown,
    act_data,
    head_data,
    show_act,
    show_deadline,
    show_intake,
    show_outbox,
    show_package,
    show_receipt,
    show_transfer,
)
from comity.web.permissions import Permission

door: Final = Door("dossiers")
_OPEN: Final = frozenset({"running", "extended", "waiting_on"})


class OpeningBody(Closed):
    """What must be known before there is a dossier."""

    process: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}/[a-z0-9_]{1,80}$")]
    counterpart: fields.StateText
    authority: fields.Line
    basis: fields.Line
    channel: fields.Word = "node"
    is_asking: bool = True
    investigation: fields.InvestigationId | None = None
    follows: fields.DossierId | None = None
    priority: Literal["emergency", "urgent", "routine"] = "routine"


class Opened(Shown):
    """A dossier that was opened."""

    dossier: str
    version: int


class HeadPage(Shown):
    """Some dossiers; ``next`` is the cursor of those after them."""

    items: list[HeadShown]
    next: str | None


class ContentShown(Shown):
    """What an act says to people."""

    values: fields.Content


class ErasureBody(Closed):
    """The decision that orders an erasure, and what the law asks beside it."""

    terms: fields.Terms
    content: fields.Content = Field(default_factory=dict)
    reasons_against: dict[fields.Word, fields.Line] = Field(default_factory=dict)


@door.post("/dossiers", Permission.DOSSIER_OPEN, Opened, 201)
def open_request(request: Asked, body: OpeningBody) -> Opened:
    """Open a dossier: a request that we make, one that came to us, or an order."""
    node = request.node
    opening = Opening(
        process=body.process,
        counterpart=body.counterpart,
        authority=body.authority,
        basis=body.basis,
        channel=body.channel,
        is_asking=body.is_asking,
        investigation=fields.maybe_ident(body.investigation),
        follows=fields.maybe_ident(body.follows),
        priority=body.priority,
    )
    officer = request.officer(_opening_roles(node, body))
    ident = open_dossier(node, officer, opening)
    return Opened(dossier=str(ident), version=read_head(node, ident).version)


def _opening_roles(node: Node, body: OpeningBody) -> frozenset[str] | None:
    """Return the roles that may write the form first: who opens is most often one of them."""
    process = node.book.processes.get(body.process)
    step = process.steps.get("draft") if process else None
    return frozenset(step.roles) if step and body.is_asking else None


@door.get("/dossiers", Permission.DOSSIER_READ, HeadPage)
def list_requests(  # noqa: PLR0913, PLR0917 # each is a filter that a person may set
    request: Asked,
    limit: Limit = LIMIT,
    after: After = "",
    state: fields.MaybeWord = "",
    process: Annotated[str, Field(max_length=120)] = "",
    counterpart: Annotated[str, Field(max_length=3)] = "",
    investigation: Annotated[str, Field(max_length=30)] = "",
    open_deadlines: bool | None = None,  # noqa: FBT001 # a filter
    reference: Annotated[str, Field(max_length=200)] = "",
) -> HeadPage:
    """List dossiers, the latest first; filters narrow the list.

    ``reference`` is looked for in the form's own reference, which lies sealed: it needs the
    permission to read content.
    """
    if reference and not request.has(Permission.CONTENT_READ):
        raise NoPermission(Permission.CONTENT_READ.value)
    node = request.node
    where = {"process": process, "counterpart": counterpart}
    with node.store.view() as unit:
        heads = unit.dossiers.find(**{name: value for name, value in where.items() if value})
        wanted = [
            one for one in heads if not investigation or str(one.investigation) == investigation
        ]
        shown = (
            one
            for one in _shown(node, unit, sorted(wanted, key=_latest))
            if (not state or one.state == state) and _has_open(unit, one, open_deadlines)
        )
        named = (one for one in shown if not reference or _is_named(node, unit, one, reference))
        items, later = page(named, _cursor, limit, after)
    return HeadPage(items=items, next=later)


def _latest(head: DossierRow) -> tuple[str, str]:
    return latest_first(str(head.opened)), str(head.ident)


def _cursor(head: HeadShown) -> tuple[str, ...]:
    return latest_first(head.opened), head.dossier


def _shown(node: Node, unit: Unit, heads: list[DossierRow]) -> Iterator[HeadShown]:
    for head in heads:
        standing = unit.standings.find(dossier=head.ident)
        yield HeadShown.model_validate(
            head_data(
                head,
                node.book.processes.get(head.process),
                standing[0].state if standing else "",
                _next_due(unit, head.ident),
            )
        )


def _next_due(unit: Unit, dossier: Ident) -> Instant | None:
    found = [
        row.due
        for row in unit.deadlines.find(dossier=dossier)
        if row.due is not None and row.state in _OPEN and row.nature != "wish"
    ]
    return min(found, default=None)


def _has_open(unit: Unit, head: HeadShown, wanted: bool | None) -> bool:  # noqa: FBT001 # a filter
    if wanted is None:
        return True
    rows = unit.deadlines.find(dossier=Ident(head.dossier))
    return any(row.state in _OPEN and row.nature != "wish" for row in rows) is wanted


def _is_named(node: Node, unit: Unit, head: HeadShown, reference: str) -> bool:
    ident = Ident(head.dossier)
    form = read_form(node, unit, unit.dossiers.get(ident), read_acts(unit, ident))
    own = form.get("own_reference")
    return isinstance(own, str) and reference.casefold() in own.casefold()


@door.get("/dossiers/{dossier}", Permission.DOSSIER_READ, DossierShown)
def show_request(request: Asked, dossier: fields.DossierId) -> HttpResponse:
    """Show a dossier with all that lies in it; whoever sent to it learns that it was retrieved."""
    node, ident = request.node, Ident(dossier)
    shown = show_dossier(node, ident)
    if request.has(Permission.CONTENT_READ):
        note_retrieved(request, ident)
    data = _all_of(node, ident, shown)
    answer = HttpResponse(data.model_dump_json().encode(), content_type="application/json")
    answer["ETag"] = f'"{shown.head.version}"'
    return answer


def _all_of(node: Node, ident: Ident, shown: Any) -> DossierShown:  # noqa: ANN401 # ShownDossier
    process = node.book.processes.get(shown.head.process)
    with node.store.view() as unit:
        due = _next_due(unit, ident)
        receipts = sorted(unit.receipts.find(dossier=ident), key=lambda row: (row.at, row.event))
        received = unit.received.find(dossier=ident)
        transfers = unit.transfers.find(dossier=ident)
    return DossierShown.model_validate(
        {
            **head_data(shown.head, process, shown.state, due),
            "acts": [show_act(one, process) for one in shown.acts],
            "deadlines": [show_deadline(row) for row in shown.deadlines],
            "outbox": [show_outbox(row) for row in shown.outbox],
            "receipts": [show_receipt(row) for row in receipts],
            "intakes": [show_intake(row) for row in shown.intakes],
            "packages": [show_package(row) for row in shown.packages],
            "received": [show_package(row) for row in received],
            "transfers": [show_transfer(row) for row in transfers],
        }
    )


@door.get("/dossiers/{dossier}/contents/{digest}", Permission.CONTENT_READ, ContentShown)
def read_content(
    request: Asked, dossier: fields.DossierId, digest: fields.DigestText
) -> ContentShown:
    """Read what an act says to people; its ``covers`` names the digest."""
    values = show_content(request.node, Ident(dossier), Digest.parse(digest))
    return ContentShown(values=dict(values))


@door.bare(
    "GET",
    "/dossiers/{dossier}/documents/{digest}",
    Permission.CONTENT_READ,
    {200: None},
    streams="application/octet-stream",
)
def read_document(
    request: Asked, dossier: fields.DossierId, digest: fields.DigestText
) -> HttpResponse:
    """Read a document that an act covers, as it was given."""
    data = show_document(request.node, Ident(dossier), Digest.parse(digest))
    answer = HttpResponse(data, content_type="application/octet-stream")
    answer["Content-Disposition"] = "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@door.post("/dossiers/{dossier}/erasure", Permission.CONTENT_ERASE, ActTaken, 201)
def erase(request: Asked, dossier: fields.DossierId, body: ErasureBody) -> ActTaken:
    """Erase the content of a dossier on a decision; the acts stay."""
    node, ident = request.node, Ident(dossier)
    move = Move(content=body.content, terms=body.terms, reasons_against=body.reasons_against)
    officer = request.officer(custody_roles(node, ident, ERASE))
    return show_taken(node, erase_content(node, officer, ident, move))


def note_retrieved(request: Asked, dossier: Ident) -> None:
    """Let the sender know that somebody here opened it."""
    retrieve(request.node, request.reader(), dossier)


def read_head(node: Node, dossier: Ident) -> DossierRow:
    """Return the head of a dossier; raise ``NotThere``."""
    with node.store.view() as unit:
        return unit.dossiers.get(dossier)


def step_roles(node: Node, dossier: Ident, step: str) -> frozenset[str] | None:
    """Return the roles that the law names for a step; None if it names no such step."""
    process: Process | None = node.book.processes.get(read_head(node, dossier).process)
    found = process.steps.get(step) if process else None
    return frozenset(found.roles) if found else None


def custody_roles(node: Node, dossier: Ident, names: tuple[str, ...]) -> frozenset[str] | None:
    """Return the roles that the law names for an act of custody."""
    head = read_head(node, dossier)
    return step_roles(node, dossier, step_name(node.process(head.process), head.side, names))


def show_taken(node: Node, signed: SignedAct) -> ActTaken:
    """Show an act that was signed now."""
    head = read_head(node, Ident(signed.act.chain))
    process = node.book.processes.get(head.process)
    return ActTaken.model_validate({**act_data(signed.act, process), "version": head.version})
