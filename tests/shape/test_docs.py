"""The documents say what is there: links lead somewhere, named tests exist, the help is true."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.places import CHECKOUT

PAGES = [CHECKOUT / "README.md", *sorted((CHECKOUT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)")


def ident(page: Path) -> str:
    return str(page.relative_to(CHECKOUT))


@pytest.mark.parametrize("page", PAGES, ids=ident)
def test_every_link_leads_somewhere(page: Path) -> None:
    targets = [page.parent / target for target in LINK.findall(page.read_text(encoding="utf-8"))]
    assert [str(target) for target in targets if not target.exists()] == []


def test_every_test_that_the_threat_model_names_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", (CHECKOUT / "docs/threat-model.md").read_text()))
    sources = (path.read_text() for path in (CHECKOUT / "tests").rglob("test_*.py"))
    there = {
        name for text in sources for name in re.findall(r"^ *def (test_\w+)", text, re.MULTILINE)
    }
    assert named
    assert named - there == set()


def test_the_readme_names_targets_that_make_has() -> None:
    wanted = set(re.findall(r"^make (\w+)", (CHECKOUT / "README.md").read_text(), re.MULTILINE))
    said = subprocess.run(["make", "-s", "help"], cwd=CHECKOUT, capture_output=True, check=True)
    there = {line.split()[0] for line in said.stdout.decode().splitlines()}
    assert wanted
    assert wanted <= there


def test_every_decision_stands_in_the_list() -> None:
    listed = (CHECKOUT / "docs/adr/README.md").read_text()
    decisions = [path.name for path in (CHECKOUT / "docs/adr").glob("0*.md")]
    assert decisions
    assert [name for name in decisions if name not in listed] == []


def test_no_page_names_an_address_of_a_machine() -> None:
    bad = re.compile(r"(?<![\w.])/(?:home|root|work|tmp)/\w+")
    found = [ident(page) for page in PAGES if bad.search(page.read_text(encoding="utf-8"))]
    assert found == []


def test_the_locks_hold_no_addresses() -> None:
    locks = [*CHECKOUT.glob("*.lock"), CHECKOUT / "tools" / "package-lock.json"]
    assert len(locks) == 3
    assert [lock.name for lock in locks if "://" in lock.read_text()] == []


def test_every_script_that_make_calls_exists() -> None:
    called = set(re.findall(r"\btools/\w+\.(?:sh|py)\b", (CHECKOUT / "Makefile").read_text()))
    assert called
    assert [name for name in sorted(called) if not (CHECKOUT / name).exists()] == []
