"""Hostile packages as folders on a disk: links, pipes, devices, endless and locked files.

Each is refused at a numbered check and nobody waits: a reader that opened a pipe would hang.
"""

from __future__ import annotations

import base64
import io
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from comity.base import ComityError, Verdict, canonical_bytes
from comity.evidence import (
    FolderSink,
    FolderSource,
    LayoutRefused,
    NotThere,
    StorageFailed,
    check_package,
    disclose_part,
    open_package,
    open_source,
    read_records,
)
from tests.packages import (
    TRUST,
    MemorySink,
    MemorySource,
    first_failed,
    make_package,
    relist,
    resign,
    root_of,
)

pytestmark = pytest.mark.timeout(60)


def lay(folder: Path, entries: dict[str, bytes] | None = None) -> Path:
    """Write a package into a folder without the code under test."""
    for name, data in (make_package() if entries is None else entries).items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    return folder


def failed_at(folder: Path) -> int | None:
    return first_failed(check_package(FolderSource(folder), TRUST))


def link_an_object(folder: Path) -> None:
    place = folder / "bag/data/objects/000001"
    target = folder.parent / "outside"
    place.rename(target)
    place.symlink_to(target)


def link_a_folder(folder: Path) -> None:
    objects = folder / "bag/data/objects"
    target = folder.parent / "outside"
    objects.rename(target)
    objects.symlink_to(target, target_is_directory=True)


def link_the_seal(folder: Path) -> None:
    (folder / "seal").rename(folder.parent / "outside")
    (folder / "seal").symlink_to(folder.parent / "outside", target_is_directory=True)


def pipe_for_an_object(folder: Path) -> None:
    (folder / "bag/data/objects/000001").unlink()
    os.mkfifo(folder / "bag/data/objects/000001")


def pipe_for_the_statement(folder: Path) -> None:
    (folder / "seal/statement.dsse.json").unlink()
    os.mkfifo(folder / "seal/statement.dsse.json")


def pipe_beside(folder: Path) -> None:
    os.mkfifo(folder / "bag/fetch.txt")


def socket_for_an_object(folder: Path) -> None:
    (folder / "bag/data/objects/000001").unlink()
    here = Path.cwd()
    os.chdir(folder / "bag/data/objects")  # the name of a socket must be short
    try:
        socket.socket(socket.AF_UNIX).bind("000001")
    finally:
        os.chdir(here)


def device_for_an_object(folder: Path) -> None:
    (folder / "bag/data/objects/000001").unlink()
    try:
        os.mknod(folder / "bag/data/objects/000001", 0o20666, os.makedev(1, 5))  # /dev/zero
    except PermissionError:
        pytest.skip("only root makes devices")


def folder_for_an_object(folder: Path) -> None:
    (folder / "bag/data/objects/000001").unlink()
    (folder / "bag/data/objects/000001").mkdir()


def empty_folder_beside(folder: Path) -> None:
    (folder / "bag/data/more").mkdir()


def hidden_file(folder: Path) -> None:
    (folder / ".hidden").write_bytes(b"")


def name_that_is_no_text(folder: Path) -> None:
    (folder / os.fsdecode(b"bag/\xff")).write_bytes(b"")


def name_in_other_letters(folder: Path) -> None:
    shutil.copy(folder / "bag/bagit.txt", folder / "bag/BAGIT.TXT")


def name_with_control_signs(folder: Path) -> None:
    (folder / "bag/\x1b[2Jbagit.txt").write_bytes(b"")


@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
@pytest.mark.parametrize(
    "change",
    [
        link_an_object,
        link_a_folder,
        link_the_seal,
        pipe_for_an_object,
        pipe_for_the_statement,
        pipe_beside,
        socket_for_an_object,
        device_for_an_object,
        folder_for_an_object,
        empty_folder_beside,
        hidden_file,
        name_that_is_no_text,
        name_in_other_letters,
        name_with_control_signs,
    ],
)
def test_what_is_no_plain_entry_fails_the_layout(
    tmp_path: Path, change: Callable[[Path], None]
) -> None:
    folder = lay(tmp_path / "pkg")
    assert failed_at(folder) is None
    change(folder)
    assert failed_at(folder) == 1


def test_an_object_that_becomes_a_pipe_after_the_layout_does_not_hang(tmp_path: Path) -> None:
    folder = lay(tmp_path / "pkg")
    source = FolderSource(folder)
    pipe_for_an_object(folder)
    with pytest.raises(LayoutRefused):
        source.open("bag/data/objects/000001")


def test_an_object_that_becomes_a_link_after_the_layout_is_not_followed(tmp_path: Path) -> None:
    folder = lay(tmp_path / "pkg")
    source = FolderSource(folder)
    link_an_object(folder)
    with pytest.raises(ComityError):
        source.open("bag/data/objects/000001")


def test_a_large_hole_in_place_of_an_object_is_not_read(tmp_path: Path) -> None:
    folder = lay(tmp_path / "pkg")
    with (folder / "bag/data/objects/000001").open("wb") as stream:
        stream.truncate(1 << 42)
    begun = time.monotonic()
    assert failed_at(folder) == 6
    assert time.monotonic() - begun < 30


