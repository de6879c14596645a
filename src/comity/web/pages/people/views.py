"""The pages of people, of the roster and of keys, each in its own module."""

from __future__ import annotations

from comity.web.pages.people import duty, enrolling, keys, listing

__all__ = ["duty", "enrolling", "keys", "listing"]
