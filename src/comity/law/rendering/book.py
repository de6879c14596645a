"""All pages of the law explorer, by their path."""

from __future__ import annotations

from comity.law.book import Book
from comity.law.rendering.pages import (
    glossary_page,
    index_page,
    outline_page,
    process_page,
    state_page,
)
from comity.law.rendering.scores import draw_score


def render_book(book: Book) -> dict[str, str]:
    """Return every page and picture: path below ``docs/law`` to text. Nothing is written."""
    pages = {"README.md": index_page(book), "glossary.md": glossary_page(book)}
    for pack in book.packs.values():
        pages[f"{pack.pack}/outline.md"] = outline_page(book, pack)
    for process in book.processes.values():
        pages[f"{process.key}.md"] = process_page(book, process)
        pages[f"{process.key}.svg"] = draw_score(process)
    for state in book.states.values():
        pages[f"states/{state.state}.md"] = state_page(book, state)
    return pages
