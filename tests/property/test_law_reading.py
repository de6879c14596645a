from __future__ import annotations

import contextlib

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from comity.base import ComityError
from comity.law import BadProvision, Provision
from comity.law.loading.nodes import Plain, plain
from comity.law.loading.reading import PARSER, read_law
from comity.law.loading.shapes import check_shape

KINDS = [
    *("book", "needs", "roles", "glossary", "pack", "outline", "form"),
    *("process", "clocks", "grounds", "gates", "safeguards", "state"),
]
SIGNS = st.sampled_from(
    [
        *"abNO019.:-,?#&*!|>'\"%@`{}[]()~<= \n\t",
        "- ",
        ": ",
        "\n  ",
        "---\n",
        "<<",
        "é",
        "法",
        "\ufeff",
    ]
)
SCRIBBLE = st.lists(SIGNS, max_size=40).map("".join)
KEYS = st.text("abcdefghij_", min_size=1, max_size=8)
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1)
CONTENT: st.SearchStrategy[Plain] = st.recursive(
    WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


@given(st.binary(max_size=300) | SCRIBBLE.map(str.encode))
def test_for_all_bytes_the_reader_returns_or_raises_our_error(data: bytes) -> None:
    with contextlib.suppress(ComityError):
        read_law(data, "f")


@given(SCRIBBLE.map(str.encode))
def test_what_both_parsers_take_they_take_alike(data: bytes) -> None:
    read = []
    for parser in (yaml.BaseLoader, PARSER):
        try:
            read.append(plain(read_law(data, "f", parser)))
        except ComityError:
            return

    assert read[0] == read[1]


@given(CONTENT)
def test_what_a_plain_yaml_writer_wrote_is_read_back(content: Plain) -> None:
    written = yaml.dump(content, Dumper=yaml.SafeDumper, default_style='"', allow_unicode=True)

    assert plain(read_law(written.encode(), "f")) == content


@given(CONTENT, st.sampled_from(KINDS))
def test_for_all_content_the_schemas_return_faults_and_never_break(
    content: Plain, kind: str
) -> None:
    written = yaml.dump(content, Dumper=yaml.SafeDumper, default_style='"', allow_unicode=True)
    try:
        node = read_law(written.encode(), "f")
    except ComityError:
        return

    assert all(isinstance(fault, ComityError) for fault in check_shape(kind, node))


@given(st.text(max_size=30) | st.from_regex(r"[a-z]{1,5}:[0-9]{1,3}(\([0-9a-z]{1,3}\)){0,3}"))
def test_for_all_texts_a_provision_prints_as_written_or_is_refused(text: str) -> None:
    try:
        assert str(Provision.parse(text)) == text
    except BadProvision:
        return


@given(st.permutations(["a:1", "a:1(1)", "a:1(2)(a)", "a:1(2)(b)", "a:1(10)", "a:2", "b:1"]))
def test_provisions_are_sorted_alike_from_any_order(texts: list[str]) -> None:
    laws = [Provision.parse(text) for text in texts]

    assert [str(law) for law in sorted(laws)] == sorted(texts, key=_as_a_person_sorts)


def _as_a_person_sorts(text: str) -> tuple[str, list[str]]:
    pack, _, at = text.partition(":")
    return pack, [part.rjust(3) for part in at.replace(")", "").split("(")]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("data", [b"[]", b"{}", b"x", b"{'': {}}", b"[[], {}]", b"{needs: [x]}"])
def test_every_kind_refuses_what_is_of_no_kind(kind: str, data: bytes) -> None:
    assert list(check_shape(kind, read_law(data, "f")))
