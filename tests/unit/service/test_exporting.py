from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from comity.app.work import run_due
from comity.base import Digest, Ident, Verdict
from comity.evidence import FolderSource, Provenance, Vouched, check_package
from comity.evidence.errors import PackageBroken
from comity.service import exporting
from comity.service.exporting import Export, export_package, export_part
from comity.service.intake import request_intake
from comity.service.reading import show_dossier
from comity.service.repeats import Once
from comity.service.sealing import request_seal
from comity.service.situations import Move
from comity.service.volumes import PackageSource, open_sealed
from comity.storage.memory import MemoryStore
from tests.nodes import OFFICER, Desk, make_desk

ONCE = Once(actor="p-17", key="k", request=Digest.of(b"x"))
MOVE = Move(terms={"purpose": "trial"})


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return make_desk(MemoryStore(), tmp_path)


@pytest.fixture
def package(desk: Desk, tmp_path: Path) -> Ident:
    brought = tmp_path / "brought"
    brought.mkdir()
    (brought / "large.bin").write_bytes(bytes(range(256)) * 9000)
    (brought / "empty").write_bytes(b"")
    (brought / "note.txt").write_bytes(b"a note")
    dossier = desk.open()
    provenance = Provenance(origin="a host", collector="unit", tool="t", authority="XA", basis="b")
    intake = request_intake(desk.node, OFFICER, dossier, [brought], provenance)
    assert [one.error for one in run_due(desk.node)] == [None]
    request_seal(desk.node, OFFICER, dossier, intake)
    assert [one.error for one in run_due(desk.node)] == [None]
    return show_dossier(desk.node, dossier).packages[0].ident


def _read(export: Export) -> bytes:
    try:
        return b"".join(export.chunks)
    finally:
        export.close()


def _unpack(data: bytes, folder: Path) -> Path:
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        tar.extractall(folder, filter="data")
    (found,) = folder.iterdir()
    return found


def _verdict(desk: Desk, place: Path) -> Verdict:
    trust = [Vouched(card=desk.node.sealer.card)]
    return check_package(FolderSource(place), trust).report.verdict


def test_the_stream_is_a_tar_that_others_read_and_the_package_in_it_verifies(
    desk: Desk, package: Ident, tmp_path: Path
) -> None:
    export = export_package(desk.node, OFFICER, package, MOVE, ONCE)
    data = _read(export)
    assert len(data) == export.size
    place = _unpack(data, tmp_path / "out")
    assert place.name == str(package)
    assert _verdict(desk, place) is Verdict.PASSED


def test_a_part_verifies_and_shows_nothing_else(desk: Desk, package: Ident, tmp_path: Path) -> None:
    export = export_part(desk.node, OFFICER, package, [3], MOVE, ONCE)
    data = _read(export)
    assert len(data) == export.size
    place = _unpack(data, tmp_path / "out")
    assert _verdict(desk, place) is Verdict.PASSED
    (shown,) = (place / "bag" / "data" / "objects").iterdir()
    assert shown.read_bytes() in {b"a note", b"", bytes(range(256)) * 9000}


def test_an_export_writes_one_act_however_often_it_is_asked_for(desk: Desk, package: Ident) -> None:
    first = export_package(desk.node, OFFICER, package, MOVE, ONCE)
    again = export_package(desk.node, OFFICER, package, MOVE, ONCE)
    assert _read(first) == _read(again)
    assert first.act == again.act
    with desk.node.store.view() as unit:
        steps = [row.step for row in unit.acts.find()]
    assert steps.count("open_evidence") == 1


def test_the_act_is_written_before_the_first_byte(desk: Desk, package: Ident) -> None:
    export = export_package(desk.node, OFFICER, package, MOVE, ONCE)
    export.close()
    with desk.node.store.view() as unit:
        assert export.act in {row.digest for row in unit.acts.find()}


def test_a_reader_who_goes_away_leaves_no_thread(desk: Desk, package: Ident) -> None:
    export = export_part(desk.node, OFFICER, package, [1, 2, 3], MOVE, ONCE)
    next(export.chunks)
    export.close()
    stream = export.close.__self__  # type: ignore[attr-defined] # the stream of the part
    assert isinstance(stream, exporting._PartStream)
    assert stream._thread is not None
    assert not stream._thread.is_alive()


def test_what_is_not_what_was_sealed_breaks_the_stream_off(
    desk: Desk, package: Ident, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Lying(PackageSource):
        def open(self, name: str) -> io.BufferedIOBase:
            stream = super().open(name)
            if not name.startswith("bag/data/objects/"):
                return stream
            data = stream.read()
            return io.BufferedReader(io.BytesIO(data[:-1] + b"\x00" if data else data))

    export = export_package(desk.node, OFFICER, package, MOVE, ONCE)
    export.close()
    real = open_sealed

    def lie(*given: object) -> object:
        begin = real(*given)  # type: ignore[arg-type] # handed on

        def open_lying() -> PackageSource:
            source = begin()
            return Lying(source.taken, source.sealed)

        return open_lying

    monkeypatch.setattr(exporting, "open_sealed", lie)
    export = export_package(desk.node, OFFICER, package, MOVE, replace(ONCE, key="other"))
    got: list[bytes] = []

    def read() -> Iterator[bytes]:
        for chunk in export.chunks:
            got.append(chunk)
            yield chunk

    with pytest.raises(PackageBroken):
        list(read())
    export.close()
    assert sum(map(len, got)) < export.size
    assert not b"".join(got).endswith((b"a not\x00", bytes(range(255)) + b"\x00"))
