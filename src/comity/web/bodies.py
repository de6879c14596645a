"""Bodies of requests: with a length that is said before and bounded, or refused unread.

A body that comes in pieces of unknown number (``Transfer-Encoding``), or without a length, is
answered 411; one that is too long 413, before a byte of it is read. Of one sender only so many
bodies are read at once, for a slow one keeps a thread waiting; who has more is answered 429. A
stranger is told by where it calls from, and all strangers together have a bound of their own.
Where the server holds a clock over bodies (``web.lanes``), one that is late is answered 408.
"""

from __future__ import annotations

import ipaddress
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.http import HttpRequest

from comity.base import limits
from comity.base.errors import AskedWrongly, OutOfReach, TooLarge


class LengthMissing(AskedWrongly):
    """The request has no length: a body is sent whole, with Content-Length."""

    code = "web/length-missing"
    remedy = "Send Content-Length, and no Transfer-Encoding."


class BodyCut(OutOfReach):
    """The body broke off before its end."""

    code = "web/body-cut"
    remedy = "Send it again."


class BodyLate(OutOfReach):
    """The body did not come in the time that it may take."""

    code = "web/body-late"
    remedy = "Send it again, over a better line or in smaller pieces."


class TooManyAtOnce(OutOfReach):
    """The same sender sends too much at the same time."""

    code = "web/too-many-at-once"
    remedy = "Wait for the answers to what was sent before."


# The name of all strangers together; no sender's name is like it.
_STRANGERS: Final = "strangers"
_IPV6_NETWORK: Final = 64
_READING: Counter[str] = Counter()
_LOCK = threading.Lock()


def body_length(request: HttpRequest, most: int) -> int:
    """Return the length of the body, unread; raise ``LengthMissing`` or ``TooLarge``."""
    said = request.META.get("CONTENT_LENGTH") or ""
    if request.META.get("HTTP_TRANSFER_ENCODING") or not (said.isascii() and said.isdigit()):
        raise LengthMissing
    if len(said) > len(str(limits.JSON_INTEGER)) or int(said) > most:
        detail = f"{said[:20]} bytes, where {most} are the most."
        raise TooLarge(detail)
    return int(said)


def require_no_body(request: HttpRequest) -> None:
    """Raise ``LengthMissing`` or ``TooLarge`` if a request that has no body brings one."""
    if request.META.get("HTTP_TRANSFER_ENCODING"):
        raise LengthMissing
    if request.META.get("CONTENT_LENGTH") not in {None, "", "0"}:
        detail = "This request has no body."
        raise TooLarge(detail)


def read_body(request: HttpRequest, most: int, *, sender: str, group: str = "") -> bytes:
    """Return the whole body of a sender who is known; ``group`` is to whom it belongs.

    Raise what ``body_length`` raises, ``BodyCut``, ``BodyLate`` or ``TooManyAtOnce``.
    """
    length = body_length(request, most)
    group = f"all of {group or sender}"
    with (
        _one_more(sender, limits.BODIES_AT_ONCE),
        _one_more(group, limits.GROUP_BODIES_AT_ONCE),
    ):
        return _read_all(request, length)


def read_stranger(request: HttpRequest, most: int) -> bytes:
    """Return the whole body of somebody who has proved nothing; raise as ``read_body``."""
    length = body_length(request, most)
    place = f"{_STRANGERS} at {neighbourhood(request.META.get('REMOTE_ADDR', ''))}"
    with (
        _one_more(place, limits.STRANGER_AT_ONCE),
        _one_more(_STRANGERS, limits.STRANGERS_AT_ONCE),
    ):
        return _read_all(request, length)


def neighbourhood(address: str) -> str:
    """Return whose address that is, as far as it can be told.

    An address of IPv4, or the network of an address of IPv6: whoever has one such address has
    the 2^64 of its network (RFC 6177, RFC 4291 2.5.1).
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((int(found), _IPV6_NETWORK), strict=False))


def _read_all(request: HttpRequest, length: int) -> bytes:
    held = bytearray()
    while len(held) < length:
        part = _read(request, min(length - len(held), 1 << 16))
        if not part:
            raise BodyCut
        held += part
    return bytes(held)


def _read(request: HttpRequest, size: int) -> bytes:
    try:
        return request.read(size)
    except OSError as error:  # Django's UnreadablePostError is one
        if isinstance(error.__cause__, TimeoutError):
            raise BodyLate from error
        raise BodyCut from error


@contextmanager
def _one_more(sender: str, most: int) -> Iterator[None]:
    with _LOCK:
        if _READING[sender] >= most:
            raise TooManyAtOnce
        _READING[sender] += 1
    try:
        yield
    finally:
        with _LOCK:
            _READING[sender] -= 1
            if not _READING[sender]:
                del _READING[sender]
