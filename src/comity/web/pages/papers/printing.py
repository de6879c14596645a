"""From a paper to its bytes: in its language, through a template that escapes every value."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import get_language_info, override

from comity.web import paper as _paper
from comity.web.pages.papers.kinds import Kind
from comity.web.pages.papers.record import Record
from comity.web.paper.errors import LanguageUnknown
from comity.web.paper.frames import Sheets
from comity.web.paper.model import Paper, in_fours
from comity.web.paper.press import Press, Printed

_TEMPLATE: Final = "papers/paper.html"
_ENGLISH: Final = "en"
_CATALOGUES: Final = Path(__file__).with_name("locale")


def print_kind(press: Press, record: Record, kind: Kind, wanted: str, language: str) -> Printed:
    """Print one paper of a dossier in one language."""
    require_language(language)
    with override(language):
        sheets = sheets_of(kind.make(record, wanted, language))
    return press.print(sheets)


def sheets_of(paper: Paper) -> Sheets:
    """Return a paper as HTML, in the language that is in force."""
    info = get_language_info(paper.language)
    html = render_to_string(
        _TEMPLATE,
        {
            "paper": paper,
            "direction": "rtl" if info["bidi"] else "ltr",
            "digest": in_fours(paper.digest.hex),
            "created": str(paper.at),
        },
    )
    return Sheets(html=html.encode("utf-8"), css=_style(), inlays=paper.inlays)


def languages() -> tuple[str, ...]:
    """Return the languages in which papers can be printed: those with a catalogue."""
    codes = [code for code, _ in settings.LANGUAGES]
    return tuple(code for code in codes if code == _ENGLISH or _has_catalogue(code))


def require_language(language: str) -> None:
    """Refuse a language without a catalogue; raise ``LanguageUnknown``."""
    if language not in languages():
        raise LanguageUnknown(where=language[:20])


def _has_catalogue(code: str) -> bool:
    return (_CATALOGUES / code.replace("-", "_") / "LC_MESSAGES").is_dir()


@cache
def _style() -> bytes:
    return files(_paper).joinpath("paper.css").read_bytes()
