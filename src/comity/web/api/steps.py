"""Steps: what may be done now, the form, our own steps, theirs, what was delivered."""

from __future__ import annotations

import re
from typing import Annotated, Final

from pydantic import Field

from comity.base import Digest, Ident, Instant
from comity.domain.form import check_form
from comity.domain.moves import Opening
from comity.seal.fields import read_base64
from comity.service.node import Officer
from comity.service.reading import list_steps, show_dossier, show_form
from comity.service.replies import Delivery, Reply, record_delivery, record_step
from comity.service.requests import DRAFT, amend_form, take_step
from comity.service.situations import Move
from comity.web.api import fields
from comity.web.api.asking import Asked, Door
from comity.web.api.dossiers import note_retrieved, read_head, show_taken, step_roles
from comity.web.api.errors import QueryRefused
from comity.web.api.fields import Closed, Shown
from comity.web.api.shown import ActTaken
from comity.web.permissions import Permission

door: Final = Door("steps")
_DIGESTS: Final = 1_000
_TAG: Final = re.compile(r'"([0-9]{1,9})"')


class CheckShown(Shown):
    """One condition, and whether it is met; ``source`` is its provision."""

    check: int
    name: str
    verdict: str
    says: str
    source: str


class StepShown(Shown):
    """A step of our side: open, or closed and why."""

    step: str
    means: str
    law: str
    kept: str
    roles: list[str]
    is_open: bool
    is_role_fit: bool
    unmet: list[CheckShown]
    overridden: list[str]


class StepsShown(Shown):
    """The steps that the standing permits to our side."""

    dossier: str
    version: int
    state: str
    role: str
    steps: list[StepShown]


class FormShown(Shown):
    """The form as it was last written, and what its fields' checks say, if the process has one."""

    values: fields.Content
    checks: list[CheckShown] | None


class FormBody(Closed):
    """The form, whole."""

    values: fields.Content


class StepBody(Closed):
    """A step, and what it carries. ``version`` is that of the dossier which the officer saw."""

    step: fields.Word
    content: fields.Content = Field(default_factory=dict)
    terms: fields.Terms
    documents: fields.Documents = Field(default_factory=dict)
    covers: dict[fields.Word, fields.DigestText] = Field(default_factory=dict)
    cites: Annotated[list[fields.DigestText], Field(max_length=_DIGESTS)] = Field(
        default_factory=list
    )
    channel: fields.MaybeWord = ""
    reasons_against: dict[fields.Word, fields.Line] = Field(default_factory=dict)
    version: Annotated[int, Field(ge=0, le=2**31)] | None = None


class ReplyBody(Closed):
    """A step of the other side, as it reached us; ``proof`` is the letter itself."""

    step: fields.Word
    channel: fields.Word
    received: fields.InstantText
    proof: fields.Base64Text
    content: fields.Content = Field(default_factory=dict)
    terms: fields.Terms
    documents: fields.Documents = Field(default_factory=dict)
    seen: fields.DigestText | None = None
    has_seen_nothing: bool = False


class DeliveryBody(Closed):
    """That an act of ours reached the other side, and what proves it."""

    act: fields.DigestText
    at: fields.InstantText
    channel: fields.Word
    proof: fields.Base64Text


@door.get("/dossiers/{dossier}/steps", Permission.DOSSIER_READ, StepsShown)
def list_next(request: Asked, dossier: fields.DossierId) -> StepsShown:
    """List the steps that our side could take now, and what keeps others closed."""
    node, ident = request.node, Ident(dossier)
    # Without a role named, all steps are shown and each says whether one of ours fits.
    looker = Officer(actor=request.actor, role=request.role)
    shown = show_dossier(node, ident)
    openings = list_steps(node, looker, ident)
    if request.has(Permission.CONTENT_READ):
        note_retrieved(request, ident)
    roles = frozenset({request.role} if request.role else request.roles)
    return StepsShown(
        dossier=dossier,
        version=shown.head.version,
        state=shown.state,
        role=request.role,
        steps=[_show_step(one, roles) for one in openings],
    )


