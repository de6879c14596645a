"""Mail by SMTP (RFC 5321): the ``Mailer`` port.

One connection for each mail, every answer waited for so long and the whole not longer
than a minute. To another machine TLS is used where the server offers it, and then its
certificate must be good. The Message-ID (RFC 5322 section 3.6.4) is made from what the
mail says: the same mail sent twice bears the same, and mail readers show it once.
"""

from __future__ import annotations

import hashlib
import ipaddress
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from email.utils import formatdate
from typing import Final
from urllib.parse import urlsplit

from comity.base.errors import BadValue
from comity.service.errors import MailRefused, MailUnreachable

_PORT: Final = 25
_ANSWER_SECONDS: Final = 10.0
_WHOLE_SECONDS: Final = 60.0
_FOR_GOOD: Final = 500
_TAG_DIGITS: Final = 32


class SmtpMailer:
    """Hands mail over to one mail server."""

    def __init__(self, server: str, sender: str, *, patience: float = _ANSWER_SECONDS) -> None:
        """Send through ``server`` (``host:port``) as ``sender``; raise ``BadValue`` for others."""
        self._host, self._port = _read_server(server)
        name, at, domain = sender.partition("@")
        if not (name and at and domain and sender.isascii() and sender.isprintable()):
            detail = "The sender of notices is an address such as comity@authority.example."
            raise BadValue(detail)
        self._sender = sender
        self._domain = domain
        self._patience = patience

    def send(self, to: str, subject: str, text: str) -> None:
        """Send one mail; raise ``MailUnreachable``, or ``MailRefused`` if the address is bad."""
        message = self._write(to, subject, text)
        try:
            with self._connected() as server:
                server.send_message(message, self._sender, [to])
        except smtplib.SMTPRecipientsRefused as error:
            code, _ = next(iter(error.recipients.values()))
            why = MailRefused if code >= _FOR_GOOD else MailUnreachable
            detail = f"SMTP {code}"
            raise why(detail) from error
        except smtplib.SMTPNotSupportedError as error:
            raise MailRefused from error
        except smtplib.SMTPResponseException as error:
            detail = f"SMTP {error.smtp_code}"
            raise MailUnreachable(detail) from error
        except (OSError, smtplib.SMTPException) as error:
            raise MailUnreachable(type(error).__name__) from error

    def _write(self, to: str, subject: str, text: str) -> EmailMessage:
        tag = hashlib.sha256(f"{to}\n{subject}\n{text}".encode()).hexdigest()[:_TAG_DIGITS]
        message = EmailMessage(policy=POLICY)
        try:
            message["From"] = self._sender
            message["To"] = to
            message["Subject"] = subject
        except (ValueError, IndexError, MessageError) as error:
            raise MailRefused from error
        message["Date"] = formatdate()
        message["Message-ID"] = f"<{tag}@{self._domain}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answer from a machine
        message.set_content(text)
        return message

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        with smtplib.SMTP(
            self._host, self._port, local_hostname=self._domain, timeout=self._patience
        ) as server:
            watch = threading.Timer(_WHOLE_SECONDS, _cut, [server.sock])
            watch.daemon = True
            watch.start()
            try:
                server.ehlo_or_helo_if_needed()
                if server.has_extn("starttls") and not _is_here(self._host):
                    server.starttls(context=ssl.create_default_context())
                yield server
            finally:
                watch.cancel()


def _read_server(server: str) -> tuple[str, int]:
    detail = "A mail server is written host:port."
    try:
        parts = urlsplit(f"//{server}")
        port = parts.port or _PORT
    except ValueError as error:
        raise BadValue(detail) from error
    if not parts.hostname or parts.path or parts.username is not None:
        raise BadValue(detail)
    return parts.hostname, port


def _is_here(host: str) -> bool:
    """Return whether the mail server is this machine: nothing crosses a net."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _cut(connection: socket.socket) -> None:
    """End a connection whose server goes on answering but never comes to an end."""
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
