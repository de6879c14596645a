"""Small words: how names, sides, lists and levels are said to people.

Sentences are plain text that reads well as it is and is valid Markdown too: names of
steps and states stand between asterisks, provisions between square brackets.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from comity.base.clock import Period
from comity.law.level import Level
from comity.law.provision import Provision

_AUTHORITIES: Final = {"requesting", "requested", "ordering", "issuing", "executing"}


def say_name(name: str) -> str:
    """Return a name as words: ``hold_minimum`` is "hold minimum"."""
    return name.replace("_", " ")


def stress(name: str) -> str:
    """Return a name as words, stressed."""
    return f"*{say_name(name)}*"


def say_side(side: str) -> str:
    """Return what a side is called within a sentence: "the requested authority"."""
    return f"the {say_name(side)}{' authority' if side in _AUTHORITIES else ''}"


def say_list(parts: Iterable[str], last: str = "or") -> str:
    """Return "a, b or c"."""
    *before, final = list(parts) or [""]
    return f"{', '.join(before)} {last} {final}" if before else final


def say_period(period: Period) -> str:
    """Return a period in words: "60 days", "1 day and 12 hours"."""
    hours, minutes = divmod(period.minutes, 60)
    counts = [(period.days, "day"), (hours, "hour"), (minutes, "minute")]
    said = [f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in counts if count]
    return say_list(said, "and")


def say_source(law: Provision, level: Level, basis: str) -> str:
    """Return provision, level and basis as they end a sentence."""
    return f"[{law}] ({say_backing(level, basis)})"


def say_backing(level: Level, basis: str) -> str:
    """Return who stands behind a line."""
    return f"{level.value}, {basis}" if basis else level.value


def end_stop(sentence: str) -> str:
    """Return the sentence with a full stop at its end."""
    return sentence if sentence.endswith((".", "?", "!")) else f"{sentence}."


def capital(sentence: str) -> str:
    """Return the sentence with a capital at its beginning."""
    return sentence[:1].upper() + sentence[1:]
