"""For all ways to write and all ways to read: an encrypted file behaves as the plain one does."""

from __future__ import annotations

import os
from io import BytesIO

from hypothesis import given
from hypothesis import strategies as st

from comity.seal import Decryptor, Encryptor, decrypt_bytes, encrypt_bytes
from tests.ages import CHUNK, IDENTITY
from tests.seals import SeedBytes

EDGES = st.sampled_from([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 16 * CHUNK, 16 * CHUNK + 1])
SIZE = EDGES | st.integers(0, 20 * CHUNK)
POOL = SeedBytes(5)(64 * CHUNK)


@given(st.lists(SIZE, max_size=4))
def test_it_does_not_matter_in_which_portions_one_writes(sizes: list[int]) -> None:
    sink, begin = BytesIO(), 0
    with Encryptor(sink, [IDENTITY.recipient], SeedBytes()) as encryptor:
        for size in sizes:
            portion = POOL[begin : begin + size]
            assert encryptor.write(portion) == len(portion)
            begin += len(portion)
    assert decrypt_bytes(sink.getvalue(), [IDENTITY]) == POOL[:begin]


@given(st.lists(SIZE, max_size=4))
def test_the_portions_leave_no_trace_in_the_file(sizes: list[int]) -> None:
    # X25519 and scrypt draw from the bytes handed in; the body must be the same to the byte.
    sink, begin = BytesIO(), 0
    with Encryptor(sink, [IDENTITY.recipient], SeedBytes(9)) as encryptor:
        for size in sizes:
            begin += encryptor.write(POOL[begin : begin + size])
    whole = encrypt_bytes(POOL[:begin], [IDENTITY.recipient], SeedBytes(9))
    body = begin + 16 * max(1, -(-begin // CHUNK))
    assert sink.getvalue()[-body:] == whole[-body:]


LONG = 35 * CHUNK + 77
SEALED = encrypt_bytes(POOL[:LONG], [IDENTITY.recipient], SeedBytes())
PLACE = st.integers(0, LONG + 10) | EDGES
MOVE = st.tuples(
    st.sampled_from(["read", "readinto"]), st.sampled_from([0, 1, 2]), PLACE, PLACE | st.just(-1)
)


@given(st.lists(MOVE, max_size=6))
def test_any_walk_through_the_file_reads_what_the_plain_file_holds(
    moves: list[tuple[str, int, int, int]],
) -> None:
    ours, plain = Decryptor(BytesIO(SEALED), [IDENTITY]), BytesIO(POOL[:LONG])
    for how, whence, place, count in moves:
        offset = {os.SEEK_SET: place, os.SEEK_CUR: place % 1000, os.SEEK_END: -(place % LONG)}
        assert ours.seek(offset[whence], whence) == plain.seek(offset[whence], whence)
        if how == "read" or count < 0:
            assert ours.read(count) == plain.read(count)
        else:
            mine, theirs = bytearray(count), bytearray(count)
            assert ours.readinto(mine) == plain.readinto(theirs)
            assert mine == theirs
        assert ours.tell() == plain.tell()


@given(PLACE)
def test_copying_begins_at_the_present_place(place: int) -> None:
    reader, sink = Decryptor(BytesIO(SEALED), [IDENTITY]), BytesIO()
    reader.seek(place)
    assert reader.copy_to(sink) == len(sink.getvalue())
    assert sink.getvalue() == POOL[place:LONG]
