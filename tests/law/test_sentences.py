"""The pages say of every rule what the file says of it: once, and under its provision."""

from __future__ import annotations

import re

import pytest

from comity.law import load_book
from comity.law.rendering import render_book
from tests.lawbooks import FILES
from tests.rawlaw import raw_processes, read_raw

RAW = raw_processes()
PAGES = render_book(load_book())
NEEDS = {row["need"]: row["means"] for row in read_raw(FILES / "needs.yaml")["needs"]}
LINK = re.compile(r"\[([^\]]*)\]\([^ ]*\)(?=[ ,.;]|$)", re.MULTILINE)
each_process = pytest.mark.parametrize("key", RAW)
each_page = pytest.mark.parametrize("page", [page for page in PAGES if page.endswith(".md")])


def _words(name: str) -> str:
    return name.replace("_", " ")


def _section(key: str, start: str) -> list[str]:
    """Return the bullets of all sections whose title begins with ``start``."""
    found: list[str] = []
    inside = False
    for line in LINK.sub(r"[\1]", PAGES[f"{key}.md"]).splitlines():
        if line.startswith("## "):
            inside = line.removeprefix("## ").startswith(start)
        elif inside and line.startswith("- "):
            found.append(line)
    return found


@each_process
def test_each_step_has_exactly_one_sentence_naming_its_provision(key: str) -> None:
    lines = _section(key, "Steps ")
    for row in RAW[key]["steps"]:
        own = [line for line in lines if line.startswith(f"- **{_words(row['step'])}** ")]
        assert len(own) == 1, row["step"]
        assert f"[{row['law']}]" in own[0]
    assert len(lines) == len(RAW[key]["steps"])


@each_process
def test_each_sentence_of_a_step_says_what_it_means_and_needs(key: str) -> None:
    lines = {line.split("**")[1]: line for line in _section(key, "Steps ")}
    for row in RAW[key]["steps"]:
        line = lines[_words(row["step"])]
        assert row["means"] in line
        for need in row.get("needs", []):
            assert NEEDS[need] in line


@each_process
def test_each_sentence_of_a_step_names_the_states_it_leads_from_and_to(key: str) -> None:
    lines = {line.split("**")[1]: line for line in _section(key, "Steps ")}
    for row in RAW[key]["steps"]:
        line = lines[_words(row["step"])].split(row["means"].rstrip("."), 1)[1]
        before, _, after = line.partition(";")
        stressed = re.findall(r"\*([^*]+)\*", before)
        assert sorted(stressed) == sorted(map(_words, row["from"]))
        if row["to"] == "same":
            assert "the standing stays as it is" in after
        else:
            assert f"is then *{_words(row['to'])}*" in line


@each_process
def test_steps_kept_in_the_house_stand_apart(key: str) -> None:
    house = [line.split("**")[1] for line in _section(key, "Steps that")]

    assert sorted(house) == sorted(
        _words(row["step"]) for row in RAW[key]["steps"] if row["kept"] == "house"
    )


@each_process
def test_each_row_of_crossings_is_one_sentence_saying_which_prevails(key: str) -> None:
    lines = _section(key, "When steps cross")
    expected = []
    for row in RAW[key].get("crossings", []):
        first, others = f"*{_words(row['one'])}*", [f"*{_words(name)}*" for name in row["with"]]
        result = {
            "both": f"both hold, {first} first",
            "with": f"the other prevails and {first} is overtaken",
        }.get(row["prevails"], f"{first} prevails and the other is overtaken")
        listed = " or ".join(", ".join(others).rsplit(", ", 1))
        expected.append(f"- If {first} crosses with {listed}, {result}. {row['means']}")
    assert len(lines) == len(expected)
    assert [
        line for line, start in zip(lines, expected, strict=True) if line.startswith(start)
    ] == lines


@each_process
def test_each_state_stands_in_the_table_with_its_meaning(key: str) -> None:
    page = PAGES[f"{key}.md"]
    for name, row in RAW[key]["states"].items():
        assert f"| *{_words(name)}* | {row['means']} |" in page


@each_process
def test_the_state_diagram_draws_each_move_once(key: str) -> None:
    drawn = set()
    for source, target, labels in re.findall(
        r"^    s_(\w+) --> s_(\w+): (.*)$", PAGES[f"{key}.md"], re.MULTILINE
    ):
        drawn |= {(source, target, label) for label in labels.split(", ")}

    assert drawn == {
        (source, row["to"], _words(row["step"]))
        for row in RAW[key]["steps"]
        for source in row["from"]
        if row["to"] != "same"
    }


@each_process
def test_the_picture_tells_each_move_in_words_for_those_who_cannot_see_it(key: str) -> None:
    picture = PAGES[f"{key}.svg"]
    for row in RAW[key]["steps"]:
        name = _words(row["step"]).capitalize()
        assert (f"{name}: from " in picture) is (row["to"] != "same")


@each_page
def test_each_page_on_the_convention_says_that_it_was_not_compared(page: str) -> None:
    if not page.startswith("budapest/"):
        assert "ot compared with the certified texts" in PAGES[page]


@each_page
def test_each_link_leads_to_a_place_that_is_there(page: str) -> None:
    folder = page.rpartition("/")[0]
    for target in re.findall(r"\]\(([^)\s]+(?:\.md|\.svg)(?:#[^)]*)?)\)", PAGES[page]):
        path, _, anchor = target.partition("#")
        parts = [*folder.split("/"), *path.split("/")] if folder else path.split("/")
        while ".." in parts:
            up = parts.index("..")
            parts[up - 1 : up + 1] = []
        full = "/".join(parts)
        assert full in PAGES, target
        assert not anchor or f'<a id="{anchor}"></a>' in PAGES[full], target


@each_page
def test_every_row_of_a_table_has_the_columns_of_its_head(page: str) -> None:
    width = 0
    for line in PAGES[page].splitlines():
        if not line.startswith("|"):
            width = 0
            continue
        columns = len(re.findall(r"(?<!\\)\|", line))
        width = width or columns
        assert columns == width, line
