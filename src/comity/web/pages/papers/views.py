"""The pages of papers: which there are, one as PDF/A, and the dossier as one folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.functional import Promise
from django.utils.translation import get_language_info, override, pgettext_lazy

from comity.base import Ident
from comity.service.receipts import retrieve
from comity.web.pages.kit.pages import PageClosed, Sheet, page
from comity.web.pages.kit.seat import Seat
from comity.web.pages.papers.archive import Entry, write_zip
from comity.web.pages.papers.folder import Folder, plain_folder, print_folder
from comity.web.pages.papers.kinds import KINDS, Kind, find_kind
from comity.web.pages.papers.printing import languages, print_kind, require_language
from comity.web.pages.papers.record import Record, open_record
from comity.web.pages.papers.words import state_name
from comity.web.paper.errors import NothingToPrint
from comity.web.paper.press import open_press
from comity.web.permissions import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A kind of paper, as the page offers it; ``closed`` says why it cannot be had."""

    kind: Kind
    closed: str | Promise = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """A language; ``is_theirs`` if the other side reads it, ``has_catalogue`` if we print it."""

    code: str
    name: str
    is_theirs: bool
    has_catalogue: bool


@page(
    "dossiers/<str:dossier>/papers",
    Permission.DOSSIER_READ,
    name="papers",
    title=pgettext_lazy("papers", "Papers"),
    room="dossiers",
)
def list_papers(seat: Seat, dossier: str) -> Sheet:
    """List which papers of the dossier can be printed, in which languages."""
    record = read_record(seat, dossier)
    return Sheet(
        template="papers/papers.html",
        values={
            "record": record,
            "offers": [_offer(record, one, seat.language) for one in KINDS.values()],
            "tongues": _tongues(record, seat.language),
            "other": state_name(seat.node, record.shown.head.counterpart, seat.language),
        },
    )


@page(
    "dossiers/<str:dossier>/paper/<str:kind>",
    Permission.DOSSIER_READ,
    name="paper",
    title=pgettext_lazy("papers", "Paper"),
    room="dossiers",
)
def show_paper(seat: Seat, dossier: str, kind: str) -> HttpResponseBase:
    """Print one paper: ``?act=`` names an act (or an order), ``?language=`` the language."""
    found = find_kind(kind)
    if found.needs_content and not seat.has(Permission.CONTENT_READ):
        raise PageClosed(Permission.CONTENT_READ.value)
    record = read_record(seat, dossier)
    if found.needs_content:
        retrieve(seat.node, seat.reader(), record.ident)
    language = seat.http.GET.get("language", "") or _own(seat)
    wanted = seat.http.GET.get("act", "")
    with open_press() as press:
        printed = print_kind(press, record, found, wanted, language)
    answer = HttpResponse(printed.pdf, content_type="application/pdf")
    name = f"{record.ident}-{found.name}-{language}.pdf"
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


def read_record(seat: Seat, dossier: str) -> Record:
    """Return the record of a dossier, with content for those who may read it."""
    has_content = seat.has(Permission.CONTENT_READ)
    return open_record(seat.node, Ident(dossier), has_content=has_content)


def _own(seat: Seat) -> str:
    return seat.language if seat.language in languages() else "en"


def _offer(record: Record, kind: Kind, language: str) -> Offer:
    if kind.needs_content and not record.has_content:
        return Offer(kind=kind, closed=pgettext_lazy("papers", "Your role sees no content."))
    try:
        kind.make(record, "", language)
    except NothingToPrint:
        return Offer(
            kind=kind, closed=pgettext_lazy("papers", "There is nothing of it in this dossier yet.")
        )
    return Offer(kind=kind)


def _tongues(record: Record, own: str) -> list[Tongue]:
    profile = record.node.book.states.get(record.shown.head.counterpart)
    theirs = profile.languages if profile else ()
    printed = languages()
    codes = dict.fromkeys((own, *theirs, *printed))
    return [
        Tongue(
            code=code,
            name=_name(code),
            is_theirs=code in theirs,
            has_catalogue=code in printed,
        )
        for code in codes
        if code in printed or code in theirs
    ]


def _name(code: str) -> str:
    try:
        return str(get_language_info(code)["name_local"])
    except KeyError:
        return code


@page(
    "dossiers/<str:dossier>/folder",
    Permission.DOSSIER_READ,
    name="folder",
    title=pgettext_lazy("papers", "The dossier as a folder"),
    room="dossiers",
)
def show_folder(seat: Seat, dossier: str) -> Sheet | HttpResponseBase:
    """Say what the folder holds; with ``?language=`` send it, ``?papers=no`` without papers."""
    record = read_record(seat, dossier)
    language = seat.http.GET.get("language", "")
    if not language:
        values = {"record": record, "tongues": _tongues(record, seat.language)}
        return Sheet(template="papers/folder.html", values=values)
    require_language(language)
    if record.has_content:
        retrieve(seat.node, seat.reader(), record.ident)
    if seat.http.GET.get("papers") == "no":
        return _send(plain_folder(record), language)
    with open_press() as press:
        folder = print_folder(press, record, language)
    return _send(folder, language)


def _send(folder: Folder, language: str) -> StreamingHttpResponse:
    answer = StreamingHttpResponse(
        write_zip(_within(folder, language)), content_type="application/zip"
    )
    answer["Content-Disposition"] = f'attachment; filename="{folder.record.ident}.zip"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


def _within(folder: Folder, language: str) -> Iterator[Entry]:
    """Yield the files, each made in the language of the folder and not of the request."""
    entries = folder.entries()
    while True:
        with override(language):
            found = next(entries, None)
        if found is None:
            return
        yield found
