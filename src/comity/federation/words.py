"""Text in orders: it shows what it means on every screen, and in every version of Python.

What cannot be seen, or turns the writing direction, is refused by listed code points and
not by the reader's Unicode tables: two verifiers of different age must come to one verdict.
Names and prose may hold the joiners U+200C and U+200D, which Persian and Indic writing need.
"""

from __future__ import annotations

import re
from typing import Final

from comity.federation.errors import OrderImpossible

# Controls, fillers and blanks of odd width, marks of direction, selectors, tags, private use.
_UNSEEN: Final = (
    "\x00-\x1f\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200b"
    "\u200e\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ud800-\uf8ff\ufe00-\ufe0f\ufeff"
    "\uffa0\ufff0-\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U0010ffff"
)
_HIDDEN: Final = re.compile(f"[{_UNSEEN}]")
_JOINER: Final = re.compile("[\u200c\u200d]")
_EXACT: Final = re.compile(r"[a-z][a-z_]{1,39}: \S(?:.*\S)?")


def require_name(text: str, most: int) -> None:
    """Refuse what is not one visible line of 1 to ``most`` characters; ``OrderImpossible``."""
    if not 0 < len(text) <= most:
        detail = f"A text of 1 to {most} characters was expected, not of {len(text)}."
        raise OrderImpossible(detail)
    if text != text.strip() or "  " in text:
        detail = "A text has blanks at an end, or doubled."
        raise OrderImpossible(detail)
    _require_seen(_HIDDEN, text)


def require_prose(text: str, most: int) -> None:
    """Refuse what is not visible lines of 1 to ``most`` characters; ``OrderImpossible``."""
    if not 0 < len(text) <= most or not text.strip():
        detail = f"A text of 1 to {most} characters was expected, not of {len(text)}."
        raise OrderImpossible(detail)
    _require_seen(_HIDDEN, text.replace("\n", " "))


def require_identifier(text: str, most: int) -> None:
    """Refuse what is not one line ``kind: particulars``, compared by eye; ``OrderImpossible``."""
    require_name(text, most)
    _require_seen(_JOINER, text)
    if _EXACT.fullmatch(text) is None:
        detail = "Whose data are meant is written as a kind, a colon, a blank and the particulars."
        raise OrderImpossible(detail)


def _require_seen(hidden: re.Pattern[str], text: str) -> None:
    found = hidden.search(text)
    if found is not None:
        detail = f"A text holds U+{ord(found[0]):04X}, which cannot be seen."
        raise OrderImpossible(detail)
