"""Strict YAML: the only way by which law enters.

Ordinary YAML reads ``NO`` (Norway) as *false* and 40.10 as 40.1, silently keeps the
last of two equal keys, and lets one line change another through anchors. This reader

1. takes UTF-8 alone, bounded in size and depth, without byte order mark;
2. keeps every scalar as text;
3. refuses repeated keys, anchors, aliases, tags, merge keys, directives and more
   than one document;
4. remembers the line and column of everything.

It works on the parser's events, so that nothing is ever constructed from the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import yaml

from comity.base import limits
from comity.law.loading.faults import NotPlain, RepeatedKey, Unreadable
from comity.law.loading.nodes import Listing, Node, Table, Text
from comity.law.place import Place

# libyaml is twenty times as fast; where it is not built in, yaml's own parser reads the same
PARSER: Final = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_MARK: Final = "\ufeff"
_MERGE: Final = "<<"
_UNSEEN: Final = {*range(0x20), *range(0x7F, 0xA0), 0xFEFF, *range(0xD800, 0xE000)} - {0x0A}


def read_law(data: bytes, file: str, parser: type[yaml.BaseLoader] = PARSER) -> Node:
    """Read one law file, called ``file`` in errors; raise a ``LawFault`` if it is not plain."""
    if len(data) > limits.LAW_FILE_BYTES:
        detail = f"{len(data)} bytes, where {limits.LAW_FILE_BYTES} are the most."
        raise Unreadable(detail, Place(file))
    try:
        text = data.decode("utf-8")
        if text.startswith(_MARK):
            detail = "It begins with a byte order mark."
            raise Unreadable(detail, Place(file, 1, 1))
        return _Reader(text, file, parser).document()
    except UnicodeDecodeError as error:
        detail = f"It is not UTF-8 at byte {error.start}."
        raise Unreadable(detail, Place(file)) from error
    except yaml.MarkedYAMLError as error:
        raise Unreadable(_problem(error), _mark_place(file, error.problem_mark)) from error
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        # yaml lets chr() and int() of escapes and directives fail with errors of their own
        detail = "A character or an escape is not possible in a law file."
        raise Unreadable(detail, Place(file)) from error


class _Reader:
    """One pass over the events of one file."""

    def __init__(self, text: str, file: str, parser: type[yaml.BaseLoader]) -> None:
        self._file = file
        self._events: Iterator[yaml.Event] = yaml.parse(text, Loader=parser)

    def document(self) -> Node:
        """Return the one document."""
        next(self._events)
        start = next(self._events)
        if isinstance(start, yaml.StreamEndEvent):
            detail = "There is nothing in it."
            raise Unreadable(detail, Place(self._file, 1))
        self._require_plain(start)
        node = self._node(next(self._events), 0)
        next(self._events)
        after = next(self._events)
        if not isinstance(after, yaml.StreamEndEvent):
            self._refuse(after, "A second document begins.")
        return node

    def _node(self, event: yaml.Event, depth: int) -> Node:
        self._require_plain(event)
        if depth > limits.LAW_FILE_DEPTH:
            detail = f"Nested deeper than {limits.LAW_FILE_DEPTH}."
            raise Unreadable(detail, self._place(event))
        if isinstance(event, yaml.ScalarEvent):
            return self._text(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._listing(event, depth)
        return self._table(event, depth)

    def _text(self, event: yaml.ScalarEvent) -> Text:
        place = self._place(event)
        if not _UNSEEN.isdisjoint(map(ord, event.value)):
            detail = "A text holds a control character, a byte order mark or half a character."
            raise Unreadable(detail, place)
        return Text(event.value, place)

    def _listing(self, start: yaml.Event, depth: int) -> Listing:
        items: list[Node] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(event, depth + 1))
        return Listing(tuple(items), self._place(start))

    def _table(self, start: yaml.Event, depth: int) -> Table:
        entries: dict[str, Node] = {}
        keys: dict[str, Place] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._key(event, keys)
            keys[key.text] = key.place
            entries[key.text] = self._node(next(self._events), depth + 1)
        return Table(entries, keys, self._place(start))

    def _key(self, event: yaml.Event, before: dict[str, Place]) -> Text:
        self._require_plain(event)
        if not isinstance(event, yaml.ScalarEvent):
            detail = "A key must be a word, not a list or a table."
            raise Unreadable(detail, self._place(event))
        key = self._text(event)
        if key.text == _MERGE:
            self._refuse(event, "A merge key (<<) stands here.")
        if key.text in before:
            detail = f"The key {key.text!r} stands already on line {before[key.text].line}."
            raise RepeatedKey(detail, key.place, key=key.text)
        return key

    def _require_plain(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.AliasEvent):
            self._refuse(event, f"An alias (*{event.anchor}) stands here: write it out.")
        if getattr(event, "anchor", None) is not None:
            self._refuse(event, "An anchor (&) stands here: write it out where it is needed.")
        if getattr(event, "tag", None) is not None:
            self._refuse(event, "A tag (!) stands here: everything is text.")
        if getattr(event, "version", None) or getattr(event, "tags", None):
            self._refuse(event, "A directive (%) stands here.")

    def _refuse(self, event: yaml.Event, detail: str) -> None:
        raise NotPlain(detail, self._place(event))

    def _place(self, event: yaml.Event) -> Place:
        return _mark_place(self._file, event.start_mark)


def _mark_place(file: str, mark: object) -> Place:
    line, column = getattr(mark, "line", None), getattr(mark, "column", None)
    if line is None or column is None:
        return Place(file)
    return Place(file, line + 1, column + 1)


def _problem(error: yaml.MarkedYAMLError) -> str:
    said = [error.context, error.problem]
    return f"The parser says: {', '.join(part for part in said if part)}."
