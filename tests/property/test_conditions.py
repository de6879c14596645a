"""Conditions: the names in the law files and the functions agree both ways; none ever breaks."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.base.verdict import Verdict
from comity.domain.conditions import PREDICATES, examine
from tests.lawyer import LAW_FILES, raw, raw_processes
from tests.world import Desk, book


def named() -> Iterator[str]:
    """Read every need that a step or a gate of any law file names."""
    for table in raw_processes().values():
        for row in table["steps"]:
            yield from row["needs"]
    for path in [*LAW_FILES.glob("*/gates.yaml"), *LAW_FILES.glob("states/*.yaml")]:
        for row in raw(path).get("gates", []):
            yield row["needs"]


def test_every_need_that_a_law_file_names_has_its_function() -> None:
    assert set(named()) - PREDICATES.keys() == set()


def test_every_function_is_named_by_a_law_file() -> None:
    assert PREDICATES.keys() - set(named()) == set()


def test_the_table_of_needs_lists_the_functions() -> None:
    rows = raw(LAW_FILES / "needs.yaml")["needs"]
    assert {row["need"] for row in rows} == PREDICATES.keys()


@pytest.mark.parametrize("need", sorted(PREDICATES))
def test_every_function_quotes_its_rule_with_its_provision(need: str) -> None:
    doc = inspect.getdoc(PREDICATES[need]) or ""
    assert re.match(r"(?:uncc|budapest):\d+", doc)


@pytest.mark.parametrize("need", sorted(PREDICATES))
def test_every_provision_quoted_is_in_the_outline(need: str) -> None:
    doc = inspect.getdoc(PREDICATES[need]) or ""
    cited = re.findall(r"(?:uncc|budapest):\d+(?:\(\w+\))*", doc)
    known = {str(law) for pack in book().packs.values() for law in pack.outline}
    assert set(cited) - known == set()


@pytest.mark.parametrize("need", sorted(PREDICATES))
def test_every_function_is_small(need: str) -> None:
    code = inspect.getsource(PREDICATES[need])
    assert len(code.splitlines()) <= 30


def answering(pack: str) -> Any:
    """Read, by hand, the table of questions of a pack."""
    return raw(LAW_FILES / pack / "questions.yaml")


def test_every_step_that_needs_an_open_question_answers_one_of_its_process() -> None:
    for key, table in raw_processes().items():
        rows = answering(key.partition("/")[0])["questions"]
        asked = {answer: row["question"] for row in rows for answer in row["answers"]}
        steps = {row["step"] for row in table["steps"]}
        for row in table["steps"]:
            if "question_open" in row["needs"]:
                assert asked[row["step"]] in steps


def test_every_step_that_needs_a_ground_can_find_one() -> None:
    for key, table in raw_processes().items():
        pack = key.partition("/")[0]
        rests = {row["step"]: row["effects"] for row in answering(pack)["rests_on"]}
        grounds = raw(LAW_FILES / pack / "grounds.yaml")["grounds"]
        for row in table["steps"]:
            if "ground_named" in row["needs"]:
                fit = [
                    one
                    for one in grounds
                    if table["process"] in one["processes"] and one["effect"] in rests[row["step"]]
                ]
                assert fit, (key, row["step"])


def test_a_name_that_nobody_knows_could_not_be_decided() -> None:
    finding = examine("moon_is_full", Desk().situation("send"))
    assert finding.verdict is Verdict.INDETERMINATE


TEXT = st.text(max_size=20) | st.sampled_from(["yes", "no", "2026-11-21T02:14:05Z", "court", "-1"])
JSON = TEXT | st.none() | st.integers() | st.booleans() | st.lists(TEXT, max_size=3)
FIELDS = sorted({name for form in book().forms.values() for name in form.fields})
TERMS = [
    "ground", "until", "answer_by", "costs", "currency", "conditions", "asked", "decision",
    "purpose", "notice", "order", "form", "number", "result",
]  # fmt: skip


@pytest.mark.parametrize("need", sorted(PREDICATES))
@given(data=st.data())
def test_for_all_values_a_condition_answers_with_a_sentence(need: str, data: Any) -> None:
    key = data.draw(st.sampled_from(sorted(book().processes)))
    own = data.draw(st.sampled_from(["XA", "XB"]))
    values = {
        "form": data.draw(
            st.dictionaries(st.sampled_from(FIELDS), JSON | st.dictionaries(TEXT, JSON))
        ),
        "content": data.draw(st.dictionaries(st.sampled_from(["reasons", *FIELDS]), JSON)),
        "terms": data.draw(st.dictionaries(st.sampled_from(TERMS), TEXT)),
        "profile": data.draw(st.sampled_from([None, book().states[own]])),
        "counterpart": data.draw(st.sampled_from([None, book().states["XC"]])),
    }
    step = data.draw(st.sampled_from(sorted(book().processes[key].steps)))
    finding = examine(need, Desk(key, own).situation(step, **values), source="uncc:42")
    assert finding.name == need
    assert finding.says
