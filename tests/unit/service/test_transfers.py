"""Evidence across: who sees what, what the law says of it, and what becomes of what is wrong."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from comity.base import Digest, Ident, Verdict
from comity.base.errors import BadValue
from comity.domain.moves import StepClosed
from comity.federation.descriptor import Descriptor
from comity.seal.act import Act
from comity.service import handover, jobs, reading
from comity.service.checking import check_node
from comity.service.directory import UnknownAuthority
from comity.service.erasing import erase_content
from comity.service.errors import AlreadyThere, BlobBroken, NotThere, PeerUnreachable, Unfit
from comity.service.fetching import resume_transfer, stop_transfer
from comity.service.handing import Part, disclose_part, find_package, open_package
from comity.service.peers import Caller
from comity.service.received import (
    Unacknowledged,
    confirm_receipt,
    discard_refused,
    list_transfers,
    show_transfer,
)
from comity.service.received_early import NotHereYet, open_early
from comity.service.requests import take_step
from comity.service.situations import Move
from comity.service.transfers import note_act, read_chunk, read_descriptor, withdraw_offer
from comity.service.transfers_state import change_transfer
from comity.service.volumes import open_sealed
from comity.storage.memory import MemoryStore
from tests.cards import card_of, know_card, make_card
from tests.crossing import HAND_OVER, KEEPER, OFFICER, Crossing, answer_get, make_crossing, work

FOR_COURT = Move(terms={"purpose": "stated"})
CANARY = b"CANARY the content of an exhibit"


@pytest.fixture
def crossing(tmp_path: Path) -> Crossing:
    made = make_crossing((MemoryStore(), MemoryStore()), tmp_path)
    folder = tmp_path / "evidence"
    folder.mkdir()
    (folder / "one.txt").write_bytes(CANARY)
    (folder / "two.bin").write_bytes(os.urandom(300_000))
    (folder / "three.bin").write_bytes(b"3" * 10)
    made.seal(folder)
    return made


@pytest.fixture
def received(crossing: Crossing) -> Crossing:
    crossing.offer()
    assert crossing.fetch() == []
    return crossing


class TestOffering:
    def test_only_the_named_receiver_is_shown_anything(self, crossing: Crossing) -> None:
        row = crossing.offer()
        parts = ("descriptor", "chunks/0", "volumes/0/chunks/0")
        paths = [f"/peers/1/transfers/{row.ident}/{part}" for part in parts]
        others = [
            Caller(state="XC", authority=crossing.xa.authority),
            Caller(state="XA", authority="XA court"),
            Caller(state="XB", authority=crossing.xb.authority),
        ]
        for path in paths:
            assert answer_get(crossing.xb, crossing.wire.caller, path)
            for other in others:
                with pytest.raises(NotThere):
                    answer_get(crossing.xb, other, path)

    def test_what_comes_in_cannot_be_fetched_from_its_receiver(self, received: Crossing) -> None:
        ident = received.incoming().ident
        with pytest.raises(NotThere):
            read_descriptor(received.xa, Caller(state="XB", authority=received.xb.authority), ident)

    def test_nothing_is_offered_before_the_step_is_taken(self, crossing: Crossing) -> None:
        handover.request_handover(crossing.xb, OFFICER, crossing.package, move=HAND_OVER)
        row = crossing.outgoing()
        assert row.state == "preparing"
        with pytest.raises(NotThere):
            read_descriptor(crossing.xb, crossing.wire.caller, row.ident)

    def test_what_is_not_offered_any_more_is_shown_to_nobody(self, crossing: Crossing) -> None:
        row = crossing.offer()
        with crossing.xb.store.unit() as unit:
            change_transfer(unit, row.ident, state="stopped")
        with pytest.raises(NotThere):
            read_descriptor(crossing.xb, crossing.wire.caller, row.ident)

    def test_the_act_of_handing_over_covers_the_descriptor_and_the_statement(
        self, crossing: Crossing
    ) -> None:
        row = crossing.offer()
        shown = reading.show_dossier(crossing.xb, crossing.dossier)
        (act,) = (one.act for one in shown.acts if one.act.step == "hand_over")
        document = read_descriptor(crossing.xb, crossing.wire.caller, row.ident)
        assert act.track == "exchanged"
        assert act.covers["descriptor"] == Digest.of(document)
        assert act.covers["statement"] == Descriptor.parse(document).statement
        assert (row.act, row.descriptor) == (act.digest, act.covers["descriptor"])

    def test_what_is_chosen_lies_in_the_first_volumes_and_nothing_else_does(
        self, crossing: Crossing
    ) -> None:
        row = crossing.offer(first=(2,))
        data = read_descriptor(crossing.xb, crossing.wire.caller, row.ident)
        descriptor = Descriptor.parse(data)
        assert descriptor.first == (2,)
        assert [one.number for one in descriptor.volumes] == [0, 1, 2, 3, 4]
        sizes = {one.number: one.size for one in descriptor.volumes}
        assert sizes[1] + sizes[2] < 10_000
        assert crossing.fetch() == []
        assert crossing.incoming().state == "done"

    def test_a_serial_that_is_not_there_cannot_be_chosen(self, crossing: Crossing) -> None:
        with pytest.raises(BadValue):
            handover.request_handover(
                crossing.xb, OFFICER, crossing.package, first=(4,), move=HAND_OVER
            )

    def test_the_same_package_is_not_offered_twice_at_once(self, crossing: Crossing) -> None:
        crossing.offer()
        with pytest.raises(AlreadyThere):
            handover.request_handover(crossing.xb, OFFICER, crossing.package, move=HAND_OVER)

    def test_a_receiver_whom_no_directory_lists_gets_nothing(self, crossing: Crossing) -> None:
        with crossing.xb.store.unit() as unit:
            unit.authorities.remove(state="XA")
        with pytest.raises(UnknownAuthority):
            handover.request_handover(crossing.xb, OFFICER, crossing.package, move=HAND_OVER)

    def test_the_law_is_asked_before_and_again_when_all_is_ready(self, crossing: Crossing) -> None:
        with pytest.raises(StepClosed):
            handover.request_handover(crossing.xb, OFFICER, crossing.package)
        handover.request_handover(crossing.xb, OFFICER, crossing.package, move=HAND_OVER)
        pending = Move(step="remedy_pending", content={"reasons": "An appeal was lodged."})
        take_step(crossing.xb, OFFICER, crossing.dossier, pending)
        assert work(crossing.xb) == ["domain/step-closed"]
        row = crossing.outgoing()
        assert (row.state, row.trouble, row.act) == ("stopped", "domain/step-closed", None)
        shown = reading.show_dossier(crossing.xb, crossing.dossier)
        assert "hand_over" not in [one.act.step for one in shown.acts]

    def test_a_stopped_hand_over_goes_on_when_it_is_begun_again(self, crossing: Crossing) -> None:
        job = handover.request_handover(crossing.xb, OFFICER, crossing.package, move=HAND_OVER)
        reasons = {"reasons": "An appeal was lodged, and decided."}
        for step in ("remedy_pending", "remedy_decided"):
            take_step(crossing.xb, OFFICER, crossing.dossier, Move(step=step, content=reasons))
            if step == "remedy_pending":
                work(crossing.xb)
        jobs.begin_again(crossing.xb, job)
        assert work(crossing.xb) == []
        assert crossing.outgoing().state == "offered"
        assert check_node(crossing.xb).verdict is Verdict.PASSED

    def test_an_offer_that_is_withdrawn_is_gone_and_says_so(self, crossing: Crossing) -> None:
        row = crossing.offer()
        with pytest.raises(BadValue):
            withdraw_offer(crossing.xb, OFFICER, row.ident, " ")
        withdraw_offer(crossing.xb, OFFICER, row.ident, "Handed over in error.")
        with crossing.xb.store.view() as unit:
            assert unit.pieces.count() == 0
        assert crossing.fetch() == ["service/not-given"]
        assert crossing.incoming().state == "fetching"
        assert check_node(crossing.xb).verdict is Verdict.PASSED

    def test_a_disk_that_altered_a_volume_gives_nothing_out(self, crossing: Crossing) -> None:
        row = crossing.offer()
        with crossing.xb.store.view() as unit:
            piece = unit.pieces.get(row.ident, 0, 0)
        _damage(crossing, "XB", piece.blob)
        with pytest.raises(BlobBroken):
            read_chunk(crossing.xb, crossing.wire.caller, row.ident, 0, 0)
        report = check_node(crossing.xb)
        assert 22 in {one.check for one in report.findings if one.verdict is Verdict.FAILED}


class TestArriving:
    def test_all_thirteen_checks_are_kept_with_the_act(self, received: Crossing) -> None:
        (shown,) = list_transfers(received.xa, received.dossier)
        assert [one["check"] for one in shown.checks] == [*range(1, 14)]  # type: ignore[index, call-overload] # a finding
        assert (shown.verification, shown.received) == ("passed", received.package)

    def test_the_receiving_is_one_house_act_of_the_node(self, received: Crossing) -> None:
        shown = reading.show_dossier(received.xa, received.dossier)
        acts = [one.act for one in shown.acts if one.act.step == "receive_evidence"]
        assert [(act.track, act.actor) for act in acts] == [("house", "node")]

    def test_what_was_received_opens_and_is_disclosed_under_the_original_seal(
        self, received: Crossing, tmp_path: Path
    ) -> None:
        prosecutor = replace(KEEPER, role="prosecutor")
        part = Part(serials=[1], out=tmp_path / "part")
        disclose_part(received.xa, prosecutor, received.package, part, FOR_COURT)
        whole = tmp_path / "whole"
        open_package(received.xa, KEEPER, received.package, whole, FOR_COURT)
        seals = [(one / "seal" / "statement.dsse.json").read_bytes() for one in (part.out, whole)]
        with received.xb.store.view() as unit:
            begin = open_sealed(received.xb, unit, find_package(unit, received.package))
        with (
            closing(begin()) as source,
            source.open("seal/statement.dsse.json") as stream,
        ):
            assert [stream.read()] * 2 == seals

    def test_neither_side_keeps_content_or_names_in_the_clear(
        self, received: Crossing, tmp_path: Path
    ) -> None:
        for node in (received.xa, received.xb):
            with node.store.view() as unit:
                tables = (unit.transfers, unit.received, unit.jobs, unit.findings, unit.acts)
                assert "CANARY" not in repr([table.find() for table in tables])
        for state in ("XA", "XB"):
            for blob in (tmp_path / state / "blobs").rglob("*"):
                assert blob.is_dir() or b"CANARY" not in blob.read_bytes()

    def test_the_same_act_again_begins_nothing_anew(self, received: Crossing) -> None:
        row = received.incoming()
        with received.xa.store.unit() as unit:
            head = unit.dossiers.get(received.dossier)
            act = _act(received, row.act)
            document = read_descriptor(received.xb, received.wire.caller, row.ident)
            note_act(received.xa, unit, head, act, {"descriptor": document})
            assert unit.transfers.count() == 1
            assert unit.findings.count() == 0

    @pytest.mark.parametrize("document", [b"", b"{}", b"x" * 100])
    def test_a_bad_descriptor_is_a_finding_and_nothing_is_fetched(
        self, crossing: Crossing, document: bytes
    ) -> None:
        act = _act(crossing, crossing.offer().act)
        other = replace(act, covers={**act.covers, "descriptor": Digest.of(document)})
        with crossing.xa.store.unit() as unit:
            head = unit.dossiers.get(crossing.dossier)
            note_act(crossing.xa, unit, head, other, {"descriptor": document})
            assert unit.transfers.count() == 1
            assert [one.kind for one in unit.findings.find()] == ["descriptor-refused"]

    def test_a_descriptor_that_the_act_does_not_cover_is_refused(self, crossing: Crossing) -> None:
        row = crossing.offer()
        document = read_descriptor(crossing.xb, crossing.wire.caller, row.ident)
        act = replace(_act(crossing, row.act), covers={"descriptor": Digest.of(b"another")})
        with crossing.xa.store.unit() as unit:
            head = unit.dossiers.get(crossing.dossier)
            note_act(crossing.xa, unit, head, act, {"descriptor": document})
            assert [one.kind for one in unit.findings.find()] == ["descriptor-refused"]

    def test_a_second_act_cannot_take_the_name_of_a_transfer(self, crossing: Crossing) -> None:
        row = crossing.offer()
        document = read_descriptor(crossing.xb, crossing.wire.caller, row.ident)
        act = replace(_act(crossing, row.act), number=77)
        with crossing.xa.store.unit() as unit:
            head = unit.dossiers.get(crossing.dossier)
            note_act(crossing.xa, unit, head, act, {"descriptor": document})
            assert [one.act for one in unit.transfers.find()] == [row.act]
            assert [one.kind for one in unit.findings.find()] == ["descriptor-refused"]

    def test_a_sealer_for_whom_nobody_vouches_is_shown_as_that(self, crossing: Crossing) -> None:
        crossing.offer()
        other = make_card("XB", authority=crossing.xb.authority, endpoint="https://xb.example")
        with crossing.xa.store.unit() as unit:
            unit.authorities.remove(state="XB")
        know_card(crossing.xa, other)
        assert crossing.fetch() == []
        (shown,) = list_transfers(crossing.xa, crossing.dossier)
        assert (shown.row.state, shown.verification) == ("done", "indeterminate")
        verdicts = {one["check"]: one["verdict"] for one in shown.checks}  # type: ignore[index, call-overload] # a finding
        assert verdicts.pop(5) == "indeterminate"
        assert set(verdicts.values()) == {"passed"}

    def test_a_key_revoked_before_the_sealing_vouches_for_nothing(self, crossing: Crossing) -> None:
        card = card_of(crossing.xb)
        (key,) = card.keys
        revoked = replace(key, revoked=key.since, reason="stolen")
        crossing.offer()
        with crossing.xa.store.unit() as unit:
            unit.authorities.remove(state="XB")
        know_card(crossing.xa, replace(card, keys=(revoked,)))
        crossing.fetch()
        (shown,) = list_transfers(crossing.xa, crossing.dossier)
        assert shown.verification == "indeterminate"

    def test_a_chunk_that_the_disk_lost_is_fetched_again(self, crossing: Crossing) -> None:
        crossing.offer()
        lost: list[Digest] = []

        def lose(path: str, body: bytes) -> bytes:
            if "/volumes/2/" in path and not lost:
                lost.append(_some_blob(crossing))
                crossing.xa.blobs.remove(lost[0])
            return body

        crossing.wire.spoil = lose
        assert crossing.fetch() == ["service/piece-lost"]
        crossing.asking.clock.forward("PT1H")
        assert crossing.fetch() == []
        assert crossing.incoming().state == "done"

    def test_a_node_without_a_line_waits_for_a_disk(self, crossing: Crossing) -> None:
        crossing.offer()
        crossing.asking = replace(crossing.asking, node=replace(crossing.xa, wire=None))
        for _ in range(20):
            assert crossing.fetch() in ([], ["service/peer-unreachable"])
            crossing.asking.clock.forward("PT1H")
        assert crossing.incoming().state == "fetching"


class TestEarly:
    def test_what_came_first_opens_while_the_rest_is_on_its_way(
        self, crossing: Crossing, tmp_path: Path
    ) -> None:
        row = crossing.offer(first=(2,))
        # A list and a chunk each for volume 0, the chosen metadata, the chosen object.
        crossing.wire.spoil = _cut_after(6)
        crossing.fetch()
        out = tmp_path / "early"
        open_early(crossing.xa, KEEPER, row.ident, [2], out, FOR_COURT)
        assert (out / "objects" / "000002").read_bytes() == b"3" * 10
        told = json.loads((out / "early.json").read_bytes())
        assert told["says"].startswith("Verified in part")
        assert [one["check"] for one in told["checks"]] == [1, 2, 3, 4, 5, 6, 7, 8, 9, 12]
        with pytest.raises(NotHereYet):
            open_early(crossing.xa, KEEPER, row.ident, [1], tmp_path / "more", FOR_COURT)
        assert not (tmp_path / "more").exists()

    def test_the_law_is_asked_before_anything_is_written(
        self, crossing: Crossing, tmp_path: Path
    ) -> None:
        row = crossing.offer(first=(2,))
        crossing.wire.spoil = _cut_after(6)
        crossing.fetch()
        with pytest.raises(StepClosed):
            open_early(crossing.xa, KEEPER, row.ident, [2], tmp_path / "early")
        assert [*tmp_path.glob("early*")] == []


class TestConfirming:
    def test_conditions_must_be_acknowledged_to_confirm(self, crossing: Crossing) -> None:
        row = crossing.offer(move=replace(HAND_OVER, terms={"conditions": "this case alone"}))
        crossing.fetch()
        with pytest.raises(Unacknowledged):
            confirm_receipt(crossing.xa, OFFICER, row.ident)

    def test_nothing_is_confirmed_before_it_is_here(self, crossing: Crossing) -> None:
        row = crossing.offer()
        with pytest.raises(Unfit):
            confirm_receipt(crossing.xa, OFFICER, row.ident)

    def test_the_confirmation_says_what_the_checks_said(self, received: Crossing) -> None:
        row = received.incoming()
        act = confirm_receipt(received.xa, OFFICER, row.ident).act
        assert act.track == "exchanged"
        assert act.terms["verification"] == "passed"
        assert act.covers["statement"] == _statement(received)

    def test_the_confirmation_of_another_drops_nothing(self, received: Crossing) -> None:
        row = received.outgoing()
        act = confirm_receipt(received.xa, OFFICER, row.ident).act
        forged = replace(act, authority="XA court")
        with received.xb.store.unit() as unit:
            note_act(received.xb, unit, unit.dossiers.get(received.dossier), forged, {})
        assert received.outgoing().state == "offered"


class TestRefusing:
    def test_a_descriptor_other_than_the_act_covers_begins_nothing(
        self, crossing: Crossing
    ) -> None:
        row = crossing.offer()
        data = read_descriptor(crossing.xb, crossing.wire.caller, row.ident)
        other = replace(Descriptor.parse(data), transfer=Ident(f"xfr_{'0' * 26}")).document()
        act = _act(crossing, crossing.incoming().act)
        with crossing.xa.store.unit() as unit:
            head = unit.dossiers.get(crossing.dossier)
            note_act(crossing.xa, unit, head, act, {"descriptor": other})
            assert unit.transfers.count() == 1
            assert [one.kind for one in unit.findings.find()] == ["descriptor-refused"]

    @pytest.fixture
    def forged(self, crossing: Crossing) -> Crossing:
        """Let XB hand over what is not the package that its descriptor names."""
        with crossing.xb.store.unit() as unit:
            (package,) = unit.packages.find()
            unit.packages.replace(replace(package, statement=Digest.of(b"another")))
        crossing.offer()
        crossing.fetch()
        return crossing

    def test_it_is_kept_as_it_came_and_never_half_taken_over(self, forged: Crossing) -> None:
        row = forged.incoming()
        assert (row.state, row.trouble) == ("refused", "seal/broken")
        with forged.xa.store.view() as unit:
            assert unit.received.count() == 0
            assert unit.volumes.count() == 0
            assert {piece.blob is None for piece in unit.pieces.find()} == {False}
            assert [one.kind for one in unit.findings.find()] == ["package-refused"]
            assert "transfer-stopped" in [one.kind for one in unit.notices.find()]

    def test_the_sender_is_told_and_keeps_what_it_offered(self, forged: Crossing) -> None:
        row = forged.incoming()
        confirm_receipt(forged.xa, OFFICER, row.ident)
        forged.carry(forged.xa, forged.xb)
        assert work(forged.xb) == []
        assert forged.outgoing().state == "refused"
        with forged.xb.store.view() as unit:
            assert unit.pieces.count() > 0
            assert [one.kind for one in unit.findings.find()] == ["package-refused-there"]

    def test_it_is_dropped_on_an_officers_word_alone(self, forged: Crossing) -> None:
        row = forged.incoming()
        discard_refused(forged.xa, OFFICER, row.ident, "The sender hands over anew.")
        with forged.xa.store.view() as unit:
            assert unit.pieces.count() == 0
        assert [*forged.xa.blobs.names()] == []

    def test_check_says_that_a_person_must_look(self, forged: Crossing) -> None:
        report = check_node(forged.xa)
        assert {one.check for one in report.findings if one.verdict is not Verdict.PASSED} == {21}


class TestErasing:
    def test_erasing_stops_what_is_on_its_way(self, crossing: Crossing) -> None:
        crossing.offer()
        crossing.wire.spoil = _cut_after(3)
        assert crossing.fetch() == ["service/peer-unreachable"]
        decision = Move(terms={"decision": "order 12"})
        erase_content(crossing.xa, replace(OFFICER, role="court"), crossing.dossier, decision)
        with crossing.xa.store.view() as unit:
            assert unit.pieces.count() == 0
        assert [*crossing.xa.blobs.names()] == []
        row = crossing.incoming()
        assert (row.state, row.trouble) == ("stopped", "service/erased")

    def test_what_was_received_is_erased_with_its_dossier(self, received: Crossing) -> None:
        court = replace(OFFICER, role="court")
        decision = Move(terms={"decision": "order 12"})
        erase_content(received.xa, court, received.dossier, decision)
        with received.xa.store.view() as unit, pytest.raises(Exception, match="erased"):
            open_sealed(received.xa, unit, find_package(unit, received.package))
        assert check_node(received.xa).verdict is Verdict.PASSED


def test_an_officer_stops_a_transfer_and_lets_it_go_on(crossing: Crossing) -> None:
    row = crossing.offer()
    crossing.wire.spoil = _cut_after(3)
    crossing.fetch()
    stop_transfer(crossing.xa, OFFICER, row.ident, "The disk is nearly full.")
    crossing.wire.spoil = _cut_after(99)
    crossing.asking.clock.forward("PT1H")
    assert crossing.fetch() == ["service/halted"]
    assert crossing.incoming().state == "stopped"
    resume_transfer(crossing.xa, OFFICER, row.ident)
    assert crossing.fetch() == []
    assert crossing.incoming().state == "done"


def test_a_transfer_that_was_not_stopped_is_not_resumed(crossing: Crossing) -> None:
    row = crossing.offer()
    with pytest.raises(Unfit):
        resume_transfer(crossing.xa, OFFICER, row.ident)


def test_a_transfer_is_shown_by_its_name(received: Crossing) -> None:
    row = received.incoming()
    assert show_transfer(received.xa, row.ident).row == row
    with pytest.raises(NotThere):
        show_transfer(received.xa, Ident.make("xfr", b"0" * 17))


def test_checks_tell_of_rows_that_were_changed(received: Crossing) -> None:
    with received.xa.store.unit() as unit:
        (row,) = unit.received.find()
        unit.received.replace(replace(row, objects_count=9))
    report = check_node(received.xa)
    assert {one.check for one in report.findings if one.verdict is Verdict.FAILED} == {23}


def _act(crossing: Crossing, digest: Digest | None) -> Act:
    shown = reading.show_dossier(crossing.xa, crossing.dossier)
    return next(one.act for one in shown.acts if one.act.digest == digest)


def _cut_after(count: int) -> Callable[[str, bytes], bytes]:
    """Return a line that breaks after so many answers."""
    left = [count]

    def spoil(_path: str, body: bytes) -> bytes:
        left[0] -= 1
        if left[0] < 0:
            raise PeerUnreachable
        return body

    return spoil


def _statement(crossing: Crossing) -> Digest:
    with crossing.xb.store.view() as unit:
        return unit.packages.get(crossing.package).statement


def _some_blob(crossing: Crossing) -> Digest:
    with crossing.xa.store.view() as unit:
        found = [piece.blob for piece in unit.pieces.find() if piece.blob is not None]
    return found[0]


def _damage(crossing: Crossing, state: str, blob: Digest | None) -> None:
    assert blob is not None
    home = (crossing.xa if state == "XA" else crossing.xb).home
    assert home is not None
    path = home / blob.hex[:2] / blob.hex
    data = bytearray(path.read_bytes())
    data[10] ^= 1
    path.chmod(0o600)
    path.write_bytes(data)
