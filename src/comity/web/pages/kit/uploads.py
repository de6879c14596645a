"""Files that come with a form: bounded before a byte is read, held in memory, never on the disk.

Django would write what is longer than a few MiB to a temporary file, in the clear. What is
brought to a dossier lies sealed from its first moment, so nothing is: a form is short enough to
be held. What is longer goes in pieces, by the command or the API.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from comity.base import limits
from comity.base.errors import TooLarge

# All files of one form together: a document that an act may cover, or small evidence.
FILES_BYTES: Final = limits.ATTACHMENT_BYTES
# What is written into the fields of a form: the longest has ten printed pages in some fields.
FIELDS_BYTES: Final = 2 << 20
# What somebody may send who has not signed in: a provider's return by the page.
STRANGER_BYTES: Final = limits.PIECE_BYTES + limits.ENVELOPE_BYTES
_API: Final = "/api/"
_DIGITS: Final = 12


class FormTooLarge(TooLarge):
    """What was sent is longer than what a form may send."""

    code = "pages/too-large"
    remedy = "Send large files in pieces: by the command, or through the API."


class InMemory(MemoryFileUploadHandler):
    """What Django hands the parts of a file to: they stay in memory, always."""

    def handle_raw_input(  # Django's
        self,
        input_data: Any,  # noqa: ANN401 # Django's
        META: Any,  # noqa: ANN401, N803 # Django's
        content_length: int,
        boundary: Any,  # noqa: ANN401 # Django's
        encoding: str | None = None,
    ) -> None:
        """Take every file, however long: the form was bounded before."""
        del input_data, META, content_length, boundary, encoding
        self.activated = True


class BoundForms:
    """Middleware that refuses a form that is too long, before a byte of it is read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Answer with ``get_response``."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, or refuse."""
        if request.path.startswith(_API) or _length(request) <= _most(request):
            return self._get_response(request)
        from comity.web.pages.kit import pages  # noqa: PLC0415 # the pages need Django's apps
        from comity.web.permissions import Permission  # noqa: PLC0415 # as above

        seat = pages.sit_down(request, Permission.PUBLIC)
        made = pages.Page(
            path="",
            name="too-large",
            title="",
            permission=Permission.PUBLIC,
            takes_posts=True,
            room="",
        )
        answer = pages.show_error(seat, made, FormTooLarge())
        answer["Connection"] = "close"
        return answer


def _length(request: HttpRequest) -> int:
    """Return the length that is said; what says none has no body that Django would read."""
    said = request.META.get("CONTENT_LENGTH") or "0"
    if not (said.isascii() and said.isdigit()):
        return 0
    return int(said) if len(said) <= _DIGITS else 1 << 40


def _most(request: HttpRequest) -> int:
    if not (request.content_type or "").startswith("multipart/"):
        return FIELDS_BYTES
    return FIELDS_BYTES + (FILES_BYTES if request.user.is_authenticated else STRANGER_BYTES)
