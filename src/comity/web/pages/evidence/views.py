"""The pages of the room of evidence, each in its own module."""

from __future__ import annotations

from comity.web.pages.evidence import bringing, custody, moving, opening, overview, packages

__all__ = ["bringing", "custody", "moving", "opening", "overview", "packages"]
