"""A visitor who follows every link that a page shows, as one of the authority's people."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urljoin, urlsplit

from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import Resolver404, resolve

# Of one kind of page so many are opened: dossiers are many, and look alike.
_OF_A_KIND: Final = 2
_MOST: Final = 200
_PAGE: Final = "text/html"


@dataclass(frozen=True)
class Visit:
    """A page that was opened, and from which page a link led to it."""

    path: str
    name: str
    status: int
    title: str
    origin: str
    text: str = field(repr=False)


class Reader(HTMLParser):
    """Reads the title and the links of a page."""

    def __init__(self) -> None:
        """Begin with nothing read."""
        super().__init__()
        self.title = ""
        self.links: list[str] = []
        self._depth: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep where a link leads."""
        self._depth.append(tag)
        found = dict(attrs).get("href")
        if tag == "a" and found:
            self.links.append(found)

    def handle_data(self, data: str) -> None:
        """Keep the page's title; drawings have titles too."""
        if self._depth and self._depth[-1] == "title" and "svg" not in self._depth:
            self.title += data.strip()

    def handle_endtag(self, tag: str) -> None:
        """Leave what was open."""
        while self._depth and self._depth.pop() != tag:
            pass


def crawl(client: Client, start: str = "/") -> list[Visit]:
    """Open ``start`` and all that links lead to; return what was seen."""
    seen: set[str] = set()
    kinds: Counter[str] = Counter()
    visits: list[Visit] = []
    waiting = deque([(start, "")])
    while waiting and len(visits) < _MOST:
        path, origin = waiting.popleft()
        name = name_of(path)
        if path in seen or kinds[name] >= _OF_A_KIND:
            continue
        seen.add(path)
        kinds[name] += 1
        visit, links = look(client, path, name, origin)
        visits.append(visit)
        waiting.extend((link, path) for link in links)
    return visits


def look(client: Client, path: str, name: str, origin: str) -> tuple[Visit, list[str]]:
    """Open one page; return what was seen, and where its links lead."""
    answer = client.get(path, follow=True)
    reader = Reader()
    text = ""
    if is_page(answer):
        text = answer.content.decode()
        reader.feed(text)
    visit = Visit(path, name, answer.status_code, reader.title, origin, text)
    return visit, [link for found in reader.links if (link := _own(path, found))]


def is_page(answer: HttpResponseBase) -> bool:
    """Return whether an answer is a page: a download is none."""
    return answer.get("Content-Type", "").startswith(_PAGE) and not answer.streaming


def name_of(path: str) -> str:
    """Return the name of the page at a path; the path where there is none."""
    parts = urlsplit(path)
    try:
        found = resolve(parts.path)
    except Resolver404:
        return path
    query = "?" if parts.query else ""
    return f"{found.url_name or path}{query}"


def _own(path: str, link: str) -> str:
    """Return where a link leads within the desk; "" for what is no page of ours."""
    parts = urlsplit(urljoin(path, link))
    if parts.scheme or parts.netloc or not parts.path.startswith("/"):
        return ""
    if parts.path.startswith(("/static/", "/api/")):
        return ""
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
