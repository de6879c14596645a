"""The views of the providers' door: thin; each reads a request and calls one verb.

Open to everybody without sign-in: who speaks is told by the provider's key or by a code, and
the verbs judge that. Whoever sends a piece is known before its bytes are read.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_http_methods

from comity.base import Ident, limits
from comity.base.errors import ComityError, Malformed
from comity.federation.calls import content_digest
from comity.federation.directory import KeyRevoked, KeyUnknown
from comity.federation.errors import CallRefused
from comity.service.answers import accept_answer
from comity.service.errors import NotThere
from comity.service.order_errors import CodeRefused, CodesResting, NotIdentified
from comity.service.orders import list_revocations
from comity.service.peers import NonceReplayed
from comity.service.returns import Piece, admit, begin_return, end_return, put_piece
from comity.service.rows import ReturnRow
from comity.service.speakers import refusals_kept
from comity.service.uploads import WrongOffset, show_upload
from comity.web.bodies import BodyLate, TooManyAtOnce
from comity.web.place import current_node
from comity.web.problems import answer_problem
from comity.web.providers.bodies import (
    CODE,
    BodyDiffers,
    BodyUnmeasured,
    read_body,
    read_length,
    read_offset,
    read_voice,
)

_JSON: Final = "application/json"
_STATUSES: Final[tuple[tuple[type[ComityError], int], ...]] = (
    (BodyUnmeasured, 411),
    (BodyDiffers, 400),
    (CallRefused, 401),
    (NonceReplayed, 401),
    (NotIdentified, 401),
    (KeyRevoked, 401),
    (KeyUnknown, 401),
    (CodeRefused, 401),
    (CodesResting, 429),
    (TooManyAtOnce, 429),
    (BodyLate, 408),
)
_View = Callable[..., HttpResponse]


def _told(view: _View) -> _View:
    """Answer our errors as problem details; of an upload, tell where it stands."""

    @functools.wraps(view)
    def told(request: HttpRequest, **words: str) -> HttpResponse:
        try:
            return view(request, **words)
        except ComityError as error:
            status = next((code for kind, code in _STATUSES if isinstance(error, kind)), None)
            answer = answer_problem(error, status)
            if isinstance(error, WrongOffset):
                row = show_upload(current_node(), _ident(words["ret"]))
                answer["Upload-Offset"] = str(row.got)
            return answer

    return told


@require_http_methods(["GET", "HEAD"])
@_told
def revocations(_request: HttpRequest) -> HttpResponse:
    """Give the signed list of the orders that are revoked: public."""
    data = list_revocations(current_node())
    return HttpResponse(data, content_type=_JSON, headers={"Content-Digest": content_digest(data)})


@require_http_methods(["POST"])
@_told
def answers(request: HttpRequest) -> HttpResponse:
    """Take an answer file; give a signed receipt."""
    node = current_node()
    with refusals_kept(node, b""):
        data, _ = read_body(request, limits.ENVELOPE_BYTES)
    receipt = accept_answer(node, data, request.META.get(CODE, ""))
    return HttpResponse(receipt, content_type=_JSON)


@require_http_methods(["POST"])
@_told
def returns(request: HttpRequest) -> HttpResponse:
    """Begin a return with its statement, or find the one that it began; tell where it stands."""
    node = current_node()
    with refusals_kept(node, b""):
        data, _ = read_body(request, limits.ENVELOPE_BYTES)
    row = begin_return(node, data, read_voice(request))
    told = {"return": str(row.ident), "piece": limits.PIECE_BYTES, "state": row.state}
    answer = JsonResponse(told, status=201)
    answer["Location"] = f"/providers/1/returns/{row.ident}"
    return _with_offset(answer, row.got, row)


@require_http_methods(["HEAD", "PATCH"])
@_told
def upload(request: HttpRequest, ret: str) -> HttpResponse:
    """Tell how much of a return is here (HEAD), or take its next piece (PATCH)."""
    node = current_node()
    row = admit(node, _ident(ret), read_voice(request))
    if request.method == "HEAD":
        return _with_offset(HttpResponse(status=204), row.got, row)
    with refusals_kept(node, b"", row.order):
        read_length(request, limits.PIECE_BYTES)
        offset = read_offset(request)
        data, digest = read_body(request, limits.PIECE_BYTES, str(row.ident))
    got = put_piece(node, row, Piece(offset=offset, data=data, digest=digest))
    return _with_offset(HttpResponse(status=204), got, row)


@require_http_methods(["POST"])
@_told
def end(request: HttpRequest, ret: str) -> HttpResponse:
    """Say that a return is whole; give a signed receipt."""
    node = current_node()
    receipt = end_return(node, _ident(ret), read_voice(request))
    return HttpResponse(receipt, content_type=_JSON)


def _ident(text: str) -> Ident:
    try:
        return Ident(text)
    except Malformed as error:
        raise NotThere(where=text[:40]) from error


def _with_offset(answer: HttpResponse, got: int, row: ReturnRow) -> HttpResponse:
    answer["Upload-Offset"] = str(got)
    answer["Upload-Length"] = str(row.size)
    answer["Cache-Control"] = "no-store"
    return answer
