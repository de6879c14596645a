"""The pages of drafting."""

from __future__ import annotations

from comity.web.pages.drafting import bringing, checking, forming, opening

__all__ = ["bringing", "checking", "forming", "opening"]
