from __future__ import annotations

import pytest

from comity.base import limits
from comity.law import LawFault
from comity.law.loading.nodes import Listing, Table, Text, descend, plain
from comity.law.loading.reading import read_law


@pytest.mark.parametrize(
    "scalar",
    ["NO", "no", "40.10", "012", "1e3", "2026-11-21", "~", "null", "true", "0x1F", "1:30", "=", ""],
)
def test_every_scalar_is_text_as_it_stands(scalar: str) -> None:
    assert plain(read_law(f"key: {scalar}\n".encode(), "f")) == {"key": scalar}


def test_places_count_lines_and_columns_from_one() -> None:
    node = read_law(b"a: b\nrows:\n  - {x: y}\n", "f")

    assert str(descend(node, ["rows", 0, "x"]).place) == "f:3:9"


def test_keys_know_where_they_stand() -> None:
    node = read_law(b"a: b\nrows: c\n", "f")

    assert isinstance(node, Table)
    assert str(node.keys["rows"]) == "f:2:1"


def test_a_scalar_alone_is_a_text() -> None:
    assert isinstance(read_law(b"alone", "f"), Text)


def test_a_list_alone_is_a_list() -> None:
    assert isinstance(read_law(b"- a\n- b\n", "f"), Listing)


def test_one_document_may_be_opened_and_closed() -> None:
    assert plain(read_law(b"---\na: b\n...\n", "f")) == {"a": "b"}


def test_text_of_any_writing_is_kept() -> None:
    text = "قانون 法律 закон"

    assert plain(read_law(f"a: {text}\n".encode(), "f")) == {"a": text}


def test_a_line_break_within_a_text_is_kept() -> None:
    assert plain(read_law(b'a: "b\\nc"\n', "f")) == {"a": "b\nc"}


def test_a_file_of_the_greatest_size_is_read() -> None:
    data = b"a: b\n".ljust(limits.LAW_FILE_BYTES, b"#")

    assert plain(read_law(data[:-1] + b"\n", "f")) == {"a": "b"}


def test_one_byte_more_is_refused() -> None:
    with pytest.raises(LawFault, match="1048577 bytes"):
        read_law(b" " * (limits.LAW_FILE_BYTES + 1), "f")


def _nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


def test_nesting_at_the_bound_is_read() -> None:
    read_law(_nested(limits.LAW_FILE_DEPTH + 1), "f")


def test_nesting_beyond_the_bound_is_refused() -> None:
    with pytest.raises(LawFault, match="Nested deeper"):
        read_law(_nested(limits.LAW_FILE_DEPTH + 2), "f")


@pytest.mark.parametrize("code", [0x00, 0x07, 0x0D, 0x7F, 0x85, 0xFEFF])
def test_unseen_characters_are_refused_even_escaped(code: int) -> None:
    with pytest.raises(LawFault):
        read_law(f'a: "b\\U{code:08x}"\n'.encode(), "f")


@pytest.mark.parametrize("escape", ["\\ud800", "\\U00110000", "\\Uffffffff", "\\xzz"])
def test_impossible_escapes_are_refused(escape: str) -> None:
    with pytest.raises(LawFault):
        read_law(f'a: "{escape}"\n'.encode(), "f")


@pytest.mark.parametrize("number", ["1." + "9" * 5000, "9" * 5000 + ".1"])
def test_a_directive_of_endless_digits_is_refused(number: str) -> None:
    with pytest.raises(LawFault):
        read_law(f"%YAML {number}\n---\na: b\n".encode(), "f")


@pytest.mark.parametrize("data", [b"!x a: b", b"? !y a\n: b\n", b"- ! a\n", b"!!map {a: b}\n"])
def test_tags_are_refused_wherever_they_stand(data: bytes) -> None:
    with pytest.raises(LawFault, match="tag"):
        read_law(data, "f")


@pytest.mark.parametrize("data", [b"&a x", b"- &a x\n", b"&k a: b\n", b"a: &t {b: c}\n"])
def test_anchors_are_refused_wherever_they_stand(data: bytes) -> None:
    with pytest.raises(LawFault, match="anchor"):
        read_law(data, "f")
