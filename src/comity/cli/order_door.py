"""The providers' door of a node, as a command reaches it: pinned TLS 1.3, every call signed.

The certificate comes from the authority's card in the directory and is the only one
believed. What the node refuses is told in its own words; what is out of reach may be tried again.
"""

from __future__ import annotations

import http.client
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from comity.base import limits
from comity.base.errors import (
    AskedWrongly,
    BadValue,
    ComityError,
    DoesNotVerify,
    NotPermitted,
    OutOfReach,
)
from comity.cli.order_desk import present, read_bounded
from comity.federation.calls import Call, content_digest, sign_call
from comity.federation.directory import AuthorityCard
from comity.federation.order import Order
from comity.seal.keys import SigningKey
from comity.transport.pinning import pinned_context

_PEM: Final = b"-----BEGIN CERTIFICATE-----"
_SECONDS: Final = 120
_ANSWER_BYTES: Final = limits.ENVELOPE_BYTES


class DoorUnreachable(OutOfReach):
    """The authority's node does not answer, or not as the one that its card names."""

    code = "order/door-unreachable"
    remedy = "Try again; if it lasts, call the authority on the number in the directory."


class DoorBusy(OutOfReach):
    """The authority's node asks to wait."""

    code = "order/door-busy"
    remedy = "Try again later."


class RefusedUnproved(DoesNotVerify):
    """The authority's node did not believe it."""

    code = "order/not-believed"


class RefusedWrong(AskedWrongly):
    """The authority's node cannot do this."""

    code = "order/not-understood"


class RefusedNow(NotPermitted):
    """The authority's node does not permit this."""

    code = "order/not-permitted"


class RefusedOffset(RefusedUnproved):
    """The upload goes on from elsewhere."""

    code = "order/offset"


_KINDS: Final[Mapping[int, type[ComityError]]] = {
    400: RefusedWrong,
    404: RefusedWrong,
    405: RefusedWrong,
    403: RefusedNow,
    409: RefusedOffset,
    429: DoorBusy,
}


@dataclass(frozen=True, slots=True)
class Spoken:
    """What the node answered, when it did as it was asked."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """A node's door, and with what the provider speaks there: its key, or a code."""

    host: str
    port: int
    certificate: str
    key: SigningKey | None
    code: str

    def call(
        self, method: str, path: str, body: bytes | None = None, *, offset: int | None = None
    ) -> Spoken:
        """Send one request; raise ``DoorUnreachable``, or what the node refuses."""
        link = http.client.HTTPSConnection(
            self.host, self.port, timeout=_SECONDS, context=pinned_context(self.certificate)
        )
        try:
            link.request(method, path, body=body, headers=self._headers(method, path, body, offset))
            answer = link.getresponse()
            found = Spoken(
                answer.status,
                {name.lower(): value for name, value in answer.getheaders()},
                answer.read(_ANSWER_BYTES),
            )
        except (OSError, http.client.HTTPException) as error:
            reason = error.strerror if isinstance(error, OSError) else type(error).__name__
            raise DoorUnreachable(reason or "", where=self.authority) from error
        finally:
            link.close()
        if found.status >= http.client.BAD_REQUEST:
            raise _refusal(found, self.authority)
        return found

    @property
    def authority(self) -> str:
        """Return host and port as a request names them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == http.client.HTTPS_PORT else f"{host}:{self.port}"

    def _headers(
        self, method: str, path: str, body: bytes | None, offset: int | None
    ) -> dict[str, str]:
        fields = {} if offset is None else {"Upload-Offset": str(offset)}
        if body is not None:
            fields |= {"Content-Length": str(len(body)), "Content-Digest": content_digest(body)}
        if self.code:
            fields["Comity-Code"] = self.code
        if self.key is None:
            return fields
        lower = {name.lower(): value for name, value in fields.items()}
        call = Call(method=method, authority=self.authority, path=path, fields=lower)
        nonce = os.urandom(16).hex()
        return fields | sign_call(call, self.key, now=present(), nonce=nonce)


def open_door(url: str, pin: Path, order: Order, key: SigningKey | None, code: str) -> Door:
    """Return the door of the node that issued ``order``.

    ``pin`` is the authority's card from the directory, or its certificate as PEM; ``url`` may be
    empty if it is the card. Raise ``BadValue``.
    """
    data = read_bounded(pin)
    endpoint, certificate = "", data.decode("ascii", "replace")
    if not data.startswith(_PEM):
        card = _read_card(data, pin)
        if (card.state, card.authority) != (order.state, order.authority):
            detail = f"This is the card of {card.authority!r}; the order is of {order.authority!r}."
            raise BadValue(detail, where=str(pin))
        endpoint, certificate = card.endpoint, card.certificate
    parts = urlsplit(url or endpoint)
    if parts.scheme != "https" or not parts.hostname or parts.path.strip("/"):
        detail = "The node is named as https://host:port."
        raise BadValue(detail, where=url)
    return Door(
        host=parts.hostname,
        port=parts.port or http.client.HTTPS_PORT,
        certificate=certificate,
        key=key,
        code=code,
    )


def _read_card(data: bytes, place: Path) -> AuthorityCard:
    try:
        return AuthorityCard.parse(data.removesuffix(b"\n"))
    except ComityError as error:
        detail = "Neither a card of the directory nor a certificate as PEM."
        raise BadValue(detail, where=str(place)) from error


def _refusal(found: Spoken, where: str) -> ComityError:
    """Return a refusal of the node in its own words."""
    default = DoorBusy if found.status >= http.client.INTERNAL_SERVER_ERROR else RefusedUnproved
    kind = _KINDS.get(found.status, default)
    try:
        told = json.loads(found.body)
        words = " ".join(str(told[name]) for name in ("title", "detail", "remedy") if name in told)
    except (ValueError, TypeError):
        words = ""
    return kind(words or f"Status {found.status}.", where=where)
