"""The descriptor: closed, bounded, and what chunks are compared with."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.base import ComityError, Digest, Ident, limits
from comity.base.errors import DoesNotVerify
from comity.federation.descriptor import (
    CHUNK_BYTES,
    ChunkHasher,
    ChunkWrong,
    Descriptor,
    Volume,
    digest_chunk,
    read_chunk_list,
    require_chunk,
)

VOLUME = Volume(number=0, size=CHUNK_BYTES + 1, chunks=Digest.of(b"ab" * 32))
DESCRIPTOR = Descriptor(
    transfer=Ident.make("xfr", bytes(range(17))),
    package=Ident.make("pkg", bytes(range(17))),
    statement=Digest.of(b"statement"),
    objects=3,
    first=(2, 1),
    volumes=(VOLUME, replace(VOLUME, number=1, size=7)),
)


def test_what_is_written_reads_the_same() -> None:
    assert Descriptor.parse(DESCRIPTOR.document()) == DESCRIPTOR
    assert DESCRIPTOR.size == CHUNK_BYTES + 8
    assert DESCRIPTOR.volume(1) == DESCRIPTOR.volumes[1]
    assert DESCRIPTOR.volume(2) is None


def test_chunks_of_a_volume_are_whole_but_for_the_last() -> None:
    assert VOLUME.count == 2
    assert [VOLUME.chunk_size(number) for number in range(2)] == [CHUNK_BYTES, 1]


@pytest.mark.parametrize(
    "change",
    [
        {"type": "comity/descriptor/2"},
        {"more": 1},
        {"chunk_bytes": 1},
        {"transfer": str(DESCRIPTOR.package)},
        {"package": str(DESCRIPTOR.transfer)},
        {"statement": "sha256:00"},
        {"objects": 0},
        {"objects": True},
        {"objects": limits.PACKAGE_OBJECTS + 1},
        {"first": [1, 1]},
        {"first": [0]},
        {"first": [*range(1, limits.CHOSEN_OBJECTS + 2)]},
        {"volumes": []},
        {"volumes": [{"number": 1, "size": 1, "chunks": f"sha256:{'0' * 64}"}]},
        {"volumes": [{"number": 0, "size": 0, "chunks": f"sha256:{'0' * 64}"}]},
        {"volumes": [{"number": 0, "size": (256 << 20) + 1, "chunks": f"sha256:{'0' * 64}"}]},
        {"volumes": [{"number": 0, "size": 1, "chunks": f"sha256:{'0' * 64}", "more": 1}]},
        {"volumes": [{"number": 0, "size": 1, "chunks": f"sha256:{'0' * 64}"}] * 2},
        {
            "volumes": [
                {"number": number, "size": 1, "chunks": f"sha256:{'0' * 64}"} for number in (1, 0)
            ]
        },
        {
            "volumes": [
                {"number": number, "size": 1, "chunks": f"sha256:{'0' * 64}"} for number in (0, 2)
            ]
        },
    ],
)
def test_what_is_not_possible_is_refused(change: dict[str, Any]) -> None:
    data = {**json.loads(DESCRIPTOR.document()), **change}
    with pytest.raises(DoesNotVerify):
        Descriptor.parse(json.dumps(data, separators=(",", ":"), sort_keys=True).encode())


@given(st.binary(max_size=300))
def test_anything_else_is_refused_as_ours(data: bytes) -> None:
    with pytest.raises(ComityError):
        Descriptor.parse(data)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        # github.com/BLAKE3-team/BLAKE3, test_vectors.json: 0 and 1 bytes; and its README, "abc".
        (b"", "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"),
        (b"\x00", "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213"),
        (b"abc", "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85"),
    ],
)
def test_the_digest_is_blake3(data: bytes, expected: str) -> None:
    assert digest_chunk(data).hex() == expected


@given(st.lists(st.integers(0, 3 * CHUNK_BYTES // 2), max_size=4))
def test_digests_do_not_depend_on_how_the_bytes_came(sizes: list[int]) -> None:
    hasher = ChunkHasher()
    for size in sizes:
        hasher.update(memoryview(ZEROS)[:size])
    hasher.close()
    total = sum(sizes)
    parts = [min(CHUNK_BYTES, total - at) for at in range(0, total, CHUNK_BYTES)]
    assert hasher.digests == [digest_chunk(memoryview(ZEROS)[:part]) for part in parts]


def test_a_chunk_of_another_length_or_content_is_wrong() -> None:
    digest = digest_chunk(b"chunk")
    require_chunk(b"chunk", 5, digest)
    for data in (b"chunk ", b"chun", b"chunK", b""):
        with pytest.raises(ChunkWrong):
            require_chunk(data, 5, digest)
    with pytest.raises(ChunkWrong):
        require_chunk(b"chunk", 4, digest)


def test_a_chunk_list_is_named_by_its_sha256() -> None:
    data = digest_chunk(b"one") + digest_chunk(b"two")
    chunks = Digest(hashlib.sha256(data).digest())
    volume = replace(VOLUME, chunks=chunks)
    assert read_chunk_list(data, volume) == (digest_chunk(b"one"), digest_chunk(b"two"))
    for other in (data[:-1], data + b"x", data[32:] + data[:32], b""):
        with pytest.raises(ChunkWrong):
            read_chunk_list(other, volume)
    with pytest.raises(ChunkWrong):
        read_chunk_list(data, replace(volume, size=1))


ZEROS = bytes(3 * CHUNK_BYTES // 2)
