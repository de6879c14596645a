"""The peers' door in this process: a node behind it, and callers who sign as the rules say."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from comity.app.databases import configure_django
from comity.app.settings import Settings
from comity.service.findings import list_findings
from comity.service.node import Node
from comity.service.ports import Store
from comity.service.rows import FindingRow
from comity.transport.signing import sign_request
from comity.web.place import leave_place, take_place
from tests.cards import know_card, make_card
from tests.nodes import make_desk
from tests.steady import HandClock

HOST = "127.0.0.1:8443"
_NUMBERS = itertools.count()


def wire_key(seed: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)


@dataclass
class Door:
    """The door of XA, to which XB is known."""

    node: Node
    clock: HandClock
    key: Ed25519PrivateKey = field(default_factory=lambda: wire_key(2))

    def signed(
        self,
        method: str = "POST",
        path: str = "/peers/1/echo",
        body: bytes | None = b"a number",
        **change: Any,
    ) -> dict[str, str]:
        """Return the fields of a request as XB signs it; ``change`` what it does otherwise."""
        words: dict[str, Any] = {
            "keyid": "XB/XB-CA",
            "method": method,
            "url": f"https://{HOST}{path}",
            "body": body,
            "nonce": f"nonce-number-{next(_NUMBERS):08d}",
            "now": self.clock.now(),
            **change,
        }
        return sign_request(words.pop("key", self.key), words.pop("keyid"), **words)

    def send(
        self,
        fields: dict[str, str],
        *,
        method: str = "POST",
        path: str = "/peers/1/echo",
        body: bytes | None = b"a number",
        host: str = HOST,
    ) -> Any:
        """Send a request with exactly these fields."""
        from django.test import Client  # noqa: PLC0415 - Django is set up first

        meta: dict[str, Any] = {
            f"HTTP_{name.upper().replace('-', '_')}": value
            for name, value in fields.items()
            if name != "Content-Length"
        }
        if "Content-Length" in fields:
            meta["CONTENT_LENGTH"] = fields["Content-Length"]
        content = b"" if body is None or method == "GET" else body
        return Client().generic(
            method, path, content, "application/octet-stream", HTTP_HOST=host, **meta
        )

    def findings(self) -> tuple[FindingRow, ...]:
        return list_findings(self.node)


@contextmanager
def open_door(store: Store, folder: Path) -> Iterator[Door]:
    """Open the door of XA on ``store``; XB's card names its key."""
    configure_django("comity.web.urls_peers")
    desk = make_desk(store, folder)
    card = make_card("XB", wire_key=wire_key(2).public_key().public_bytes_raw())
    know_card(desk.node, card)
    settings = Settings(
        state="XA",
        authority=desk.node.authority,
        kind="central_authority",
        exercise=True,
        peers=HOST,
        endpoint=f"https://{HOST}",
    )
    take_place(desk.node, settings)
    try:
        yield Door(node=desk.node, clock=desk.clock)
    finally:
        leave_place()
