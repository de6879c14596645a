"""The body of a request: its length told, within the bound, its kind right, strict JSON."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest
from ninja.parser import Parser

from comity.base import limits, parse_json
from comity.base.errors import DoesNotVerify
from comity.web.api import errors
from comity.web.bodies import read_body, read_stranger

# One document of 32 MiB in base64, and air.
BODY_BYTES: Final = 48 << 20
PIECE_BYTES: Final = limits.PIECE_BYTES
_JSON: Final = "application/json"
_PIECE: Final = "application/octet-stream"
_DIGITS: Final = 12


class StrictParser(Parser):
    """JSON without repeated names, fractions or endless depth."""

    def parse_body(self, request: HttpRequest) -> Any:  # noqa: ANN401 # ninja's own way
        """Return what the body holds; raise ``BodyRefused``."""
        try:
            return parse_json(request.body, limit=BODY_BYTES)
        except DoesNotVerify as error:
            raise errors.BodyRefused(error.detail) from error


def take_body(request: HttpRequest, sender: str) -> None:
    """Read the body as the bounds have it; one sender sends only so many at once."""
    require_body(request, _most(request))
    if request.headers.get("Content-Length", "0") != "0":
        body = read_body(request, _most(request), sender=sender)
        request._body = body  # noqa: SLF001 # where Django keeps what was read


def take_code(request: HttpRequest) -> None:
    """Read the short body of somebody who has no token yet."""
    require_body(request, limits.CODE_BODY_BYTES)
    if request.headers.get("Content-Length", "0") != "0":
        body = read_stranger(request, limits.CODE_BODY_BYTES)
        request._body = body  # noqa: SLF001 # where Django keeps what was read


def _most(request: HttpRequest) -> int:
    return PIECE_BYTES if request.method == "PATCH" else BODY_BYTES


def require_body(request: HttpRequest, most: int) -> None:
    """Refuse a body before it is read: without a length, over the bound, of another kind."""
    if request.headers.get("Transfer-Encoding"):
        raise errors.LengthMissing
    text = request.headers.get("Content-Length", "")
    if not text:
        if request.method in {"POST", "PUT", "PATCH"}:
            raise errors.LengthMissing
        return
    if not (text.isascii() and text.isdigit()):
        raise errors.LengthMissing
    if len(text) > _DIGITS or int(text) > most:
        raise errors.BodyTooLarge
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if int(text) and kind != (_PIECE if request.method == "PATCH" else _JSON):
        raise errors.MediaRefused
