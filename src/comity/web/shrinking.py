"""Pages and their static files go over the wire compressed; nothing else does.

Compression tells by an answer's length what repeats in it (BREACH): who makes a browser ask again
and again with guesses in the address, and watches the lengths, may guess a secret of the page.
What is done against it here: Django masks the form's token anew in each answer; each answer is
padded by up to 100 random bytes; sessions are ``SameSite=Lax``, so no other site's frame, picture
or script asks as somebody who signed in. Codes and tokens that are shown once stand in answers to
POST alone. Downloads are left as they are: evidence is encrypted or large, and streams.
"""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

_PAGE: Final = "text/html"


class ShrinkPages(GZipMiddleware):
    """Compress pages and static files for browsers that take it."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Compress an answer that is a page, or a static file."""
        is_page = response.get("Content-Type", "").startswith(_PAGE) and not response.streaming
        if is_page or request.path.startswith(str(settings.STATIC_URL)):
            return super().process_response(request, response)
        return response
