"""Returns: who may hand over, what is refused, and what becomes of what came."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from comity.base import Digest, Ident, limits
from comity.base.errors import ComityError, Malformed
from comity.federation.errors import CallRefused
from comity.service.answers import accept_answer
from comity.service.codes import make_code
from comity.service.erasing import erase_content
from comity.service.errors import ContentErased, NotThere
from comity.service.jobs import claim
from comity.service.order_errors import CodeRefused, NotIdentified, OrderOver, OtherOrder
from comity.service.orders import Issue, issue_order, revoke_order
from comity.service.peers import NonceReplayed
from comity.service.reading import show_dossier
from comity.service.requests import keep_house_act
from comity.service.returning import request_return_intake, show_comparison
from comity.service.returns import Piece, admit, begin_return, end_return, put_piece
from comity.service.situations import Move
from comity.service.uploads import (
    QuotaReached,
    UploadClosed,
    WrongOffset,
    WrongPiece,
    append_piece,
    begin_upload,
    drop_stale,
    show_upload,
)
from comity.service.work import do_job
from comity.storage.memory import MemoryStore
from tests.providers import (
    COURT,
    EXECUTING,
    KEY,
    PROSECUTOR,
    STRANGER,
    Desk,
    Handed,
    answer,
    hand_over,
    know_provider,
    make_inventory,
    order_desk,
    read_order,
    salted,
    voice,
)

FILES = {"logs/a.log": b"CANARY-ONE " * 40, "logs/b.log": b"two " * 99, "empty": b""}
PATH = "/providers/1/returns"


@dataclass(frozen=True)
class Sent:
    """A provider at work: it sends to the desk with its key, or with a code."""

    desk: Desk
    code: str = ""

    def call(self, method: str, path: str, **more: object) -> object:
        key = None if self.code else KEY
        now = self.desk.clock.now()
        return voice(method, path, now, key=key, code=self.code, **more)  # type: ignore[arg-type] # as given

    def begin(self, handed: Handed) -> Ident:
        spoken = self.call("POST", PATH, body=handed.statement)
        return begin_return(self.desk.node, handed.statement, spoken).ident  # type: ignore[arg-type] # a voice

    def put(self, ret: Ident, offset: int, data: bytes) -> int:
        spoken = self.call("PATCH", f"{PATH}/{ret}", body=data, offset=offset)
        row = admit(self.desk.node, ret, spoken)  # type: ignore[arg-type] # a voice
        return put_piece(
            self.desk.node, row, Piece(offset=offset, data=data, digest=Digest.of(data))
        )

    def end(self, ret: Ident) -> bytes:
        spoken = self.call("POST", f"{PATH}/{ret}/end", body=b"")
        return end_return(self.desk.node, ret, spoken)  # type: ignore[arg-type] # a voice

    def all(self, handed: Handed) -> Ident:
        ret = self.begin(handed)
        for at in range(0, len(handed.data), limits.PIECE_BYTES):
            self.put(ret, at, handed.data[at : at + limits.PIECE_BYTES])
        self.end(ret)
        return ret


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return order_desk(MemoryStore(), tmp_path)


def work(desk: Desk) -> None:
    while (held := claim(desk.node)) is not None:
        error = do_job(desk.node, held)
        if error is not None:
            raise error


def demanded(desk: Desk) -> tuple[Ident, bytes]:
    return desk.issue(measure="produce_content_data")


def test_a_whole_return_is_recorded_as_produced(desk: Desk) -> None:
    dossier, file = demanded(desk)
    Sent(desk).all(hand_over(file, FILES, desk.clock.now()))
    assert desk.state(dossier) == "produced"


def test_a_return_in_part_is_recorded_as_that(desk: Desk) -> None:
    dossier, file = demanded(desk)
    part = hand_over(file, FILES, desk.clock.now(), is_whole=False, reasons="The rest is gone.")
    Sent(desk).all(part)
    assert desk.state(dossier) == "partly_produced"


def test_what_was_returned_becomes_evidence_to_the_byte(desk: Desk) -> None:
    dossier, file = demanded(desk)
    ret = Sent(desk).all(hand_over(file, FILES, desk.clock.now()))
    request_return_intake(desk.node, EXECUTING, dossier, [ret])
    work(desk)
    intake = show_dossier(desk.node, dossier).intakes[0]
    size = sum(len(data) for data in FILES.values())
    assert (intake.objects_count, intake.size, intake.irregular) == (3, size, 0)


def test_the_pieces_are_dropped_when_it_is_taken_in(desk: Desk) -> None:
    dossier, file = demanded(desk)
    ret = Sent(desk).all(hand_over(file, FILES, desk.clock.now()))
    request_return_intake(desk.node, EXECUTING, dossier, [ret])
    work(desk)
    with desk.node.store.view() as unit:
        named = unit.volumes.distinct("blob")
        assert unit.pieces.count() == 0
    assert set(desk.node.blobs.names()) == named


def test_a_return_is_compared_with_the_inventory_at_the_freeze(desk: Desk) -> None:
    dossier, file = desk.issue()
    frozen = {**FILES, "gone": b"g", "old name": b"kept bytes"}
    inventory = make_inventory(read_order(file).order, frozen)
    accept_answer(desk.node, answer(file, desk.clock.now(), inventory=salted(inventory)))
    desk.demand(dossier)
    back = {**FILES, "logs/b.log": b"other", "new": b"n", "new name": b"kept bytes"}
    ret = Sent(desk).all(hand_over(file, back, desk.clock.now(), inventory=inventory))
    request_return_intake(desk.node, EXECUTING, dossier, [ret])
    work(desk)
    told = show_comparison(desk.node, ret)
    counts = {"same": 2, "changed": 1, "moved": 1, "missing": 1, "added": 1}
    assert (told["counts"], told["inventory"], told["damaged"]) == (counts, "first", [])


def test_an_inventory_that_was_made_later_is_found_out(desk: Desk) -> None:
    dossier, file = desk.issue()
    order = read_order(file).order
    real = make_inventory(order, {**FILES, "gone": b"what incriminates"})
    accept_answer(desk.node, answer(file, desk.clock.now(), inventory=salted(real)))
    desk.demand(dossier)
    trimmed = make_inventory(order, FILES)
    ret = Sent(desk).all(hand_over(file, FILES, desk.clock.now(), inventory=trimmed))
    request_return_intake(desk.node, EXECUTING, dossier, [ret])
    work(desk)
    assert show_comparison(desk.node, ret)["inventory"] == "never"


def test_an_inventory_told_after_the_freeze_is_shown_as_that(desk: Desk) -> None:
    dossier, file = desk.issue()
    order = read_order(file).order
    first, inventory = (make_inventory(order, files) for files in ({"gone": b"x"}, FILES))
    for one in (first, inventory):
        accept_answer(desk.node, answer(file, desk.clock.now(), inventory=salted(one)))
        desk.clock.forward("PT1M")
    desk.demand(dossier)
    ret = Sent(desk).all(hand_over(file, FILES, desk.clock.now(), inventory=inventory))
    request_return_intake(desk.node, EXECUTING, dossier, [ret])
    work(desk)
    assert show_comparison(desk.node, ret)["inventory"] == "later"


def test_what_did_not_arrive_as_it_was_listed_is_named(desk: Desk) -> None:
    dossier, file = desk.issue()
    inventory = make_inventory(read_order(file).order, FILES)
    accept_answer(desk.node, answer(file, desk.clock.now(), inventory=salted(inventory)))
    desk.demand(dossier)
    handed = hand_over(file, FILES, desk.clock.now(), inventory=inventory)
    spoilt = Handed(handed.statement, handed.data[:-1] + b"!")
    ret = Sent(desk).all(spoilt)
    request_return_intake(desk.node, EXECUTING, dossier, [ret])
    work(desk)
    told = show_comparison(desk.node, ret)
    assert told["damaged"] == ["logs/b.log"]


def test_who_is_not_identified_is_marked_so_everywhere(desk: Desk) -> None:
    dossier, file = desk.issue()
    inventory = make_inventory(read_order(file).order, FILES)
    accept_answer(desk.node, answer(file, desk.clock.now(), inventory=salted(inventory)))
    desk.demand(dossier)
    code = make_code(desk.node, PROSECUTOR, read_order(file).order)
    handed = hand_over(file, FILES, desk.clock.now(), inventory=inventory, key=None)
    ret = Sent(desk, code).all(handed)
    request_return_intake(desk.node, EXECUTING, dossier, [ret])
    work(desk)
    act = next(o.act for o in show_dossier(desk.node, dossier).acts if o.act.step == "produce")
    marks = {act.terms["identified"], str(show_comparison(desk.node, ret)["identified"])}
    assert marks == {"provider not identified"}


def test_a_code_opens_one_return(desk: Desk) -> None:
    _, file = demanded(desk)
    code = make_code(desk.node, PROSECUTOR, read_order(file).order)
    sent = Sent(desk, code)
    sent.begin(hand_over(file, FILES, desk.clock.now(), key=None))
    with pytest.raises(CodeRefused):
        sent.begin(hand_over(file, {"x": b"y"}, desk.clock.now(), key=None))


def test_the_same_statement_again_finds_the_return_that_it_began(desk: Desk) -> None:
    _, file = demanded(desk)
    code = make_code(desk.node, PROSECUTOR, read_order(file).order)
    handed = hand_over(file, FILES, desk.clock.now(), key=None)
    assert Sent(desk, code).begin(handed) == Sent(desk, code).begin(handed)


def test_a_return_by_code_goes_on_with_that_code_alone(desk: Desk) -> None:
    _, file = demanded(desk)
    order = read_order(file).order
    first, second = (make_code(desk.node, PROSECUTOR, order) for _ in range(2))
    handed = hand_over(file, FILES, desk.clock.now(), key=None)
    ret = Sent(desk, first).begin(handed)
    with pytest.raises(CodeRefused):
        Sent(desk, second).put(ret, 0, handed.data)


def test_a_return_of_a_key_does_not_go_on_with_a_code(desk: Desk) -> None:
    _, file = demanded(desk)
    code = make_code(desk.node, PROSECUTOR, read_order(file).order)
    handed = hand_over(file, FILES, desk.clock.now())
    ret = Sent(desk).begin(handed)
    with pytest.raises(CallRefused):
        Sent(desk, code).put(ret, 0, handed.data)


def test_a_return_without_key_or_code_is_refused(desk: Desk) -> None:
    _, file = demanded(desk)
    handed = hand_over(file, FILES, desk.clock.now(), key=None)
    spoken = voice("POST", PATH, desk.clock.now(), key=None, body=handed.statement)
    with pytest.raises(NotIdentified):
        begin_return(desk.node, handed.statement, spoken)


def test_a_signed_statement_in_an_unsigned_call_is_refused(desk: Desk) -> None:
    _, file = demanded(desk)
    handed = hand_over(file, FILES, desk.clock.now())
    spoken = voice("POST", PATH, desk.clock.now(), key=None, body=handed.statement)
    with pytest.raises(CallRefused):
        begin_return(desk.node, handed.statement, spoken)


def test_a_call_that_came_before_counts_once(desk: Desk) -> None:
    _, file = demanded(desk)
    handed = hand_over(file, FILES, desk.clock.now())
    spoken = voice("POST", PATH, desk.clock.now(), body=handed.statement)
    begin_return(desk.node, handed.statement, spoken)
    with pytest.raises(NonceReplayed):
        begin_return(desk.node, handed.statement, spoken)
    assert "service/nonce-replayed" in desk.kinds()


def test_another_provider_hands_nothing_over(desk: Desk) -> None:
    know_provider(desk.node, "Hosting Castova", STRANGER)
    _, file = demanded(desk)
    handed = hand_over(file, FILES, desk.clock.now(), key=STRANGER, provider="Hosting Castova")
    spoken = voice("POST", PATH, desk.clock.now(), key=STRANGER, body=handed.statement)
    with pytest.raises(ComityError):
        begin_return(desk.node, handed.statement, spoken)
    with desk.node.store.view() as unit:
        assert unit.returns.count() == 0


def test_another_provider_cannot_go_on_with_a_return(desk: Desk) -> None:
    know_provider(desk.node, "Hosting Castova", STRANGER)
    _, file = demanded(desk)
    handed = hand_over(file, FILES, desk.clock.now())
    ret = Sent(desk).begin(handed)
    spoken = voice(
        "PATCH", f"{PATH}/{ret}", desk.clock.now(), key=STRANGER, body=handed.data, offset=0
    )
    with pytest.raises(ComityError):
        admit(desk.node, ret, spoken)


def test_nothing_is_handed_over_on_a_revoked_order(desk: Desk) -> None:
    _, file = demanded(desk)
    revoke_order(desk.node, PROSECUTOR, read_order(file).order, "Withdrawn.")
    with pytest.raises(OrderOver):
        Sent(desk).begin(hand_over(file, FILES, desk.clock.now()))


def test_nothing_is_handed_over_on_an_expired_order(desk: Desk) -> None:
    _, file = demanded(desk)
    desk.clock.forward("P60D")
    with pytest.raises(OrderOver):
        Sent(desk).begin(hand_over(file, FILES, desk.clock.now()))


def test_a_revocation_in_the_middle_stops_the_return(desk: Desk) -> None:
    _, file = demanded(desk)
    handed = hand_over(file, FILES, desk.clock.now())
    ret = Sent(desk).begin(handed)
    revoke_order(desk.node, PROSECUTOR, read_order(file).order, "Withdrawn.")
    with pytest.raises(OrderOver):
        Sent(desk).put(ret, 0, handed.data)


def test_a_statement_of_another_order_is_refused(desk: Desk) -> None:
    _, file = demanded(desk)
    _, other = demanded(desk)
    mixed = hand_over(other, FILES, desk.clock.now(), served=Digest.of(file))
    with pytest.raises(OtherOrder):
        Sent(desk).begin(mixed)


def test_a_piece_elsewhere_than_where_it_is_due_is_refused(desk: Desk) -> None:
    _, file = demanded(desk)
    handed = hand_over(file, FILES, desk.clock.now())
    ret = Sent(desk).begin(handed)
    with pytest.raises(WrongOffset):
        Sent(desk).put(ret, 7, handed.data[7:])


@pytest.mark.parametrize("cut", [-1, 1, 0])
def test_a_piece_of_another_length_is_refused(desk: Desk, cut: int) -> None:
    _, file = demanded(desk)
    handed = hand_over(file, FILES, desk.clock.now())
    ret = Sent(desk).begin(handed)
    data = {-1: handed.data[:-1], 1: handed.data + b"x", 0: b""}[cut]
    with pytest.raises(WrongPiece):
        Sent(desk).put(ret, 0, data)
    assert show_upload(desk.node, ret).got == 0


def test_a_piece_with_another_digest_is_refused(desk: Desk) -> None:
    _, file = demanded(desk)
    handed = hand_over(file, FILES, desk.clock.now())
    ret = Sent(desk).begin(handed)
    with pytest.raises(WrongPiece):
        append_piece(desk.node, ret, 0, handed.data, Digest.of(b"other"))
    assert list(desk.node.blobs.names()) == []


def test_a_return_that_is_not_all_here_does_not_end(desk: Desk) -> None:
    _, file = demanded(desk)
    ret = Sent(desk).begin(hand_over(file, FILES, desk.clock.now()))
    with pytest.raises(WrongOffset):
        Sent(desk).end(ret)


def test_the_end_said_twice_is_said_once(desk: Desk) -> None:
    dossier, file = demanded(desk)
    ret = Sent(desk).all(hand_over(file, FILES, desk.clock.now()))
    before = desk.steps(dossier)
    Sent(desk).end(ret)
    assert desk.steps(dossier) == before


def test_a_list_that_does_not_account_for_every_byte_is_refused(desk: Desk) -> None:
    dossier, file = demanded(desk)
    handed = hand_over(file, FILES, desk.clock.now())
    longer = hand_over(file, FILES, desk.clock.now(), size=len(handed.data) + 1)
    ret = Sent(desk).begin(longer)
    Sent(desk).put(ret, 0, handed.data + b"x")
    with pytest.raises(Malformed):
        Sent(desk).end(ret)
    assert (desk.state(dossier), show_upload(desk.node, ret).state) == ("demanded", "refused")


def test_an_inventory_of_another_order_is_refused(desk: Desk) -> None:
    _, file = demanded(desk)
    inventory = make_inventory("ord_" + "0" * 26, FILES)
    handed = hand_over(file, FILES, desk.clock.now(), inventory=inventory)
    with pytest.raises(Malformed):
        Sent(desk).all(handed)


def test_what_was_uploaded_lies_nowhere_in_the_clear(desk: Desk, tmp_path: Path) -> None:
    _, file = demanded(desk)
    Sent(desk).all(hand_over(file, FILES, desk.clock.now()))
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    with desk.node.store.view() as unit:
        rows = repr([*unit.returns.find(), *unit.pieces.find(), *unit.contents.find()])
    assert b"CANARY-ONE" not in kept
    assert "logs/a.log" not in rows


def test_erasing_the_dossier_erases_what_was_uploaded(desk: Desk) -> None:
    dossier, file = demanded(desk)
    ret = Sent(desk).all(hand_over(file, FILES, desk.clock.now()))
    request_return_intake(desk.node, EXECUTING, dossier, [ret])
    erase_content(desk.node, EXECUTING, dossier, Move(terms={"decision": "XB-1"}))
    with pytest.raises(ContentErased):
        work(desk)


def test_uploads_are_bounded_for_each_dossier(desk: Desk) -> None:
    _, file = demanded(desk)
    for number in range(limits.UPLOADS_OPEN):
        Sent(desk).begin(hand_over(file, {f"{number}": b"x"}, desk.clock.now()))
    with pytest.raises(QuotaReached):
        Sent(desk).begin(hand_over(file, {"one more": b"x"}, desk.clock.now()))


def test_an_upload_that_was_given_up_takes_no_more(desk: Desk) -> None:
    _, file = demanded(desk)
    handed = hand_over(file, FILES, desk.clock.now())
    ret = Sent(desk).begin(handed)
    desk.clock.forward("P14D")
    with pytest.raises(UploadClosed):
        Sent(desk).put(ret, 0, handed.data)


def test_an_officers_upload_is_not_open_to_the_providers_door(desk: Desk) -> None:
    dossier, _ = demanded(desk)
    ret = begin_upload(desk.node, EXECUTING, dossier, name="scan.pdf", size=4)
    with pytest.raises(NotThere):
        admit(desk.node, ret, voice("HEAD", f"{PATH}/{ret}", desk.clock.now()))


def test_what_an_officer_uploads_is_taken_in_under_its_name(desk: Desk) -> None:
    dossier, file = demanded(desk)
    Sent(desk).all(hand_over(file, FILES, desk.clock.now()))
    ret = begin_upload(desk.node, EXECUTING, dossier, name="scan.pdf", size=4)
    append_piece(desk.node, ret, 0, b"scan", Digest.of(b"scan"))
    request_return_intake(desk.node, EXECUTING, dossier, [ret])
    work(desk)
    assert show_dossier(desk.node, dossier).intakes[0].size == 4


def test_pieces_of_eight_mebibytes_join_to_what_was_sent(desk: Desk) -> None:
    dossier, file = demanded(desk)
    files = {"disk.img": bytes(range(256)) * (36 << 10), "note": b"n"}
    ret = Sent(desk).all(hand_over(file, files, desk.clock.now()))
    with desk.node.store.view() as unit:
        assert unit.pieces.count() == 2
    request_return_intake(desk.node, EXECUTING, dossier, [ret])
    work(desk)
    assert show_dossier(desk.node, dossier).intakes[0].size == (9 << 20) + 1


def test_a_return_is_taken_into_the_request_for_which_the_order_was_served(desk: Desk) -> None:
    _, file = demanded(desk)
    ret = Sent(desk).all(hand_over(file, FILES, desk.clock.now()))
    other, second = demanded(desk)
    accept_answer(desk.node, answer(second, desk.clock.now()))
    with pytest.raises(NotThere):
        request_return_intake(desk.node, EXECUTING, other, [ret])
    terms = {"order": read_order(file).order}
    keep_house_act(desk.node, EXECUTING, other, Move(step="serve_order", terms=terms))
    request_return_intake(desk.node, EXECUTING, other, [ret])
    work(desk)
    assert show_dossier(desk.node, other).intakes[0].objects_count == 3


def test_the_inventory_of_the_first_file_serves_the_return_under_the_second(desk: Desk) -> None:
    dossier, file = desk.issue()
    inventory = make_inventory(read_order(file).order, FILES)
    accept_answer(desk.node, answer(file, desk.clock.now(), inventory=salted(inventory)))
    desk.authorise(dossier)
    wish = Issue(
        step="demand_production",
        replaces=read_order(file).order,
        changes={"measure": "produce_content_data"},
    )
    second = issue_order(desk.node, COURT, dossier, wish)
    ret = Sent(desk).all(hand_over(second, FILES, desk.clock.now(), inventory=inventory))
    request_return_intake(desk.node, EXECUTING, dossier, [ret])
    work(desk)
    told = show_comparison(desk.node, ret)
    assert (told["inventory"], told["counts"]) == (
        "first",
        {"same": 3, "changed": 0, "moved": 0, "missing": 0, "added": 0},
    )


def test_what_was_given_up_is_dropped_after_its_time(desk: Desk) -> None:
    _, file = demanded(desk)
    handed = hand_over(file, {"disk": b"x" * (9 << 20)}, desk.clock.now())
    ret = Sent(desk).begin(handed)
    Sent(desk).put(ret, 0, handed.data[: limits.PIECE_BYTES])
    assert drop_stale(desk.node) == 0
    desk.clock.forward("P14D")
    assert drop_stale(desk.node) == 1
    assert (show_upload(desk.node, ret).state, list(desk.node.blobs.names())) == ("refused", [])
