"""Identifiers: opaque, random, typed by their first letters.

``dos_`` dossier, ``inv_`` investigation, ``exh_`` exhibit, ``vol_`` volume, ``job_`` job,
``msg_`` message, ``ord_`` order, ``pkg_`` package, ``par_`` party to a case, ``fin_`` finding,
``xfr_`` transfer, ``ret_`` return of a provider, ``ntc_`` notice. Then 26 characters of
Crockford's base 32, from 130 random bits: an identifier tells nothing of when or how many.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Protocol

from comity.base.errors import Malformed

KINDS: Final = (
    *("dos", "inv", "exh", "vol", "job", "msg", "ord", "pkg", "par"),
    *("fin", "xfr", "ret", "ntc"),
)
_LETTERS: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_LENGTH: Final = 26
_TEXT: Final = re.compile(rf"({'|'.join(KINDS)})_([{_LETTERS}]{{{_LENGTH}}})")


@dataclass(frozen=True, slots=True, order=True)
class Ident:
    """An identifier such as ``dos_3k9…``."""

    text: str

    def __post_init__(self) -> None:
        """Refuse a text that is not one of ours."""
        if _TEXT.fullmatch(self.text) is None:
            detail = "An identifier is a kind, an underscore and 26 characters."
            raise Malformed(detail)

    @classmethod
    def make(cls, kind: str, random: bytes) -> Ident:
        """Make an identifier of ``kind`` from at least 17 random bytes."""
        number = int.from_bytes(random, "big")
        letters = []
        for _ in range(_LENGTH):
            number, rest = divmod(number, len(_LETTERS))
            letters.append(_LETTERS[rest])
        return cls(f"{kind}_{''.join(letters)}")

    @property
    def kind(self) -> str:
        """Return the first letters, which name what is identified."""
        return self.text.partition("_")[0]

    def __str__(self) -> str:
        """Return the written form."""
        return self.text


class Idents(Protocol):
    """What makes new identifiers."""

    def new(self, kind: str) -> Ident:
        """Return a new identifier of ``kind``."""
