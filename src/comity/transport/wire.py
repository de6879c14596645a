"""Calls to other nodes: pinned, signed, bounded in bytes and in time, over kept connections.

Before the first call to a peer its versions of the protocol are asked for, and kept for a
while; the best that both speak takes the place of ``1`` in a path ``/peers/1/…``. A connection
that the other side closed while it lay idle is opened anew, once: every request of ours may
be repeated, for a message's name is its digest.

Clients are kept per process: after a fork the child begins with none. Several threads may
call at once.
"""

from __future__ import annotations

import base64
import os
import re
import ssl
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import httpx2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from comity.base import Clock, limits, parse_json
from comity.base.errors import DoesNotVerify
from comity.seal.fields import read_list, read_object, read_text
from comity.service.errors import NoCommonVersion, PeerUnreachable
from comity.service.peers import PROTOCOLS
from comity.service.ports import Answer, Peer, Random
from comity.transport.fetching import fetch_public, read_bounded
from comity.transport.pinning import OtherCertificate, deadline, pinned_context
from comity.transport.signing import sign_request

AGENT: Final = "comity"
VERSIONS: Final = "/peers/versions"
_WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH"})
_VERSIONED: Final = re.compile(r"/peers/1/")
_PATH: Final = re.compile(r"/[A-Za-z0-9._~!$&'()*+,;=:@/%-]*(\?[A-Za-z0-9._~!$&'()*+,;=:@/?%-]*)?")
_ENDPOINT: Final = re.compile(r"https://[A-Za-z0-9.\[\]:-]+")
_NONCE_BYTES: Final = 16
# Peers spoken to at once from one process, and connections to each.
_MOST_CLIENTS: Final = 64
_MOST_CONNECTIONS: Final = 8
# Less than the 15 s after which our own servers close an idle connection.
_IDLE_SECONDS: Final = 10.0
_CONNECT_SECONDS: Final = 10.0
_SILENCE_SECONDS: Final = 30.0
# A call may last so long, and longer by what it carries over the thinnest line we serve.
_CALL_SECONDS: Final = 60.0
_BYTES_A_SECOND: Final = 4 << 10
_VERSIONS_KEPT_SECONDS: Final = 600.0
_EXPIRED: Final = 10  # X509_V_ERR_CERT_HAS_EXPIRED
_EARLY: Final = 9  # X509_V_ERR_CERT_NOT_YET_VALID
_NETWORK: Final = (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError)
# What breaks when the other side closes a connection that was kept.
_STALE: Final = (httpx2.RemoteProtocolError, httpx2.ReadError, httpx2.WriteError)


