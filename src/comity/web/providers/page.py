"""The page for providers at the peers' TLS listener: stateless, bounded, without script.

This door has no sessions and sets no cookie, so there is nothing that a forged request of another
site could use: whoever sends a form must know the code that is in it. The body is read like any
stranger's: with a length, within a bound, only so many at once, and in time.
"""

from __future__ import annotations

import io
import threading
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from django.template import Context, Engine
from django.utils import translation
from django.views.decorators.http import require_http_methods

from comity.base import limits
from comity.base.errors import ComityError, Malformed
from comity.service.node import Node
from comity.service.providing import PAGE_BYTES, Brought
from comity.web import bodies, pages
from comity.web.pages.provider.answering import Sent
from comity.web.pages.provider.showing import respond, show_nothing
from comity.web.place import current_node
from comity.web.problems import status_of

# An order, or the files of a small return, and what is written beside them.
MOST: Final = PAGE_BYTES + limits.ENVELOPE_BYTES
LANGUAGES: Final = {"en": "ltr", "ar": "rtl"}
_AT_ONCE: Final = threading.BoundedSemaphore(limits.STRANGERS_AT_ONCE)
_ROOM: Final = Path(pages.__file__).parent
_STYLES: Final = ("comity.css", "evidence.css", "provider.css")
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class FormBroken(Malformed):
    """This form cannot be read."""

    code = "provider/form-broken"
    remedy = "Load the page again, and send it anew."


class _InMemory(MemoryFileUploadHandler):
    """What was read, bounded, is in memory already, and stays there."""

    def handle_raw_input(self, *_given: object, **_more: object) -> None:
        """Take every file: all of them together were bounded before."""
        self.activated = True


@require_http_methods(["GET", "HEAD", "POST"])
def show_page(request: HttpRequest) -> HttpResponse:
    """Show the page, or what came of a form that was sent."""
    node, language = current_node(), _language(request)
    values, status = show_nothing(node), 200
    with translation.override(language):
        if request.method == "POST":
            try:
                values, status = _answer(node, request)
            except bodies.TooManyAtOnce as error:
                values, status = {**values, "problem": error}, 429
            except bodies.BodyLate as error:
                values, status = {**values, "problem": error}, 408
            except bodies.LengthMissing as error:
                values, status = {**values, "problem": error}, 411
            except ComityError as error:
                values, status = {**values, "problem": error}, status_of(error)
        shown = {**values, "language": language, "direction": LANGUAGES[language]}
        html = _engine().get_template("provider/bare.html").render(Context(shown))
    return HttpResponse(html, status=status, headers=_HEADERS)


def _answer(node: Node, request: HttpRequest) -> tuple[dict[str, Any], int]:
    """Read a form and do what it asks; only so many at once are in memory."""
    if not _AT_ONCE.acquire(blocking=False):
        raise bodies.TooManyAtOnce
    try:
        return respond(node, read_form(request))
    finally:
        _AT_ONCE.release()


@require_http_methods(["GET", "HEAD"])
def show_style(_request: HttpRequest) -> HttpResponse:
    """Give the one style sheet of the page; it is the same for everybody."""
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "public, max-age=3600"}
    return HttpResponse(_style(), content_type="text/css; charset=utf-8", headers=headers)


def read_form(request: HttpRequest) -> Sent:
    """Read a form of a stranger; raise what ``read_stranger`` raises, or ``FormBroken``."""
    data = bodies.read_stranger(request, MOST)
    if not (request.content_type or "").startswith("multipart/form-data"):
        raise FormBroken
    try:
        parser = MultiPartParser(request.META, io.BytesIO(data), [_InMemory(request)], "utf-8")
        fields, files = parser.parse()
    except (MultiPartParserError, SuspiciousOperation, ValueError, LookupError) as error:
        raise FormBroken from error
    return Sent(
        fields={name: str(value) for name, value in fields.items()},
        files={
            name: [Brought(name=one.name or "", data=one.read()) for one in sent]
            for name, sent in files.lists()
        },
    )


def _language(request: HttpRequest) -> str:
    """Return the language that is asked for by the address, or by the browser."""
    asked = request.GET.get("language", "")
    if asked in LANGUAGES:
        return asked
    told = request.headers.get("Accept-Language", "")[:100].lower()
    first = told.partition(",")[0].partition(";")[0].partition("-")[0].strip()
    return first if first in LANGUAGES else "en"


@lru_cache(maxsize=1)
def _engine() -> Engine:
    """Return what makes pages of templates: Django's own, with escaping, and no settings."""
    return Engine(
        dirs=[str(_ROOM / "templates")],
        libraries={"i18n": "django.templatetags.i18n"},
        autoescape=True,
        debug=bool(settings.DEBUG),
    )


@lru_cache(maxsize=1)
def _style() -> bytes:
    folder = _ROOM / "static" / "comity"
    return b"\n".join((folder / name).read_bytes() for name in _STYLES)
