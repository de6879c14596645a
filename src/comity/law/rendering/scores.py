"""A process as a picture: a score, with states as lines and steps as columns.

A graph of twenty steps from six states each is a knot. A score stays readable: follow a
column from the marks at the states where the step may be taken to the diamond at the
state to which it leads. Only exchanged steps that move the standing are drawn. Shape
tells the side (circle and square), so that colour is never needed.
"""

from __future__ import annotations

from html import escape
from typing import Final

from comity.law.processes import Process, Step
from comity.law.rendering.wording import capital, say_list, say_name, say_side

_LINE: Final = 30
_COLUMN: Final = 32
_LEFT: Final = 210
_TOP: Final = 60
_LETTER: Final = 6.2
_FOOT: Final = 66
_GAP: Final = 26
_SLANT: Final = 96
_MARK: Final = 5.5

_STYLE: Final = """
  .paper{fill:#FFFFFF}.band{fill:#F5F7F9}.line{stroke:#D5DDE5}
  text{font:14px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;fill:#16202B}
  .quiet{fill:#4A5B6C}.asking{stroke:#0B5FA5}.asked{stroke:#1B6E3C}
  .mark{fill:#FFFFFF;stroke-width:2}.stem{stroke-width:2}
  .aim{fill:#4A5B6C}.aim.asking{fill:#0B5FA5}.aim.asked{fill:#1B6E3C}
  @media (prefers-color-scheme:dark){
  .paper{fill:#10161C}.band{fill:#18212A}.line{stroke:#2B3844}text{fill:#E8EEF4}
  .quiet{fill:#A9B7C5}.asking{stroke:#6CB4F2}.asked{stroke:#6FCF97}.mark{fill:#10161C}
  .aim{fill:#A9B7C5}.aim.asking{fill:#6CB4F2}.aim.asked{fill:#6FCF97}}
"""


def draw_score(process: Process, *, has_style: bool = True) -> str:
    """Return the picture as SVG, with a title and a description for those who cannot see it.

    Without its own style it takes that of the page on which it stands (class ``score``).
    """
    score = _Score(process, has_style=has_style)
    return "\n".join([*score.head(), *score.states(), *score.steps(), *score.legend(), "</svg>\n"])


class _Score:
    """Where everything stands on the sheet, in pixels."""

    def __init__(self, process: Process, *, has_style: bool) -> None:
        self._process = process
        self._style = f"<style>{_STYLE}</style>" if has_style else ""
        self._rows = {name: number for number, name in enumerate(process.states)}
        moving = [step for step in process.steps.values() if step.moves]
        asking, asked = process.sides.both
        self._ours = [step for step in moving if step.side == asking]
        self._theirs = [step for step in moving if step.side == asked]
        columns = len(self._ours) + len(self._theirs)
        self._right = _LEFT + columns * _COLUMN + _GAP
        self._width = max(self._right + _SLANT, 640)
        longest = max((len(step.name) for step in moving), default=0)
        self._top = _TOP + round(longest * _LETTER)
        self._bottom = self._top + len(self._rows) * _LINE
        self._height = self._bottom + _FOOT

    def head(self) -> list[str]:
        """Return the opening: size, title, description, style, paper."""
        process, size = self._process, f"{self._width} {self._height}"
        return [
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" '
                f'width="{self._width}" height="{self._height}" role="img" '
                'aria-labelledby="title desc">'
            ),
            f'<title id="title">{escape(process.title)}: states and steps</title>',
            f'<desc id="desc">{escape(self._told())}</desc>',
            *([self._style] if self._style else []),
            f'<rect class="paper" width="{self._width}" height="{self._height}"/>',
        ]

    def _told(self) -> str:
        """Tell in words all that the picture shows."""
        told = [f"It begins at {say_name(self._process.begins)}."]
        for step in [*self._ours, *self._theirs]:
            sources = say_list(say_name(name) for name in self._rows if name in step.sources)
            target = say_name(step.target or "")
            told.append(f"{capital(say_name(step.name))}: from {sources} to {target}.")
        return " ".join(told)

    def states(self) -> list[str]:
        """Return one line for each state, with its name and whether it begins or ends."""
        drawn = []
        for name, number in self._rows.items():
            y = self._y(name)
            if number % 2 == 0:
                drawn.append(
                    f'<rect class="band" x="0" y="{y - _LINE // 2}" width="{self._width}" '
                    f'height="{_LINE}"/>'
                )
            drawn.append(
                f'<line class="line" x1="{_LEFT - 8}" y1="{y}" x2="{self._right}" y2="{y}"/>'
            )
            drawn.append(
                f'<text x="{_LEFT - 16}" y="{y + 5}" text-anchor="end">'
                f"{escape(self._label(name))}</text>"
            )
        return drawn

    def _label(self, name: str) -> str:
        begins = "▸ " if name == self._process.begins else ""
        ends = " ■" if self._process.states[name].ends else ""
        return f"{begins}{say_name(name)}{ends}"

    def steps(self) -> list[str]:
        """Return one column for each step."""
        drawn: list[str] = []
        for number, step in enumerate(self._ours):
            drawn += self._column(step, _LEFT + number * _COLUMN + _COLUMN // 2, "asking")
        start = _LEFT + len(self._ours) * _COLUMN + _GAP
        for number, step in enumerate(self._theirs):
            drawn += self._column(step, start + number * _COLUMN + _COLUMN // 2, "asked")
        return drawn

    def _column(self, step: Step, x: int, side: str) -> list[str]:
        target = self._y(step.target or "")
        sources = [self._y(name) for name in self._rows if name in step.sources]
        low, high = min([target, *sources]), max([target, *sources])
        marks = [_mark(x, y, side) for y in sources if y != target]
        diamond = f"M{x} {target - 7}l7 7l-7 7l-7 -7z"
        return [
            f"<g><title>{escape(say_name(step.name))}</title>",
            f'<line class="stem {side}" x1="{x}" y1="{low}" x2="{x}" y2="{high}"/>',
            *marks,
            f'<path class="aim {side}" d="{diamond}"/>',
            (
                f'<text transform="translate({x + 4} {self._top - 24}) rotate(-58)">'
                f"{escape(say_name(step.name))}</text></g>"
            ),
        ]

    def legend(self) -> list[str]:
        """Return what the marks mean."""
        y = self._bottom + 24
        asking, asked = self._process.sides.both
        return [
            _mark(_LEFT - 190, y, "asking"),
            _note(_LEFT - 176, y + 5, f"{say_side(asking)} may take the step here"),
            _mark(_LEFT - 190, y + 24, "asked"),
            _note(_LEFT - 176, y + 29, f"{say_side(asked)} may take the step here"),
            f'<path class="aim" d="M{_LEFT + 190} {y - 7}l7 7l-7 7l-7 -7z"/>',
            _note(_LEFT + 204, y + 5, "the step leads here"),
            _note(_LEFT + 182, y + 29, "▸ begins    ■ ends the matter"),
        ]

    def _y(self, name: str) -> int:
        return self._top + self._rows[name] * _LINE + _LINE // 2


def _mark(x: int, y: int, side: str) -> str:
    if side == "asking":
        return f'<circle class="mark {side}" cx="{x}" cy="{y}" r="{_MARK}"/>'
    corner, size = _MARK, 2 * _MARK
    return (
        f'<rect class="mark {side}" x="{x - corner}" y="{y - corner}" '
        f'width="{size}" height="{size}"/>'
    )


def _note(x: int, y: int, text: str) -> str:
    return f'<text class="quiet" x="{x}" y="{y}">{escape(text)}</text>'
