from __future__ import annotations

import pytest

from comity.law import BadProvision, Provision


@pytest.mark.parametrize("text", ["uncc:42(3)(a)", "uncc:2(o)", "budapest:29", "XA.cpa:41(2)"])
def test_provision_prints_as_it_was_written(text: str) -> None:
    assert str(Provision.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "40.10",
        "uncc:40.10",
        "uncc 40(10)",
        "40(10)",
        "uncc:40(10",
        "uncc:40(010)",
        "uncc:040",
        "uncc:40(1)(2)(3)(4)(5)(6)",
        "UNCC:40",
        "uncc:40\n",
        "uncc:٤٠",
        "xa.cpa:41",
        "",
    ],
)
def test_anything_else_is_no_provision(text: str) -> None:
    with pytest.raises(BadProvision):
        Provision.parse(text)


def test_a_number_with_a_point_is_met_with_brackets() -> None:
    with pytest.raises(BadProvision, match=r"did you mean 40\(10\)"):
        Provision.parse("40.10")


def test_provisions_sort_as_in_the_instrument_not_as_text() -> None:
    written = ["uncc:42", "uncc:40(10)", "uncc:40(2)", "uncc:40(2)(a)", "uncc:40", "uncc:2(o)"]

    assert [str(law) for law in sorted(map(Provision.parse, written))] == [
        "uncc:2(o)",
        "uncc:40",
        "uncc:40(2)",
        "uncc:40(2)(a)",
        "uncc:40(10)",
        "uncc:42",
    ]


@pytest.mark.parametrize(
    ("outer", "inner", "holds"),
    [
        ("uncc:42", "uncc:42(3)(a)", True),
        ("uncc:42(3)", "uncc:42(3)", True),
        ("uncc:42(3)", "uncc:42(30)", False),
        ("uncc:42(3)(a)", "uncc:42(3)", False),
        ("uncc:42", "budapest:42(3)", False),
    ],
)
def test_a_provision_contains_itself_and_what_is_below_it(
    outer: str, inner: str, holds: object
) -> None:
    assert Provision.parse(outer).contains(Provision.parse(inner)) is holds


def test_the_parent_is_one_part_shorter() -> None:
    assert str(Provision.parse("uncc:42(3)(a)").parent) == "uncc:42(3)"


def test_an_article_has_no_parent() -> None:
    assert Provision.parse("uncc:42").parent is None
