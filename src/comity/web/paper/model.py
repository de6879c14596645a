"""What stands on a paper, before it is set: rows and tables of bits, each of its kind.

A bit's kind says how it is set apart from the run of the text: an instant, a digest, a
reference and a provision each run from left to right in a text that does not.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import Final

from comity.base import Digest, Instant
from comity.web.paper.frames import Inlay

_TURNING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_HIDDEN: Final = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})
_RIGHT: Final = frozenset({"R", "AL"})
_KEPT: Final = "\n\t"
_FOUR: Final = 4
# A third of a page.
_LONG: Final = 800


@dataclass(frozen=True, slots=True, kw_only=True)
class Bit:
    """A piece of what is said. ``kind``: text, mono, ref, digest, when, law, mark, label, blank."""

    kind: str = "text"
    text: str
    more: str = ""

    @property
    def direction(self) -> str:
        """Return which way it runs."""
        return direction(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What something is called, what it is, and the provision that asks for it."""

    label: str
    bits: tuple[Bit, ...]
    law: str = ""
    note: str = ""

    @property
    def is_long(self) -> bool:
        """Return whether it may go on over a page's end: what may not would be cut off there."""
        return sum(len(bit.text) for bit in self.bits) > _LONG


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a paper: rows, or a table with a head, or both; ``says`` stands before them."""

    title: str
    says: str = ""
    rows: tuple[Row, ...] = ()
    head: tuple[str, ...] = ()
    table: tuple[tuple[Bit, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """All of a paper. ``digest`` stands at the foot of every page, and names ``named``."""

    kind: str
    language: str
    title: str
    says: str
    state: str
    authority: str
    reference: str
    at: Instant
    exercise: bool
    digest: Digest
    named: str
    marks: tuple[str, ...] = ()
    facts: tuple[Row, ...] = ()
    parts: tuple[Part, ...] = ()
    checks: tuple[tuple[str, str], ...] = ()
    inlays: tuple[Inlay, ...] = field(default=(), repr=False)
    is_draft: bool = False


def text(said: object) -> Bit:
    """Return plain text; what the eye cannot see in it is made visible."""
    return Bit(text=show_hidden(str(said)))


def mono(said: object) -> Bit:
    """Return what is compared sign by sign, as an address or an account."""
    return Bit(kind="mono", text=show_hidden(str(said)))


def ref(said: object) -> Bit:
    """Return a reference."""
    return Bit(kind="ref", text=show_hidden(str(said)))


def mark(said: object) -> Bit:
    """Return what the platform says of it, and not the paper's author."""
    return Bit(kind="mark", text=str(said))


def digest_bit(digest: Digest) -> Bit:
    """Return a digest, in groups of four."""
    return Bit(kind="digest", text=in_fours(digest.hex))


def direction(said: str) -> str:
    """Return which way a text runs, by its first letter that says so (UAX 9, P2); else ``ltr``.

    What sets our pages knows no ``dir="auto"``, so it is found here.
    """
    for sign in said:
        strong = unicodedata.bidirectional(sign)
        if strong in _RIGHT:
            return "rtl"
        if strong == "L":
            return "ltr"
    return "ltr"


def in_fours(digits: str) -> str:
    """Return digits in groups of four."""
    return " ".join(digits[start : start + _FOUR] for start in range(0, len(digits), _FOUR))


def show_hidden(said: str) -> str:
    """Return a text in which signs that turn or hide others are written out, as ⟨U+202E⟩."""
    return "".join(_shown(sign) for sign in said)


def _shown(sign: str) -> str:
    hidden = sign in _TURNING or unicodedata.category(sign) in _HIDDEN
    if hidden and sign not in _KEPT:
        return f"⟨U+{ord(sign):04X}⟩"
    return sign
