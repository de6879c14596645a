"""Taking in: everything found becomes an object, and nothing is skipped silently."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import resource
import socket
from pathlib import Path
from typing import Any

import pytest

from comity.base import limits
from comity.base.errors import BadValue
from comity.evidence import (
    Intake,
    Kind,
    NotThere,
    ObjectRecord,
    Provenance,
    Stream,
    Taken,
    require_places,
    take_in,
    walk,
)
from comity.evidence.copying import Copied, Copier, Read
from comity.evidence.reading import Held, hold
from comity.evidence.walking import look
from tests.packages import BEGUN, PROVENANCE, MemorySink, seeded


def taken(*places: Path | Stream) -> tuple[list[Taken], MemorySink]:
    sink = MemorySink()
    intake = Intake(provenance=PROVENANCE, begun=BEGUN, random=seeded("taking"))
    items = [place if isinstance(place, Stream) else os.fsencode(place) for place in places]
    return list(take_in(items, sink, intake)), sink


def record(row: Taken) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(row.metadata)
    return found


def by_name(rows: list[Taken]) -> dict[str, Taken]:
    return {
        os.fsdecode(base64.b64decode(record(row)["path_bytes"])).rpartition("/")[2]: row
        for row in rows
    }


def test_a_file_keeps_its_bytes_name_mode_and_time(tmp_path: Path) -> None:
    place = tmp_path / "letter.txt"
    place.write_bytes(b"hello")
    place.chmod(0o640)
    os.utime(place, ns=(0, 1_700_000_000_123_456_789))
    rows, sink = taken(place)
    found = record(rows[0])
    assert sink.entries["bag/data/objects/000001"] == b"hello"
    assert found["sha256"] == "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
    assert (found["kind"], found["mode"], found["size"]) == ("file", "0640", 5)
    assert found["modified"] == "2023-11-14T22:13:20.123456789Z"
    assert found["irregular"] == ""
    assert found["path"] == str(place)


def test_every_kind_of_thing_becomes_an_object(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "link").symlink_to("/etc/shadow")
    (tmp_path / "empty").mkdir()
    os.mkfifo(tmp_path / "pipe")
    here = Path.cwd()
    os.chdir(tmp_path)
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind("socket")
            rows, sink = taken(tmp_path)
    finally:
        os.chdir(here)
    found = {name: record(row) for name, row in by_name(rows).items()}
    assert {name: data["kind"] for name, data in found.items()} == {
        "file": "file",
        "link": "symlink",
        "empty": "folder",
        "pipe": "fifo",
        "socket": "socket",
    }
    assert {name for name, data in found.items() if data["irregular"]} == {"pipe", "socket"}
    serial = by_name(rows)["link"].serial
    assert sink.entries[f"bag/data/objects/{serial:06d}"] == b"/etc/shadow"


def test_a_link_given_by_name_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/secret").write_bytes(b"secret")
    (tmp_path / "link").symlink_to(tmp_path / "folder")
    rows, sink = taken(tmp_path / "link")
    assert [record(row)["kind"] for row in rows] == ["symlink"]
    assert b"secret" not in sink.entries.values()


def test_names_are_kept_as_bytes(tmp_path: Path) -> None:
    name = b"\xff\n\x1b[31m"
    (tmp_path / os.fsdecode(name)).write_bytes(b"")
    row = taken(tmp_path)[0][0]
    assert base64.b64decode(record(row)["path_bytes"]).endswith(b"/" + name)
    assert record(row)["path"] is None


def test_walking_is_in_the_order_of_bytes(tmp_path: Path) -> None:
    for name in ("b", "a/z", "a.txt", "B", "a/b/c"):
        place = tmp_path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(b"")
    found = [os.fsdecode(item.path) for item in walk(os.fsencode(tmp_path))]
    names = [str(Path(path).relative_to(tmp_path)) for path in found]
    assert names == ["B", "a/b/c", "a/z", "a.txt", "b"]


def test_what_lies_deeper_than_the_system_can_name_is_told(tmp_path: Path) -> None:
    here = Path.cwd()
    os.chdir(tmp_path)
    try:
        for _ in range(22):
            Path("d" * 200).mkdir()
            os.chdir("d" * 200)
        Path("file").write_bytes(b"x")
    finally:
        os.chdir(here)
    rows, _ = taken(tmp_path)
    assert len(rows) == 1
    assert rows[0].irregular.startswith("could not be read")
    assert ObjectRecord.parse(rows[0].metadata).path.endswith(b"d" * 200)


def test_a_folder_that_cannot_be_listed_is_told(tmp_path: Path) -> None:
    (tmp_path / "hidden").write_bytes(b"x")
    limits_before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, limits_before[1]))  # so for root too
    try:
        found = list(walk(os.fsencode(tmp_path)))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits_before)
    assert [(item.kind, item.fault) for item in found] == [(Kind.FOLDER, "Too many open files")]
    assert hold(found[0], Meddling(lambda: None)).irregular.startswith("could not be read")


def test_a_stream_is_taken_to_its_end() -> None:
    content = os.urandom(3 << 20)
    rows, sink = taken(Stream(name=b"standard input", reader=io.BytesIO(content)))
    assert sink.entries["bag/data/objects/000001"] == content
    assert (record(rows[0])["kind"], rows[0].size) == ("stream", len(content))
    assert record(rows[0])["modified"] is None


class Meddling:
    """Copies, and lets something happen to the file while it is open."""

    def __init__(self, happening: object) -> None:
        self.happening = happening
        self.sink = MemorySink()

    def __call__(self, read: Read, most: int | None) -> Copied:
        self.happening()  # type: ignore[operator] # a function without arguments
        with Copier() as copier:
            writer = self.sink.create("object")
            copied = copier.copy(read, writer, most=most)
            writer.close()
            return copied


def held_while(place: Path, happening: object) -> tuple[Held, bytes]:
    meddling = Meddling(happening)
    held = hold(look(os.fsencode(place)), meddling)
    return held, meddling.sink.entries.get("object", b"")


def test_a_file_that_grows_while_read_is_taken_as_read_and_marked(tmp_path: Path) -> None:
    place = tmp_path / "log"
    place.write_bytes(b"first ")

    def grow() -> None:
        with place.open("ab") as stream:
            stream.write(b"second")

    held, content = held_while(place, grow)
    assert content == b"first second"
    assert held.irregular == "changed while read: 6 bytes when opened, 12 afterwards, 12 taken"


def test_a_file_that_shrinks_while_read_is_marked(tmp_path: Path) -> None:
    place = tmp_path / "log"
    place.write_bytes(b"first")
    held, _ = held_while(place, lambda: os.truncate(place, 1))
    assert held.irregular.startswith("changed while read")


def test_a_file_rewritten_at_one_size_is_marked(tmp_path: Path) -> None:
    place = tmp_path / "log"
    place.write_bytes(b"first")
    os.utime(place, (1, 1))
    held, _ = held_while(place, lambda: place.write_bytes(b"other"))
    assert held.irregular.startswith("changed while read")


def test_a_file_without_end_is_left_after_a_bound(tmp_path: Path) -> None:
    place = tmp_path / "log"
    place.write_bytes(b"")
    held, content = held_while(place, lambda: os.truncate(place, limits.GROWTH_BYTES * 2))
    assert len(content) == limits.GROWTH_BYTES
    assert held.irregular.startswith("changed while read")


def test_a_file_that_becomes_a_pipe_before_it_is_opened_stops_nobody(tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_bytes(b"x")
    found = look(os.fsencode(place))
    place.unlink()
    os.mkfifo(place)
    held = hold(found, Meddling(lambda: None))
    assert held.irregular == "not read: it became something else than a file"


def test_a_file_that_becomes_a_link_before_it_is_opened_is_not_followed(tmp_path: Path) -> None:
    place, other = tmp_path / "file", tmp_path / "other"
    place.write_bytes(b"x")
    other.write_bytes(b"secret")
    found = look(os.fsencode(place))
    place.unlink()
    place.symlink_to(other)
    assert hold(found, Meddling(lambda: None)).irregular.startswith("could not be read")


def test_a_file_exchanged_before_it_is_opened_is_marked(tmp_path: Path) -> None:
    place, other = tmp_path / "file", tmp_path / "other"
    place.write_bytes(b"x")
    other.write_bytes(b"y")
    found = look(os.fsencode(place))
    other.rename(place)
    assert hold(found, Meddling(lambda: None)).irregular.startswith("changed while read")


def test_a_thing_that_vanished_is_told(tmp_path: Path) -> None:
    found = look(os.fsencode(tmp_path / "gone"))
    assert hold(found, Meddling(lambda: None)).irregular.startswith("could not be read")


def test_a_read_error_keeps_what_came_before_it() -> None:
    class Failing(io.RawIOBase):
        left = 2

        def readinto(self, buffer: Any) -> int:
            self.left -= 1
            if not self.left:
                raise OSError(5, "Input/output error")
            memoryview(buffer)[:3] = b"abc"
            return 3

    rows, sink = taken(Stream(name=b"disk", reader=Failing()))
    assert sink.entries["bag/data/objects/000001"] == b"abc"
    assert rows[0].irregular == "read error after 3 bytes: Input/output error"


def test_copying_digests_what_it_writes_across_many_buffers() -> None:
    content = os.urandom((9 << 20) + 17)
    sink = MemorySink()
    seen: list[int] = []
    with Copier(seen.append) as copier:
        writer = sink.create("object")
        copied = copier.copy(io.BytesIO(content).readinto, writer)
        writer.close()
    assert sink.entries["object"] == content
    assert copied.digest.hex == hashlib.sha256(content).hexdigest()
    assert (copied.size, sum(seen)) == (len(content), len(content))


def test_the_package_cannot_lie_inside_what_is_sealed(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path, target_is_directory=True)
    for out in (tmp_path / "pkg", tmp_path / "x/../pkg", tmp_path / "link/pkg"):
        with pytest.raises(BadValue):
            require_places([os.fsencode(tmp_path)], out)


def test_what_is_not_there_is_asked_wrongly(tmp_path: Path) -> None:
    with pytest.raises(NotThere):
        require_places([os.fsencode(tmp_path / "gone")], tmp_path / "pkg")


@pytest.mark.parametrize("origin", ["two\nlines", "\x1b[31m", "x" * 501])
def test_provenance_is_one_readable_line(origin: str) -> None:
    with pytest.raises(BadValue):
        Provenance(origin=origin)


def test_reading_leaves_no_access_time_behind(tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_bytes(b"x")
    os.utime(place, (1, 2))
    taken(place)
    assert place.stat().st_atime == 1
