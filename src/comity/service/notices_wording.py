"""How a notice is worded, in the language of whoever is told (``notices.toml``)."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final

from comity.service.rows import NoticeRow

_FILE: Final = "notices.toml"
_PLAIN: Final = "en"


@dataclass(frozen=True, slots=True)
class NoticeWords:
    """What goes out: one line, and some more."""

    subject: str
    text: str


def word_notice(row: NoticeRow, language: str, minutes: int) -> NoticeWords:
    """Return what is said of a notice; English where the language is not one of the six."""
    texts = _texts()
    words = texts.get(language.lower().partition("-")[0], texts[_PLAIN])
    said = {
        "priority": words[row.priority],
        "notice": str(row.ident),
        "since": str(row.made),
        "number": row.step + 1,
        "minutes": minutes,
    }
    return NoticeWords(words["subject"].format(**said), words["text"].strip().format(**said) + "\n")


@functools.cache
def _texts() -> dict[str, Any]:
    return tomllib.loads((resources.files("comity.service") / _FILE).read_text("utf-8"))