def test_a_disk_that_fails_leaves_the_verdict_open() -> None:
    class Failing(MemorySource):
        def open(self, name: str) -> io.BufferedIOBase:
            if name == "bag/data/objects/000002":
                raise StorageFailed(where=name)
            return super().open(name)

    examined = check_package(Failing(make_package()), TRUST)
    assert examined.report.verdict is Verdict.INDETERMINATE
    assert examined.contents is None


def test_an_unfinished_package_is_refused_by_name(tmp_path: Path) -> None:
    folder = lay(tmp_path / "pkg.partial")
    assert failed_at(folder) == 1
    (tmp_path / "link").symlink_to(folder, target_is_directory=True)
    assert failed_at(tmp_path / "link") == 1


def test_a_missing_package_whose_unfinished_form_is_there_says_so(tmp_path: Path) -> None:
    lay(tmp_path / "pkg.partial")
    with pytest.raises(NotThere, match="never finished"):
        open_source(tmp_path / "pkg")


@pytest.mark.parametrize("length", [0, 1, 100])
def test_every_entry_cut_short_is_refused(tmp_path: Path, length: int) -> None:
    for number, name in enumerate(make_package()):
        folder = lay(tmp_path / f"{number}")
        place = folder / name
        if place.stat().st_size <= length:
            continue
        os.truncate(place, length)
        assert failed_at(folder) is not None, name


def test_a_hostile_name_is_restored_below_the_folder_or_by_serial(tmp_path: Path) -> None:
    names = [
        b"../../escape",
        b"/etc/cron.d/evil",
        b"a/../../b",
        b"..",
        b".",
        b"",
        b"//x//y",
        b"same",
        b"same",
        b"same/below",
        b"n" * 300,
        b"d/" * 1500 + b"x",
        b"\xff\xfe",
        b"x\ny",
    ]
    numbered = {b"%d" % at: b"content %d" % at for at in range(len(names))}
    entries = make_package(numbered)
    hostile = rename_objects(entries, names)
    folder = lay(tmp_path / "pkg", hostile)
    source = FolderSource(folder)
    contents = check_package(source, TRUST).contents
    assert contents is not None
    before = {path for path in tmp_path.rglob("*") if not path.is_relative_to(folder)}
    sink = FolderSink(tmp_path / "out")
    opened = open_package(source, contents, sink)
    sink.finish()
    made = {path for path in tmp_path.rglob("*") if not path.is_relative_to(folder)} - before
    assert all(path.is_relative_to(tmp_path / "out") for path in made)
    assert opened.named + opened.numbered == len(names)
    found = sorted(path.read_bytes() for path in made if path.is_file() and path.suffix != ".jsonl")
    assert found == sorted(numbered.values())
    assert (tmp_path / "out/restored/etc/cron.d/evil").is_file()
    assert not any(path.is_symlink() for path in made)


def rename_objects(entries: dict[str, bytes], names: list[bytes]) -> dict[str, bytes]:
    """Give the objects other names, and list, root and sign anew, as a sealer could."""
    before = sum(len(data) for name, data in entries.items() if "/data/" in name)
    for serial, name in enumerate(names, start=1):
        record = json.loads(entries[f"bag/data/meta/{serial:06d}.json"])
        try:
            record["path"] = name.decode()
        except UnicodeDecodeError:
            record["path"] = None
        record["path_bytes"] = base64.b64encode(name).decode()
        entries[f"bag/data/meta/{serial:06d}.json"] = canonical_bytes(record)
    after = sum(len(data) for name, data in entries.items() if "/data/" in name)
    info = entries["bag/bag-info.txt"]
    entries["bag/bag-info.txt"] = info.replace(b" %d." % before, b" %d." % after)
    relist(entries)
    resign(entries, root=root_of(entries))
    return entries


def test_a_sealing_that_is_killed_leaves_nothing_that_passes(tmp_path: Path) -> None:
    source = tmp_path / "src"
    source.mkdir()
    for number in range(4):
        (source / f"{number}").write_bytes(os.urandom(32 << 20))
    out = tmp_path / "pkg"
    key = tmp_path / "key"
    program = "from comity.cli.main import run; run()"
    command = [sys.executable, "-c", program, "evidence"]
    subprocess.run([*command, "key", key], check=True, capture_output=True)
    running = subprocess.Popen(
        [*command, "seal", source, "--out", out, "--key", key],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    partial = tmp_path / "pkg.partial"
    while running.poll() is None and not (partial / "bag/data/objects/000002").exists():
        time.sleep(0.001)
    running.send_signal(signal.SIGKILL)
    running.wait()
    assert not out.exists()
    assert partial.is_dir()
    assert failed_at(partial) == 1
    moved = partial.rename(tmp_path / "given another name")
    assert failed_at(moved) == 1


def test_a_broken_package_is_neither_disclosed_nor_listed_as_sound(tmp_path: Path) -> None:
    folder = lay(tmp_path / "pkg")
    (folder / "bag/data/meta/000002.json").write_bytes(b"{}")
    source = FolderSource(folder)
    with pytest.raises(ComityError, match="Check 6"):
        disclose_part(source, [1], MemorySink())
    with pytest.raises(ComityError):
        list(read_records(source))


def test_an_altered_object_is_never_disclosed(tmp_path: Path) -> None:
    folder = lay(tmp_path / "pkg")
    (folder / "bag/data/objects/000001").write_bytes(b"First")
    with pytest.raises(ComityError, match="not as it was sealed"):
        disclose_part(FolderSource(folder), [1], MemorySink())
