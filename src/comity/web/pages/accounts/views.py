"""The pages of signing in and of oneself, each in its own module."""

from __future__ import annotations

from comity.web.pages.accounts import changing, entering, inviting, linking, mine, shown

__all__ = ["changing", "entering", "inviting", "linking", "mine", "shown"]
