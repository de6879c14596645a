"""A real mail server for tests, on a free port of this machine; it can be made to misbehave."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

SENDER = "comity@xa.example"


@dataclass
class Postbox:
    """What came in, in its order, and how the server behaves."""

    address: str = ""
    refuses: dict[str, str] = field(default_factory=dict)
    answer: str = "250 kept"
    pause: float = 0.0
    mails: list[tuple[str, EmailMessage]] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 # aiosmtpd's name
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 yes"

    async def handle_DATA(  # noqa: N802 # aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        await asyncio.sleep(self.pause)
        if self.answer.startswith("250"):
            content = envelope.content or b""
            raw = content if isinstance(content, bytes) else content.encode()
            mail = message_from_bytes(raw, policy=policy.default)
            self.mails += [(to, mail) for to in envelope.rcpt_tos]
        return self.answer

    def told(self) -> list[str]:
        """Return who got mail, in order."""
        return [to for to, _ in self.mails]


@contextmanager
def mail_server(box: Postbox | None = None) -> Iterator[Postbox]:
    """Run a server until the block ends."""
    found = box or Postbox()
    server = Controller(found, hostname="127.0.0.1", port=_free_port())
    server.start()
    try:
        found.address = f"127.0.0.1:{server.port}"
        yield found
    finally:
        server.stop()


def _free_port() -> int:
    import socket  # noqa: PLC0415 - for this alone

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
