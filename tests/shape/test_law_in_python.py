"""Law stands in the law files: no provision is typed in Python code.

Docstrings and comments quote provisions freely. A provision in code would be a rule that no
lawyer reads and no page of docs/law shows.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.places import CHECKOUT

SOURCES = CHECKOUT / "src" / "comity"
PACKS = sorted(path.parent.name for path in SOURCES.glob("law/files/*/pack.yaml"))
CITED = re.compile(rf"\b(?:{'|'.join(PACKS)}):\d")
NAMED = re.compile(rf"(?:{'|'.join(PACKS)})(?::.*)?")

# What stays, and why. Nothing here decides anything.
ALLOWED = {
    ("cli/law.py", "uncc:42(3)"): "an example of what may be asked, in the help",
    ("law/provision.py", "uncc:42(3)(a)"): "an example of how to cite, in the remedy",
    ("domain/identifiers/specific.py", "uncc:23(1)"): (
        "the error about how an identifier is written says which rule is behind it; the rule is "
        "the gate specific_case, and whether a step opens is asked there"
    ),
}


def list_texts(source: str) -> Iterator[tuple[int, str]]:
    """Yield each text in code, with its line; docstrings are left out."""
    tree = ast.parse(source)
    told = {id(text) for node in ast.walk(tree) for text in docstring(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.lineno, node.value


def docstring(node: ast.AST) -> Iterator[ast.expr]:
    """Yield the docstring of a module, class or function."""
    if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        first = node.body[0] if node.body else None
        if isinstance(first, ast.Expr):
            yield first.value


def is_allowed(file: str, text: str) -> bool:
    return any(file == where and what in text for where, what in ALLOWED)


def list_typed(found: re.Pattern[str]) -> list[str]:
    typed = []
    for path in sorted(SOURCES.rglob("*.py")):
        file = str(path.relative_to(SOURCES))
        for line, text in list_texts(path.read_text(encoding="utf-8")):
            if found.search(text) and not is_allowed(file, text):
                typed.append(f"{file}:{line}: {text[:60]}")
    return typed


def test_the_packs_looked_for_are_those_there_are() -> None:
    assert {"budapest", "uncc"} <= set(PACKS)


def test_no_provision_is_typed_in_code() -> None:
    assert list_typed(CITED) == []


@pytest.mark.parametrize("package", ["law", "domain"])
def test_no_instrument_is_named_in_the_code_of_law_and_domain(package: str) -> None:
    whole = re.compile(rf"\A{NAMED.pattern}\Z")
    assert [one for one in list_typed(whole) if one.startswith(f"{package}/")] == []


@pytest.mark.parametrize(("file", "text"), ALLOWED)
def test_what_is_allowed_is_still_there(file: str, text: str) -> None:
    said = (SOURCES / file).read_text(encoding="utf-8")
    assert any(text in one for _, one in list_texts(said))


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('X = frozenset({"uncc:42(5)"})', True),
        ('def f():\n    "uncc:42(5): a rule."\n    return 1', False),
        ("X = 1  # uncc:42(5)", False),
        ('X = f"see {1} budapest:29(4)"', True),
        ('class A:\n    law = "budapest:29(4)"', True),
    ],
)
def test_the_search_finds_code_and_passes_what_explains(source: str, *, found: bool) -> None:
    assert any(CITED.search(text) for _, text in list_texts(source)) is found


def test_a_source_without_files_would_be_noticed() -> None:
    assert (SOURCES / "domain" / "conditions" / "decision.py") in set(Path(SOURCES).rglob("*.py"))
