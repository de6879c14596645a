"""Who may speak: every request but two public ones is signed by a node that we know.

Checked in this order, and nothing of the body is read before 5: 1 the length is said and
bounded (411, 413); 2 there is a digest in the right form (400); 3 the host that was asked for
is ours (401: a request meant for another node); 4 the signature is by the key that the
directory names for the sender (401); 5 its nonce is new (401); 6 the body has the digest (400).
What fails is kept as a finding for a person, also a body of too many at once or one that comes
too slowly; of strangers only so much a day.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.http import HttpRequest

from comity.base.errors import ComityError, DoesNotVerify, NotPermitted, TooLarge
from comity.domain.party import UnknownState
from comity.service.directory import UnknownAuthority, find_card
from comity.service.findings import UNKNOWN, make_finding
from comity.service.node import Node
from comity.service.peers import Caller, admit_nonce
from comity.transport.signing import (
    Inbound,
    Proof,
    require_digest,
    require_digest_form,
    verify_request,
)
from comity.web.bodies import (
    BodyLate,
    LengthMissing,
    TooManyAtOnce,
    body_length,
    read_body,
    require_no_body,
)
from comity.web.place import Place

_SIGNED: Final = ("HTTP_SIGNATURE", "HTTP_SIGNATURE_INPUT", "HTTP_CONTENT_DIGEST")
_MEASURES: Final = ("CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING")
_SAFE: Final = "/~!$&'()*+,;=:@"
_WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH"})
KIND: Final = "request-refused"


class NotAdmitted(NotPermitted):
    """The request does not show that it comes from a node that we know."""

    code = "web/not-admitted"
    remedy = "Sign as docs/protocol/doors.md says, with the key that the directory names."


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """A request whose sender is known, and its body, which is what the sender signed."""

    caller: Caller
    body: bytes


def admit(place: Place, request: HttpRequest, most: int) -> Admitted:
    """Return who calls and with what; ``most`` bounds the body in bytes.

    Raise ``LengthMissing``, ``TooLarge``, ``DigestRefused``, ``NotAdmitted``, ``BodyCut``,
    ``BodyLate`` or ``TooManyAtOnce``; all but ``BodyCut`` having kept a finding.
    """
    has_body = request.method in _WITH_BODY
    with _reported(place.node, request, UNKNOWN):
        _require_form(request, most, has_body=has_body)
    caller = _identify(place, request, has_body=has_body)
    if not has_body:
        return Admitted(caller=caller, body=b"")
    with _reported(place.node, request, caller.keyid):
        body = read_body(request, most, sender=caller.keyid, group=caller.state)
        require_digest(request.META.get("HTTP_CONTENT_DIGEST", ""), body)
    return Admitted(caller=caller, body=body)


def _require_form(request: HttpRequest, most: int, *, has_body: bool) -> None:
    """Refuse what can be refused by its head alone."""
    if not has_body:
        require_no_body(request)
        return
    body_length(request, most)
    require_digest_form(request.META.get("HTTP_CONTENT_DIGEST", ""))


@contextmanager
def _reported(node: Node, request: HttpRequest, source: str) -> Iterator[None]:
    """Let what is refused be found by a person; then refuse it all the same."""
    try:
        yield
    except (LengthMissing, TooLarge, DoesNotVerify, TooManyAtOnce, BodyLate) as error:
        _report(node, request, source, error)
        raise


def _identify(place: Place, request: HttpRequest, *, has_body: bool) -> Caller:
    """Return the caller, once proved; raise ``NotAdmitted``, having kept a finding."""
    source = UNKNOWN
    try:
        proof = _prove(place, request, has_body=has_body)
        caller = Caller.parse(proof.keyid)
        source = f"{caller.state} {caller.authority}"
        admit_nonce(place.node, caller, proof.nonce, proof.until)
    except (DoesNotVerify, NotPermitted, UnknownAuthority, UnknownState) as error:
        _report(place.node, request, source, error)
        raise NotAdmitted(error.detail or error.sentence()) from error
    return caller


def _prove(place: Place, request: HttpRequest, *, has_body: bool) -> Proof:
    inbound = _inbound(request)
    if inbound.host.lower() != _own_host(place):
        detail = "It was meant for another host than this node's."
        raise NotAdmitted(detail)
    node = place.node

    def find_key(keyid: str) -> Ed25519PublicKey:
        caller = Caller.parse(keyid)
        with node.store.view() as unit:
            known = find_card(node, unit, caller.state, caller.authority)
        if not known.is_listed:
            detail = "Its State does not list this authority any more."
            raise NotAdmitted(detail)
        return _public_key(known.card.wire_key)

    return verify_request(inbound, find_key, node.clock.now(), has_body=has_body)


def _public_key(raw: bytes) -> Ed25519PublicKey:
    try:
        return Ed25519PublicKey.from_public_bytes(raw)
    except (ValueError, UnsupportedAlgorithm) as error:
        detail = "The directory names no key with which this authority signs requests."
        raise NotAdmitted(detail) from error


def _own_host(place: Place) -> str:
    """Return the host and port under which others are told to reach this node."""
    endpoint = place.settings.endpoint
    return (urlsplit(endpoint).netloc if endpoint else place.settings.peers).lower()


def _inbound(request: HttpRequest) -> Inbound:
    """Return the request as it was signed: WSGI decodes a path, so it is encoded again."""
    meta = request.META
    headers = {
        name.removeprefix("HTTP_").lower().replace("_", "-"): str(meta[name])
        for name in _SIGNED
        if name in meta
    }
    headers["content-length"] = str(meta.get("CONTENT_LENGTH") or "")
    return Inbound(
        method=request.method or "",
        host=str(meta.get("HTTP_HOST", "")),
        path=quote(request.path, safe=_SAFE),
        query=str(meta.get("QUERY_STRING", "")),
        headers=headers,
    )


def _report(node: Node, request: HttpRequest, source: str, error: ComityError) -> None:
    """Keep what was refused; the evidence is what was signed, not the body."""
    said = [f"{request.method} {quote(request.path, safe=_SAFE)[:200]}"]
    said += [f"{name}: {str(request.META.get(name, ''))[:1000]}" for name in (*_SIGNED, *_MEASURES)]
    with node.store.unit() as unit:
        make_finding(
            node,
            unit,
            kind=KIND,
            says=f"{error.sentence()} {error.detail}".strip(),
            source=source,
            evidence="\n".join(said).encode("utf-8", "replace"),
        )
