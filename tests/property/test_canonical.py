"""Canonical JSON: one document, one byte string; hostile bytes get our error."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.base import ComityError, canonical_bytes, parse_canonical, parse_json
from comity.base.canonical import Json
from comity.base.errors import BadValue, Malformed, TooLarge

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
WHOLE = st.integers(min_value=-(2**53) + 1, max_value=2**53 - 1)
JSON: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | WHOLE | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_every_document_reads_back_as_it_was(value: Json) -> None:
    assert parse_canonical(canonical_bytes(value)) == value


@given(JSON)
def test_canonical_bytes_mean_what_plain_json_means(value: Json) -> None:
    assert json.loads(canonical_bytes(value)) == value


@given(JSON)
def test_a_document_with_spaces_is_not_canonical(value: Json) -> None:
    with pytest.raises(Malformed):
        parse_canonical(b" " + canonical_bytes(value))


@given(st.binary(max_size=200))
def test_all_bytes_are_read_or_refused_with_our_error(data: bytes) -> None:
    try:
        parse_json(data)
    except ComityError:
        return


@given(st.text('[]{}":,0123456789.eE-+truefalsnN\\u \n', max_size=60))
def test_all_text_like_json_is_read_or_refused_with_our_error(text: str) -> None:
    try:
        value = parse_json(text.encode())
    except ComityError:
        return
    assert json.loads(text) == value


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1,"a":2}',
        b"1.5",
        b"1e3",
        b"NaN",
        b"Infinity",
        b"-0",
        b"9007199254740992",
        b"0" * 2,
        b'"\\ud800"',
        b'"\xff"',
        b"",
        b"{} {}",
        b"'a'",
        b"\xef\xbb\xbf{}",
        b'{"a":9007199254740993}',
    ],
)
def test_what_another_machine_might_read_otherwise_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        parse_json(data)


def test_deep_nesting_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(TooLarge):
        parse_json(b"[" * 100_000 + b"]" * 100_000)


def test_brackets_within_text_do_not_count_as_nesting() -> None:
    assert parse_json(json.dumps("[" * 100 + '"\\').encode()) == "[" * 100 + '"\\'


def test_more_bytes_than_allowed_are_refused() -> None:
    with pytest.raises(TooLarge):
        parse_json(b"[]" + b" " * 10, limit=11)


@pytest.mark.parametrize("value", [1.5, 2**53, float("nan"), b"x", {1: "a"}, "\ud800", (1,)])
def test_values_without_a_canonical_form_are_refused(value: Json) -> None:
    with pytest.raises(BadValue):
        canonical_bytes(value)


def test_names_are_ordered_by_utf_16_units_as_rfc_8785_says() -> None:
    # RFC 8785 3.2.3: U+1F600 is written as the unit D83D and so stands before U+FB33.
    assert canonical_bytes({"\ufb33": 1, "\U0001f600": 2, "\r": 3, "1": 4}) == (
        '{"\\r":3,"1":4,"\U0001f600":2,"\ufb33":1}'.encode()
    )
