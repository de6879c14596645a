"""Clocks as lanes over time: where every mark stands, so that a template can draw it.

Time runs as the page's text does: from right to left where that does. A table beside the
picture says the same in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from babel.dates import format_date
from django.utils.translation import get_language_bidi

from comity.base import Instant
from comity.law.rendering import say_name
from comity.web.pages.kit.seat import Seat
from comity.web.pages.kit.wording import locale_of

_WIDTH: Final = 720
_SIDE: Final = 24
_LANE: Final = 44
_TOP: Final = 30
_TICKS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One dossier: since when, and which clocks end when."""

    label: str
    begins: Instant
    marks: tuple[tuple[Instant, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One end of a clock, in pixels."""

    x: int
    says: str
    is_over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One lane, in pixels."""

    label: str
    y: int
    starts: int
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """The picture, in pixels."""

    width: int
    height: int
    today: int
    rows: tuple[Row, ...]
    ticks: tuple[tuple[int, str], ...]
    near: int
    far: int


def draw_chart(lanes: Sequence[Lane], seat: Seat) -> Chart | None:
    """Return where everything stands; None where no clock runs."""
    ends = [moment for lane in lanes for moment, _ in lane.marks]
    if not ends:
        return None
    now = seat.node.clock.now()
    first = min([lane.begins for lane in lanes] + [now] + ends)
    last = max([*ends, now])
    span = max(last.seconds_after(first), 1)

    def place(moment: Instant) -> int:
        along = round((_WIDTH - 2 * _SIDE) * moment.seconds_after(first) / span)
        return _WIDTH - _SIDE - along if get_language_bidi() else _SIDE + along

    def day(moment: Instant) -> str:
        local = moment.at.astimezone(seat.zone).date()
        return format_date(local, "d MMM", locale=locale_of(seat))

    rows = tuple(
        Row(
            label=lane.label,
            y=_TOP + number * _LANE + _LANE // 2,
            starts=place(lane.begins),
            marks=tuple(
                Mark(
                    x=place(moment), says=f"{say_name(clock)}: {day(moment)}", is_over=moment <= now
                )
                for moment, clock in lane.marks
            ),
        )
        for number, lane in enumerate(lanes)
    )
    steps = [
        Instant(first.at + timedelta(seconds=span * number // _TICKS))
        for number in range(_TICKS + 1)
    ]
    return Chart(
        width=_WIDTH,
        height=_TOP + len(lanes) * _LANE + 8,
        today=place(now),
        rows=rows,
        ticks=tuple((place(one), day(one)) for one in steps),
        near=place(first),
        far=place(last),
    )
