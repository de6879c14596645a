"""What the strict reader returns: texts, lists and tables, each knowing where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from comity.law.place import Place

Plain: TypeAlias = "str | list[Plain] | dict[str, Plain]"


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar: always text, whatever it looks like."""

    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Listing:
    """A list."""

    items: tuple[Node, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping from text to anything; ``keys`` tells where each key stands."""

    entries: Mapping[str, Node]
    keys: Mapping[str, Place]
    place: Place


Node: TypeAlias = "Text | Listing | Table"


def plain(node: Node) -> Plain:
    """Return the content alone, without places."""
    if isinstance(node, Text):
        return node.text
    if isinstance(node, Listing):
        return [plain(item) for item in node.items]
    return {key: plain(value) for key, value in node.entries.items()}


def descend(node: Node, path: Iterable[str | int]) -> Node:
    """Return the node at ``path`` below ``node``; the path must exist."""
    for part in path:
        if isinstance(node, Table):
            node = node.entries[str(part)]
        elif isinstance(node, Listing):
            node = node.items[int(part)]
    return node
