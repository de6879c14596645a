"""What acts say to people, as lines that a page can show: by field, with its law."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from django.utils.translation import pgettext

from comity.base import Digest, Ident, Instant
from comity.base.canonical import Json
from comity.base.errors import ComityError
from comity.law import Field, Form, Process
from comity.seal.act import Act
from comity.service.chains import CONTENT, kept_documents
from comity.service.errors import ContentErased, NotThere
from comity.service.node import Node
from comity.service.reading import show_content, show_document
from comity.web.pages.dossiers.words import NAMES, label, plain

FORM: Final = "form"
# A text longer than this is downloaded, not read on a page.
_READABLE: Final = 40_000


@dataclass(frozen=True, kw_only=True)
class Line:
    """One field: what it is called, what it says, and the provision that asks for it."""

    name: str
    label: str
    lines: tuple[str, ...]
    law: str = ""
    moment: Instant | None = None


@dataclass(frozen=True, kw_only=True)
class Document:
    """A document that an act covers; ``text`` if it can be read on a page."""

    name: str
    label: str
    digest: Digest
    act: Act
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Said:
    """What one act says: its lines, those of its form apart, its documents."""

    lines: tuple[Line, ...] = ()
    form: tuple[Line, ...] = ()
    language: str = ""
    is_erased: bool = False
    documents: tuple[Document, ...] = field(default=())


def read_said(node: Node, process: Process | None, act: Act) -> Said:
    """Return what an act says to people; that it was erased, if it was."""
    try:
        values = _content(node, act)
    except ContentErased:
        return Said(is_erased=True, documents=documents_of(act))
    form = values.get(FORM)
    fields = form if isinstance(form, dict) else {}
    language = fields.get("language")
    return Said(
        lines=tuple(_line(None, name, one) for name, one in values.items() if name != FORM),
        form=form_lines(node, process, fields),
        language=language if isinstance(language, str) else "",
        documents=documents_of(act),
    )


def form_lines(node: Node, process: Process | None, values: Mapping[str, Json]) -> tuple[Line, ...]:
    """Return the fields of a form that are filled in, in the order of the law file."""
    form = node.book.forms.get(process.key) if process else None
    known = form.fields if form else {}
    order = [*known, *(name for name in values if name not in known)]
    return tuple(_line(form, name, values[name]) for name in order if _is_filled(values, name))


def documents_of(act: Act) -> tuple[Document, ...]:
    """Return the documents that are kept with an act."""
    names = [name for name in kept_documents(act) if name != CONTENT and name in act.covers]
    return tuple(
        Document(name=name, label=label(NAMES, name), digest=act.covers[name], act=act)
        for name in names
    )


def read_text(node: Node, act: Act, name: str) -> str:
    """Return a covered document as text; nothing where it is none, or too long for a page."""
    try:
        data = show_document(node, Ident(act.chain), act.covers[name])
        text = data.decode("utf-8") if len(data) <= _READABLE else ""
    except (ContentErased, NotThere, UnicodeDecodeError):
        return ""
    return text if text.isprintable() or _is_prose(text) else ""


def _content(node: Node, act: Act) -> Mapping[str, Json]:
    if CONTENT not in act.covers:
        return {}
    try:
        return show_content(node, Ident(act.chain), act.covers[CONTENT])
    except NotThere:
        return {}


def _is_prose(text: str) -> bool:
    return all(one.isprintable() or one in "\n\r\t\u200e\u200f" for one in text)


def _is_filled(values: Mapping[str, Json], name: str) -> bool:
    return values.get(name) not in (None, "", [], {})


def _line(form: Form | None, name: str, value: Json) -> Line:
    asked = form.fields.get(name) if form else None
    return Line(
        name=name,
        label=pgettext("law", asked.label) if asked else label(NAMES, name),
        lines=tuple(_lines(asked, value)),
        law=str(asked.law) if asked else "",
        moment=_moment(asked, value),
    )


def _moment(asked: Field | None, value: Json) -> Instant | None:
    if asked is None or asked.kind != "instant" or not isinstance(value, str):
        return None
    try:
        return Instant.parse(value)
    except ComityError:
        return None  # it is shown as it was written


def _lines(asked: Field | None, value: Json) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inside in value.items():
            yield f"{plain(str(name))}: {' '.join(_lines(None, inside))}"
    elif isinstance(value, list):
        for inside in value:
            yield from _lines(None, inside)
    elif isinstance(value, bool):
        yield pgettext("answer", "yes") if value else pgettext("answer", "no")
    elif asked is not None and asked.kind in {"choice", "yes_no"}:
        yield pgettext("law", plain(str(value)))
    elif value is not None:
        yield str(value)
