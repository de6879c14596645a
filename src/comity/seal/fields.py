"""Closed documents: every field is used, or the document is refused.

Also the one base64 of ours (RFC 4648 section 4, padded, canonical: no second way
to write the same bytes) and the drawing of random bytes from what was handed in.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from typing import Final, TypeAlias

from comity.base.canonical import Json
from comity.base.errors import Malformed, TooLarge

Random: TypeAlias = Callable[[int], bytes]
_LINE: Final = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]*")
_HEX: Final = re.compile(r"(?:[0-9a-f]{2})*")


def read_object(data: Json, names: frozenset[str]) -> dict[str, Json]:
    """Return ``data`` if it is an object of exactly these names; else raise ``Malformed``."""
    if not isinstance(data, dict):
        detail = "An object was expected."
        raise Malformed(detail)
    if data.keys() != names:
        odd = sorted(names ^ data.keys())[:5]
        detail = f"Names missing or unknown: {', '.join(ascii(name[:40]) for name in odd)}."
        raise Malformed(detail)
    return data


def read_document(data: Json, kind: str, names: frozenset[str]) -> dict[str, Json]:
    """Read an object whose ``type`` is ``kind`` and whose other names are exactly ``names``."""
    found = read_object(data, names | {"type"})
    if found["type"] != kind:
        detail = f"A document of type {kind} was expected."
        raise Malformed(detail)
    return found


def read_text(value: Json, *, most: int, least: int = 0) -> str:
    """Return ``value`` if it is text of ``least`` to ``most`` characters."""
    if not isinstance(value, str) or len(value) < least:
        detail = f"Text of at least {least} characters was expected."
        raise Malformed(detail)
    if len(value) > most:
        detail = f"Text of {len(value)} characters, where {most} are the most."
        raise TooLarge(detail)
    return value


def read_number(value: Json) -> int:
    """Return ``value`` if it is a whole number, and not true or false."""
    if not isinstance(value, int) or isinstance(value, bool):
        detail = "A whole number was expected."
        raise Malformed(detail)
    return value


def read_boolean(value: Json) -> bool:
    """Return ``value`` if it is true or false."""
    if not isinstance(value, bool):
        detail = "True or false was expected."
        raise Malformed(detail)
    return value


def read_list(value: Json) -> list[Json]:
    """Return ``value`` if it is a list."""
    if not isinstance(value, list):
        detail = "A list was expected."
        raise Malformed(detail)
    return value


def read_mapping(value: Json) -> dict[str, Json]:
    """Return ``value`` if it is an object, whatever its names."""
    if not isinstance(value, dict):
        detail = "An object was expected."
        raise Malformed(detail)
    return value


def is_line(text: str, *, most: int, least: int = 0) -> bool:
    """Tell whether ``text`` is one line of ``least`` to ``most`` characters, none a control."""
    return least <= len(text) <= most and _LINE.fullmatch(text) is not None


def read_base64(value: Json) -> bytes:
    """Return the bytes that canonical, padded base64 text stands for."""
    try:
        raw = base64.b64decode(value, validate=True) if isinstance(value, str) else None
    except (binascii.Error, ValueError) as error:
        detail = "It is not base64."
        raise Malformed(detail) from error
    if raw is None or write_base64(raw) != value:
        detail = "It is not base64 in its one canonical form."
        raise Malformed(detail)
    return raw


def write_base64(raw: bytes) -> str:
    """Return ``raw`` as padded base64 text."""
    return base64.b64encode(raw).decode("ascii")


def read_hex(value: Json) -> bytes:
    """Return the bytes that lower-case hexadecimal text stands for."""
    if not isinstance(value, str) or _HEX.fullmatch(value) is None:
        detail = "Lower-case hexadecimal digits were expected."
        raise Malformed(detail)
    return bytes.fromhex(value)


def draw(random: Random, size: int) -> bytes:
    """Return ``size`` bytes from ``random``; a source that gives fewer is a defect of ours."""
    drawn = random(size)
    if len(drawn) != size:
        message = "the source of random bytes gave too few"
        raise RuntimeError(message)
    return drawn
