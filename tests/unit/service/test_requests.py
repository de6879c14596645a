"""Opening a dossier, writing its form, taking its steps."""

from __future__ import annotations

import dataclasses
import hashlib

import pytest

from comity.base import Instant
from comity.base.errors import ComityError
from comity.domain.moves import StepClosed
from comity.seal.act import verify_act
from comity.seal.errors import SealBroken
from comity.service import reading
from comity.service.chains import read_held
from comity.service.errors import ClockBehind, Moved, NotThere, OtherGround, Unfit
from comity.service.investigations import open_investigation, read_title
from comity.service.requests import amend_form, take_step
from comity.service.situations import Move
from tests.nodes import DUTY, FORM, OFFICER, Desk


def test_a_sent_request_stands_as_the_law_file_says(desk: Desk) -> None:
    dossier = desk.open()
    desk.send(dossier)
    assert reading.show_dossier(desk.node, dossier).state == "sent"


def test_every_act_is_signed_with_the_authoritys_key(desk: Desk) -> None:
    dossier = desk.open()
    desk.send(dossier)
    with desk.node.store.view() as unit:
        held = read_held(unit, dossier)
    assert len(held) == 3
    assert all(verify_act(one.envelope, desk.node.key.public) for one in held)


def test_an_incomplete_form_cannot_be_sent(desk: Desk) -> None:
    dossier = desk.open()
    with pytest.raises(StepClosed, match="Facts"):
        take_step(desk.node, OFFICER, dossier, Move(step="send"))


def test_a_step_of_the_other_side_cannot_be_taken(desk: Desk) -> None:
    dossier = desk.open()
    desk.send(dossier)
    with pytest.raises(StepClosed):
        take_step(desk.node, OFFICER, dossier, Move(step="grant"))


def test_a_step_is_for_the_roles_that_the_law_file_names(desk: Desk) -> None:
    dossier = desk.open()
    desk.send(dossier)
    with pytest.raises(StepClosed, match="central_authority"):
        take_step(desk.node, DUTY, dossier, Move(step="close"))


def test_a_step_against_an_old_version_is_refused(desk: Desk) -> None:
    dossier = desk.open()
    seen = reading.show_dossier(desk.node, dossier).head.version
    desk.send(dossier)
    with pytest.raises(Moved):
        take_step(desk.node, OFFICER, dossier, Move(step="close"), version=seen)


def test_a_refused_step_leaves_nothing_behind(desk: Desk) -> None:
    dossier = desk.open()
    with desk.node.store.view() as unit:
        before = [table.find() for table in (unit.acts, unit.contents, unit.outbox)]
    with pytest.raises(ComityError):
        take_step(desk.node, OFFICER, dossier, Move(step="send", content={"x": "y"}))
    with desk.node.store.view() as unit:
        assert [table.find() for table in (unit.acts, unit.contents, unit.outbox)] == before


def test_the_version_is_the_number_of_acts(desk: Desk) -> None:
    dossier = desk.open()
    desk.send(dossier)
    with desk.node.store.view() as unit:
        assert unit.dossiers.get(dossier).version == unit.acts.count(chain=dossier) == 3


def test_every_act_that_leaves_has_its_message_in_the_outbox(desk: Desk) -> None:
    dossier = desk.open()
    sent = desk.send(dossier)
    with desk.node.store.view() as unit:
        assert [(row.act, row.delivered) for row in unit.outbox.find()] == [(sent.digest, None)]


def test_house_acts_leave_no_message(desk: Desk) -> None:
    dossier = desk.open()
    amend_form(desk.node, OFFICER, dossier, FORM)
    with desk.node.store.view() as unit:
        assert unit.outbox.count() == 0


def test_what_is_sent_carries_the_form_as_it_stands(desk: Desk) -> None:
    dossier = desk.open()
    amend_form(desk.node, OFFICER, dossier, {"facts": "a first version"})
    sent = desk.send(dossier)
    shown = reading.show_content(desk.node, dossier, sent.act.covers["content"])
    assert shown == {"form": FORM}


def test_no_row_holds_the_form_in_the_clear(desk: Desk) -> None:
    dossier = desk.open()
    desk.send(dossier)
    with desk.node.store.view() as unit:
        tables = (unit.acts, unit.contents, unit.dossiers, unit.standings, unit.outbox)
        everything = repr([table.find() for table in tables])
    assert "CANARY" not in everything


def test_the_exercise_flag_is_signed_in_every_act(desk: Desk) -> None:
    dossier = desk.open()
    assert desk.send(dossier).act.exercise is True


