"""Requests between nodes, signed with HTTP Message Signatures (RFC 9421).

Every request is signed by the node that sends it, over exactly these components::

    "@method" "@authority" "@path" "@query"            and with a body also
    "content-digest" "content-length"

with the parameters ``created``, ``expires`` (at most 300 s later), ``nonce``, ``keyid``
(``XA/XA-CA``), ``alg="ed25519"`` and ``tag="comity"``. The body's digest is SHA-256, alone
(RFC 9530). ``@authority`` binds the request to the node that it was meant for: what one peer
received it cannot pass on to another. One signature bears our tag; other signatures on the
same request are none of ours and say nothing.

Checked in this order: 1 the fields' size and form; 2 one signature under our tag; 3 its
parameters, all of them and no other; 4 its time; 5 the components, exactly; 6 the key that
``keyid`` names; 7 the signature. Not checked here: that the nonce is new (``service.peers``),
that the body has the digest (``require_digest``), that the host is ours (``web.peers``).
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import http_message_signatures as rfc9421
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from http_message_signatures.exceptions import HTTPMessageSignaturesException, InvalidSignature

from comity.base import Instant, limits
from comity.base.errors import ComityError
from comity.transport.errors import DigestRefused, SignatureRefused

TAG: Final = "comity"
_BARE: Final = ("@method", "@authority", "@path", "@query")
_BODY: Final = ("content-digest", "content-length")
_PARAMETERS: Final = frozenset({"created", "expires", "nonce", "keyid", "alg", "tag"})
_DIGEST: Final = re.compile(r"sha-256=:([A-Za-z0-9+/]{43}=):")
_FIELDS: Final = ("signature-input", "signature")


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """A request as it came: ``host`` as its Host field says, header names in small letters."""

    method: str
    host: str
    path: str
    query: str
    headers: Mapping[str, str]

    @property
    def url(self) -> str:
        """Return the address that was asked for."""
        return f"https://{self.host}{self.path}{'?' if self.query else ''}{self.query}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a good signature says: who signed, and a nonce to be kept until ``until``."""

    keyid: str
    nonce: str
    until: Instant


@dataclass(slots=True)
class _Outbound:
    method: str
    url: str
    headers: dict[str, str]


def sign_request(  # noqa: PLR0913 # a request has these parts
    key: Ed25519PrivateKey,
    keyid: str,
    *,
    method: str,
    url: str,
    body: bytes | None,
    nonce: str,
    now: Instant,
) -> dict[str, str]:
    """Return the header fields that sign this request; ``body`` None if it has none."""
    headers: dict[str, str] = {}
    if body is not None:
        headers = {"Content-Digest": write_digest(body), "Content-Length": str(len(body))}
    message = _Outbound(method, url, headers)
    keys = rfc9421.MappingKeyResolver(public_keys={}, private_keys={keyid: key})
    signer = rfc9421.HTTPMessageSigner(
        signature_algorithm=rfc9421.algorithms.ED25519, key_resolver=keys
    )
    signer.sign(
        message,
        key_id=keyid,
        created=now.at,
        expires=now.at + timedelta(seconds=limits.REQUEST_SECONDS),
        nonce=nonce,
        label=TAG,
        tag=TAG,
        covered_component_ids=_BARE if body is None else (*_BARE, *_BODY),
        use_existing_digest=body is not None,
    )
    return headers


def verify_request(
    request: Inbound, find_key: Callable[[str], Ed25519PublicKey], now: Instant, *, has_body: bool
) -> Proof:
    """Return what the signature of ``request`` proves; raise ``SignatureRefused``.

    ``find_key`` returns the key for a keyid or raises one of our errors, which goes through.
    """
    for name in _FIELDS:
        _require(
            0 < len(request.headers.get(name, "")) <= limits.SIGNATURE_FIELD_CHARACTERS,
            "Signature or Signature-Input is missing, or too long.",
        )
    keys = _Keys(find_key)
    verifier = _Verifier(signature_algorithm=rfc9421.algorithms.ED25519, key_resolver=keys)
    verifier.present = now
    try:
        results = verifier.verify(request, max_age=None, expect_tag=TAG)
    except HTTPMessageSignaturesException as error:
        raise (keys.trouble or SignatureRefused(_reason(error))) from error
    _require(len(results) == 1, "There is more than one signature under our tag.")
    return _read_proof(results[0], (*_BARE, *_BODY) if has_body else _BARE)


