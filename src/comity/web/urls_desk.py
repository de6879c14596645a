"""The door for the authority's own people and programs."""

from __future__ import annotations

from typing import Final

from django.urls import URLPattern, URLResolver, path

from comity.web import health
from comity.web.mounting import mount

urlpatterns: Final[list[URLPattern | URLResolver]] = [
    path("livez", health.livez),
    path("readyz", health.readyz),
    *mount("api/", "comity.web.api.urls"),
    *mount("", "comity.web.pages.urls"),
]
handler400: Final = "comity.web.pages.kit.faults.bad_request"
handler403: Final = "comity.web.pages.kit.faults.forbidden"
handler404: Final = "comity.web.pages.kit.faults.not_found"
handler500: Final = "comity.web.pages.kit.faults.broken"
