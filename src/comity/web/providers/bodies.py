"""Reading what a provider sends: no body without length and digest, and none that is too long."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest

from comity.base import Digest
from comity.base.errors import DoesNotVerify, Malformed, TooLarge
from comity.federation.calls import Call, read_content_digest
from comity.service.returns import Voice
from comity.web import bodies

CODE: Final = "HTTP_COMITY_CODE"
_SIGNED: Final = {
    "content-length": "CONTENT_LENGTH",
    "content-digest": "HTTP_CONTENT_DIGEST",
    "upload-offset": "HTTP_UPLOAD_OFFSET",
    "signature-input": "HTTP_SIGNATURE_INPUT",
    "signature": "HTTP_SIGNATURE",
}
_DIGITS: Final = 15


class BodyUnmeasured(DoesNotVerify):
    """Every body says how long it is; this one does not."""

    code = "provider/no-length"
    remedy = "Send Content-Length, and no chunks."


class BodyTooLarge(TooLarge):
    """This body is longer than what is taken here."""

    code = "provider/too-large"
    remedy = "Send evidence as a return, in pieces of 8 MiB."


class BodyDiffers(Malformed):
    """Length and digest of the body are not those that were announced."""

    code = "provider/digest"
    remedy = "Send Content-Digest: sha-256=:<base64>: of exactly the bytes that follow."


def read_voice(request: HttpRequest) -> Voice:
    """Return with what a request comes: what of it is signed, and the code if one was given."""
    fields = {name: value for name, key in _SIGNED.items() if (value := request.META.get(key))}
    if request.method in {"GET", "HEAD"}:
        fields.pop("content-length", None)
    call = Call(
        method=str(request.method),
        authority=request.META.get("HTTP_HOST", ""),
        path=request.path,
        query=request.META.get("QUERY_STRING", ""),
        fields=fields,
    )
    return Voice(call=call, code=request.META.get(CODE, ""))


def read_length(request: HttpRequest, most: int) -> int:
    """Return the length that was announced; raise ``BodyUnmeasured`` or ``BodyTooLarge``."""
    text = request.META.get("CONTENT_LENGTH") or ""
    if not (text.isascii() and text.isdigit()) or len(text) > _DIGITS:
        raise BodyUnmeasured
    if int(text) > most:
        detail = f"{text} bytes, where {most} are the most."
        raise BodyTooLarge(detail)
    return int(text)


def read_body(request: HttpRequest, most: int, sender: str = "") -> tuple[bytes, Digest]:
    """Return a body and its digest, once they are what was announced.

    Of one ``sender`` only so many are read at once; who names none is a stranger.
    """
    size = read_length(request, most)
    announced = request.META.get("HTTP_CONTENT_DIGEST", "")
    if not announced:
        raise BodyDiffers
    expected = read_content_digest(announced)
    if sender:
        data = bodies.read_body(request, size, sender=sender, group="returns")
    else:
        data = bodies.read_stranger(request, size)
    if len(data) != size or not Digest.of(data).matches(expected):
        raise BodyDiffers
    return data, expected


def read_offset(request: HttpRequest) -> int:
    """Return where a piece begins; raise ``BodyDiffers`` if that is not said."""
    text = request.META.get("HTTP_UPLOAD_OFFSET", "")
    if not (text.isascii() and text.isdigit()) or len(text) > _DIGITS:
        detail = "Upload-Offset is a whole number."
        raise BodyDiffers(detail)
    return int(text)
