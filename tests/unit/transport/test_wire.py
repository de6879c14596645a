"""Calls to peers that are slow, close what was kept, or are called from many places at once."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from comity.app.world import SystemClock
from comity.service.errors import PeerUnreachable
from comity.service.ports import Peer
from comity.transport.fetching import fetch_public
from comity.transport.pinning import deadline, pinned_context
from comity.transport.wire import HttpWire
from tests.doors import wire_key
from tests.places import tool

OK = b'HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{"protocols": ["1"]}'
Serve = Callable[[ssl.SSLSocket], None]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("certificate")
    words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=x"
    more = ["-keyout", "key.pem", "-out", "crt.pem", "-addext", "basicConstraints=CA:FALSE"]
    subprocess.run(
        [tool("openssl"), *words.split(), *more], cwd=folder, check=True, capture_output=True
    )
    return folder


@contextmanager
def _server(certificate: Path, serve: Serve) -> Iterator[Peer]:
    """Serve each connection with ``serve``, in a thread of its own."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "crt.pem", certificate / "key.pem")
    listener = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []

    def handle(plain: socket.socket) -> None:
        with suppress(OSError), context.wrap_socket(plain, server_side=True) as stream:
            serve(stream)

    def listen() -> None:
        while True:
            try:
                plain, _ = listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=handle, args=(plain,), daemon=True)
            thread.start()
            threads.append(thread)

    main = threading.Thread(target=listen, daemon=True)
    main.start()
    try:
        endpoint = f"https://127.0.0.1:{listener.getsockname()[1]}"
        pem = (certificate / "crt.pem").read_text()
        yield Peer(state="XB", authority="XB-CA", endpoint=endpoint, certificate=pem)
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for thread in (main, *threads):
            thread.join(30)


@pytest.fixture
def wire() -> Iterator[HttpWire]:
    made = HttpWire(keyid="XA/XA-CA", key=wire_key(1), clock=SystemClock(), random=os.urandom)
    yield made
    made.close()


def _read_head(stream: ssl.SSLSocket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head:
        part = stream.recv(4096)
        if not part:
            return b""
        head += part
    return head


def _answer_all(stream: ssl.SSLSocket) -> None:
    while _read_head(stream):
        stream.sendall(OK)


def _answer_once(stream: ssl.SSLSocket) -> None:
    if _read_head(stream):
        stream.sendall(OK)


def test_a_peer_that_sends_a_byte_now_and_then_is_left_in_time(certificate: Path) -> None:
    over = threading.Event()

    def drip(stream: ssl.SSLSocket) -> None:
        _read_head(stream)
        while not over.wait(0.05):
            stream.sendall(b"H")

    with _server(certificate, drip) as peer:
        port = int(peer.endpoint.rpartition(":")[2])
        context = pinned_context(peer.certificate)
        with (
            socket.create_connection(("127.0.0.1", port)) as plain,
            context.wrap_socket(plain) as stream,
        ):
            stream.sendall(b"GET / HTTP/1.1\r\n\r\n")
            with deadline(1.0), pytest.raises(TimeoutError):
                _read_patiently(stream)
        over.set()


def _read_patiently(stream: ssl.SSLSocket) -> None:
    """Read as the client does: each time with a patience of its own."""
    while True:
        stream.settimeout(30)
        stream.recv(1)


def test_a_connection_that_was_closed_meanwhile_is_opened_anew(
    certificate: Path, wire: HttpWire
) -> None:
    with _server(certificate, _answer_once) as peer:
        statuses = [wire.call(peer, "POST", "/peers/1/echo", most=99).status for _ in range(5)]
    assert statuses == [200] * 5


def test_many_threads_may_call_at_once(certificate: Path, wire: HttpWire) -> None:
    statuses: list[int] = []

    def call() -> None:
        statuses.extend(wire.call(peer, "GET", "/peers/1/x", most=99).status for _ in range(5))

    with _server(certificate, _answer_all) as peer:
        threads = [threading.Thread(target=call) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        wire.close()
    assert statuses == [200] * 30


def test_a_child_does_not_use_its_parents_connections(certificate: Path, wire: HttpWire) -> None:
    with _server(certificate, _answer_all) as peer:
        assert wire.call(peer, "GET", "/peers/1/x", most=99).status == 200
        before = dict(wire._clients)
        wire._owner = -1  # as in a child: the number of the process is another
        assert wire.call(peer, "GET", "/peers/1/x", most=99).status == 200
        after = dict(wire._clients)
        for client in before.values():
            client.close()
        wire.close()
    assert not set(map(id, before.values())) & set(map(id, after.values()))


@pytest.mark.parametrize(
    "endpoint", ["", "http://127.0.0.1:1", "https://a b", "https://x/y", "https://u@h:1", "ftp://x"]
)
def test_an_address_that_cannot_be_called_is_told(wire: HttpWire, endpoint: str) -> None:
    peer = Peer(state="XB", authority="XB-CA", endpoint=endpoint, certificate="")
    with pytest.raises(PeerUnreachable):
        wire.call(peer, "GET", "/peers/1/x", most=99)


def test_nobody_there_is_out_of_reach(wire: HttpWire, certificate: Path) -> None:
    pem = (certificate / "crt.pem").read_text()
    peer = Peer(state="XB", authority="XB-CA", endpoint="https://127.0.0.1:1", certificate=pem)
    with pytest.raises(PeerUnreachable) as told:
        wire.call(peer, "GET", "/peers/1/x", most=99)
    assert told.value.where == "XB/XB-CA"


@pytest.mark.parametrize("url", ["file:///etc/passwd", "http://", "gopher://x", "x", "http://[::"])
def test_a_mirror_is_an_address_on_the_web(url: str) -> None:
    with pytest.raises(PeerUnreachable):
        fetch_public(url, most=99)
