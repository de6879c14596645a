"""Bodies of requests: with a length that is said before and bounded, or refused unread.

A body that comes in pieces of unknown number (``Transfer-Encoding``), or without a length, is
answered 411; one that is too long 413, before a byte of it is read. Of one sender only so many
bodies are read at once, for a slow one keeps a thread waiting; who has more is answered 429.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

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


class TooManyAtOnce(OutOfReach):
    """The same sender sends too much at the same time."""

    code = "web/too-many-at-once"
    remedy = "Wait for the answers to what was sent before."


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


def read_body(request: HttpRequest, most: int, *, sender: str) -> bytes:
    """Return the whole body; raise what ``body_length`` raises, ``BodyCut``, ``TooManyAtOnce``."""
    length = body_length(request, most)
    with _one_more(sender):
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
        raise BodyCut from error


@contextmanager
def _one_more(sender: str) -> Iterator[None]:
    with _LOCK:
        if _READING[sender] >= limits.BODIES_AT_ONCE:
            raise TooManyAtOnce
        _READING[sender] += 1
    try:
        yield
    finally:
        with _LOCK:
            _READING[sender] -= 1
            if not _READING[sender]:
                del _READING[sender]
