"""The pages of watching; each module makes its own."""

from comity.web.pages.watching import directory, findings, investigations, jobs, letters

__all__ = ["directory", "findings", "investigations", "jobs", "letters"]
