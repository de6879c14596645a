"""The words that the glossary says not to use are not used: in docs, docstrings and messages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from comity.law import load_book
from tests.places import CHECKOUT

# Words that the glossary replaces where they mean the term, and that have a plain sense besides.
ORDINARY = frozenset(
    {
        *("file", "item", "archive", "project", "command", "server", "client", "event", "stamp"),
        *("share", "upload", "transition", "target", "internal", "rejected", "conflict"),
        *("recipient", "sender", "party", "organisation", "validation", "timer"),
    }
)
# The treaty's own words, the disclaimer of the United Nations, and others' notations.
PHRASES = re.compile(r"notify the user|status of any country|\w+://user@|user-assigned")
SENTENCE = 3


def _banned() -> frozenset[str]:
    terms = load_book().glossary.values()
    return frozenset(word for term in terms for word in term.instead_of) - ORDINARY


def _pattern() -> re.Pattern[str]:
    words = "|".join(sorted(re.escape(word) for word in _banned()))
    return re.compile(rf"\b(?:{words})s?\b", re.IGNORECASE)


def _said_in(path: Path) -> Iterator[tuple[int, str]]:
    """Yield docstrings and sentences of a module: not names, keys, codes or patterns."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = PHRASES.sub("", re.sub(r"``[^`]*``|`[^`]*`", "", node.value))
            if len(text.split()) >= SENTENCE:
                yield node.lineno, text


def _modules() -> list[Path]:
    found = (CHECKOUT / "src" / "comity").rglob("*.py")
    # migrations are written by Django, in Django's words
    return sorted(path for path in found if path.parent.name != "migrations")


def _pages() -> list[Path]:
    made = CHECKOUT / "docs" / "law" / "glossary.md"
    pages = [CHECKOUT / "README.md", *(CHECKOUT / "docs").rglob("*.md")]
    templates = (CHECKOUT / "src").rglob("*.html")
    return sorted(page for page in [*pages, *templates] if page != made and page.exists())


def _name(path: Path) -> str:
    return str(path.relative_to(CHECKOUT))


@pytest.mark.parametrize("path", _modules(), ids=_name)
def test_module_says_nothing_in_words_that_are_not_used(path: Path) -> None:
    pattern = _pattern()
    found = [(line, match[0]) for line, text in _said_in(path) for match in pattern.finditer(text)]

    assert found == []


@pytest.mark.parametrize("path", _pages(), ids=_name)
def test_page_says_nothing_in_words_that_are_not_used(path: Path) -> None:
    text = re.sub(r"```.*?```|`[^`]*`|\]\([^)]*\)", "", path.read_text("utf-8"), flags=re.DOTALL)

    assert _pattern().findall(PHRASES.sub("", text)) == []


def test_the_glossary_bans_the_words_that_the_design_bans() -> None:
    assert {"ticket", "tenant", "audit trail", "wrapper", "user", "country"} <= _banned()


@pytest.mark.parametrize("text", ["The user opens it.", "An Audit Trail.", "two tickets are open"])
def test_a_banned_word_would_be_found(text: str) -> None:
    assert _pattern().search(text)
