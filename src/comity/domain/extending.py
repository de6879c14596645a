"""The day that an act names, and how later acts move it (rule 5 of ``deadline``)."""

from __future__ import annotations

from collections.abc import Mapping

from comity.base.clock import Instant, Period
from comity.base.errors import ComityError
from comity.domain.entry import Entry
from comity.law import Clock


def named_day(clock: Clock, entry: Entry, start: Instant) -> Instant | None:
    """Return the moment that an entry's terms name: an instant, or a period from ``start``.

    Terms may come from the other side; what cannot be read names no day.
    """
    text = entry.terms.get("answer_by" if clock.nature == "wish" else "until", "")
    try:
        if text.startswith("P"):
            return start.plus(Period.parse(text), zone=clock.zone)
        return Instant.parse(text)
    except ComityError:
        return None


def extend(
    clock: Clock,
    due: Instant | None,
    later: tuple[Entry, ...],
    answers: Mapping[str, str],
) -> tuple[Instant | None, bool]:
    """Move the day by each extension made in time (rule 5); say whether it moved.

    ``answers`` names, for each step that answers, the question that it answers.
    """
    is_moved = False
    for place, entry in enumerate(later):
        if due is None or entry.step not in clock.extended_by:
            continue
        moved = named_day(clock, entry, due)
        if moved is None and clock.length is not None:
            moved = due.plus(clock.length, zone=clock.zone)
        asked = _asked(entry.step, later[:place], answers)
        if moved is not None and moved > due and _in_time(entry, due, asked):
            due, is_moved = moved, True
    return due, is_moved


def _in_time(entry: Entry, due: Instant, asked: tuple[Entry, ...]) -> bool:
    """Tell whether the extension, or the question that it answers, came in time.

    uncc:42(9): what must come before the expiry is the asking.
    """
    return min(one.at for one in (entry, *asked)) <= due


def _asked(
    answer: str, earlier: tuple[Entry, ...], answers: Mapping[str, str]
) -> tuple[Entry, ...]:
    """Return the question that is open before this answer, if there is one."""
    question = answers.get(answer)
    for entry in reversed(earlier) if question else ():
        if answers.get(entry.step) == question:
            break
        if entry.step == question:
            return (entry,)
    return ()
