"""Signed calls: how a provider says on every request to a node who it is (RFC 9421).

One narrow profile. Covered are method, authority, path and query always, length and digest
of the body where there is one, and the offset of an upload where there is one; in this
order and no other. The six parameters are all there, once, in any order::

    Signature-Input: comity=("@method" "@authority" "@path" "@query" "content-length"
      "content-digest" "upload-offset");created=1763692445;expires=1763692745;
      nonce="…";keyid="sha256:…";alg="ed25519";tag="comity-provider"      (on one line)
    Signature: comity=:<base64 of 64 bytes>:

The key is the Ed25519 half of the key in the directory, ``keyid`` the name of the whole key. A
call is good for 300 seconds, and once: the node remembers the nonce. Other programs can
make and verify it with any library of RFC 9421.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from comity.base import Digest, Instant, limits
from comity.base.errors import DoesNotVerify
from comity.federation.errors import CallRefused
from comity.seal.fields import read_base64, write_base64
from comity.seal.keys import ED25519, SigningKey, VerifyingKey

TAG: Final = "comity-provider"
LIFE_SECONDS: Final = 300
_ALWAYS: Final = ("@method", "@authority", "@path", "@query")
_BODY: Final = ("content-length", "content-digest")
_OFFSET: Final = "upload-offset"
_LABEL: Final = "comity"
_ODD: Final = "It is not signed as docs/protocol/provider.md says."
_INPUT: Final = re.compile(
    r"comity=(?P<covered>\([ \"@a-z-]{1,200}\))(?P<rest>(?:;[^;]{1,120}){6})"
)
_PARAMETER: Final[Mapping[str, re.Pattern[str]]] = {
    "created": re.compile(r"([0-9]{1,12})"),
    "expires": re.compile(r"([0-9]{1,12})"),
    "nonce": re.compile(r'"([A-Za-z0-9_-]{16,64})"'),
    "keyid": re.compile(r'"(sha256:[0-9a-f]{64})"'),
    "alg": re.compile(r'"(ed25519)"'),
    "tag": re.compile(rf'"({TAG})"'),
}
_SIGNATURE: Final = re.compile(r"comity=:(?P<signature>[A-Za-z0-9+/=]{88}):")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request, as far as it is signed. ``fields`` are its headers, in lower case."""

    method: str
    authority: str
    path: str
    query: str = ""
    fields: Mapping[str, str]

    @property
    def covered(self) -> tuple[str, ...]:
        """Return what of this request must be signed."""
        body = _BODY if _BODY[1] in self.fields or _BODY[0] in self.fields else ()
        offset = (_OFFSET,) if _OFFSET in self.fields else ()
        return (*_ALWAYS, *body, *offset)

    def value(self, name: str) -> str:
        """Return what stands for a component in the signature base; raise ``CallRefused``."""
        derived = {
            "@method": self.method,
            "@authority": self.authority.lower(),
            "@path": self.path,
            "@query": f"?{self.query}",
        }
        found = derived.get(name, self.fields.get(name))
        if found is None:
            detail = f"{name} is missing."
            raise CallRefused(detail)
        return found.strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What a signed call says of itself. Nothing of it is verified yet."""

    covered: str
    created: int
    expires: int
    nonce: str
    key_id: Digest
    text: str
    signature: bytes


def content_digest(data: bytes) -> str:
    """Return the Content-Digest of a body (RFC 9530)."""
    return f"sha-256=:{write_base64(Digest.of(data).raw)}:"


def read_content_digest(text: str) -> Digest:
    """Return the SHA-256 that a Content-Digest names, alone; raise ``CallRefused``."""
    found = re.fullmatch(r"sha-256=:([A-Za-z0-9+/=]{44}):", text)
    if found is None:
        detail = "A Content-Digest is sha-256=:<base64>: and nothing else."
        raise CallRefused(detail)
    try:
        return Digest(read_base64(found[1]))
    except DoesNotVerify as error:
        raise CallRefused(error.detail) from error


def sign_call(call: Call, key: SigningKey, *, now: Instant, nonce: str) -> dict[str, str]:
    """Return the two headers that sign a call."""
    created = int(now.at.timestamp())
    covered = " ".join(f'"{name}"' for name in call.covered)
    text = (
        f"({covered});created={created};expires={created + LIFE_SECONDS}"
        f';nonce="{nonce}";keyid="{key.public.key_id}";alg="ed25519";tag="{TAG}"'
    )
    signature = key.sign(_base(call, text))[ED25519]
    return {
        "Signature-Input": f"{_LABEL}={text}",
        "Signature": f"{_LABEL}=:{write_base64(signature)}:",
    }


def read_mark(signature_input: str, signature: str) -> Mark:
    """Read the two headers of a signed call; raise ``CallRefused``."""
    said, made = _INPUT.fullmatch(signature_input), _SIGNATURE.fullmatch(signature)
    if said is None or made is None:
        raise CallRefused(_ODD)
    found = _read_parameters(said["rest"])
    try:
        raw = read_base64(made["signature"])
    except DoesNotVerify as error:
        raise CallRefused(error.detail) from error
    return Mark(
        covered=said["covered"],
        created=int(found["created"]),
        expires=int(found["expires"]),
        nonce=found["nonce"],
        key_id=Digest.parse(found["keyid"]),
        text=signature_input.removeprefix(f"{_LABEL}="),
        signature=raw,
    )


def _read_parameters(text: str) -> dict[str, str]:
    """Return the six parameters, in whatever order they stand, each once and none more."""
    found: dict[str, str] = {}
    for part in text.removeprefix(";").split(";"):
        name, _, value = part.partition("=")
        match = _PARAMETER[name].fullmatch(value) if name in _PARAMETER else None
        if match is None or name in found:
            raise CallRefused(_ODD)
        found[name] = match[1]
    if found.keys() != _PARAMETER.keys():
        raise CallRefused(_ODD)
    return found


def verify_call(call: Call, mark: Mark, key: VerifyingKey, *, now: Instant) -> None:
    """Return if ``key`` signed exactly this call, and just now; raise ``CallRefused``.

    Whether the nonce was seen before is the caller's to ask.
    """
    expected = " ".join(f'"{name}"' for name in call.covered)
    if mark.covered != f"({expected})":
        detail = f"It must sign {expected}."
        raise CallRefused(detail)
    if not mark.key_id.matches(key.key_id):
        detail = "It names another key."
        raise CallRefused(detail)
    present = int(now.at.timestamp())
    is_now = mark.created - limits.CLOCK_AHEAD_SECONDS <= present < mark.expires
    if not is_now or not 0 < mark.expires - mark.created <= LIFE_SECONDS:
        detail = f"It was signed at {mark.created} until {mark.expires}; it is {present}."
        raise CallRefused(detail)
    try:
        Ed25519PublicKey.from_public_bytes(key.ed25519).verify(
            mark.signature, _base(call, mark.text)
        )
    except InvalidSignature as error:
        detail = "The signature is not of this key and this call."
        raise CallRefused(detail) from error


def _base(call: Call, text: str) -> bytes:
    """Return the signature base (RFC 9421 section 2.5)."""
    lines = [f'"{name}": {call.value(name)}' for name in call.covered]
    return "\n".join([*lines, f'"@signature-params": {text}']).encode("utf-8")
