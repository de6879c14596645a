"""Values in words: what a finding prints of what was expected and what was found."""

from __future__ import annotations

import json
from typing import Final

from comity.base import Digest

_MOST: Final = 300


def spell(value: object) -> str:
    """Return a value as a person reads it, in at most 300 characters."""
    return _spell(value)[:_MOST]


def spell_apart(one: object, other: object) -> tuple[str, str]:
    """Return two values in words; of two documents only what differs."""
    first, second = _read(one), _read(other)
    if first is None or second is None:
        return spell(one), spell(other)
    differs = {key for key in first.keys() | second.keys() if first.get(key) != second.get(key)}
    if not differs:
        return spell(one), spell(other)
    return _pairs(first, differs), _pairs(second, differs)


def _spell(value: object) -> str:
    match value:
        case None | ():
            return "nothing"
        case tuple():
            return ", ".join(map(_spell, value))
        case bytes():
            return f"{len(value)} bytes, {Digest.of(value)}"
        case bool():
            return "yes" if value else "no"
        case _:
            return str(value)


def _read(value: object) -> dict[str, object] | None:
    """Return the flat document that bytes hold, if they do."""
    if not isinstance(value, bytes):
        return None
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _pairs(document: dict[str, object], keys: set[str]) -> str:
    told = [f"{key}: {document[key]}" for key in sorted(keys) if key in document]
    return spell("; ".join(told) or None)