class HttpWire:
    """Reaches other nodes over HTTPS."""

    def __init__(self, *, keyid: str, key: Ed25519PrivateKey, clock: Clock, random: Random) -> None:
        """Sign as ``keyid`` with ``key``."""
        self._keyid = keyid
        self._key = key
        self._clock = clock
        self._random = random
        self._begin()

    def call(self, peer: Peer, method: str, path: str, body: bytes = b"", *, most: int) -> Answer:
        """Send one signed request and return the answer, whatever its status.

        Raise ``PeerUnreachable``, ``OtherCertificate`` or ``NoCommonVersion``.
        """
        if _PATH.fullmatch(path) is None:
            message = "the path of a call must be plain, percent-encoded ASCII"
            raise RuntimeError(message)
        version = self._agree(peer)
        path = _VERSIONED.sub(f"/peers/{version}/", path, count=1)
        return self._send(peer, method, path, body, most=most)

    def fetch(self, url: str, *, most: int) -> bytes | None:
        """Return a public file, None if there is none; raise ``PeerUnreachable``."""
        return fetch_public(url, most=most)

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            for client in self._clients.values():
                client.close()
            self._clients.clear()

    def _begin(self) -> None:
        self._owner = os.getpid()
        self._lock = threading.Lock()
        self._clients: OrderedDict[tuple[str, str], httpx2.Client] = OrderedDict()
        self._agreed: dict[tuple[str, str], tuple[str, float]] = {}

    def _agree(self, peer: Peer) -> str:
        """Return the best version that both speak."""
        name = (peer.endpoint, peer.certificate)
        held = self._agreed.get(name)
        if held is not None and time.monotonic() < held[1]:
            return held[0]
        answer = self._send(peer, "GET", VERSIONS, b"", most=limits.ANSWER_BYTES)
        offered = _read_versions(answer, peer)
        common = next((version for version in PROTOCOLS if version in offered), None)
        if common is None:
            detail = f"It offers {', '.join(offered) or 'none'}; we speak {', '.join(PROTOCOLS)}."
            raise NoCommonVersion(detail, where=_name(peer))
        self._agreed[name] = (common, time.monotonic() + _VERSIONS_KEPT_SECONDS)
        return common

    def _send(self, peer: Peer, method: str, path: str, body: bytes, *, most: int) -> Answer:
        seconds = _CALL_SECONDS + (len(body) + most) / _BYTES_A_SECOND
        with _in_our_words(peer), deadline(seconds):
            try:
                return self._once(peer, method, path, body, most=most)
            except _STALE:
                return self._once(peer, method, path, body, most=most)

    def _once(self, peer: Peer, method: str, path: str, body: bytes, *, most: int) -> Answer:
        client = self._client(peer)
        content = body if method in _WITH_BODY else None
        url = f"{peer.endpoint.rstrip('/')}{path}"
        headers = sign_request(
            self._key,
            self._keyid,
            method=method,
            url=url,
            body=content,
            nonce=base64.urlsafe_b64encode(self._random(_NONCE_BYTES)).decode().rstrip("="),
            now=self._clock.now(),
        )
        request = httpx2.Request(
            method,
            url,
            headers={**headers, "User-Agent": AGENT},
            content=content or b"",
            extensions={"timeout": _timeouts().as_dict()},
        )
        if content is None:
            request.headers.pop("Content-Length", None)
        response = client.send(request, stream=True)
        try:
            return Answer(status=response.status_code, body=read_bounded(response, most))
        finally:
            response.close()

    def _client(self, peer: Peer) -> httpx2.Client:
        if self._owner != os.getpid():
            self._begin()  # a fork: connections and lock are the parent's
        if _ENDPOINT.fullmatch(peer.endpoint.rstrip("/")) is None:
            detail = "The directory names no address that can be called (https://host:port)."
            raise PeerUnreachable(detail, where=_name(peer))
        name = (peer.endpoint, peer.certificate)
        with self._lock:
            if name not in self._clients:
                self._clients[name] = _new_client(pinned_context(peer.certificate))
            self._clients.move_to_end(name)
            if len(self._clients) > _MOST_CLIENTS:
                self._clients.popitem(last=False)[1].close()
            return self._clients[name]


def _new_client(context: ssl.SSLContext) -> httpx2.Client:
    bounds = httpx2.Limits(
        max_connections=_MOST_CONNECTIONS,
        max_keepalive_connections=_MOST_CONNECTIONS,
        keepalive_expiry=_IDLE_SECONDS,
    )
    transport = httpx2.HTTPTransport(verify=context, trust_env=False, limits=bounds)
    return httpx2.Client(transport=transport, trust_env=False, follow_redirects=False)


def _timeouts() -> httpx2.Timeout:
    return httpx2.Timeout(_SILENCE_SECONDS, connect=_CONNECT_SECONDS)


def _read_versions(answer: Answer, peer: Peer) -> tuple[str, ...]:
    if answer.status != httpx2.codes.OK:
        detail = f"Asked for its versions it answered {answer.status}."
        raise PeerUnreachable(detail, where=_name(peer))
    try:
        data = parse_json(answer.body, limit=limits.ANSWER_BYTES)
        found = read_list(read_object(data, frozenset({"protocols"}))["protocols"])
        return tuple(read_text(one, most=16, least=1) for one in found[: limits.PROTOCOLS])
    except DoesNotVerify as error:
        detail = "What it answered names no versions of our protocol."
        raise PeerUnreachable(detail, where=_name(peer)) from error


@contextmanager
def _in_our_words(peer: Peer) -> Iterator[None]:
    """Turn what the library raises into our errors."""
    try:
        yield
    except PeerUnreachable as error:
        error.where = error.where or _name(peer)
        raise
    except (*_NETWORK, OSError) as error:
        shown = _certificate_trouble(error)
        if shown is not None:
            raise OtherCertificate(shown, where=_name(peer)) from error
        raise PeerUnreachable(_say(error), where=_name(peer)) from error


def _certificate_trouble(error: BaseException) -> str | None:
    """Return what is wrong with the certificate shown, if that is what is wrong."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLCertVerificationError):
            code = getattr(seen, "verify_code", 0)
            if code == _EXPIRED:
                return "The certificate has expired."
            return "The certificate is not valid yet." if code == _EARLY else ""
        seen = seen.__cause__ or seen.__context__
    return None


def _say(error: BaseException) -> str:
    """Return the kind of trouble, and what the system says of it; no bytes of the other side."""
    cause = error.__cause__ or error.__context__ or error
    said = cause.strerror if isinstance(cause, OSError) and cause.strerror else ""
    return f"{type(error).__name__}{f': {said}' if said else ''}."


def _name(peer: Peer) -> str:
    return f"{peer.state}/{peer.authority}"
