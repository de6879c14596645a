"""Forms: what is always asked must be there, and in its shape."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.base.verdict import Finding, Verdict
from comity.domain.form import check_form
from tests.lawyer import LAW_FILES, raw
from tests.world import FULL_FORM, book


def findings(**changed: Any) -> dict[str, Finding]:
    form = book().forms["uncc/preservation"]
    values = {name: value for name, value in {**FULL_FORM, **changed}.items() if value is not ...}
    return {one.name: one for one in check_form(form, values).findings}


def test_a_full_form_passes() -> None:
    assert {one.verdict for one in findings().values()} == {Verdict.PASSED}


ALWAYS = [
    row["field"]
    for row in raw(LAW_FILES / "uncc" / "forms" / "preservation.yaml")["fields"]
    if row["asked"] == "always"
]


@pytest.mark.parametrize("name", ALWAYS)
@pytest.mark.parametrize("empty", [..., None, "", "  ", []])
def test_what_is_always_asked_cannot_be_left_out(name: str, empty: Any) -> None:
    assert findings(**{name: empty})[name].verdict is Verdict.FAILED


def test_each_field_cites_its_provision() -> None:
    assert findings()["necessity"].source == "uncc:42(3)(e)"


@pytest.mark.parametrize("name", ["custodian", "location", "confidential"])
def test_what_is_asked_where_known_may_be_left_out_and_is_noted(name: str) -> None:
    found = findings(**{name: ...})[name]
    assert found.verdict is Verdict.PASSED
    assert "nothing is given" in found.says


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("facts", 7),
        ("facts", "a\u202eb"),
        ("facts", "x" * 40_001),
        ("offence", {"article": "40.10"}),
        ("offence", {"longest_penalty_months": 60}),
        ("offence", {"title": "fraud", "longest_penalty_months": -1}),
        ("offence", {"title": "fraud", "penalty": "long"}),
        ("offence", ["uncc:7"]),
        ("data", "account: a at b"),
        ("data", ["account: * at b"]),
        ("data", ["account: a at b", 3]),
        ("data", ["account: a at b"] * 501),
        ("follow_on", "maybe"),
        ("follow_on", True),
        ("priority", "whenever"),
        ("answer_by", "tomorrow"),
        ("period", {"from": "2026-01-02T00:00:00Z", "until": "2026-01-01T00:00:00Z"}),
        ("period", {"from": "2026-01-02T00:00:00Z"}),
        ("data_kinds", "content"),
        ("no_such_field", "x"),
    ],
)
def test_a_value_of_another_shape_fails(name: str, value: Any) -> None:
    assert findings(**{name: value})[name].verdict is Verdict.FAILED


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("facts", "Line one.\nLine two, بـ\u200cمی\u200cشود."),
        ("offence", {"article": "uncc:7"}),
        ("offence", {"title": "fraud", "longest_penalty_months": "60"}),
        ("priority", "urgent"),
        ("answer_by", "2026-11-21T02:14:05Z"),
        ("period", {"from": "2026-01-02T00:00:00Z", "until": "2026-01-02T00:00:00Z"}),
        ("data_kinds", ["traffic data"]),
        ("requesting_authority", {"name": "Contact Point", "telephone": "+254712345678"}),
    ],
)
def test_a_value_of_the_right_shape_passes(name: str, value: Any) -> None:
    assert findings(**{name: value})[name].verdict is Verdict.PASSED


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


@given(name=st.sampled_from(sorted(book().forms["uncc/preservation"].fields)), value=JSON)
def test_for_all_values_a_form_gives_a_report(name: str, value: Any) -> None:
    form = book().forms["uncc/preservation"]
    assert len(check_form(form, {name: value}).findings) == len(form.fields)
