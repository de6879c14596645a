"""Random histories of two sides, each acting on what it knows so far."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.lawyer import Event, Ruling, Table, allowed, rule


@st.composite
def lawful(draw: st.DrawFn, table: Table, most: int = 14) -> list[Event]:
    """Draw a history: each step lawful in its author's own view, seen by the other later."""
    sides = (table["sides"]["asking"], table["sides"]["asked"])
    own: dict[str, list[Event]] = {side: [] for side in sides}
    seen = dict.fromkeys(sides, 0)
    written: list[Event] = []
    for turn in range(draw(st.integers(0, most))):
        side = draw(st.sampled_from(sides))
        other = sides[1 - sides.index(side)]
        seen[side] = draw(st.integers(seen[side], len(own[other])) | st.just(len(own[other])))
        known = own[side] + own[other][: seen[side]]
        steps = _open(table, rule(table, known, state_only=True), side)
        if steps:
            event = _event(f"{turn:02}", side, draw(st.sampled_from(steps)), own, other, seen)
            own[side].append(event)
            written.append(event)
    return written


@st.composite
def unruly(draw: st.DrawFn, table: Table, most: int = 14) -> list[Event]:
    """Draw a history whose steps nobody checked: any step, by any side, after anything."""
    sides = (table["sides"]["asking"], table["sides"]["asked"])
    names = [row["step"] for row in table["steps"]] + ["no_such_step"]
    own: dict[str, list[Event]] = {side: [] for side in sides}
    written: list[Event] = []
    for turn in range(draw(st.integers(0, most))):
        side = draw(st.sampled_from(sides))
        other = sides[1 - sides.index(side)]
        seen = {side: draw(st.integers(0, len(own[other])))}
        event = _event(f"{turn:02}", side, draw(st.sampled_from(names)), own, other, seen)
        own[side].append(event)
        written.append(event)
    return written


def _open(table: Table, ruling: Ruling, side: str) -> list[str]:
    names = [row["step"] for row in table["steps"]]
    return [name for name in names if allowed(table, ruling.state, side, name)]


def _event(  # noqa: PLR0917 # a test's small helper
    name: str,
    side: str,
    step: str,
    own: dict[str, list[Event]],
    other: str,
    seen: dict[str, int],
) -> Event:
    return Event(
        name=name,
        side=side,
        step=step,
        before=own[side][-1].name if own[side] else None,
        seen=own[other][seen[side] - 1].name if seen[side] else None,
    )
