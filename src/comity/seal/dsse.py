"""Envelopes: DSSE version 1, with one hybrid signature inside.

What is signed is not the envelope but ``DSSEv1 <len> <type> <len> <payload>``, so a
payload cannot be passed off as one of another type. On the wire an envelope is
canonical JSON (RFC 8785) of exactly this shape, ``<key>`` being the key id in hexadecimal::

    {"payload":"<base64>","payloadType":"<type>","signatures":[
      {"keyid":"<key>#ed25519","sig":"<base64>"},{"keyid":"<key>#ml-dsa-65","sig":"<base64>"}]}

Both signatures stand there once, in this order, under one key id. One too few, one too
many, a repeat, a swap, another algorithm, another spelling of the same: refused before
any key is looked at. Source: github.com/secure-systems-lab/dsse, protocol.md 1.0.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from comity.base import Digest, canonical_bytes, limits, parse_canonical
from comity.base.canonical import Json
from comity.base.errors import BadValue, Malformed, TooLarge
from comity.seal.errors import OtherKey
from comity.seal.fields import read_base64, read_hex, read_object, write_base64
from comity.seal.keys import ALGORITHMS, SigningKey, VerifyingKey

_ENVELOPE: Final = frozenset({"payload", "payloadType", "signatures"})
_SIGNATURE: Final = frozenset({"keyid", "sig"})
_TYPE: Final = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,60}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """An envelope of the right shape. Nothing in it is verified yet."""

    payload_type: str
    payload: bytes
    key_id: Digest
    signatures: Mapping[str, bytes]


def pae(payload_type: str, payload: bytes) -> bytes:
    """Return the pre-authentication encoding: the bytes that are signed."""
    kind = payload_type.encode("utf-8")
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def sign_envelope(payload_type: str, payload: bytes, key: SigningKey) -> bytes:
    """Return the envelope of ``payload``, signed with both halves of ``key``."""
    if _TYPE.fullmatch(payload_type) is None or len(payload) > limits.DOCUMENT_BYTES:
        detail = "The payload is too large, or its type is not written as a media type."
        raise BadValue(detail)
    made = key.sign(pae(payload_type, payload))
    name = key.public.key_id.hex
    signatures: list[Json] = [
        {"keyid": f"{name}#{algorithm}", "sig": write_base64(made[algorithm])}
        for algorithm in ALGORITHMS
    ]
    return canonical_bytes(
        {
            "payload": write_base64(payload),
            "payloadType": payload_type,
            "signatures": signatures,
        }
    )


def read_envelope(data: bytes, payload_type: str) -> Envelope:
    """Read an envelope of ``payload_type``; raise ``Malformed`` or ``TooLarge``.

    Its payload is not to be used before ``verify_envelope`` has returned it.
    """
    found = read_object(parse_canonical(data, limit=limits.ENVELOPE_BYTES), _ENVELOPE)
    if found["payloadType"] != payload_type:
        detail = f"An envelope of {payload_type} was expected."
        raise Malformed(detail)
    payload = read_base64(found["payload"])
    if len(payload) > limits.DOCUMENT_BYTES:
        detail = f"{len(payload)} bytes of payload, where {limits.DOCUMENT_BYTES} are the most."
        raise TooLarge(detail)
    key_id, signatures = _read_signatures(found["signatures"])
    return Envelope(
        payload_type=payload_type, payload=payload, key_id=key_id, signatures=signatures
    )


def verify_envelope(envelope: Envelope, key: VerifyingKey) -> bytes:
    """Return the payload if both signatures of ``key`` fit it; else raise ``SealBroken``."""
    if not envelope.key_id.matches(key.key_id):
        detail = f"It names {envelope.key_id}, not {key.key_id}."
        raise OtherKey(detail)
    key.verify(pae(envelope.payload_type, envelope.payload), envelope.signatures)
    return envelope.payload


def _read_signatures(data: Json) -> tuple[Digest, dict[str, bytes]]:
    """Read the two signatures, in their order, under one key id."""
    if not isinstance(data, list) or len(data) != len(ALGORITHMS):
        detail = "An envelope carries exactly two signatures."
        raise Malformed(detail)
    signatures: dict[str, bytes] = {}
    names: set[str] = set()
    for entry, algorithm in zip(data, ALGORITHMS, strict=True):
        found = read_object(entry, _SIGNATURE)
        name, _, half = str(found["keyid"]).partition("#")
        if half != algorithm:
            detail = f"The signatures are one of each of {' and '.join(ALGORITHMS)}, in order."
            raise Malformed(detail)
        names.add(name)
        signatures[algorithm] = read_base64(found["sig"])
    if len(names) != 1:
        detail = "The two signatures name two keys."
        raise Malformed(detail)
    return Digest(read_hex(names.pop())), signatures
