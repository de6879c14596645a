"""Signed calls against another's RFC 9421 (http-message-signatures), both ways."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    InvalidSignature,
)
from http_message_signatures.algorithms import ED25519

from comity.base import Instant
from comity.federation.calls import Call, content_digest, read_mark, sign_call, verify_call
from comity.federation.errors import CallRefused
from tests.providers import KEY, STRANGER


def _now() -> Instant:
    """Return the time of the wall: the other library asks no other clock."""
    return Instant.of(dt.datetime.now(dt.UTC))


BODY = b"a piece"
FIELDS = {
    "content-length": "7",
    "content-digest": content_digest(BODY),
    "upload-offset": "8388608",
}
CALL = Call(
    method="PATCH",
    authority="xb.example:8443",
    path="/providers/1/returns/ret_x",
    fields=FIELDS,
)


@dataclass
class Message:
    """A request as that library sees one."""

    method: str
    url: str
    headers: dict[str, Any] = field(default_factory=dict)


class Resolver(HTTPSignatureKeyResolver):
    """Gives the provider's key, and its secret half where one is needed."""

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey:
        assert key_id == str(KEY.public.key_id)
        return Ed25519PublicKey.from_public_bytes(KEY.public.ed25519)

    def resolve_private_key(self, key_id: str) -> Ed25519PrivateKey:
        assert key_id == str(KEY.public.key_id)
        return KEY._ed25519


def message(headers: dict[str, str]) -> Message:
    return Message(CALL.method, f"https://{CALL.authority}{CALL.path}", dict(headers))


def verify(headers: dict[str, str]) -> None:
    verifier = HTTPMessageVerifier(signature_algorithm=ED25519, key_resolver=Resolver())
    verifier.verify(message(headers), max_age=dt.timedelta(seconds=300))


def test_what_we_sign_another_library_verifies() -> None:
    made = sign_call(CALL, KEY, now=_now(), nonce="n" * 22)
    verify({**FIELDS, **made})


def test_what_was_changed_another_library_refuses_too() -> None:
    made = sign_call(CALL, KEY, now=_now(), nonce="n" * 22)
    with pytest.raises(InvalidSignature):
        verify({**FIELDS, **made, "upload-offset": "0"})


def test_what_another_library_signs_we_verify() -> None:
    signer = HTTPMessageSigner(signature_algorithm=ED25519, key_resolver=Resolver())
    sent = message(FIELDS)
    begun = _now().at.replace(tzinfo=None)
    signer.sign(
        sent,
        key_id=str(KEY.public.key_id),
        created=begun,
        expires=begun + dt.timedelta(seconds=60),
        nonce="n" * 22,
        tag="comity-provider",
        label="comity",
        covered_component_ids=CALL.covered,
        body=BODY,
        use_existing_digest=True,
    )
    mark = read_mark(sent.headers["Signature-Input"], sent.headers["Signature"])
    verify_call(CALL, mark, KEY.public, now=_now())


@pytest.mark.parametrize(
    "change",
    [
        {"method": "POST"},
        {"authority": "other.example"},
        {"path": "/providers/1/answers"},
        {"query": "a=1"},
        {"fields": {**FIELDS, "upload-offset": "0"}},
        {"fields": {**FIELDS, "content-digest": content_digest(b"x")}},
        {"fields": {**FIELDS, "content-length": "8"}},
        {"fields": {}},
    ],
)
def test_a_signature_is_for_one_call(change: dict[str, Any]) -> None:
    made = sign_call(CALL, KEY, now=_now(), nonce="n" * 22)
    mark = read_mark(made["Signature-Input"], made["Signature"])
    with pytest.raises(CallRefused):
        verify_call(replace(CALL, **change), mark, KEY.public, now=_now())


def test_a_signature_is_of_one_key() -> None:
    made = sign_call(CALL, KEY, now=_now(), nonce="n" * 22)
    mark = read_mark(made["Signature-Input"], made["Signature"])
    with pytest.raises(CallRefused):
        verify_call(CALL, replace(mark, key_id=STRANGER.public.key_id), STRANGER.public, now=_now())


@pytest.mark.parametrize("seconds", [-301, 300, 9999])
def test_a_signature_is_for_its_five_minutes(seconds: int) -> None:
    made = sign_call(CALL, KEY, now=_now(), nonce="n" * 22)
    mark = read_mark(made["Signature-Input"], made["Signature"])
    later = Instant(_now().at + dt.timedelta(seconds=seconds))
    with pytest.raises(CallRefused):
        verify_call(CALL, mark, KEY.public, now=later)


def test_a_signature_cannot_give_itself_a_longer_life() -> None:
    made = sign_call(CALL, KEY, now=_now(), nonce="n" * 22)
    mark = read_mark(made["Signature-Input"], made["Signature"])
    with pytest.raises(CallRefused):
        verify_call(CALL, replace(mark, expires=mark.expires + 60), KEY.public, now=_now())