def _show_step(opening: Opening, roles: frozenset[str]) -> StepShown:
    step = opening.step
    is_fit = bool(roles & set(step.roles))
    return StepShown(
        step=step.name,
        means=step.means,
        law=str(step.law),
        kept=step.kept,
        roles=[*step.roles],
        is_open=is_fit and not opening.unmet,
        is_role_fit=is_fit,
        unmet=[_show_check(one.as_data()) for one in opening.unmet],
        overridden=[*opening.overridden],
    )


def _show_check(data: dict[str, str | int]) -> CheckShown:
    return CheckShown(
        check=int(data["check"]),
        name=str(data["name"]),
        verdict=str(data["verdict"]),
        says=str(data["says"]),
        source=str(data.get("source", "")),
    )


@door.get("/dossiers/{dossier}/form", Permission.CONTENT_READ, FormShown)
def read_form(request: Asked, dossier: fields.DossierId) -> FormShown:
    """Read the form, with what is missing in it."""
    node, ident = request.node, Ident(dossier)
    values = show_form(node, ident)
    process = node.process(read_head(node, ident).process)
    form = node.book.forms.get(process.key)
    checks = None if form is None else check_form(form, values).findings
    return FormShown(
        values=dict(values),
        checks=None if checks is None else [_show_check(one.as_data()) for one in checks],
    )


@door.put("/dossiers/{dossier}/form", Permission.DOSSIER_ACT, ActTaken)
def write_form(request: Asked, dossier: fields.DossierId, body: FormBody) -> ActTaken:
    """Write the form anew; it stays in the house until it is sent."""
    node, ident = request.node, Ident(dossier)
    officer = request.officer(step_roles(node, ident, DRAFT))
    return show_taken(node, amend_form(node, officer, ident, body.values))


@door.post("/dossiers/{dossier}/steps", Permission.DOSSIER_ACT, ActTaken, 201)
def take(request: Asked, dossier: fields.DossierId, body: StepBody) -> ActTaken:
    """Take a step of our own side, as the law file of the process has it."""
    node, ident = request.node, Ident(dossier)
    move = Move(
        step=body.step,
        content=body.content,
        terms=body.terms,
        documents=fields.read_documents(body.documents),
        covers=fields.read_digests(body.covers),
        cites=tuple(Digest.parse(one) for one in body.cites),
        channel=body.channel,
        reasons_against=body.reasons_against,
    )
    officer = request.officer(step_roles(node, ident, body.step))
    signed = take_step(node, officer, ident, move, version=_version(request, body.version))
    return show_taken(node, signed)


def _version(request: Asked, said: int | None) -> int | None:
    """Return the version that the officer saw: of the body, or of ``If-Match``."""
    tag = request.http.headers.get("If-Match", "")
    if not tag:
        return said
    match = _TAG.fullmatch(tag)
    if match is None:
        detail = "If-Match holds the ETag that the dossier came with."
        raise QueryRefused(detail)
    if said is not None and said != int(match[1]):
        detail = "If-Match and version name different versions."
        raise QueryRefused(detail)
    return int(match[1])


@door.post("/dossiers/{dossier}/recorded", Permission.DOSSIER_ACT, ActTaken, 201)
def record(request: Asked, dossier: fields.DossierId, body: ReplyBody) -> ActTaken:
    """Record a step of the other side that reached us without a node, with its proof."""
    node, ident = request.node, Ident(dossier)
    reply = Reply(
        step=body.step,
        channel=body.channel,
        received=Instant.parse(body.received),
        proof=read_base64(body.proof),
        content=body.content,
        terms=body.terms,
        documents=fields.read_documents(body.documents),
        seen=Digest.parse(body.seen) if body.seen else None,
        has_seen_nothing=body.has_seen_nothing,
    )
    return show_taken(node, record_step(node, request.officer(), ident, reply))


@door.post("/dossiers/{dossier}/deliveries", Permission.DOSSIER_ACT, ActTaken, 201)
def record_arrival(request: Asked, dossier: fields.DossierId, body: DeliveryBody) -> ActTaken:
    """Record that an act of ours reached the other side; their clocks run from there."""
    node, ident = request.node, Ident(dossier)
    delivery = Delivery(
        act=Digest.parse(body.act),
        at=Instant.parse(body.at),
        channel=body.channel,
        proof=read_base64(body.proof),
    )
    return show_taken(node, record_delivery(node, request.officer(), ident, delivery))
