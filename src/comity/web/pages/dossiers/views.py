"""All pages of a dossier."""

from comity.web.pages.dossiers import (
    acts,
    callback,
    documents,
    lawful,
    listing,
    recording,
    showing,
    stepping,
)

__all__ = [
    "acts",
    "callback",
    "documents",
    "lawful",
    "listing",
    "recording",
    "showing",
    "stepping",
]
