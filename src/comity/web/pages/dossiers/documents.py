"""Documents that acts cover: handed out as they were given, and never opened by the browser."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from comity.base import Digest, Ident
from comity.service.errors import NotThere
from comity.service.reading import show_document, show_dossier
from comity.service.receipts import retrieve
from comity.web.pages.dossiers.saying import documents_of
from comity.web.pages.kit.pages import Answer, page
from comity.web.pages.kit.seat import Seat
from comity.web.permissions import Permission

_SAFE: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789._-")


@page(
    "dossiers/<str:dossier>/documents/<str:digest>",
    Permission.CONTENT_READ,
    name="dossier-document",
    title=_("Document"),
    room="dossiers",
)
def take_document(seat: Seat, dossier: str, digest: str) -> Answer:
    """Hand out a document that an act of this dossier covers."""
    ident, wanted = Ident(dossier), Digest.parse(digest)
    shown = show_dossier(seat.node, ident)
    names = [
        document.name
        for one in shown.acts
        for document in documents_of(one.act)
        if document.digest == wanted
    ]
    if not names:
        raise NotThere(str(wanted), where=str(ident))
    data = show_document(seat.node, ident, wanted)
    retrieve(seat.node, seat.reader(), ident)
    answer = HttpResponse(data, content_type="application/octet-stream")
    answer["Content-Disposition"] = f'attachment; filename="{file_name(names[0], wanted)}"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["Cache-Control"] = "private, no-store"
    return answer


def file_name(name: str, digest: Digest) -> str:
    """Return a name that no program takes for more than a name."""
    plain = "".join(one if one in _SAFE else "-" for one in name.lower()).strip(".-")
    return f"{digest.hex[:8]}-{plain[:80] or 'document'}"
