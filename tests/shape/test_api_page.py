"""The page and the document of the API say what the door is: written anew they are the same."""

from __future__ import annotations

from comity.web.api import telling
from tests.places import CHECKOUT

DOCS = CHECKOUT / "docs"


def test_the_page_lists_every_route_with_its_permission_as_it_is() -> None:
    page = (DOCS / telling.PAGE).read_text("utf-8")
    assert telling.fill_page(page) == page


def test_the_committed_document_is_the_doors_own() -> None:
    assert (DOCS / telling.DOCUMENT).read_text("utf-8") == telling.render_document()