def write_digest(body: bytes) -> str:
    """Return the Content-Digest field of ``body`` (RFC 9530)."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode('ascii')}:"


def require_digest(field: str, body: bytes) -> None:
    """Raise ``DigestRefused`` unless ``field`` is the Content-Digest of ``body``."""
    require_digest_form(field)
    if field != write_digest(body):
        raise DigestRefused


def require_digest_form(field: str) -> None:
    """Raise ``DigestRefused`` unless ``field`` is a SHA-256 in the form of RFC 9530, alone."""
    if _DIGEST.fullmatch(field) is None:
        detail = "Content-Digest is missing, or not one SHA-256."
        raise DigestRefused(detail)


class _Keys(rfc9421.HTTPSignatureKeyResolver):
    """Ask for keys by keyid; keep what went wrong, for the library tells only that it did."""

    def __init__(self, find_key: Callable[[str], Ed25519PublicKey]) -> None:
        self._find_key = find_key
        self.trouble: ComityError | None = None

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey:
        try:
            return self._find_key(key_id)
        except ComityError as error:
            self.trouble = error
            raise


class _Verifier(rfc9421.HTTPMessageVerifier):
    """The library's verifier, by the clock that was handed in."""

    present: Instant

    def validate_created_and_expires(self, sig_input: Any, max_age: Any = None) -> None:  # noqa: ANN401 - the library's own types
        del max_age
        if set(sig_input.params) != _PARAMETERS:
            reason = "The parameters are not created, expires, nonce, keyid, alg and tag."
            raise InvalidSignature(reason)
        created, expires = sig_input.params["created"], sig_input.params["expires"]
        now = int(self.present.at.timestamp())
        if not 0 <= expires - created <= limits.REQUEST_SECONDS:
            reason = f"It is to expire within {limits.REQUEST_SECONDS} seconds of its making."
            raise InvalidSignature(reason)
        if created > now + limits.CLOCK_AHEAD_SECONDS:
            reason = "It was made in the future: one of the two clocks is wrong."
            raise InvalidSignature(reason)
        if expires < now - limits.CLOCK_AHEAD_SECONDS:
            reason = "It is too old, or one of the two clocks is wrong."
            raise InvalidSignature(reason)


def _read_proof(result: rfc9421.VerifyResult, wanted: tuple[str, ...]) -> Proof:
    covered = {name for name in result.covered_components if name != '"@signature-params"'}
    _require(
        covered == {f'"{name}"' for name in wanted},
        f"What is signed is not exactly {' '.join(wanted)}.",
    )
    nonce = str(result.nonce)
    _require(
        limits.NONCE_LEAST <= len(nonce) <= limits.NONCE_MOST and nonce.isascii(),
        f"A nonce has {limits.NONCE_LEAST} to {limits.NONCE_MOST} characters.",
    )
    later = int(result.parameters["expires"]) + limits.CLOCK_AHEAD_SECONDS + 1
    return Proof(
        keyid=str(result.parameters["keyid"]),
        nonce=nonce,
        until=Instant(datetime.fromtimestamp(later, UTC)),
    )


def _reason(error: Exception) -> str:
    """Return what the library says, which may hold bytes of the sender's."""
    said = " ".join(str(error).split())[:200]
    return said if said and said.isprintable() else "It is not by the key that is named."


def _require(holds: bool, detail: str) -> None:  # noqa: FBT001 # a statement, not a choice
    if not holds:
        raise SignatureRefused(detail)
