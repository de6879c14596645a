"""Canonical JSON (RFC 8785): the only bytes that are ever signed.

A signed document holds objects, arrays, text, whole numbers, true, false and null.
No fractions: they print differently on different machines and no document of ours
needs one. Reading is strict: UTF-8, no repeated names, no lone surrogates, no
numbers beyond 2^53-1, bounded depth and size. ``parse_canonical`` further requires
that the bytes be the canonical ones, so that no two byte strings mean one document.
"""

from __future__ import annotations

import json
import re
from typing import Final, NoReturn, TypeAlias

import rfc8785

from comity.base import limits
from comity.base.errors import BadValue, Malformed, TooLarge

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | bool | None"
_OPENS: Final = "[{"
_BRACKET: Final = re.compile(r"[\[\]{}]")
_QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)


def canonical_bytes(value: Json) -> bytes:
    """Return the canonical form of ``value``; raise ``BadValue`` if it has none."""
    _require_plain(value)
    return _write(value)


def _write(value: Json) -> bytes:
    """Return the canonical form of what is plain."""
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, RecursionError) as error:
        detail = "This document has no canonical form."
        raise BadValue(detail) from error


def parse_json(data: bytes, *, limit: int = limits.DOCUMENT_BYTES) -> Json:
    """Read strict JSON of at most ``limit`` bytes; raise ``Malformed`` or ``TooLarge``."""
    if len(data) > limit:
        detail = f"{len(data)} bytes, where {limit} are the most."
        raise TooLarge(detail)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        detail = "It is not UTF-8."
        raise Malformed(detail) from error
    _require_shallow(text)
    try:
        value: Json = json.loads(
            text,
            object_pairs_hook=_object,
            parse_float=_no_fraction,
            parse_int=_integer,
            parse_constant=_no_fraction,
        )
        _require_plain(value)
    except (BadValue, ValueError, RecursionError) as error:
        detail = "It is not strict JSON of text, whole numbers, lists and objects."
        raise Malformed(detail) from error
    return value


def parse_canonical(data: bytes, *, limit: int = limits.DOCUMENT_BYTES) -> Json:
    """Read JSON that is in its canonical form to the last byte; else raise ``Malformed``."""
    value = parse_json(data, limit=limit)
    if _write(value) != data:
        detail = "It is not in canonical form (RFC 8785)."
        raise Malformed(detail)
    return value


def _require_shallow(text: str) -> None:
    """Bound the nesting before the parser recurses."""
    depth = deepest = 0
    for sign in _BRACKET.findall(_QUOTED.sub("", text)):
        depth += 1 if sign in _OPENS else -1
        deepest = max(deepest, depth)
    if deepest > limits.JSON_DEPTH:
        detail = f"Nested {deepest} deep, where {limits.JSON_DEPTH} is the most."
        raise TooLarge(detail)


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) != len(pairs):
        detail = "A name is repeated within one object."
        raise BadValue(detail)
    return found


def _no_fraction(text: str) -> NoReturn:
    detail = f"Only whole numbers are possible in a signed document, not {text[:20]}."
    raise BadValue(detail)


def _integer(text: str) -> int:
    if len(text) > len(str(limits.JSON_INTEGER)) + 1 or text == "-0":
        detail = "A whole number is beyond 2^53-1."
        raise BadValue(detail)
    return int(text)


def _require_plain(value: Json) -> None:
    """Refuse types, numbers and text that RFC 8785 or I-JSON cannot carry."""
    rest: list[Json] = [value]
    while rest:
        item = rest.pop()
        if isinstance(item, dict):
            rest.extend(item.keys())
            rest.extend(item.values())
        elif isinstance(item, list):
            rest.extend(item)
        else:
            _require_scalar(item)


def _require_scalar(item: object) -> None:
    if isinstance(item, str):
        try:
            item.encode("utf-8")
        except UnicodeEncodeError as error:
            detail = "Text holds half a character (a lone surrogate)."
            raise BadValue(detail) from error
    elif item is None or isinstance(item, bool):
        return
    elif not isinstance(item, int) or abs(item) > limits.JSON_INTEGER:
        detail = f"{type(item).__name__} values, or numbers beyond 2^53-1, are not possible."
        raise BadValue(detail)
