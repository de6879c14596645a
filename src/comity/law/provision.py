"""Provisions: one way to cite the law.

``uncc:42(3)(a)`` is article 42, paragraph 3, subparagraph (a) of the pack ``uncc``;
``XA.cpa:41(2)`` is section 41(2) of the act that State XA lists as ``cpa``. Numbers
are never written with a point: 40.10 is read by some programs as 40.1, which is
another paragraph. Provisions compare and sort as they stand in the instrument.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from comity.base.errors import AskedWrongly

_PACK: Final = r"[a-z][a-z0-9-]{0,31}|[A-Z]{2}\.[a-z][a-z0-9-]{0,31}"
_PART: Final = r"\((?:[1-9][0-9]{0,2}|[a-z]{1,4})\)"
_TEXT: Final = re.compile(rf"({_PACK}):([1-9][0-9]{{0,3}})((?:{_PART}){{0,5}})")
_POINTED: Final = re.compile(r"(?:[\w.]*[: ])?([0-9]{1,4})[.]([0-9]{1,3})")
_SHOWN: Final = 40


class BadProvision(AskedWrongly):
    """This is not how a provision is written."""

    code = "law/bad-provision"
    remedy = "Write the pack, a colon, the article and each part in brackets: uncc:42(3)(a)."


@dataclass(frozen=True, slots=True)
class Provision:
    """A place in an instrument: pack, article, and the parts below it."""

    pack: str
    article: int
    parts: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Provision:
        """Read ``uncc:42(3)(a)`` and nothing else; raise ``BadProvision``."""
        match = _TEXT.fullmatch(text)
        if match is None:
            raise BadProvision(_explain(text))
        pack, article, parts = match.groups()
        return cls(pack, int(article), tuple(re.findall(r"\((\w+)\)", parts)))

    @property
    def at(self) -> str:
        """Return the citation within the instrument: ``42(3)(a)``."""
        return f"{self.article}{''.join(f'({part})' for part in self.parts)}"

    @property
    def parent(self) -> Provision | None:
        """Return the provision one level up; an article has none."""
        if not self.parts:
            return None
        return Provision(self.pack, self.article, self.parts[:-1])

    def contains(self, other: Provision) -> bool:
        """Return whether ``other`` is this provision or lies within it."""
        length = len(self.parts)
        return (self.pack, self.article, self.parts) == (
            other.pack,
            other.article,
            other.parts[:length],
        )

    def __lt__(self, other: Provision) -> bool:
        """Sort as the instrument does: numbers as numbers, letters as letters."""
        return self._order() < other._order()

    def _order(self) -> tuple[str, int, tuple[tuple[int, str], ...]]:
        parts = ((int(part), "") if part.isdigit() else (0, part) for part in self.parts)
        return (self.pack, self.article, tuple(parts))

    def __str__(self) -> str:
        """Return the written form."""
        return f"{self.pack}:{self.at}"


def _explain(text: str) -> str:
    pointed = _POINTED.fullmatch(text)
    if pointed is not None:
        return f"{text!r}: did you mean {pointed[1]}({pointed[2]}), with its pack before it?"
    return f"{text[:_SHOWN]!r}."
