"""Parties: the State and the authority that ask or are asked.

A State is its ISO 3166-1 alpha-2 code; alpha-3 is accepted on input. XA, XB and XC are
the exercise States. Codes are text from end to end: ``NO`` is Norway.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from comity.base.errors import AskedWrongly
from comity.domain.codes import EXERCISE_STATES, STATES
from comity.domain.plain import require_line

_ALPHA3: Final[Mapping[str, str]] = MappingProxyType(
    {alpha3: alpha2 for alpha2, alpha3 in STATES.items()}
)
_SHOWN: Final = 20
_NAME: Final = 200


class UnknownState(AskedWrongly):
    """This is not the code of a State."""

    code = "domain/unknown-state"
    remedy = "Use the two letters of ISO 3166-1, as in KE, or XA, XB, XC in an exercise."


@dataclass(frozen=True, slots=True, order=True)
class StateCode:
    """A State, by its two letters."""

    letters: str

    def __post_init__(self) -> None:
        """Refuse letters that no State bears."""
        if self.letters not in STATES and self.letters not in EXERCISE_STATES:
            raise UnknownState(repr(self.letters[:_SHOWN]))

    @classmethod
    def parse(cls, text: str) -> StateCode:
        """Read alpha-2 or alpha-3, in capital or small ASCII letters; raise ``UnknownState``."""
        letters = text.upper() if text.isascii() else text
        return cls(_ALPHA3.get(letters, letters))

    @property
    def is_exercise(self) -> bool:
        """Return whether the State exists in exercises alone."""
        return self.letters in EXERCISE_STATES

    def __str__(self) -> str:
        """Return the two letters."""
        return self.letters


@dataclass(frozen=True, slots=True)
class Party:
    """An authority that speaks for a State."""

    state: StateCode
    authority: str

    def __post_init__(self) -> None:
        """Refuse a name that is not one line of visible text."""
        require_line(self.authority, limit=_NAME)

    def __str__(self) -> str:
        """Return the name with its State."""
        return f"{self.authority} ({self.state})"
