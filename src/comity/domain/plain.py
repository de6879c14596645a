"""Text that means what it shows.

A name that people compare by eye must not hold what the eye cannot see: characters
that turn the writing direction, join or part words without a mark, or take no room.
Unicode calls them control and format characters and separators (Unicode Standard
Annex 9, *Bidirectional Algorithm*; Technical Report 36, *Security Considerations*).

Two measures: an identifier is one line of visible, composed (NFC) characters with
plain spaces; free text may also hold line breaks and the marks and joiners that
Arabic, Persian and Indic writing need, but never an embedding or an override.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from comity.base import limits
from comity.base.errors import AskedWrongly

# Blank although Unicode counts them as letters, marks or symbols.
_BLANK: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_TURNING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LINE_ENDS: Final = frozenset("\n\t")


class TextRefused(AskedWrongly):
    """The text holds what cannot be seen or compared by eye."""

    code = "domain/text"
    remedy = "Type it again by hand instead of pasting it, or give it in its technical form."


def require_line(text: str, *, limit: int = limits.IDENTIFIER_CHARACTERS) -> None:
    """Refuse a text that is not one line of visible, composed characters; raise ``TextRefused``."""
    if not text or text != text.strip() or "  " in text:
        detail = "It is empty, or has blanks at an end or doubled."
        raise TextRefused(detail)
    _require_short(text, limit)
    for sign in text:
        if _is_hidden(sign) or (sign != " " and unicodedata.category(sign) == "Zs"):
            detail = f"It holds {_name(sign)}."
            raise TextRefused(detail)
    if not unicodedata.is_normalized("NFC", text):
        detail = "Its accents are not joined to their letters (Unicode NFC)."
        raise TextRefused(detail)


def require_prose(text: str, *, limit: int = limits.TEXT_CHARACTERS) -> None:
    """Refuse free text that is blank, too long, or turned about; raise ``TextRefused``."""
    if not text.strip():
        detail = "It is empty."
        raise TextRefused(detail)
    _require_short(text, limit)
    for sign in text:
        turned = sign in _TURNING
        if turned or (unicodedata.category(sign) in {"Cc", "Cs"} and sign not in _LINE_ENDS):
            detail = f"It holds {_name(sign)}."
            raise TextRefused(detail)


def _require_short(text: str, limit: int) -> None:
    if len(text) > limit:
        detail = f"It has {len(text)} characters, where {limit} are the most."
        raise TextRefused(detail)


def _is_hidden(sign: str) -> bool:
    return sign in _BLANK or unicodedata.category(sign) in _HIDDEN or _is_selector(sign)


def _is_selector(sign: str) -> bool:
    """Tell variation selectors, which change a glyph and take no room."""
    return "\ufe00" <= sign <= "\ufe0f" or "\U000e0100" <= sign <= "\U000e01ef"


def _name(sign: str) -> str:
    return f"U+{ord(sign):04X} {unicodedata.name(sign, 'a control character')}"
