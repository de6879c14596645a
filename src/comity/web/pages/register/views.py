"""The pages of the register."""

from __future__ import annotations

from comity.web.pages.register import listing, looking, noting

__all__ = ["listing", "looking", "noting"]
