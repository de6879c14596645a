"""The law explorer: what there is, one article and what keeps it, one process and its parts."""

from __future__ import annotations

from itertools import groupby
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from comity.law import Book, Clause, Pack, Provision
from comity.law.asking import NotInBook, ask_name, ask_provision, read_question
from comity.law.rendering import say_scope
from comity.service.errors import NotThere
from comity.web.pages.kit.pages import Answer, Go, Sheet, page
from comity.web.pages.kit.seat import Seat
from comity.web.pages.kit.wording import say_provision
from comity.web.pages.lawbook.keeping import group, processes_of
from comity.web.pages.lawbook.parts import PARTS
from comity.web.pages.lawbook.readings import read_states
from comity.web.permissions import Permission

_QUESTION: Final = 200


@page("law", Permission.SELF, name="law", title=_("The law"))
def show_law(seat: Seat) -> Answer:
    """Show the instruments, their processes and articles, and the States; or what was asked for."""
    book = seat.node.book
    question = seat.http.GET.get("q", "").strip()[:_QUESTION]
    values = {
        "book": book,
        "packs": [_pack(book, one) for one in book.packs.values()],
        "readings": read_states(book, frozenset(book.processes), seat.node.state),
        "question": question,
    }
    if question:
        try:
            asked = read_question(question)
            if isinstance(asked, Provision) and book.clause(asked) is not None:
                return Go(to=_address(asked))
            values["groups"] = group(book, ask_name(book, question))
        except NotInBook as error:
            values["problem"] = error
    return Sheet(template="lawbook/law.html", values=values)


@page(
    "law/<str:book>/<str:number>",
    Permission.SELF,
    name="law-article",
    title=_("A provision"),
    room="law",
)
def show_article(seat: Seat, book: str, number: str) -> Answer:
    """Show an article on one side; on the other what keeps it, and how States read it."""
    law = Provision.parse(f"{book}:{number}")
    whole = seat.node.book
    entries = ask_provision(whole, law)
    article = Provision(law.pack, law.article)
    processes = processes_of(whole, entries)
    values = {
        "law": law,
        "clauses": _within(whole, article),
        "asked": whole.clause(law),
        "whole": article,
        "pack": whole.packs.get(law.pack),
        "owner": whole.states.get(law.pack.partition(".")[0]),
        "groups": group(whole, entries),
        "readings": read_states(whole, processes, seat.node.state) if processes else (),
    }
    said = whole.clause(article)
    title = say_provision(str(law))
    if said is not None and said.title:
        title = f"{title} · {pgettext('law', said.title)}"
    return Sheet(template="lawbook/article.html", values=values, title=title)


@page(
    "law/processes/<str:book>/<str:process>",
    Permission.SELF,
    name="law-process",
    title=_("A process"),
    room="law",
)
def show_process(seat: Seat, book: str, process: str) -> Answer:
    """Show a process: its score, or one of its parts."""
    whole, key = seat.node.book, f"{book}/{process}"
    found = whole.processes.get(key)
    if found is None:
        raise NotThere(key[:_QUESTION])
    part = seat.http.GET.get("part", "")
    if part not in PARTS:
        part = ""
    values = {
        "process": found,
        "pack": whole.packs[found.pack],
        "part": part,
        "parts": [(name, one.title) for name, one in PARTS.items()],
        "readings": read_states(whole, frozenset({key}), seat.node.state),
        **PARTS[part].tell(whole, found),
    }
    return Sheet(template="lawbook/process.html", values=values, title=pgettext("law", found.title))


def _pack(book: Book, pack: Pack) -> dict[str, object]:
    chapters = groupby(pack.articles, key=_chapter)
    return {
        "pack": pack,
        "scope": say_scope(pack.scope),
        "processes": [one for one in book.processes.values() if one.pack == pack.pack],
        "chapters": [(chapter, list(found)) for chapter, found in chapters],
    }


def _chapter(clause: Clause) -> str:
    return clause.chapter


def _within(book: Book, law: Provision) -> list[Clause]:
    outlines = book.outlines()
    return [outline[one] for outline in outlines for one in sorted(outline) if law.contains(one)]


def _address(law: Provision) -> str:
    return reverse("law-article", kwargs={"book": law.pack, "number": law.at})
