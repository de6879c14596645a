"""The disk: the same files, the same checks, the same acts; and what a hostile one may not do."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from comity.base import Verdict, limits
from comity.evidence.errors import PlaceTaken
from comity.federation.courier import COVER, MANIFEST, DiskRefused
from comity.federation.message import Address
from comity.service import courier_import, handover, reading
from comity.service.checking import check_node
from comity.service.courier import export_disk
from comity.service.courier_disk import DiskUnfinished
from comity.service.courier_import import import_disk
from comity.service.node import Node
from comity.service.received import confirm_receipt
from comity.storage.memory import MemoryStore
from tests.crossing import HAND_OVER, OFFICER, Crossing, make_crossing, work


@pytest.fixture
def crossing(tmp_path: Path) -> Crossing:
    """Return two nodes with no line between them; XB has handed a package over."""
    made = make_crossing((MemoryStore(), MemoryStore()), tmp_path, channel="courier")
    made.asking = replace(made.asking, node=replace(made.xa, wire=None))
    folder = tmp_path / "evidence"
    folder.mkdir()
    (folder / "disk.img").write_bytes(os.urandom(9_000_000))
    (folder / "mail").write_bytes(b"a mail")
    made.seal(folder)
    handover.request_handover(made.xb, OFFICER, made.package, move=HAND_OVER)
    assert work(made.xb) == []
    return made


@pytest.fixture
def disk(crossing: Crossing, tmp_path: Path) -> Path:
    export_disk(crossing.xb, _address(crossing.xa), tmp_path / "disk", with_evidence=True)
    return tmp_path / "disk"


class TestCarrying:
    def test_a_package_arrives_by_disk_alone(self, crossing: Crossing, disk: Path) -> None:
        told = import_disk(crossing.xa, disk)
        assert _refused(told) == []
        assert work(crossing.xa) == []
        assert crossing.incoming().state == "done"
        report = check_node(crossing.xa)
        assert report.verdict is not Verdict.FAILED, report

    def test_everything_is_told_by_number(self, crossing: Crossing, disk: Path) -> None:
        told = import_disk(crossing.xa, disk)
        assert [one.number for one in told] == [*range(1, len(told) + 1)]
        kinds = Counter(one.name.split("/")[0] for one in told)
        assert kinds["letters"] == 3
        assert kinds["transfers"] == 1 + 3 + 3

    def test_a_second_import_doubles_nothing(self, crossing: Crossing, disk: Path) -> None:
        import_disk(crossing.xa, disk)
        work(crossing.xa)
        before = _steps(crossing.xa, crossing)
        told = import_disk(crossing.xa, disk)
        assert {one.outcome for one in told} == {"known"}
        work(crossing.xa)
        assert _steps(crossing.xa, crossing) == before
        assert before.count("hand_over") == before.count("receive_evidence") == 1

    def test_the_way_back_brings_receipts_and_the_confirmation(
        self, crossing: Crossing, disk: Path, tmp_path: Path
    ) -> None:
        import_disk(crossing.xa, disk)
        work(crossing.xa)
        confirm_receipt(crossing.xa, OFFICER, crossing.incoming().ident)
        back = tmp_path / "back"
        written = export_disk(crossing.xa, _address(crossing.xb), back)
        assert written.receipts >= 3
        told = import_disk(crossing.xb, back)
        assert _refused(told) == []
        work(crossing.xb)
        assert crossing.outgoing().state == "done"
        shown = reading.show_dossier(crossing.xb, crossing.dossier)
        (handed,) = (one.act for one in shown.acts if one.act.step == "hand_over")
        assert [row.delivered for row in shown.outbox if row.act == handed.digest] != [None]

    def test_others_verify_the_disk_with_sha256sum(self, disk: Path) -> None:
        done = subprocess.run(
            ["sha256sum", "--check", "--strict", MANIFEST],
            cwd=disk,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        assert (
            done.stdout.count(": OK") == len([*disk.rglob("*.*"), *disk.glob("*/*/chunks/*")]) - 1
        )

    def test_an_export_into_the_same_folder_writes_nothing_twice(
        self, crossing: Crossing, disk: Path
    ) -> None:
        before = {path: path.stat().st_ino for path in disk.rglob("*.age")}
        export_disk(crossing.xb, _address(crossing.xa), disk, with_evidence=True)
        assert {path: path.stat().st_ino for path in disk.rglob("*.age")} == before

    def test_an_export_that_was_broken_off_goes_on(self, crossing: Crossing, disk: Path) -> None:
        (disk / MANIFEST).unlink()
        volume = max(disk.rglob("*.age"), key=lambda path: path.stat().st_size)
        volume.rename(volume.with_name(f"{volume.name}.part"))
        with pytest.raises(DiskUnfinished):
            import_disk(crossing.xa, disk)
        export_disk(crossing.xb, _address(crossing.xa), disk, with_evidence=True)
        assert _refused(import_disk(crossing.xa, disk)) == []
        assert [*disk.rglob("*.part")] == []

    def test_chunks_that_a_line_brought_are_not_taken_again(
        self, crossing: Crossing, disk: Path
    ) -> None:
        crossing.carry(crossing.xb, crossing.xa)
        crossing.wire.caller = replace(crossing.wire.caller)
        online = replace(crossing.xa, wire=crossing.wire)
        work(online)
        assert crossing.incoming().state == "done"
        told = import_disk(crossing.xa, disk)
        assert {one.outcome for one in told if one.name.endswith(".age")} == {"known"}

    def test_without_evidence_only_lists_are_written_and_the_rest_waits(
        self, crossing: Crossing, tmp_path: Path
    ) -> None:
        thin = tmp_path / "thin"
        written = export_disk(crossing.xb, _address(crossing.xa), thin)
        assert (written.volumes, written.transfers) == (0, 1)
        import_disk(crossing.xa, thin)
        assert work(crossing.xa) == ["service/peer-unreachable"]


class TestHostile:
    def test_a_disk_for_another_is_refused_whole(self, crossing: Crossing, disk: Path) -> None:
        with pytest.raises(DiskRefused, match="It is for"):
            import_disk(crossing.xb, disk)

    @pytest.mark.parametrize(
        "name", ["../x", "letters/x", "autorun.inf", "letters/.hidden", "transfers/a/b/c/d"]
    )
    def test_strange_names_are_told_of_and_not_opened(
        self, crossing: Crossing, disk: Path, name: str
    ) -> None:
        path = (disk / "inner" / name).resolve() if name.startswith("..") else disk / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
        told = import_disk(crossing.xa, disk)
        assert len(_refused(told)) == 1

    def test_links_and_pipes_are_not_followed(
        self, crossing: Crossing, disk: Path, tmp_path: Path
    ) -> None:
        secret = tmp_path / "secret"
        secret.write_bytes(b"CANARY")
        letter = next((disk / "letters").iterdir())
        letter.unlink()
        letter.symlink_to(secret)
        (disk / "letters" / f"{'0' * 64}.letter").symlink_to(tmp_path)
        os.mkfifo(disk / "receipts.pipe")
        told = import_disk(crossing.xa, disk)
        assert len(_refused(told)) == 3
        assert [one.outcome for one in told if one.name == f"letters/{letter.name}"] == ["waits"]

    def test_a_folder_that_is_a_link_is_not_entered(
        self, crossing: Crossing, disk: Path, tmp_path: Path
    ) -> None:
        (disk / "letters").rename(tmp_path / "letters")
        (disk / "letters").symlink_to(tmp_path / "letters")
        told = import_disk(crossing.xa, disk)
        assert len(_refused(told)) == 1
        assert crossing.xa.store is not None
        with crossing.xa.store.view() as unit:
            assert unit.inbox.count() == 0

    def test_a_file_larger_than_it_can_be_is_not_read(self, crossing: Crossing, disk: Path) -> None:
        os.truncate(next((disk / "letters").iterdir()), 1 << 40)
        assert len(_refused(import_disk(crossing.xa, disk))) == 1

    def test_too_many_files_stop_the_import(
        self, crossing: Crossing, disk: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(limits, "COURIER_FILES", 5)
        with pytest.raises(DiskRefused):
            import_disk(crossing.xa, disk)

    def test_an_altered_letter_is_refused(self, crossing: Crossing, disk: Path) -> None:
        letter = next((disk / "letters").iterdir())
        _flip(letter)
        assert _refused(import_disk(crossing.xa, disk)) == [f"letters/{letter.name}"]

    def test_an_altered_letter_is_refused_even_if_the_manifest_fits(
        self, crossing: Crossing, disk: Path
    ) -> None:
        letter = next((disk / "letters").iterdir())
        _flip(letter)
        _list_anew(disk)
        assert _refused(import_disk(crossing.xa, disk)) == [f"letters/{letter.name}"]

    def test_altered_chunks_are_refused_and_the_good_ones_are_kept(
        self, crossing: Crossing, disk: Path, tmp_path: Path
    ) -> None:
        shutil.copytree(disk, tmp_path / "good")
        volume = max(disk.rglob("*.age"), key=lambda path: path.stat().st_size)
        _flip(volume)
        told = import_disk(crossing.xa, disk)
        assert [one.says for one in told if one.outcome == "refused"] == [
            "1 of 2 chunks were new. Wrong: 1. The first that is wrong is 0."
        ]
        assert work(crossing.xa) == ["service/peer-unreachable"]
        import_disk(crossing.xa, tmp_path / "good")
        assert work(crossing.xa) == []
        assert crossing.incoming().state == "done"

    def test_a_volume_cut_short_is_refused(self, crossing: Crossing, disk: Path) -> None:
        volume = max(disk.rglob("*.age"), key=lambda path: path.stat().st_size)
        os.truncate(volume, 100)
        assert len(_refused(import_disk(crossing.xa, disk))) == 1

    def test_an_exchanged_chunk_list_is_refused(self, crossing: Crossing, disk: Path) -> None:
        first, second, *_ = sorted(disk.glob("transfers/*/chunks/*"))
        second.write_bytes(first.read_bytes()[::-1])
        assert len(_refused(import_disk(crossing.xa, disk))) == 1

    def test_a_cover_that_says_otherwise_is_refused(self, crossing: Crossing, disk: Path) -> None:
        cover = json.loads((disk / COVER).read_bytes())
        cover["exercise"] = False
        (disk / COVER).write_text(json.dumps(cover))
        with pytest.raises(DiskRefused):
            import_disk(crossing.xa, disk)

    def test_nothing_is_written_through_a_link_on_a_disk_that_comes_back(
        self, crossing: Crossing, disk: Path, tmp_path: Path
    ) -> None:
        outside = tmp_path / "outside"
        outside.mkdir()
        shutil.rmtree(disk / "letters")
        (disk / "letters").symlink_to(outside)
        with pytest.raises(DiskRefused):
            export_disk(crossing.xb, _address(crossing.xa), disk)
        assert [*outside.iterdir()] == []

    def test_no_disk_is_written_over_something_else(
        self, crossing: Crossing, tmp_path: Path
    ) -> None:
        (tmp_path / "mine").mkdir()
        (tmp_path / "mine" / "letter.txt").write_bytes(b"mine")
        with pytest.raises(PlaceTaken):
            export_disk(crossing.xb, _address(crossing.xa), tmp_path / "mine")


def _address(node: Node) -> Address:
    return Address(node.state, node.authority)


def _refused(told: tuple[courier_import.Told, ...]) -> list[str]:
    return [one.name for one in told if one.outcome == "refused"]


def _steps(node: Node, crossing: Crossing) -> list[str]:
    return [one.act.step for one in reading.show_dossier(node, crossing.dossier).acts]


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-1 if path.suffix == ".letter" else 5] ^= 1
    path.write_bytes(data)


def _list_anew(disk: Path) -> None:
    """Write the manifest that fits what lies there, as a liar would."""
    names = [line.split()[1] for line in (disk / MANIFEST).read_text().splitlines()]
    done = subprocess.run(["sha256sum", *names], cwd=disk, capture_output=True, check=True)
    (disk / MANIFEST).write_bytes(done.stdout)
