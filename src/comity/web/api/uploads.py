"""Uploads: bytes that an officer brings, piece by piece; after a break it goes on."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Annotated, Final

from django.http import HttpResponse
from pydantic import Field, StringConstraints

from comity.base import Digest, Ident, limits
from comity.base.errors import ComityError
from comity.service.rows import ReturnRow
from comity.service.uploads import append_piece, begin_upload, show_upload
from comity.web.api import fields
from comity.web.api.asking import Asked, Door
from comity.web.api.errors import QueryRefused
from comity.web.api.fields import Closed, Shown
from comity.web.permissions import Permission

door: Final = Door("uploads")
OFFSET: Final = "Upload-Offset"
_DIGEST: Final = re.compile(r"sha-256=:([A-Za-z0-9+/]{43}=):")
_NUMBER: Final = re.compile(r"[0-9]{1,18}")
_HEADERS: Final = [
    {
        "name": OFFSET,
        "in": "header",
        "required": True,
        "schema": {"type": "string", "pattern": "^[0-9]{1,18}$"},
        "description": "Where this piece begins: as many bytes as are here.",
    },
    {
        "name": "Content-Digest",
        "in": "header",
        "required": True,
        "schema": {"type": "string", "pattern": "^sha-256=:[A-Za-z0-9+/]{43}=:$"},
        "description": "The SHA-256 of this piece (RFC 9530).",
    },
]
_PIECE: Final = {
    "parameters": _HEADERS,
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    },
}


class UploadBody(Closed):
    """What is to be brought: for which dossier, under which name, how long."""

    dossier: fields.DossierId
    name: Annotated[fields.Text, StringConstraints(min_length=1, max_length=255)]
    size: Annotated[int, Field(ge=1, le=limits.UPLOAD_BYTES)]


class UploadShown(Shown):
    """How far an upload is: ``offset`` of ``size`` bytes are here."""

    upload: str
    dossier: str
    order: str
    provider: str
    is_identified: bool
    offset: int
    size: int
    state: str
    made: str
    until: str


@door.post("/uploads", Permission.EVIDENCE_BRING, UploadShown, 201)
def bring(request: Asked, body: UploadBody) -> UploadShown:
    """Begin an upload; its pieces are then sent to it in their order, 8 MiB each."""
    node = request.node
    ident = begin_upload(
        node, request.reader(), Ident(body.dossier), name=body.name, size=body.size
    )
    return show(show_upload(node, ident))


@door.bare(
    "PATCH",
    "/uploads/{upload}",
    Permission.EVIDENCE_BRING,
    {204: None},
    takes=_PIECE,
)
def bring_piece(request: Asked, upload: fields.UploadId) -> HttpResponse:
    """Send the next piece; a piece that was sent before is refused, and tells how far it is."""
    offset = _number(request.http.headers.get(OFFSET, ""))
    digest = _digest(request.http.headers.get("Content-Digest", ""))
    got = append_piece(request.node, Ident(upload), offset, request.http.body, digest)
    answer = HttpResponse(status=204)
    answer[OFFSET] = str(got)
    return answer


@door.get("/uploads/{upload}", Permission.EVIDENCE_BRING, UploadShown)
def show_progress(request: Asked, upload: fields.UploadId) -> UploadShown:
    """Say how far an upload is."""
    return show(show_upload(request.node, Ident(upload)))


@door.head("/uploads/{upload}", Permission.EVIDENCE_BRING)
def tell_offset(request: Asked, upload: fields.UploadId) -> HttpResponse:
    """Say in a header how far an upload is."""
    row = show_upload(request.node, Ident(upload))
    answer = HttpResponse(status=200)
    answer[OFFSET] = str(row.got)
    answer["Upload-Length"] = str(row.size)
    return answer


def show(row: ReturnRow) -> UploadShown:
    """Show an upload."""
    return UploadShown(
        upload=str(row.ident),
        dossier=str(row.dossier),
        order=row.order,
        provider=row.provider,
        is_identified=row.is_identified,
        offset=row.got,
        size=row.size,
        state=row.state,
        made=str(row.made),
        until=str(row.until),
    )


def _number(text: str) -> int:
    if _NUMBER.fullmatch(text) is None:
        detail = f"{OFFSET} says in digits where the piece begins."
        raise QueryRefused(detail)
    return int(text)


def _digest(text: str) -> Digest:
    match = _DIGEST.fullmatch(text)
    try:
        return Digest(base64.b64decode(match[1] if match else "", validate=True))
    except (binascii.Error, ValueError) as error:
        raise QueryRefused from error
    except ComityError as error:
        detail = "Content-Digest is sha-256=:…: of the piece (RFC 9530)."
        raise QueryRefused(detail) from error
