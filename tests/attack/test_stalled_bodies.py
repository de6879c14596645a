"""Bodies that never come, at a real door: the peers' messages pass, and the stalled ones end."""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from comity.app.databases import close_connections
from comity.app.wirekeys import read_wire_key
from comity.base import limits
from comity.service.directory import find_card
from comity.service.peers import peer_of
from comity.service.trying import ECHO
from comity.transport.wire import HttpWire
from tests.live import LiveNode, live_nodes

_STRANGERS = 40
# Generous: nothing here is measured.
_PATIENCE = 240


class Stranger:
    """Somebody at a node's door of whom nothing is known, calling from ``address``."""

    def __init__(self, node: LiveNode, address: str) -> None:
        host, _, port = node.settings.peers.rpartition(":")
        context = ssl.create_default_context(cafile=str(node.certificate))
        context.check_hostname = False
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        plain = socket.create_connection((host, int(port)), _PATIENCE, source_address=(address, 0))
        self.line = context.wrap_socket(plain)

    def stall(self, path: str = "/providers/1/answers") -> None:
        """Announce a body, send five bytes of it, and say no more."""
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n"
        digest = f"Content-Digest: sha-256=:{'A' * 43}=:\r\n\r\nshort"
        self.line.sendall((head + digest).encode())

    def hear(self) -> bytes:
        """Return all that the door says until it closes the connection."""
        heard = b""
        with contextlib.suppress(ssl.SSLEOFError, ConnectionResetError):
            while part := self.line.recv(4096):
                heard += part
        return heard


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[tuple[LiveNode, LiveNode]]:
    """XA's folder alone, which asks, and XB, which is up."""
    with live_nodes(tmp_path, "XA", "XB") as (asks, answers):
        answers.up(workers=1)
        yield asks, answers


@pytest.fixture
def meet(nodes: tuple[LiveNode, LiveNode]) -> Iterator[Callable[[str], Stranger]]:
    with contextlib.ExitStack() as stack:

        def come(address: str) -> Stranger:
            stranger = Stranger(nodes[1], address)
            stack.callback(stranger.line.close)
            return stranger

        yield come


def test_strangers_who_stall_keep_no_peer_waiting_and_are_let_go(
    nodes: tuple[LiveNode, LiveNode], meet: Callable[[str], Stranger]
) -> None:
    crowd = [meet(f"127.0.0.{10 + number}") for number in range(_STRANGERS)]
    for stranger in crowd:
        stranger.stall()
    assert _ask_signed(nodes[0]) == 200
    statuses = [re.findall(rb"HTTP/1.1 ([0-9]{3})", one.hear()) for one in crowd]
    assert {status for one in statuses for status in one} <= {b"408", b"429"}
    assert all(len(one) == 1 for one in statuses)
    late = sum(one == [b"408"] for one in statuses)
    assert 1 <= late <= limits.STRANGERS_AT_ONCE


def _ask_signed(node: LiveNode) -> int:
    """Send a signed request with a body as that node; return the answer's status."""
    opened = node.open()
    key = read_wire_key(node.folder)
    wire = HttpWire(keyid="XA/XA-CA", key=key, clock=opened.clock, random=opened.random)
    try:
        with opened.store.view() as unit:
            peer = peer_of(find_card(opened, unit, "XB", "XB-CA").card)
        return wire.call(peer, "POST", ECHO, b"a number", most=limits.STATEMENT_BYTES).status
    finally:
        wire.close()
        close_connections()