def test_a_production_node_refuses_a_dossier_of_an_exercise(desk: Desk) -> None:

    dossier = desk.open()
    real = dataclasses.replace(desk.node, exercise=False)
    with pytest.raises(OtherGround):
        take_step(real, OFFICER, dossier, Move(step="close"))


def test_time_never_goes_back_in_a_chain(desk: Desk) -> None:
    dossier = desk.open()
    desk.clock.at = Instant.parse("2026-11-21T02:14:04Z")
    with pytest.raises(ClockBehind):
        amend_form(desk.node, OFFICER, dossier, FORM)


def test_an_outward_act_cites_a_house_act_by_a_salted_digest_only(desk: Desk) -> None:
    dossier = desk.open()
    drafted = amend_form(desk.node, OFFICER, dossier, FORM)
    sent = take_step(desk.node, OFFICER, dossier, Move(step="send", cites=(drafted.digest,)))
    assert len(sent.act.cites) == 1
    assert drafted.digest.raw not in sent.envelope
    assert drafted.digest.hex.encode() not in sent.act.payload()


def test_two_citations_of_one_house_act_cannot_be_linked(desk: Desk) -> None:
    dossier = desk.open()
    drafted = amend_form(desk.node, OFFICER, dossier, FORM)
    sent = take_step(desk.node, OFFICER, dossier, Move(step="send", cites=(drafted.digest,)))
    told = take_step(desk.node, DUTY, dossier, Move(step="tell", cites=(drafted.digest,)))
    assert sent.act.cites != told.act.cites


def test_only_a_house_act_of_the_same_dossier_can_be_cited(desk: Desk) -> None:
    other = amend_form(desk.node, OFFICER, desk.open(), FORM)
    dossier = desk.open()
    amend_form(desk.node, OFFICER, dossier, FORM)
    with pytest.raises(NotThere):
        take_step(desk.node, OFFICER, dossier, Move(step="send", cites=(other.digest,)))


def test_a_document_is_covered_by_the_sha256_of_its_bytes(desk: Desk) -> None:
    dossier = desk.open()
    desk.send(dossier)
    told = take_step(desk.node, DUTY, dossier, Move(step="tell", documents={"scan": b"a scan"}))
    assert told.act.covers["scan"].hex == hashlib.sha256(b"a scan").hexdigest()
    assert reading.show_document(desk.node, dossier, told.act.covers["scan"]) == b"a scan"


def test_a_sealed_content_is_bound_to_what_the_act_covers(desk: Desk) -> None:
    dossier = desk.open()
    desk.send(dossier)
    with desk.node.store.unit() as unit:
        rows = unit.contents.find(chain=dossier)
        swapped = [rows[1].sealed, rows[0].sealed]
        kept = unit.contents._kept  # type: ignore[attr-defined] # damage done by hand
        for row, sealed in zip(rows, swapped, strict=True):
            key = (row.chain, row.digest, row.generation)
            kept[key] = dataclasses.replace(row, sealed=sealed)
    with pytest.raises(SealBroken):
        reading.show_content(desk.node, dossier, rows[0].digest)


def test_an_investigation_groups_dossiers_and_keeps_its_title_sealed(desk: Desk) -> None:
    investigation = open_investigation(desk.node, OFFICER, "Hospital of Arvenia")
    dossier = desk.open(investigation=investigation)
    assert reading.show_dossier(desk.node, dossier).head.investigation == investigation
    assert read_title(desk.node, investigation) == "Hospital of Arvenia"


def test_a_dossier_joins_no_investigation_that_is_not_there(desk: Desk) -> None:
    with pytest.raises(NotThere):
        desk.open(investigation=desk.node.idents.new("inv"))


def test_what_follows_is_of_the_same_side(desk: Desk) -> None:
    with pytest.raises(Unfit):
        desk.open(follows=desk.open(), is_asking=False)


def test_a_hold_waits_for_the_request_that_follows_it(desk: Desk) -> None:
    first = desk.open()
    desk.send(first)
    desk.reply(first, "grant")
    assert _hold(desk, first) == ("running", "")
    second = desk.open(follows=first)
    sent = desk.send(second)
    assert _hold(desk, first) == ("running", "")
    desk.deliver(second, sent.digest)
    assert _hold(desk, first) == ("waiting_on", "follower")
    desk.reply(second, "refuse")
    assert _hold(desk, first) == ("running", "")


def _hold(desk: Desk, dossier: object) -> tuple[str, str]:
    shown = reading.show_dossier(desk.node, dossier)  # type: ignore[arg-type] # an identifier
    (hold,) = [row for row in shown.deadlines if row.clock == "tst/help/hold"]
    return hold.state, hold.waits_for
