"""The pages of the room of orders, each in its own module."""

from __future__ import annotations

from comity.web.pages.orders import acting, comparing, issuing, showing

__all__ = ["acting", "comparing", "issuing", "showing"]
