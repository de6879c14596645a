"""Evidence: take in what was brought, seal it, hand it out, hand it over."""

from __future__ import annotations

from typing import Annotated, Final, TypeAlias

from django.http.response import HttpResponseBase
from pydantic import Field

from comity.base import Ident, limits
from comity.evidence import Provenance
from comity.service.custody import DISCLOSE, OPEN, SEAL, TAKE_IN
from comity.service.early_export import export_early
from comity.service.exporting import export_package, export_part
from comity.service.fetching import resume_transfer, stop_transfer
from comity.service.handing import find_package
from comity.service.handover import request_handover
from comity.service.node import Node
from comity.service.received import (
    ShownTransfer,
    confirm_receipt,
    discard_refused,
    show_transfer,
)
from comity.service.repeats import Once
from comity.service.returning import request_return_intake
from comity.service.sealing import request_seal
from comity.service.situations import Move
from comity.service.transfers import withdraw_offer
from comity.web.api import fields, shown
from comity.web.api.asking import Asked, Door, digest_of, read_key
from comity.web.api.dossiers import custody_roles, show_taken, step_roles
from comity.web.api.fields import Closed, Shown
from comity.web.permissions import Permission
from comity.web.streaming import TAR, stream_export

door: Final = Door("evidence")
_Serial: TypeAlias = Annotated[int, Field(ge=1, le=limits.PACKAGE_OBJECTS)]
_CHOSEN: Final = 10_000


class ProvenanceBody(Closed):
    """Where it came from: put into the metadata of every object."""

    origin: fields.MaybeLine = ""
    collector: fields.MaybeLine = ""
    tool: fields.MaybeLine = ""
    authority: fields.MaybeLine = ""
    basis: fields.MaybeLine = ""


class IntakeBody(Closed):
    """What is to be taken in: uploads of ours and returns of providers alike."""

    uploads: Annotated[list[fields.UploadId], Field(min_length=1, max_length=_CHOSEN)]
    provenance: ProvenanceBody | None = None


class SealBody(Closed):
    """Which taking-in is to be sealed."""

    intake: fields.JobId


class JobAsked(Shown):
    """A job that was asked for; ``GET jobs/{job}`` says how far it is."""

    job: str


class MoveBody(Closed):
    """What the law asks of the act: purpose, reasons, conditions."""

    terms: fields.Terms
    content: fields.Content = Field(default_factory=dict)
    reasons_against: dict[fields.Word, fields.Line] = Field(default_factory=dict)


class PartBody(MoveBody):
    """Which objects are shown."""

    serials: Annotated[list[_Serial], Field(min_length=1, max_length=_CHOSEN)]


class HandoverBody(MoveBody):
    """Which objects are to arrive first, and on which conditions all may be used."""

    first: Annotated[list[_Serial], Field(max_length=_CHOSEN)] = Field(default_factory=list)
    documents: fields.Documents = Field(default_factory=dict)


class ReasonsBody(Closed):
    """Why."""

    reasons: fields.Line


class ResultShown(shown.TransferShown):
    """A transfer with its conditions, and what came of the verification here."""

    conditions: str
    is_acknowledged: bool
    verification: str
    checks: list[fields.Content]
    received: str | None


@door.post("/dossiers/{dossier}/intakes", Permission.EVIDENCE_BRING, JobAsked, 202)
def take_in(request: Asked, dossier: fields.DossierId, body: IntakeBody) -> JobAsked:
    """Ask for uploads to be taken in; a worker does it."""
    node, ident = request.node, Ident(dossier)
    given = body.provenance
    provenance = None if given is None else Provenance(**given.model_dump())
    officer = request.officer(custody_roles(node, ident, TAKE_IN))
    uploads = [Ident(one) for one in body.uploads]
    return JobAsked(job=str(request_return_intake(node, officer, ident, uploads, provenance)))


@door.post("/dossiers/{dossier}/seals", Permission.EVIDENCE_BRING, JobAsked, 202)
def seal(request: Asked, dossier: fields.DossierId, body: SealBody) -> JobAsked:
    """Ask for a taking-in to be sealed; a worker does it."""
    node, ident = request.node, Ident(dossier)
    officer = request.officer(custody_roles(node, ident, SEAL))
    return JobAsked(job=str(request_seal(node, officer, ident, Ident(body.intake))))


@door.get("/packages/{package}", Permission.DOSSIER_READ, shown.PackageShown)
def show_package(request: Asked, package: fields.PackageId) -> shown.PackageShown:
    """Show a package, sealed here or received."""
    with request.node.store.view() as unit:
        return shown.show_package(find_package(unit, Ident(package)))


@door.bare(
    "POST",
    "/packages/{package}/export",
    Permission.EVIDENCE_OPEN,
    {200: None},
    has_key=True,
    streams=TAR,
)
def export(request: Asked, package: fields.PackageId, body: MoveBody) -> HttpResponseBase:
    """Hand a whole package out, plain, as a tar; an act says who opened it and why."""
    node, ident = request.node, Ident(package)
    once = _once(request)
    officer = request.officer(custody_roles(node, _dossier(node, ident), OPEN))
    return stream_export(ident, export_package(node, officer, ident, _move(body), once))


