"""Encrypted volumes: what goes in comes out, from anywhere, and nothing beside it."""

from __future__ import annotations

import io
import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.base import ComityError, Verdict, limits
from comity.base.errors import Malformed
from comity.evidence import (
    EncryptedSink,
    IdentityNeeded,
    LayoutRefused,
    PackageUnfinished,
    VolumeSink,
    VolumeSource,
    check_package,
    open_source,
)
from comity.evidence.unlocking import read_index
from comity.evidence.volumes import CUT
from comity.seal import Identity, NoMatch, decrypt_bytes, encrypt_bytes
from tests.packages import TRUST, MemorySink, make_package, seeded

IDENTITY = Identity.generate(seeded("identity"))
STRANGER = Identity.generate(seeded("stranger"))


def store(entries: dict[str, bytes], cut: int = CUT) -> dict[int, bytes]:
    """Return the volumes of these entries, by number."""
    memory = MemorySink()
    sink = VolumeSink(
        lambda number: memory.create(str(number)), [IDENTITY.recipient], seeded("v"), cut=cut
    )
    for name, data in entries.items():
        writer = sink.create(name)
        for at in range(0, len(data), 1000):
            writer.write(data[at : at + 1000])
        writer.close()
    sink.finish()
    return {int(name): data for name, data in memory.entries.items()}


def source_of(volumes: dict[int, bytes]) -> VolumeSource:
    return VolumeSource(lambda number: io.BytesIO(volumes[number]), [IDENTITY])


def read(source: VolumeSource, name: str) -> bytes:
    with source.open(name) as stream:
        return stream.read()


sizes = st.dictionaries(
    st.sampled_from(
        [
            "bag/bagit.txt",
            "bag/case.jsonld",
            "seal/salts.json",
            *(f"bag/data/objects/{n:06d}" for n in range(1, 5)),
            *(f"bag/data/meta/{n:06d}.json" for n in range(1, 5)),
        ]
    ),
    st.integers(0, 900),
)


@given(sizes, st.integers(50, 400))
def test_every_entry_comes_out_as_it_went_in(entries: dict[str, int], cut: int) -> None:
    made = {name: random.Random(name).randbytes(size) for name, size in entries.items()}
    if sum(size + 60 for name, size in entries.items() if "data" not in name) > cut:
        cut = CUT
    source = source_of(store(made, cut))
    assert {name: read(source, name) for name in source.names()} == made
    assert {name: source.size(name) for name in made} == entries


def test_entries_are_read_from_any_place_by_many_threads() -> None:
    content = random.Random(1).randbytes(300_000)
    source = source_of(store({"bag/data/objects/000001": content}, 70_000))

    def slice_of(at: int) -> bool:
        with source.open("bag/data/objects/000001") as stream:
            assert stream.read(at) == content[:at]
            return stream.read() == content[at:]

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(slice_of, range(0, 300_000, 7919)))


