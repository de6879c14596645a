"""Where each page can be opened: every place in an address, filled from the example."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from comity.web.pages.kit.pages import PAGES, Page

_PLACE: Final = re.compile(r"<(?:\w+:)?(\w+)>")
# What a place in an address means on most pages.
_GIVEN: Final = {
    "dossier": "{dossier}",
    "digest": "{act}",
    "package": "{package}",
    "investigation": "{investigation}",
    "order": "{order}",
    "finding": "{finding}",
    "job": "{job}",
    "actor": "{person}",
    "transfer": "{transfer}",
    "message": "{message}",
    "upload": "{upload}",
    "state": "XB",
    "authority": "XB-CA",
    "book": "uncc",
    "number": "42",
    "process": "preservation",
    "kind": "request",
    "step": "ask_extension",
    "section": "what",
    "notice": "{notice}",
    "intake": "{intake}",
    "place": "1",
}
# Where a page wants another one: a dossier in which it has something to show.
_OTHERS: Final[dict[tuple[str, str], str]] = {
    ("dossier-form", "dossier"): "{draft}",
    ("dossier-section", "dossier"): "{draft}",
    ("dossier-check", "dossier"): "{draft}",
    ("dossier-document", "dossier"): "{letter}",
    ("dossier-document", "digest"): "{document}",
    ("dossier-deliver", "dossier"): "{letter}",
    ("dossier-deliver", "digest"): "{undelivered}",
    ("dossier-record", "dossier"): "{letter}",
    ("dossier-callback", "dossier"): "{incoming}",
    ("evidence", "dossier"): "{evidence}",
    ("intake", "dossier"): "{executing}",
    ("seal", "dossier"): "{executing}",
    ("dossier-step", "dossier"): "{letter}",
    ("order-issue", "dossier"): "{order-dossier}",
}


def fill_in(page: Page, names: Mapping[str, str]) -> str:
    """Return the path of a page in the example; raise ``KeyError`` for a place nobody filled."""

    def value(match: re.Match[str]) -> str:
        place = (page.name, match[1])
        found = _OTHERS.get(place) or _GIVEN.get(match[1])
        if found is None:
            message = f"tests/browser/addresses.py does not say what {match[0]} is at {page.name}"
            raise KeyError(message)
        return found.format(**names)

    return "/" + _PLACE.sub(value, page.path)


def all_pages() -> list[Page]:
    """Return all pages there are, by name; the rooms were opened."""
    return [PAGES[name] for name in sorted(PAGES)]
