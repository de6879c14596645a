"""Dossiers and investigations: what acts are gathered under.

A *dossier* is one request with all that happened to it; its header is fixed when it is
opened, and its truth is its acts. An *investigation* groups a State's own dossiers and
is seen by that State alone. A request names its *legal basis* and may *follow* another.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from comity.base.clock import Instant
from comity.base.errors import AskedWrongly
from comity.base.ident import Ident
from comity.domain.party import Party, StateCode
from comity.domain.plain import require_line
from comity.law import Process

_PACK: Final = re.compile(r"[a-z][a-z0-9-]{0,31}", re.ASCII)
_TREATY: Final = "treaty: "
_TITLE: Final = 300


class DossierRefused(AskedWrongly):
    """The particulars of the dossier do not fit together."""

    code = "domain/dossier"


class Channel(Enum):
    """How an act travels or came; the values are the words of the law files."""

    NODE = "node"
    LETTER = "letter"
    MAIL = "mail"
    PORTAL = "portal"
    TELEPHONE = "telephone"
    INTERPOL = "interpol"
    DIPLOMATIC = "diplomatic"
    COURIER = "courier"

    @classmethod
    def parse(cls, text: str) -> Channel:
        """Read one of the eight words; raise ``DossierRefused``."""
        try:
            return cls(text)
        except ValueError as error:
            detail = f"Channels are {', '.join(one.value for one in cls)}."
            raise DossierRefused(detail) from error


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """What obliges the other side: an instrument with a pack, or a treaty by its title."""

    pack: str = ""
    treaty: str = ""

    def __post_init__(self) -> None:
        """Require exactly one of the two."""
        if bool(self.pack) is bool(self.treaty):
            detail = "A legal basis is a pack or a treaty, one of both."
            raise DossierRefused(detail)
        if self.pack and _PACK.fullmatch(self.pack) is None:
            detail = "A pack is named in small letters, as uncc."
            raise DossierRefused(detail)
        if self.treaty:
            require_line(self.treaty, limit=_TITLE)

    @classmethod
    def parse(cls, text: str) -> LegalBasis:
        """Read ``uncc`` or ``treaty: Agreement of 1999 between …``."""
        if text.startswith(_TREATY):
            return cls(treaty=text.removeprefix(_TREATY))
        return cls(pack=text)

    def __str__(self) -> str:
        """Return the written form."""
        return self.pack or f"{_TREATY}{self.treaty}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """The header of one request, as seen from ``own`` State's node.

    ``process`` is the key of its process, as ``uncc/preservation``. ``basis`` is None
    only while the request is drafted; ``follows`` names the dossier that this follows.
    """

    ident: Ident
    process: str
    asking: Party
    asked: Party
    own: StateCode
    basis: LegalBasis | None
    exercise: bool
    opened: Instant
    investigation: Ident | None = None
    follows: Ident | None = None

    def __post_init__(self) -> None:
        """Refuse particulars that contradict each other."""
        if self.ident.kind != "dos" or self.follows == self.ident:
            detail = "A dossier has an identifier of its own kind and follows another one."
            raise DossierRefused(detail)
        if self.own not in {self.asking.state, self.asked.state}:
            detail = f"{self.own} is neither side of it."
            raise DossierRefused(detail)
        if not self.exercise and (self.asking.state.is_exercise or self.asked.state.is_exercise):
            detail = "A State that exists in exercises alone has a part in exercises alone."
            raise DossierRefused(detail)

    @property
    def is_asking(self) -> bool:
        """Return whether the own State asks. At home (an order) the authority asks."""
        return self.own == self.asking.state

    @property
    def counterpart(self) -> Party:
        """Return the other side."""
        return self.asked if self.is_asking else self.asking

    def side(self, process: Process) -> str:
        """Return what the process calls the own side."""
        return process.sides.asking if self.is_asking else process.sides.asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Investigation:
    """A State's own grouping of its dossiers; no other State sees it."""

    ident: Ident
    state: StateCode
    title: str
    opened: Instant

    def __post_init__(self) -> None:
        """Refuse an identifier of another kind, or a title that is not one line."""
        if self.ident.kind != "inv":
            detail = "An investigation has an identifier of its own kind."
            raise DossierRefused(detail)
        require_line(self.title, limit=_TITLE)
