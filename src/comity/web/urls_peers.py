"""The door for other nodes and for providers: TLS 1.3, reached from outside."""

from __future__ import annotations

from typing import Final

from django.urls import URLPattern, URLResolver, path

from comity.web import health
from comity.web.mounting import mount

urlpatterns: Final[list[URLPattern | URLResolver]] = [
    path("livez", health.livez),
    path("readyz", health.readyz),
    *mount("peers/", "comity.web.peers.urls"),
    *mount("providers/", "comity.web.providers.urls"),
]
handler404: Final = "comity.web.problems.not_found"
handler500: Final = "comity.web.problems.broken"
handler400: Final = "comity.web.problems.bad_request"
