"""Names of others never decide where a file is put."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.evidence.opening import safe_path


@pytest.mark.parametrize(
    ("path", "safe"),
    [
        (b"a/b.txt", "a/b.txt"),
        (b"/etc/passwd", "etc/passwd"),
        (b"./a//b/./c", "a/b/c"),
        (b"..a/b..", "..a/b.."),
        (b"a\\b", "a\\b"),
        (b"a:b", "a:b"),
        (b"..", None),
        (b"a/../b", None),
        (b"../../x", None),
        (b"", None),
        (b"/", None),
        (b"./.", None),
        (b"a\0b", None),
        (b"d/" * 99 + b"x", "d/" * 99 + "x"),
        (b"d/" * 100 + b"x", None),
    ],
)
def test_a_name_lies_below_or_nowhere(path: bytes, safe: str | None) -> None:
    assert safe_path(path, system="posix") == safe


@pytest.mark.parametrize(
    "path",
    [
        b"..\\..\\x",
        b"c:\\x",
        b"a:stream",
        b"CON",
        b"con.txt",
        b"Lpt1.dat",
        b"nul .txt",
        b"trailing.",
        b"trailing ",
        b"a?b",
        b"tab\there",
        b"x/aux/y",
    ],
)
def test_what_windows_reads_otherwise_is_not_used_there(path: bytes) -> None:
    assert safe_path(path, system="nt") is None
    assert safe_path(path, system="posix") is not None


@given(st.binary(max_size=60))
def test_no_name_ever_climbs_or_is_absolute(path: bytes) -> None:
    safe = safe_path(path, system="posix")
    if safe is not None:
        assert not safe.startswith("/")
        assert not {"", ".", ".."} & set(safe.split("/"))
        assert "\0" not in safe
