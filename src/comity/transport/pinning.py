"""TLS to one peer: version 1.3, and exactly the certificate that the directory names.

That certificate is the sole trust anchor. No authority is asked, and no host name: the
directory says which certificate stands at which address, and who holds its key is who it is.
Beyond what OpenSSL checks, the certificate shown must be that one to the last byte, before a
byte of ours is sent: a certificate that could issue others must not let them pass.

A call has a deadline. Each reading and writing on its sockets gets what is left of it, so
that a peer which sends one byte a second holds nobody up for long.
"""

from __future__ import annotations

import hmac
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from comity.service.errors import PeerUnreachable


class OtherCertificate(PeerUnreachable):
    """What answers there shows another certificate than the directory names."""

    code = "transport/other-certificate"
    remedy = (
        "Refresh the directory; if the certificate stays another, call the number in the "
        "directory: somebody may stand in between."
    )


class _Due(threading.local):
    """When what this thread is doing must be over, by the monotonic clock."""

    at: float | None = None


_DUE = _Due()


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Let everything that pinned sockets do in this thread be over in so many seconds."""
    _DUE.at = time.monotonic() + seconds
    try:
        yield
    finally:
        _DUE.at = None


def pinned_context(certificate: str) -> ssl.SSLContext:
    """Return the context that trusts ``certificate`` (PEM) alone; raise ``OtherCertificate``."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False
    context.verify_mode = ssl.CERT_REQUIRED
    # The certificate is its own anchor, whether or not it also is an authority.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    try:
        context.load_verify_locations(cadata=certificate)
        pin = ssl.PEM_cert_to_DER_cert(certificate)
    except (ssl.SSLError, ValueError) as error:
        detail = "The certificate in the directory cannot be read."
        raise OtherCertificate(detail) from error
    context.sslsocket_class = _pinned_socket(pin)
    return context


class _TimedSocket(ssl.SSLSocket):
    """A TLS socket that heeds the deadline of the thread that uses it."""

    def settimeout(self, value: float | None, /) -> None:
        """Wait no longer than until the deadline."""
        if _DUE.at is not None:
            rest = _DUE.at - time.monotonic()
            if rest <= 0:
                reason = "the call took too long"
                raise TimeoutError(reason)
            value = rest if value is None else min(value, rest)
        super().settimeout(value)


def _pinned_socket(pin: bytes) -> type[ssl.SSLSocket]:
    class Pinned(_TimedSocket):
        """A TLS socket that is of use only when the other side has shown the certificate."""

        def do_handshake(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as its parent's
            super().do_handshake(*args, **kwargs)
            shown = self.getpeercert(binary_form=True)
            if shown is None or not hmac.compare_digest(shown, pin):
                with_it = OtherCertificate()
                self._refuse()
                raise ssl.SSLCertVerificationError(str(with_it))

        def _refuse(self) -> None:
            try:
                self.shutdown(socket.SHUT_RDWR)
            except OSError:
                return

    return Pinned
