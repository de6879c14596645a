"""Evidence on a node: taken in, sealed, opened, disclosed, erased."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from comity import evidence
from comity.base import Ident
from comity.base.errors import BadValue, ComityError
from comity.evidence import FolderSource, Provenance, Vouched, check_package
from comity.service import intake, jobs, reading, sealing, volumes
from comity.service.erasing import erase_content
from comity.service.errors import AlreadyThere, ContentErased, LeaseLost, Unfit
from comity.service.handing import Part, disclose_part, open_package
from comity.service.requests import amend_form
from comity.service.situations import Move
from comity.service.sweeping import sweep_blobs
from comity.service.work import do_job
from tests.nodes import FORM, OFFICER, Desk

CANARY = b"CANARY the content of an exhibit"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "CANARY-folder"
    folder.mkdir()
    (folder / "CANARY-name.txt").write_bytes(CANARY)
    (folder / "second.bin").write_bytes(bytes(range(256)) * 50)
    (folder / "third.bin").write_bytes(b"3" * 10)
    return folder


def test_taking_in_lists_the_objects_and_signs_one_house_act(desk: Desk, source: Path) -> None:
    dossier = _take_in(desk, source)
    shown = reading.show_dossier(desk.node, dossier)
    (row,) = shown.intakes
    assert (row.objects_count, row.size) == (3, len(CANARY) + 256 * 50 + 10)
    assert [one.act.track for one in shown.acts if one.act.step == "take_in"] == ["house"]
    with desk.node.store.view() as unit:
        assert [one.serial for one in unit.exhibits.find(job=row.job)] == [1, 2, 3]


def test_neither_content_nor_names_lie_in_the_clear(
    desk: Desk, source: Path, tmp_path: Path
) -> None:
    _take_in(desk, source)
    with desk.node.store.view() as unit:
        tables = (unit.jobs, unit.intakes, unit.exhibits, unit.volumes, unit.acts, unit.contents)
        assert "CANARY" not in repr([table.find() for table in tables])
    for blob in (tmp_path / "blobs").rglob("*"):
        assert blob.is_dir() or b"CANARY" not in blob.read_bytes()


def test_nothing_that_is_not_there_can_be_asked_for(desk: Desk, tmp_path: Path) -> None:
    dossier = desk.open()
    with pytest.raises(evidence.NotThere):
        intake.request_intake(desk.node, OFFICER, dossier, [tmp_path / "no"], Provenance())


def test_a_node_takes_nothing_in_that_holds_itself(desk: Desk, tmp_path: Path) -> None:
    dossier = desk.open()
    with pytest.raises(BadValue):
        intake.request_intake(desk.node, OFFICER, dossier, [tmp_path], Provenance())


def test_a_sealed_package_opens_as_one_that_anyone_verifies(
    desk: Desk, source: Path, tmp_path: Path
) -> None:
    package = _seal(desk, source)
    open_package(desk.node, OFFICER, package, tmp_path / "plain")
    trust = [Vouched(card=desk.node.sealer.card)]
    check_package(FolderSource(tmp_path / "plain"), trust).report.require()
    objects = tmp_path / "plain" / "bag" / "data" / "objects"
    assert {path.read_bytes() for path in objects.iterdir()} == {
        path.read_bytes() for path in source.iterdir()
    }


def test_what_is_sealed_is_not_sealed_again(desk: Desk, source: Path) -> None:
    _seal(desk, source)
    (dossier,) = [row.ident for row in reading.list_dossiers(desk.node)]
    (taken,) = reading.show_dossier(desk.node, dossier).intakes
    with pytest.raises(AlreadyThere):
        sealing.request_seal(desk.node, OFFICER, dossier, taken.job)


def test_two_that_seal_the_same_leave_one_package(desk: Desk, source: Path) -> None:
    dossier = _take_in(desk, source)
    (taken,) = reading.show_dossier(desk.node, dossier).intakes
    sealing.request_seal(desk.node, OFFICER, dossier, taken.job)
    sealing.request_seal(desk.node, OFFICER, dossier, taken.job)
    errors = _work(desk)
    assert [type(error) for error in errors] == [type(None), AlreadyThere]
    assert len(reading.show_dossier(desk.node, dossier).packages) == 1


def test_opening_is_on_record_before_anything_is_written(
    desk: Desk, source: Path, tmp_path: Path
) -> None:
    package = _seal(desk, source)
    signed = open_package(desk.node, OFFICER, package, tmp_path / "plain")
    assert (signed.act.step, signed.act.terms["package"]) == ("open_evidence", str(package))
    assert signed.act.actor == OFFICER.actor


def test_a_part_shows_the_chosen_objects_and_no_others(
    desk: Desk, source: Path, tmp_path: Path
) -> None:
    package = _seal(desk, source)
    disclose_part(desk.node, OFFICER, package, Part(serials=[2], out=tmp_path / "part"))
    trust = [Vouched(card=desk.node.sealer.card)]
    examined = check_package(FolderSource(tmp_path / "part"), trust)
    examined.report.require()
    assert examined.contents is not None
    assert examined.contents.withheld == 2


def test_a_disclosure_is_on_record_with_its_serials_sealed(
    desk: Desk, source: Path, tmp_path: Path
) -> None:
    package = _seal(desk, source)
    part = Part(serials=[3, 1], out=tmp_path / "part")
    act = disclose_part(desk.node, OFFICER, package, part).act
    shown = reading.show_content(desk.node, Ident(act.chain), act.covers["content"])
    assert shown == {"serials": [1, 3]}
    assert act.terms["shown"] == "2"


def test_the_statement_cites_the_taking_in_by_a_salted_digest(
    desk: Desk, source: Path, tmp_path: Path
) -> None:
    package = _seal(desk, source)
    open_package(desk.node, OFFICER, package, tmp_path / "plain")
    statement = (tmp_path / "plain" / "seal" / "statement.dsse.json").read_bytes()
    with desk.node.store.view() as unit:
        (taken,) = unit.acts.find(step="take_in")
        assert unit.citations.count() == 1
    assert taken.digest.hex.encode() not in statement


def test_erased_evidence_cannot_be_opened(desk: Desk, source: Path, tmp_path: Path) -> None:
    package = _seal(desk, source)
    (dossier,) = [row.ident for row in reading.list_dossiers(desk.node)]
    erase_content(desk.node, OFFICER, dossier, Move(terms={"decision": "XA 12/26"}))
    with pytest.raises(ContentErased):
        open_package(desk.node, OFFICER, package, tmp_path / "plain")
    assert not (tmp_path / "plain").exists()


def test_nothing_is_erased_without_a_decision(desk: Desk) -> None:
    with pytest.raises(Unfit):
        erase_content(desk.node, OFFICER, desk.open(), Move())


def test_after_erasing_new_content_is_sealed_to_a_new_identity(desk: Desk) -> None:
    dossier = desk.open()
    old = amend_form(desk.node, OFFICER, dossier, FORM)
    erase_content(desk.node, OFFICER, dossier, Move(terms={"decision": "XA 12/26"}))
    new = amend_form(desk.node, OFFICER, dossier, FORM)
    assert reading.show_content(desk.node, dossier, new.act.covers["content"]) == {"form": FORM}
    with pytest.raises(ContentErased):
        reading.show_content(desk.node, dossier, old.act.covers["content"])


def test_evidence_of_one_dossier_survives_the_erasing_of_another(
    desk: Desk, source: Path, tmp_path: Path
) -> None:
    package = _seal(desk, source)
    other = desk.open()
    erase_content(desk.node, OFFICER, other, Move(terms={"decision": "XA 12/26"}))
    open_package(desk.node, OFFICER, package, tmp_path / "plain")


def test_a_worker_that_was_overtaken_writes_no_second_act(desk: Desk, source: Path) -> None:
    dossier = desk.open()
    intake.request_intake(desk.node, OFFICER, dossier, [source], Provenance())
    slow = jobs.claim(desk.node)
    desk.clock.forward("PT2M")
    assert _work(desk) == [None]
    assert slow is not None
    assert isinstance(do_job(desk.node, slow), LeaseLost)
    with desk.node.store.view() as unit:
        assert unit.acts.count(step="take_in") == 1
        assert unit.intakes.count() == 1


def test_a_worker_that_was_overtaken_lists_no_volume(desk: Desk, source: Path) -> None:
    dossier = desk.open()
    intake.request_intake(desk.node, OFFICER, dossier, [source], Provenance())
    slow = jobs.claim(desk.node)
    desk.clock.forward("PT2M")
    jobs.claim(desk.node)
    assert slow is not None
    writer = volumes.VolumeWriter(desk.node, slow, 1)
    writer.write(b"half")
    with pytest.raises(LeaseLost):
        writer.close()
    with desk.node.store.view() as unit:
        assert unit.volumes.count() == 0


def test_what_a_killed_run_left_is_removed_by_the_next(desk: Desk, source: Path) -> None:
    dossier = desk.open()
    intake.request_intake(desk.node, OFFICER, dossier, [source], Provenance())
    killed = jobs.claim(desk.node)
    assert killed is not None
    writer = volumes.VolumeWriter(desk.node, killed, 1)
    writer.write(b"a volume of the killed run")
    writer.close()
    desk.clock.forward("PT2M")
    assert _work(desk) == [None]
    with desk.node.store.view() as unit:
        listed = {row.blob for row in unit.volumes.find()}
        assert {row.fence for row in unit.volumes.find()} == {2}
    assert set(desk.node.blobs.names()) == listed


def test_content_erased_while_it_is_taken_in_is_not_taken_in(desk: Desk, source: Path) -> None:
    dossier = desk.open()
    intake.request_intake(desk.node, OFFICER, dossier, [source], Provenance())
    erase_content(desk.node, OFFICER, dossier, Move(terms={"decision": "XA 12/26"}))
    (error,) = _work(desk)
    assert isinstance(error, ContentErased)
    with desk.node.store.view() as unit:
        assert unit.intakes.count() == 0
        assert [row.state for row in unit.jobs.find()] == ["stopped"]


def test_sweeping_removes_what_nothing_names_and_nothing_else(desk: Desk, source: Path) -> None:
    _take_in(desk, source)
    before = set(desk.node.blobs.names())
    draft = desk.node.blobs.draft()
    draft.write(b"left by a killed run")
    draft.commit()
    assert sweep_blobs(desk.node) == 1
    assert set(desk.node.blobs.names()) == before


def test_nothing_is_swept_while_a_worker_holds_a_job(desk: Desk, source: Path) -> None:
    dossier = desk.open()
    intake.request_intake(desk.node, OFFICER, dossier, [source], Provenance())
    jobs.claim(desk.node)
    with pytest.raises(ComityError, match="comity node work"):
        sweep_blobs(desk.node)


def test_a_law_file_that_has_the_step_says_who_may_take_it(desk: Desk, source: Path) -> None:
    process = desk.node.book.processes["tst/help"]
    step = replace(process.steps["tell"], name="take_in", roles=("laboratory",), kept="house")
    bound = replace(process, steps={**process.steps, "take_in": step})
    book = replace(desk.node.book, processes={"tst/help": bound})
    node = replace(desk.node, book=book)
    dossier = desk.open()
    desk.send(dossier)
    with pytest.raises(ComityError, match="laboratory"):
        intake.request_intake(node, OFFICER, dossier, [source], Provenance())


def _take_in(desk: Desk, source: Path) -> Ident:
    dossier = desk.open()
    intake.request_intake(desk.node, OFFICER, dossier, [source], Provenance(origin="XB"))
    assert _work(desk) == [None]
    return dossier


def _seal(desk: Desk, source: Path) -> Ident:
    dossier = _take_in(desk, source)
    (taken,) = reading.show_dossier(desk.node, dossier).intakes
    sealing.request_seal(desk.node, OFFICER, dossier, taken.job)
    assert _work(desk) == [None]
    (package,) = reading.show_dossier(desk.node, dossier).packages
    return package.ident


def _work(desk: Desk) -> list[ComityError | None]:
    errors = []
    while (held := jobs.claim(desk.node)) is not None:
        errors.append(do_job(desk.node, held))
    return errors
