"""For all bytes, every reader of ours returns or raises our error."""

from __future__ import annotations

import io
import tempfile
from contextlib import suppress
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from comity.app.databases import postgres_settings
from comity.app.settings import FILE, Settings, read_settings
from comity.base import Digest
from comity.base.errors import ComityError
from comity.evidence import Taken
from comity.service.listing import read_rows, write_row

GOOD = Settings(state="XA", authority="XA-CA", kind="court", exercise=True).as_toml().encode()


class _One:
    """A source of one entry."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def names(self) -> io.BufferedIOBase:
        raise NotImplementedError

    def open(self, _: str) -> io.BufferedIOBase:
        return io.BytesIO(self._data)

    def size(self, _: str) -> int:
        return len(self._data)


def _taken(serial: int, size: int, irregular: str) -> Taken:
    return Taken(
        serial=serial,
        digest=Digest.of(b"object"),
        size=size,
        metadata=b'{"path":"x"}',
        salt=bytes(32),
        circumstances=b"{}",
        irregular=irregular,
    )


@given(st.integers(1, 2_000_000), st.integers(0, 2**63), st.sampled_from(["", "unreadable"]))
def test_a_listed_object_comes_back_the_same(serial: int, size: int, irregular: str) -> None:
    taken = _taken(serial, size, irregular)
    assert [*read_rows(_One(write_row(taken) * 2))] == [taken, taken]  # type: ignore[arg-type] # one entry


@given(st.binary(max_size=200), st.integers(0, 300))
def test_any_list_of_objects_is_read_or_refused_in_our_words(data: bytes, at: int) -> None:
    line = write_row(_taken(1, 7, ""))
    for attempt in (data, data + b"\n", line[:at] + data + line[at:]):
        with suppress(ComityError):
            list(read_rows(_One(attempt)))  # type: ignore[arg-type] # one entry


@given(st.binary(max_size=100), st.integers(0, len(GOOD)))
def test_any_settings_are_read_or_refused_in_our_words(data: bytes, at: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for attempt in (data, GOOD[:at] + data + GOOD[at:]):
            (Path(folder) / FILE).write_bytes(attempt)
            with suppress(ComityError):
                read_settings(Path(folder), {})


@given(st.text(max_size=60), st.text(max_size=20))
def test_any_address_is_read_or_refused_in_our_words(text: str, rest: str) -> None:
    for attempt in (text, f"postgres://{text}", f"postgres://h/{text}?{rest}"):
        with suppress(ComityError):
            postgres_settings(attempt)
