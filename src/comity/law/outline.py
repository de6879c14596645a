"""What an instrument says, in our own words: its articles and the provisions that others cite."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from comity.law.level import Level
from comity.law.place import Place
from comity.law.provision import Provision


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One article or provision.

    ``force`` is shall, may, shall-and-may or text (declaratory). ``title`` and
    ``chapter`` are those of an article, and empty below it. ``says`` is our own wording.
    """

    law: Provision
    force: str
    level: Level
    basis: str
    title: str = ""
    chapter: str = ""
    says: str = ""
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Serious:
    """When an offence is serious: its longest penalty in months, and the provision that says so."""

    months: int
    law: Provision


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The offences on which States cooperate under an instrument.

    ``offences`` are the articles that establish them; without any the instrument reaches
    evidence of any offence. ``serious`` is what makes another offence serious enough.
    """

    offences: tuple[Provision, ...]
    serious: Serious | None
    law: Provision
    level: Level
    basis: str
    place: Place = field(compare=False)

    @property
    def is_open(self) -> bool:
        """Return whether every offence is within it."""
        return not self.offences

    def lists(self, offence: Provision) -> bool:
        """Return whether ``offence`` stands in one of the articles listed."""
        return any(article.contains(offence) for article in self.offences)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """One instrument: what it is, what it reaches, and its outline."""

    pack: str
    title: str
    short: str
    symbol: str
    in_force: str
    notice: str
    source: str
    scope: Scope
    outline: Mapping[Provision, Clause]
    place: Place = field(compare=False)

    @property
    def articles(self) -> tuple[Clause, ...]:
        """Return the articles, in order."""
        return tuple(self.outline[law] for law in sorted(self.outline) if not law.parts)
