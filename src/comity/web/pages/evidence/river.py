"""The chain of custody drawn as a river: from the provider's disk to the courtroom.

Four banks stand beside each other: the provider, our authority, the other State's, and whoever
the evidence is opened for. The water runs downwards from crossing to crossing; what is opened or
disclosed leaves it as a branch, for the evidence itself stays sealed where it is. In a language
that runs from right to left the banks do so too. The numbers are those of the list beside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from comity.service.tracing import OURS, PROVIDER, READER, THEIRS, Crossing

WIDTH: Final = 400
_TOP: Final = 76
_STEP: Final = 64
_BANKS: Final = {PROVIDER: 50, OURS: 150, THEIRS: 250, READER: 350}
_HALF: Final = _STEP // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Bank:
    """Where the evidence can be: a line down the picture."""

    place: str
    x: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ford:
    """One crossing in the picture: its number and where it stands."""

    number: int
    x: int
    y: int
    is_recorded: bool
    is_branch: bool

    @property
    def box(self) -> tuple[int, int]:
        """Return the corner of the square by which what we recorded is drawn."""
        return self.x - 13, self.y - 13


@dataclass(frozen=True, slots=True, kw_only=True)
class River:
    """The picture: banks, water, branches, fords."""

    height: int
    banks: tuple[Bank, ...]
    water: tuple[str, ...]
    branches: tuple[str, ...]
    fords: tuple[Ford, ...]
    width: int = WIDTH


def draw_river(crossings: Sequence[Crossing], *, is_mirrored: bool) -> River:
    """Return the picture of these crossings; mirrored where the text runs from the right."""
    fords: list[Ford] = []
    water: list[str] = []
    branches: list[str] = []
    last: Ford | None = None
    for number, one in enumerate(crossings, 1):
        is_branch = one.place == READER
        ford = Ford(
            number=number,
            x=_across(one.place, is_mirrored=is_mirrored),
            y=_TOP + _STEP * (number - 1),
            is_recorded=one.is_recorded,
            is_branch=is_branch,
        )
        fords.append(ford)
        if last is not None:
            (branches if is_branch else water).append(_flow(last, ford))
        if not is_branch:
            last = ford
    return River(
        height=_TOP + _STEP * len(fords),
        banks=tuple(
            Bank(place=place, x=_across(place, is_mirrored=is_mirrored)) for place in _BANKS
        ),
        water=tuple(water),
        branches=tuple(branches),
        fords=tuple(fords),
    )


def _across(place: str, *, is_mirrored: bool) -> int:
    x = _BANKS[place]
    return WIDTH - x if is_mirrored else x


def _flow(begin: Ford, end: Ford) -> str:
    """Return the path of the water from one ford to the next, as SVG writes it."""
    return (
        f"M{begin.x} {begin.y} C{begin.x} {begin.y + _HALF}, {end.x} {end.y - _HALF}, "
        f"{end.x} {end.y}"
    )
