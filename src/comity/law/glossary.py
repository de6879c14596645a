"""The words of the platform: terms, their meaning, and the words not to use; needs and roles."""

from __future__ import annotations

from dataclasses import dataclass, field

from comity.law.place import Place
from comity.law.provision import Provision


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One term; ``instead_of`` are the words not to use for it."""

    term: str
    means: str
    law: Provision | None = None
    instead_of: tuple[str, ...] = ()
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One condition; ``means`` completes a sentence: "…, if <means>"."""

    need: str
    means: str
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """One role in which a person takes steps."""

    role: str
    means: str
    place: Place = field(compare=False)