@door.bare(
    "POST",
    "/packages/{package}/disclosures",
    Permission.EVIDENCE_DISCLOSE,
    {200: None},
    has_key=True,
    streams=TAR,
)
def disclose(request: Asked, package: fields.PackageId, body: PartBody) -> HttpResponseBase:
    """Hand out the part of a package that shows some objects, plain, as a tar."""
    node, ident = request.node, Ident(package)
    once = _once(request)
    officer = request.officer(custody_roles(node, _dossier(node, ident), DISCLOSE))
    part = export_part(node, officer, ident, body.serials, _move(body), once)
    return stream_export(ident, part)


@door.post("/packages/{package}/handovers", Permission.EVIDENCE_HAND_OVER, JobAsked, 202)
def hand_over(request: Asked, package: fields.PackageId, body: HandoverBody) -> JobAsked:
    """Ask for a package to be handed over to the other side; a worker does it."""
    node, ident = request.node, Ident(package)
    officer = request.officer(step_roles(node, _dossier(node, ident), "hand_over"))
    move = Move(
        content=body.content,
        terms=body.terms,
        documents=fields.read_documents(body.documents),
        reasons_against=body.reasons_against,
    )
    return JobAsked(job=str(request_handover(node, officer, ident, first=body.first, move=move)))


@door.get("/transfers/{transfer}", Permission.DOSSIER_READ, ResultShown)
def show_result(request: Asked, transfer: fields.TransferId) -> ResultShown:
    """Show a transfer: how far it is, its conditions, and what the verification said."""
    return _result(request, show_transfer(request.node, Ident(transfer)))


@door.post("/transfers/{transfer}/confirmation", Permission.DOSSIER_ACT, shown.ActTaken, 201)
def confirm(request: Asked, transfer: fields.TransferId, body: MoveBody) -> shown.ActTaken:
    """Tell the sender what came of it; ``terms`` acknowledge the conditions."""
    node, ident = request.node, Ident(transfer)
    dossier = show_transfer(node, ident).row.dossier
    officer = request.officer(step_roles(node, dossier, "confirm_receipt"))
    return show_taken(node, confirm_receipt(node, officer, ident, move=_move(body)))


@door.bare(
    "POST",
    "/transfers/{transfer}/early-opening",
    Permission.EVIDENCE_OPEN,
    {200: None},
    has_key=True,
    streams=TAR,
)
def open_first(request: Asked, transfer: fields.TransferId, body: PartBody) -> HttpResponseBase:
    """Hand out objects that are here while the rest is on its way, plain, as a tar; no package."""
    node, ident = request.node, Ident(transfer)
    once = _once(request)
    dossier = show_transfer(node, ident).row.dossier
    officer = request.officer(custody_roles(node, dossier, OPEN))
    return stream_export(ident, export_early(node, officer, ident, body.serials, _move(body), once))


@door.post("/transfers/{transfer}/resumption", Permission.DOSSIER_ACT, ResultShown)
def resume(request: Asked, transfer: fields.TransferId) -> ResultShown:
    """Let a transfer that was stopped go on where it stopped."""
    node, ident = request.node, Ident(transfer)
    resume_transfer(node, request.reader(), ident)
    return _result(request, show_transfer(node, ident))


@door.post("/transfers/{transfer}/stop", Permission.DOSSIER_ACT, shown.ActTaken, 201)
def stop(request: Asked, transfer: fields.TransferId, body: ReasonsBody) -> shown.ActTaken:
    """Let nothing more be fetched of a transfer for now; what is here stays."""
    node = request.node
    signed = stop_transfer(node, request.officer(), Ident(transfer), body.reasons)
    return show_taken(node, signed)


@door.post("/transfers/{transfer}/withdrawal", Permission.EVIDENCE_HAND_OVER, shown.ActTaken, 201)
def withdraw(request: Asked, transfer: fields.TransferId, body: ReasonsBody) -> shown.ActTaken:
    """Take back an offer that the other side has not fetched whole."""
    node = request.node
    signed = withdraw_offer(node, request.officer(), Ident(transfer), body.reasons)
    return show_taken(node, signed)


@door.post("/transfers/{transfer}/discarding", Permission.EVIDENCE_BRING, shown.ActTaken, 201)
def discard(request: Asked, transfer: fields.TransferId, body: ReasonsBody) -> shown.ActTaken:
    """Drop the pieces of a package that was refused here."""
    node = request.node
    signed = discard_refused(node, request.officer(), Ident(transfer), body.reasons)
    return show_taken(node, signed)


def _result(request: Asked, found: ShownTransfer) -> ResultShown:
    # The checks are told in sealed content: oversight reads that there were some, not them.
    checks = found.checks if request.has(Permission.CONTENT_READ) else ()
    return ResultShown.model_validate(
        {
            **shown.show_transfer(found.row).model_dump(),
            "conditions": found.conditions,
            "is_acknowledged": found.is_acknowledged,
            "verification": found.verification,
            "checks": [one for one in checks if isinstance(one, dict)],
            "received": fields.maybe_text(found.received),
        }
    )


def _dossier(node: Node, package: Ident) -> Ident:
    with node.store.view() as unit:
        return find_package(unit, package).dossier


def _once(request: Asked) -> Once:
    return Once(actor=request.actor, key=read_key(request.http), request=digest_of(request.http))


def _move(body: MoveBody) -> Move:
    return Move(content=body.content, terms=body.terms, reasons_against=body.reasons_against)
