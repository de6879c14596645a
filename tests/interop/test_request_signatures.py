"""Others read the signatures of our requests, and we theirs (RFC 9421, RFC 9530).

The second library is npm's http-message-signatures (Node's own cryptography); the third
judge is openssl over a signature base that this test builds by the words of RFC 9421 itself.
"""

from __future__ import annotations

import base64
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from comity.base import Instant
from comity.transport.errors import SignatureRefused
from comity.transport.signing import Inbound, sign_request, verify_request, write_digest
from tests.javascript import run_script
from tests.places import tool

KEY = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
PUBLIC = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
PRIVATE = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
NOW = Instant.parse("2026-11-21T02:14:05Z")
SECONDS = int(NOW.at.timestamp())
HOST = "xb.example:8443"
BODY = bytes(range(256)) * 5
CASES = [
    ("POST", "/peers/1/messages", "", BODY),
    ("POST", "/peers/1/echo", "", b""),
    ("GET", "/peers/versions", "", None),
    ("GET", "/peers/1/directory/XB/XB-CA.json", "version=1&x=%C3%A9", None),
]
_CHECK = """
  const { httpbis } = await import('http-message-signatures')
  const crypto = await import('node:crypto')
  const key = crypto.createPublicKey(value.key)
  return await httpbis.verifyMessage({
    keyLookup: async (params) => ({
      id: params.keyid, algs: ['ed25519'],
      verify: async (data, signature) => crypto.verify(null, data, key, signature),
    }),
    tolerance: 1e9, notAfter: value.now,
  }, { method: value.method, url: value.url, headers: value.headers })
"""
_SIGN = """
  const { httpbis } = await import('http-message-signatures')
  const crypto = await import('node:crypto')
  const key = crypto.createPrivateKey(value.key)
  const done = await httpbis.signMessage({
    key: { id: 'XB/XB-CA', alg: 'ed25519', sign: async (data) => crypto.sign(null, data, key) },
    name: 'comity',
    fields: value.fields,
    params: ['created', 'expires', 'nonce', 'keyid', 'alg', 'tag'],
    paramValues: {
      created: new Date(value.now * 1000), expires: new Date((value.now + 300) * 1000),
      nonce: 'a-nonce-of-another', tag: 'comity',
    },
  }, { method: value.method, url: value.url, headers: value.headers })
  return done.headers
"""


def _url(path: str, query: str) -> str:
    return f"https://{HOST}{path}{'?' if query else ''}{query}"


def _ours(method: str, path: str, query: str, body: bytes | None) -> dict[str, str]:
    return sign_request(
        KEY,
        "XB/XB-CA",
        method=method,
        url=_url(path, query),
        body=body,
        nonce="a-nonce-of-ours-00",
        now=NOW,
    )


def _inbound(method: str, path: str, query: str, headers: dict[str, Any]) -> Inbound:
    small = {name.lower(): str(text) for name, text in headers.items()}
    return Inbound(method=method, host=HOST, path=path, query=query, headers=small)


@pytest.mark.parametrize(("method", "path", "query", "body"), CASES)
def test_a_second_library_accepts_what_we_sign(
    method: str, path: str, query: str, body: bytes | None
) -> None:
    asked = {
        "method": method,
        "url": _url(path, query),
        "headers": _ours(method, path, query, body),
        "key": PUBLIC,
        "now": SECONDS,
    }
    assert run_script(_CHECK, asked) is True


def test_a_second_library_refuses_what_we_sign_for_another_path() -> None:
    headers = _ours("POST", "/peers/1/messages", "", BODY)
    url = _url("/peers/1/echo", "")
    asked = {"method": "POST", "url": url, "headers": headers, "key": PUBLIC, "now": SECONDS}
    assert run_script(_CHECK, asked) is not True


@pytest.mark.parametrize(("method", "path", "query", "body"), CASES)
def test_we_accept_what_a_second_library_signs(
    method: str, path: str, query: str, body: bytes | None
) -> None:
    fields = ["@method", "@authority", "@path", "@query"]
    headers: dict[str, str] = {}
    if body is not None:
        fields += ["content-digest", "content-length"]
        headers = {"content-digest": write_digest(body), "content-length": str(len(body))}
    asked = {
        "method": method,
        "url": _url(path, query),
        "headers": headers,
        "key": PRIVATE,
        "fields": fields,
        "now": SECONDS,
    }
    theirs = _inbound(method, path, query, run_script(_SIGN, asked))
    proof = verify_request(theirs, lambda _keyid: KEY.public_key(), NOW, has_body=body is not None)
    assert (proof.keyid, proof.nonce) == ("XB/XB-CA", "a-nonce-of-another")


def test_we_refuse_what_a_second_library_signs_without_the_digest() -> None:
    asked = {
        "method": "POST",
        "url": _url("/peers/1/echo", ""),
        "headers": {"content-digest": write_digest(b"x"), "content-length": "1"},
        "key": PRIVATE,
        "fields": ["@method", "@authority", "@path", "@query", "content-length"],
        "now": SECONDS,
    }
    theirs = _inbound("POST", "/peers/1/echo", "", run_script(_SIGN, asked))
    with pytest.raises(SignatureRefused):
        verify_request(theirs, lambda _keyid: KEY.public_key(), NOW, has_body=True)


def _base(method: str, path: str, query: str, headers: dict[str, str]) -> bytes:
    """Build the signature base as RFC 9421 section 2.5 writes it."""
    values = {
        "@method": method,
        "@authority": HOST,
        "@path": path,
        "@query": f"?{query}",
        "content-digest": headers.get("Content-Digest", ""),
        "content-length": headers.get("Content-Length", ""),
    }
    params = headers["Signature-Input"].removeprefix("comity=")
    names = re.findall(r'"([^"]+)"', params.partition(")")[0])
    lines = [f'"{name}": {values[name]}' for name in names]
    return "\n".join([*lines, f'"@signature-params": {params}']).encode()


@pytest.mark.parametrize(("method", "path", "query", "body"), CASES)
def test_openssl_accepts_our_signature_over_the_base_of_the_rfc(
    tmp_path: Path, method: str, path: str, query: str, body: bytes | None
) -> None:
    headers = _ours(method, path, query, body)
    signature = headers["Signature"].removeprefix("comity=:").removesuffix(":")
    (tmp_path / "base").write_bytes(_base(method, path, query, headers))
    (tmp_path / "sig").write_bytes(base64.b64decode(signature))
    (tmp_path / "key.pem").write_text(PUBLIC)
    words = [
        "pkeyutl",
        "-verify",
        "-pubin",
        "-inkey",
        "key.pem",
        "-rawin",
        "-in",
        "base",
        "-sigfile",
        "sig",
    ]
    done = subprocess.run([tool("openssl"), *words], cwd=tmp_path, capture_output=True, check=False)
    assert (done.returncode, b"Success" in done.stdout) == (0, True), done.stderr


@pytest.mark.parametrize("body", [b"", b"abc", BODY])
def test_openssl_gives_the_digest_that_we_send(tmp_path: Path, body: bytes) -> None:
    (tmp_path / "body").write_bytes(body)
    words = [tool("openssl"), "dgst", "-sha256", "-binary", str(tmp_path / "body")]
    digest = subprocess.run(words, capture_output=True, check=True).stdout
    assert write_digest(body) == f"sha-256=:{base64.b64encode(digest).decode()}:"
