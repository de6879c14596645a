"""What a browser is told that a page of the desk may load, and where its forms may lead."""

from __future__ import annotations

from typing import Any


def content_policy(*forms: str) -> dict[str, Any]:
    """Return the policy for content; ``forms`` are origins beside our own that a form may lead to.

    Browsers hold a redirection after a form against it too: hence that of the sign-in's provider.
    """
    return {
        "DIRECTIVES": {
            "default-src": ["'self'"],
            "script-src": ["'self'"],
            "style-src": ["'self'"],
            "img-src": ["'self'"],
            "object-src": ["'none'"],
            "base-uri": ["'none'"],
            "form-action": ["'self'", *forms],
            "frame-ancestors": ["'none'"],
        }
    }
