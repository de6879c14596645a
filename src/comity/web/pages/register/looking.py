"""Search: over heads for whoever may read dossiers, over content for whoever may read content."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Final

from django.utils.translation import pgettext, pgettext_lazy

from comity.law import Process
from comity.service.numbering import FileNumbers
from comity.service.rows import DossierRow
from comity.service.searching import HEAD, Hit
from comity.web.pages.kit.pages import Answer, Sheet, page
from comity.web.pages.kit.seat import Seat
from comity.web.pages.register.index import catch_up
from comity.web.permissions import Permission

_PAGE: Final = 20
_WORDS: Final = 200
_DIGITS: Final = 6
_PLACES: Final = {
    HEAD: pgettext_lazy("search", "the head of the dossier"),
    "our_number": pgettext_lazy("search", "our file number"),
    "their_number": pgettext_lazy("search", "their file number"),
    "reference": pgettext_lazy("search", "their file number"),
    "reasons": pgettext_lazy("search", "reasons"),
    "missing": pgettext_lazy("search", "what was asked for"),
}


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A hit as the page shows it."""

    head: DossierRow
    process: Process | None
    means: str
    places: tuple[str, ...]
    numbers: FileNumbers


@page(
    "search",
    Permission.DOSSIER_READ,
    name="search",
    title=pgettext_lazy("search", "Search"),
)
def search(seat: Seat) -> Answer:
    """Show what answers; who may see it is asked before it is counted and cut into pages."""
    asked = seat.http.GET.get("find", "")[:_WORDS]
    reads_content = seat.has(Permission.CONTENT_READ)
    index, unread = catch_up(seat)
    found = index.find(asked, content=reads_content, unread=unread)
    pages = max(1, ceil(len(found.hits) / _PAGE))
    number = min(_number(seat.http.GET.get("page", "1")), pages)
    start = (number - 1) * _PAGE
    shown = [_show(seat, one, index.numbers(one.dossier) if reads_content else FileNumbers())
             for one in found.hits[start : start + _PAGE]]  # fmt: skip
    values = {
        "asked": asked,
        "hits": shown,
        "total": len(found.hits),
        "unread": unread,
        "number": number,
        "pages": pages,
        "before": number - 1,
        "after": number + 1 if number < pages else 0,
        "reads_content": reads_content,
    }
    return Sheet(template="register/search.html", values=values)


def _number(text: str) -> int:
    good = text.isascii() and text.isdigit() and len(text) <= _DIGITS
    return max(1, int(text)) if good else 1


def _show(seat: Seat, hit: Hit, numbers: FileNumbers) -> Shown:
    with seat.node.store.view() as unit:
        head = unit.dossiers.get(hit.dossier)
        standing = unit.standings.get(hit.dossier)
    process = seat.node.book.processes.get(head.process)
    state = process.states.get(standing.state) if process else None
    form = seat.node.book.forms.get(head.process)
    places = (_say_place(one, form.fields if form else {}) for one in hit.places)
    return Shown(
        head=head,
        process=process,
        means=state.means if state else "",
        places=tuple(dict.fromkeys(places)),
        numbers=numbers,
    )


def _say_place(place: str, fields: object) -> str:
    if place in _PLACES:
        return str(_PLACES[place])
    known = fields.get(place) if hasattr(fields, "get") else None
    return pgettext("law", known.label) if known else place.replace("_", " ")
