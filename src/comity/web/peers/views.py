"""The views of the peers' door: each admits the caller, calls one verb, gives its answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Final, TypeAlias

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_http_methods

from comity.base import Digest, Ident, limits
from comity.base.errors import ComityError, Malformed
from comity.service import receipts, receiving, transfers
from comity.service.directory import read_public_file
from comity.service.errors import NotThere
from comity.service.peers import PROTOCOLS
from comity.service.recovery import recent_statements
from comity.service.trying import answer_echo
from comity.transport.errors import DigestRefused
from comity.web.bodies import BodyLate, LengthMissing, TooManyAtOnce
from comity.web.peers.admitting import NotAdmitted, admit
from comity.web.place import current_node, current_place
from comity.web.problems import answer_problem, say_problem

BINARY: Final = "application/octet-stream"
_STATUSES: Final[tuple[tuple[type[ComityError], int], ...]] = (
    (LengthMissing, 411),
    (DigestRefused, 400),
    (NotAdmitted, 401),
    (TooManyAtOnce, 429),
    (BodyLate, 408),
)
_View: TypeAlias = Callable[..., HttpResponseBase]


def _door(*methods: str) -> Callable[[_View], _View]:
    """Allow these methods alone, and answer our errors as problems."""

    def dress(view: _View) -> _View:
        @require_http_methods([*methods])
        @wraps(view)
        def dressed(request: HttpRequest, **parts: object) -> HttpResponseBase:
            try:
                return view(request, **parts)
            except ComityError as error:
                status = next((code for kind, code in _STATUSES if isinstance(error, kind)), None)
                return answer_problem(error, status)

        return dressed

    return dress


@_door("GET")
def versions(_request: HttpRequest) -> HttpResponse:
    """Say which versions of this protocol are spoken here; for all."""
    body = json.dumps({"protocols": [*PROTOCOLS]}).encode()
    return HttpResponse(body, content_type="application/json")


@_door("GET", "POST", "PUT", "PATCH", "HEAD")
def other_version(_request: HttpRequest, version: str, rest: str = "") -> HttpResponse:
    """Refuse a version that is not spoken here, and say which are."""
    del version, rest
    title = "This version of the protocol is not spoken here."
    return say_problem(400, "web/version-unknown", title, protocols=[*PROTOCOLS])


@_door("POST")
def messages(request: HttpRequest) -> HttpResponse:
    """Take in a message; answer with our receipt for it."""
    got = admit(current_place(), request, limits.MESSAGE_BYTES + limits.STATEMENT_BYTES)
    receipt = receiving.accept_message(current_node(), got.caller, got.body)
    return HttpResponse(receipt, content_type="application/json")


@_door("POST")
def take_receipt(request: HttpRequest) -> HttpResponse:
    """Take in a receipt for a message of ours."""
    got = admit(current_place(), request, limits.STATEMENT_BYTES)
    receipts.accept_receipt(current_node(), got.body)
    return HttpResponse(status=204)


@_door("GET")
def give_receipts(request: HttpRequest, message: str) -> HttpResponse:
    """Give the receipts that we signed for a message of the caller's, one to a line."""
    got = admit(current_place(), request, 0)
    found = receipts.list_receipts(current_node(), got.caller, Digest.parse(f"sha256:{message}"))
    return HttpResponse(b"\n".join(found), content_type="application/jsonl")


@_door("GET")
def directory(_request: HttpRequest, name: str) -> HttpResponse:
    """Give a file of our State's part of the directory; for all, for it verifies itself."""
    return HttpResponse(read_public_file(current_node(), name), content_type=BINARY)


@_door("GET")
def restored(_request: HttpRequest) -> HttpResponse:
    """Say whether this node was restored from a backup: signed, one to a line; for all."""
    found = recent_statements(current_node())
    return HttpResponse(b"\n".join(found), content_type="application/jsonl")


@_door("GET")
def descriptor(request: HttpRequest, transfer: str) -> HttpResponse:
    """Give the descriptor of a transfer to the caller."""
    got = admit(current_place(), request, 0)
    return _bytes(transfers.read_descriptor(current_node(), got.caller, _ident(transfer)))


@_door("GET")
def chunk_list(request: HttpRequest, transfer: str, volume: str) -> HttpResponse:
    """Give the digests of the chunks of one volume."""
    got = admit(current_place(), request, 0)
    found = transfers.read_chunk_list(current_node(), got.caller, _ident(transfer), int(volume))
    return _bytes(found)


@_door("GET")
def chunk(request: HttpRequest, transfer: str, volume: str, number: str) -> HttpResponse:
    """Give one chunk, of at most 8 MiB."""
    got = admit(current_place(), request, 0)
    return _bytes(
        transfers.read_chunk(current_node(), got.caller, _ident(transfer), int(volume), int(number))
    )


@_door("POST")
def echo(request: HttpRequest) -> HttpResponse:
    """Show that the way is open and that we are who we are: a signed answer to a number."""
    got = admit(current_place(), request, limits.ECHO_BYTES)
    answer = answer_echo(current_node(), got.caller, got.body)
    return HttpResponse(answer, content_type="application/json")


def _bytes(found: bytes) -> HttpResponse:
    return HttpResponse(found, content_type=BINARY)


def _ident(text: str) -> Ident:
    try:
        return Ident(text)
    except Malformed as error:
        raise NotThere from error
