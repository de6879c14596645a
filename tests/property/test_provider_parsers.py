"""For all bytes: what a provider's files are read as is what was written, or one of our errors."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.base import ComityError, Digest, Instant
from comity.federation.answering import open_answer, open_return
from comity.federation.calls import read_content_digest, read_mark
from comity.federation.inventory import (
    Item,
    read_inventory,
    read_listing,
    write_head,
    write_listing,
    write_name,
)
from tests.orders import signed
from tests.providers import KEY, answer, hand_over

FILE = signed(exercise=True)
AT = Instant.parse("2026-11-21T03:00:00Z")
ORDER = "ord_0123456789abcdefghjkmnpqrs"
PATHS = st.binary(min_size=1, max_size=40).filter(lambda path: b"\x00" not in path)


@pytest.mark.parametrize("read", [open_answer, open_return, read_inventory, read_listing])
@given(data=st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(read: Callable[[bytes], object], data: bytes) -> None:
    try:
        read(data)
    except ComityError:
        return


@given(st.data())
def test_one_changed_byte_of_an_answer_is_noticed(data: st.DataObject) -> None:
    good = answer(FILE, AT, provider="Hosting Belmora")
    place = data.draw(st.integers(0, len(good) - 1))
    bad = good[:place] + bytes([good[place] ^ data.draw(st.integers(1, 255))]) + good[place + 1 :]
    with pytest.raises(ComityError):
        open_answer(bad)


@given(st.text(max_size=300), st.text(max_size=120))
def test_any_two_headers_are_read_or_refused(one: str, other: str) -> None:
    for read in (lambda: read_mark(one, other), lambda: read_content_digest(one)):
        try:
            read()
        except ComityError:
            continue


@given(PATHS, PATHS)
def test_no_two_paths_have_one_name(one: bytes, other: bytes) -> None:
    assert (write_name(one) == write_name(other)) is (one == other)


@given(st.dictionaries(PATHS, st.binary(max_size=9), max_size=9))
def test_what_is_listed_is_read_again(files: dict[bytes, bytes]) -> None:
    made = [
        Item(name=write_name(path), size=len(data), digest=Digest.of(data))
        for path, data in files.items()
    ]
    ordered = tuple(sorted(made, key=lambda item: item.name))
    assert read_listing(write_listing(ordered)) == ordered


@given(st.lists(st.sampled_from("abc"), min_size=2, max_size=5))
def test_a_list_that_is_not_in_order_is_refused(names: list[str]) -> None:
    made = [Item(name=name, size=0, digest=Digest.of(b"")) for name in names]
    good = list(dict.fromkeys(sorted(names))) == names
    try:
        read_listing(write_listing(made))
    except ComityError:
        assert not good
    else:
        assert good


@given(st.dictionaries(st.sampled_from("abcd"), st.binary(max_size=4), max_size=4))
def test_the_salted_digest_is_what_anyone_computes(files: dict[str, bytes]) -> None:
    lines = [write_head(ORDER, AT, os.urandom(32))]
    lines += [
        Item(name=n, size=len(files[n]), digest=Digest.of(files[n])).line(os.urandom(32))
        for n in sorted(files)
    ]
    # By the words of docs/protocol/provider.md, with hashlib alone.
    plain = b"comity/inventory/1\n" + b"".join(
        hashlib.sha256(line.rstrip(b"\n")).digest() for line in lines
    )
    assert read_inventory(b"".join(lines)).digest.hex == hashlib.sha256(plain).hexdigest()


@given(st.integers(-3, 3))
def test_a_return_says_its_lengths_and_no_others(more: int) -> None:
    good = hand_over(FILE, {"a": b"12345"}, AT)
    said = open_return(good.statement)
    assert said.size == len(good.data)
    data = json.loads(open_return(good.statement).payload())
    data["listing_bytes"] = len(good.data) + more
    bare = json.dumps(data | {"key": None}, sort_keys=True, separators=(",", ":")).encode()
    if more > 0:
        with pytest.raises(ComityError):
            open_return(bare)
    assert KEY.public == said.key