def test_a_volume_is_never_larger_than_the_bound() -> None:
    twenty = [Identity.generate(seeded(f"{n}")).recipient for n in range(limits.AGE_STANZAS)]
    head = len(encrypt_bytes(b"", twenty, seeded("h")))
    chunks = -(-CUT // (64 << 10))
    assert head + CUT + 16 * chunks <= limits.VOLUME_BYTES


def test_a_large_tag_file_leaves_volume_0() -> None:
    made = {"bag/manifest-sha256.txt": bytes(9 << 20), "bag/bagit.txt": b"x"}
    volumes = store(made)
    assert len(volumes[0]) < 4000
    source = source_of(volumes)
    assert {name: read(source, name) for name in made} == made


def test_two_entries_written_at_once_do_not_mix() -> None:
    memory = MemorySink()
    sink = VolumeSink(lambda n: memory.create(str(n)), [IDENTITY.recipient], seeded("v"))
    names = ["bag/data/objects/000001", "bag/data/objects/000002"]
    writers = [sink.create(name) for name in names]
    for _ in range(3):
        for at, writer in enumerate(writers):
            writer.write(b"%d" % at)
    for writer in writers:
        writer.close()
    sink.finish()
    source = source_of({int(name): data for name, data in memory.entries.items()})
    assert [read(source, name) for name in names] == [b"000", b"111"]


def test_volumes_show_no_name_and_no_content() -> None:
    held = b"".join(store(make_package()).values())
    for entry in (b"objects", b"bagit", b"mail", b"second letter", b"sha256"):
        assert entry not in held


def test_only_the_receiver_opens_them() -> None:
    volumes = store(make_package())
    with pytest.raises(NoMatch):
        VolumeSource(lambda number: io.BytesIO(volumes[number]), [STRANGER])


def read_all(volumes: dict[int, bytes]) -> dict[str, bytes]:
    source = source_of(volumes)
    return {name: read(source, name) for name in source.names()}


def index_of(volumes: dict[int, bytes]) -> bytes:
    return decrypt_bytes(volumes[0], [IDENTITY])


def reindexed(volumes: dict[int, bytes], index: bytes) -> dict[int, bytes]:
    return volumes | {0: encrypt_bytes(index, [IDENTITY.recipient], seeded("r"))}


@pytest.mark.parametrize(
    ("find", "put"),
    [
        (b"lane 1\n", b"lane 1 3\n"),
        (b"lane 1\n", b"lane\n"),
        (b"lane 1\n", b"lane 2\n"),
        (b"lane 1\n", b"lane 0\n"),
        (b"lane 1\n", b"lane 01\n"),
        (b"comity/volumes/1 ", b"comity/volumes/2 "),
        (b"volumes/1 2", b"volumes/1 9"),
        (b"1 5 bag/data/objects/000001", b"9 5 bag/data/objects/000001"),
        (b"1 5 bag/data/objects/000001", b"1 999999999 bag/data/objects/000001"),
        (b"1 5 bag/data/objects/000001", b"1 -5 bag/data/objects/000001"),
        (b"bag/data/objects/000002", b"bag/data/objects/000001"),
        (b"\n\n", b"\n"),
    ],
)
def test_an_index_that_does_not_fit_is_refused(find: bytes, put: bytes) -> None:
    volumes = store(make_package())
    index = index_of(volumes)
    assert find in index
    with pytest.raises((Malformed, LayoutRefused)):
        read_all(reindexed(volumes, index.replace(find, put, 1)))


def test_two_lanes_never_share_a_volume() -> None:
    index = (
        b"comity/volumes/1 9\nlane 1\nlane 1\n1 2 bag/bagit.txt\n2 2 bag/data/objects/000001\n\n"
    )
    apart = index.replace(b"lane 1\nlane 1", b"lane 1\nlane 2")
    assert read_index(io.BytesIO(apart), len(index)).lanes == ((0,), (1,), (2,))
    with pytest.raises(Malformed):
        read_index(io.BytesIO(index), len(index))


def test_bytes_hidden_behind_the_entries_are_refused() -> None:
    volumes = store(make_package())
    more = decrypt_bytes(volumes[1], [IDENTITY]) + b"hidden"
    volumes[1] = encrypt_bytes(more, [IDENTITY.recipient], seeded("m"))
    source = source_of(volumes)
    with pytest.raises(LayoutRefused):
        read(source, "bag/data/objects/000001")


def test_volumes_exchanged_or_changed_are_found_by_the_checks() -> None:
    volumes = store(make_package())
    other = store(make_package({b"x": b"y", b"z": b"1"}, seed="other"))
    for number in (1, 2):
        examined = check_package(source_of(volumes | {number: other[number]}), TRUST)
        assert examined.report.verdict is Verdict.FAILED
        turned = bytearray(volumes[number])
        turned[-1] ^= 1
        examined = check_package(source_of(volumes | {number: bytes(turned)}), TRUST)
        assert examined.report.verdict is Verdict.FAILED
    assert check_package(source_of(volumes), TRUST).report.verdict is Verdict.PASSED


def encrypted(folder: Path) -> Path:
    sink = EncryptedSink(folder, [IDENTITY.recipient], seeded("e"))
    for name, data in make_package().items():
        writer = sink.create(name)
        writer.write(data)
        writer.close()
    sink.finish()
    return folder


def test_a_folder_of_volumes_is_opened_with_its_identity_alone(tmp_path: Path) -> None:
    folder = encrypted(tmp_path / "pkg")
    with pytest.raises(IdentityNeeded):
        open_source(folder)
    source = open_source(folder, [STRANGER, IDENTITY])
    assert check_package(source, TRUST).report.verdict is Verdict.PASSED
    source.close()


@pytest.mark.parametrize("extra", ["000009.age", "notes.txt", "seal"])
def test_a_folder_of_volumes_holds_nothing_else(tmp_path: Path, extra: str) -> None:
    folder = encrypted(tmp_path / "pkg")
    (folder / extra).write_bytes(b"")
    with pytest.raises(LayoutRefused):
        open_source(folder, [IDENTITY])


def test_a_missing_volume_is_refused(tmp_path: Path) -> None:
    folder = encrypted(tmp_path / "pkg")
    (folder / "000002.age").unlink()
    with pytest.raises(LayoutRefused):
        open_source(folder, [IDENTITY])


def test_unfinished_volumes_are_refused(tmp_path: Path) -> None:
    folder = encrypted(tmp_path / "pkg").rename(tmp_path / "pkg.partial")
    with pytest.raises(PackageUnfinished):
        open_source(folder, [IDENTITY])


def test_volumes_without_volume_0_are_no_package(tmp_path: Path) -> None:
    folder = encrypted(tmp_path / "pkg")
    (folder / "000000.age").unlink()
    source = open_source(folder, [IDENTITY])
    assert check_package(source).report.verdict is Verdict.FAILED


def test_an_entry_that_is_not_there_raises_ours() -> None:
    with pytest.raises(ComityError):
        source_of(store(make_package())).open("bag/other")
