"""Sealing: rows become a package, in one run or two."""

from __future__ import annotations

import io
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from comity.base import Digest, Ident, Verdict
from comity.base.errors import BadValue
from comity.evidence import (
    FolderSink,
    FolderSource,
    Intake,
    Particulars,
    PlaceTaken,
    Sealer,
    StorageFailed,
    Stream,
    Taken,
    check_package,
    seal_rows,
    take_in,
)
from comity.evidence.folder import FileWriter
from tests.packages import (
    BEGUN,
    KEY,
    PROVENANCE,
    SEALER,
    TRUST,
    FixedClock,
    MemorySink,
    MemorySource,
    envelope_payload,
    examine,
    make_package,
    make_part,
    seeded,
)

PARTICULARS = Particulars(
    package=Ident.make("pkg", seeded("p")(17)), begun=BEGUN, clock=FixedClock()
)


def rows_of(sink: MemorySink, count: int = 3) -> list[Taken]:
    streams = [Stream(name=b"%d" % n, reader=io.BytesIO(b"%d" % n)) for n in range(count)]
    intake = Intake(provenance=PROVENANCE, begun=BEGUN, random=seeded("rows"))
    return list(take_in(streams, sink, intake))


def test_sealing_may_come_long_after_taking_in() -> None:
    sink = MemorySink()
    rows = rows_of(sink)
    later = MemorySink()
    sealed = seal_rows(rows, later, SEALER, PARTICULARS)
    assert examine(sink.entries | later.entries).report.verdict is Verdict.PASSED
    assert (sealed.statement.objects, sealed.octets, sealed.irregular) == (3, 3, 0)


@pytest.mark.parametrize("serials", [[], [2], [1, 3], [1, 1], [2, 1], [0]])
def test_rows_count_from_one_without_a_gap(serials: list[int]) -> None:
    sink = MemorySink()
    row = rows_of(sink, 1)[0]
    with pytest.raises(BadValue):
        seal_rows([replace(row, serial=n) for n in serials], MemorySink(), SEALER, PARTICULARS)


def test_an_act_and_an_exercise_are_signed() -> None:
    sink = MemorySink()
    act = Digest.of(b"act")
    particulars = replace(PARTICULARS, act=act, exercise=True)
    seal_rows(rows_of(sink), sink, SEALER, particulars)
    predicate = json.loads(envelope_payload(sink.entries))["predicate"]
    assert (predicate["act"], predicate["exercise"]) == (str(act), True)
    examined = examine(sink.entries)
    assert examined.contents is not None
    assert examined.contents.statement.act == act
    assert examined.contents.statement.exercise


def test_irregular_objects_are_counted_by_the_check_too(tmp_path: Path) -> None:
    sink = MemorySink()
    intake = Intake(provenance=PROVENANCE, begun=BEGUN, random=seeded("i"))
    rows = take_in([bytes(tmp_path / "gone")], sink, intake)
    assert seal_rows(rows, sink, SEALER, PARTICULARS).irregular == 1
    examined = examine(sink.entries)
    assert examined.contents is not None
    assert examined.contents.irregular == 1


@pytest.mark.parametrize("authority", ["", "two\nlines", "x" * 501])
def test_a_sealer_has_a_name_that_a_court_can_read(authority: str) -> None:
    with pytest.raises(BadValue):
        _ = Sealer(key=KEY, name="desk", authority=authority).card


def test_the_same_rows_and_random_bytes_make_the_same_bag() -> None:
    one, two = make_package(), make_package()
    assert {n: d for n, d in one.items() if "dsse" not in n} == {
        n: d for n, d in two.items() if "dsse" not in n
    }


def test_a_folder_gets_its_name_only_when_all_is_there(tmp_path: Path) -> None:
    sink = FolderSink(tmp_path / "pkg")
    seal_rows(take_in_two(sink), sink, SEALER, PARTICULARS)
    assert not (tmp_path / "pkg").exists()
    sink.finish()
    assert not (tmp_path / "pkg.partial").exists()
    examined = check_package(FolderSource(tmp_path / "pkg"), TRUST)
    assert examined.report.verdict is Verdict.PASSED


def take_in_two(sink: FolderSink) -> list[Taken]:
    streams = [Stream(name=b"%d" % n, reader=io.BytesIO(bytes(n << 20))) for n in range(2)]
    return list(
        take_in(streams, sink, Intake(provenance=PROVENANCE, begun=BEGUN, random=seeded("f")))
    )


def test_a_package_is_for_its_owner_alone(tmp_path: Path) -> None:
    sink = FolderSink(tmp_path / "pkg")
    seal_rows(take_in_two(sink), sink, SEALER, PARTICULARS)
    sink.finish()
    assert not any(path.stat().st_mode & 0o077 for path in (tmp_path / "pkg").rglob("*"))


@pytest.mark.parametrize("taken", ["pkg", "pkg.partial"])
def test_nothing_is_ever_written_over(tmp_path: Path, taken: str) -> None:
    (tmp_path / taken).mkdir()
    with pytest.raises(PlaceTaken):
        FolderSink(tmp_path / "pkg")


def test_a_dangling_link_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "pkg").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PlaceTaken):
        FolderSink(tmp_path / "pkg")


def test_an_entry_is_written_once(tmp_path: Path) -> None:
    sink = FolderSink(tmp_path / "pkg")
    sink.create("bag/bagit.txt").close()
    with pytest.raises(StorageFailed):
        sink.create("bag/bagit.txt")


def test_a_full_disk_is_ours_to_tell() -> None:
    place = Path("/dev/full")
    if not place.exists():
        pytest.skip("this system has no /dev/full")
    writer = FileWriter(os.open(place, os.O_WRONLY), "object")
    with pytest.raises(StorageFailed):
        writer.write(b"x")
    writer.close()


def test_a_part_can_be_disclosed_from_any_source() -> None:
    whole = make_package()
    assert make_part(make_part(whole, 1, 2), 1).keys() == make_part(whole, 1).keys()
    assert examine(make_part(whole, 1)).report.verdict is Verdict.PASSED
    assert MemorySource(whole).size("bag/bagit.txt") == len(whole["bag/bagit.txt"])
