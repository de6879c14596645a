"""Watching: investigations, the directory, findings, letters and long work, as people see them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from comity.base import Ident, Instant
from comity.federation.directory import CardKey, Duty
from comity.seal.keys import SigningKey
from comity.service.findings import list_findings, make_finding
from comity.service.investigations import open_investigation
from comity.service.jobs import ask_for
from comity.service.letters import list_letters, make_letters
from comity.service.node import Officer
from comity.service.rows import TrustRow
from comity.web.pages.watching.duty import say_hours, watch
from comity.web.place import current_place, leave_place, take_place
from tests.cards import SINCE, know_card, make_card
from tests.nodes import small_book
from tests.registers import make_register
from tests.seats import Seats, seats, sqlite_template
from tests.steady import SeedBytes

__all__ = ["seats", "sqlite_template"]
OFFICER = Officer(actor="xa-ca", role="central_authority")
LOOKERS = ("duty", "pros", "ca", "lab", "watch", "ops")


def _read(seats: Seats, path: str, who: str = "duty", **more: Any) -> str:
    answer = seats.sit(who, **more).get(path)
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


def _open(seats: Seats, title: str = "The hospital", **more: object) -> tuple[str, Ident]:
    """Open an investigation with one dossier in it."""
    ident = open_investigation(seats.node, OFFICER, title)
    dossier = seats.desk.open(
        process="uncc/preservation", basis="uncc", investigation=ident, **more
    )
    return str(ident), dossier


def _finding(seats: Seats, **change: Any) -> str:
    told = {"kind": "fork", "says": "Act 3 differs.", "source": "XB XB-CA", "evidence": b"{}"}
    with seats.node.store.unit() as unit:
        ident = make_finding(seats.node, unit, **{**told, **change})
    return str(ident)


# Investigations


def test_without_investigations_the_page_teaches_the_first_step(seats: Seats) -> None:
    shown = _read(seats, "/investigations")
    assert 'href="/open-investigation"' in shown


def test_an_investigation_is_opened_under_its_title(seats: Seats) -> None:
    client = seats.sit("duty")
    answer = client.post("/open-investigation", {"title": "The hospital", "once": "a"})
    assert "<h1>The hospital</h1>" in client.get(answer["Location"]).content.decode()


def test_a_form_sent_twice_opens_one_investigation(seats: Seats) -> None:
    client = seats.sit("duty")
    sent = [client.post("/open-investigation", {"title": "T", "once": "a"}) for _ in range(2)]
    assert sent[0]["Location"] == sent[1]["Location"]


def test_an_investigation_needs_a_title(seats: Seats) -> None:
    answer = seats.sit("duty").post("/open-investigation", {"title": "", "once": "a"})
    assert b"There is a problem" in answer.content


def test_oversight_sees_that_there_is_an_investigation_and_not_its_title(seats: Seats) -> None:
    ident, _ = _open(seats, "CANARY-TITLE")
    assert "CANARY-TITLE" not in _read(seats, f"/investigations/{ident}", "watch")
    assert "CANARY-TITLE" not in _read(seats, "/investigations", "watch")


def test_an_investigation_says_where_each_dossier_stands(seats: Seats) -> None:
    ident, _ = _open(seats)
    process = seats.node.book.processes["uncc/preservation"]
    assert process.states[process.begins].means in _read(seats, f"/investigations/{ident}")


def test_an_investigation_names_every_state_in_it(seats: Seats) -> None:
    ident, _ = _open(seats)
    seats.desk.open(
        process="uncc/preservation",
        basis="uncc",
        counterpart="XC",
        investigation=Ident(ident),
    )
    assert "2 dossiers, with Belmora, Castova." in _read(seats, f"/investigations/{ident}")


def test_an_investigation_that_nobody_knows_is_not_there(seats: Seats) -> None:
    assert seats.sit("duty").get(f"/investigations/inv_{'0' * 26}").status_code == 404


def test_investigations_are_exported(seats: Seats) -> None:
    ident, _ = _open(seats)
    told = json.loads(seats.sit("duty").get("/investigations?export=json").content)
    assert [one["investigation"] for one in told] == [ident]


# The directory


@pytest.mark.parametrize("who", LOOKERS)
def test_everybody_reads_the_directory(seats: Seats, who: str) -> None:
    know_card(seats.node, make_card("XB"))
    assert "Central Authority of XB" in _read(seats, "/directory", who)


def test_an_empty_directory_teaches_the_first_step(seats: Seats) -> None:
    assert "This node knows nobody yet." in _read(seats, "/directory")


def test_the_directory_says_that_the_depositarys_register_alone_is_authoritative(
    seats: Seats,
) -> None:
    assert "The depositary's register alone is authoritative" in _read(seats, "/directory")


def test_the_directory_shows_the_authoritys_local_time(seats: Seats) -> None:
    know_card(seats.node, make_card("XB"))
    local = seats.node.clock.now().at.astimezone(ZoneInfo("Africa/Nairobi"))
    assert f"It is <bdi>{local:%H:%M}</bdi> there." in _read(seats, "/directory")


def test_an_entry_says_that_it_was_paired(seats: Seats) -> None:
    know_card(seats.node, make_card("XB"))
    assert "Our node paired with this State" in _read(seats, "/directory/XB/XB-CA")


def test_an_entry_of_the_shared_directory_says_so(seats: Seats) -> None:
    know_card(seats.node, make_card("XB"), source="shared")
    assert "Our node has not paired with it" in _read(seats, "/directory/XB/XB-CA")


def test_call_back_numbers_can_be_dialled(seats: Seats) -> None:
    know_card(seats.node, make_card("XB"))
    shown = _read(seats, "/directory/XB/XB-CA")
    assert 'href="tel:+254700000001"' in shown


def test_a_key_is_shown_in_groups_of_four(seats: Seats) -> None:
    card = make_card("XB")
    know_card(seats.node, card)
    digits = card.keys[0].key.key_id.hex
    assert f"{digits[:4]} {digits[4:8]} " in _read(seats, "/directory/XB/XB-CA")


def test_a_key_that_was_revoked_is_marked(seats: Seats) -> None:
    key = SigningKey.generate(SeedBytes(9)).public
    gone = CardKey(key=key, since=SINCE, revoked=SINCE, reason="It was lost.")
    know_card(seats.node, make_card("XB", keys=(gone,)))
    shown = _read(seats, "/directory/XB/XB-CA")
    assert '<span class="tag failed">Revoked</span>' in shown
    assert "It was lost." in shown


def test_an_authority_with_a_strange_name_has_a_page(seats: Seats) -> None:
    know_card(seats.node, make_card("XB", authority="Unit 24/7, desk 3"))
    shown = _read(seats, "/directory")
    assert 'href="/directory/XB/Unit%2024/7,%20desk%203"' in shown
    assert "Unit 24/7, desk 3" in _read(seats, "/directory/XB/Unit%2024/7,%20desk%203")


def test_an_authority_that_nobody_knows_is_refused_in_words(seats: Seats) -> None:
    answer = seats.sit("duty").get("/directory/XB/nobody")
    assert answer.status_code == 400
    assert b"knows no such authority" in answer.content


def test_an_exercise_is_marked_on_its_tile(seats: Seats) -> None:
    know_card(seats.node, make_card("XB"))
    assert '<span class="tag undecided">Exercise</span>' in _read(seats, "/directory")


def test_real_work_met_in_an_exercise_is_a_warning(seats: Seats) -> None:
    know_card(seats.node, make_card("XB", exercise=False))
    assert "Do not call it for an exercise." in _read(seats, "/directory/XB/XB-CA")


def test_a_test_of_the_way_shows_numbered_checks(seats: Seats) -> None:
    know_card(seats.node, make_card("XB"))
    answer = seats.sit("duty").post("/directory-test/XB/XB-CA", {"once": "a"})
    assert b'<ol class="checks">' in answer.content
    assert b"The way is not open" in answer.content


def test_who_may_not_test_sees_no_button_for_it(seats: Seats) -> None:
    know_card(seats.node, make_card("XB"))
    assert "Test the way" not in _read(seats, "/directory/XB/XB-CA", "lab")
    assert seats.sit("lab").post("/directory-test/XB/XB-CA", {}).status_code == 403


def test_a_node_that_reaches_nobody_says_so_when_asked_to_refresh(seats: Seats) -> None:
    answer = seats.sit("duty").post("/directory-refresh", {"once": "a"})
    assert b"There is a problem" in answer.content


def _list_register(seats: Seats) -> None:
    now = seats.node.clock.now()
    row = TrustRow(
        name="shared/register",
        version=1,
        document=make_register().document(),
        source="shared",
        fetched=now,
        expires=now,
    )
    with seats.node.store.unit() as unit:
        unit.trust.add(row)


def test_the_copy_of_the_register_is_shown_with_its_day_and_source(seats: Seats) -> None:
    _list_register(seats)
    shown = _read(seats, "/directory")
    assert "As of 1 November 2026." in shown
    assert "Depositary&#x27;s list of the exercise" in shown


def test_the_copy_of_the_register_is_never_shown_without_its_disclaimer(seats: Seats) -> None:
    _list_register(seats)
    shown = _read(seats, "/directory")
    assert "The depositary's own register alone is authoritative." in shown
    assert make_register().disclaimer in shown


# Who is on duty

NIGHT = Duty(days=("fri",), begins="18:00", ends="08:00", number="+254700000002", languages=("en",))


@pytest.mark.parametrize(
    ("moment", "is_on"),
    [
        ("2026-11-20T14:59:59Z", False),
        ("2026-11-20T15:00:00Z", True),
        ("2026-11-21T04:59:59Z", True),
        ("2026-11-21T05:00:00Z", False),
        ("2026-11-21T15:00:00Z", False),
    ],
)
def test_a_duty_over_midnight_is_counted_in_the_authoritys_zone(moment: str, is_on: bool) -> None:  # noqa: FBT001 # as pytest gives it
    card = make_card("XB", roster=(NIGHT,))
    assert watch(card, Instant.parse(moment)).is_on is is_on


def test_a_duty_to_midnight_ends_there() -> None:
    evening = replace(NIGHT, ends="24:00")
    card = make_card("XB", roster=(evening,))
    assert not watch(card, Instant.parse("2026-11-20T21:00:00Z")).is_on


def test_who_is_not_on_duty_says_when_the_next_one_is() -> None:
    card = make_card("XB", roster=(NIGHT,))
    found = watch(card, Instant.parse("2026-11-21T15:00:00Z"))
    assert found.begins == Instant.parse("2026-11-27T15:00:00Z")


def test_hours_are_told_in_the_readers_zone() -> None:
    card = make_card("XB", roster=(NIGHT,))
    (hours,) = say_hours(card, Instant.parse("2026-11-20T12:00:00Z"), ZoneInfo("Asia/Tokyo"))
    assert f"{hours.begins:%a %H:%M}" == "Sat 00:00"


# Findings


def test_what_nobody_has_looked_at_stands_first(seats: Seats) -> None:
    first = _finding(seats, kind="malformed")
    seats.sit("duty").post(f"/findings/{first}/seen", {"once": "a"})
    second = _finding(seats, kind="late")
    shown = _read(seats, "/findings")
    assert shown.index(f"/findings/{second}") < shown.index(f"/findings/{first}")


def test_a_finding_says_why_it_was_refused_and_what_to_do(seats: Seats) -> None:
    shown = _read(seats, f"/findings/{_finding(seats)}")
    assert "Only the first was taken in." in shown
    assert "Call the authority on the number in the directory" in shown


def test_a_finding_is_marked_as_seen_by_a_named_person(seats: Seats) -> None:
    ident = _finding(seats)
    client = seats.sit("duty")
    client.post(f"/findings/{ident}/seen", {"once": "a"})
    assert "<bdi>duty</bdi> has looked at it." in client.get(f"/findings/{ident}").content.decode()


def test_who_looked_first_stays(seats: Seats) -> None:
    ident = _finding(seats)
    for who in ("duty", "ca"):
        seats.sit(who).post(f"/findings/{ident}/seen", {"once": who})
    assert [row.seen_by for row in list_findings(seats.node)] == ["xa-duty"]


def test_who_may_not_mark_a_finding_is_refused(seats: Seats) -> None:
    ident = _finding(seats)
    assert seats.sit("pros").post(f"/findings/{ident}/seen", {"once": "a"}).status_code == 403


@pytest.mark.parametrize("who", ["watch", "ops"])
def test_oversight_and_operator_do_not_see_the_bytes_that_came(seats: Seats, who: str) -> None:
    ident = _finding(seats, evidence=b"CANARY-BYTES")
    assert "CANARY-BYTES" not in _read(seats, f"/findings/{ident}", who)


def test_bytes_that_came_are_shown_as_text_and_never_as_markup(seats: Seats) -> None:
    ident = _finding(seats, evidence=b"<script>x</script>\x1b[31m", says="<script>y</script>")
    shown = _read(seats, f"/findings/{ident}")
    assert "<script>x" not in shown
    assert "<script>y" not in shown
    assert "\x1b" not in shown


def test_findings_of_every_known_kind_have_words_of_their_own(seats: Seats) -> None:
    kinds = ("request-refused", "restored", "receipt-malformed", "person-reset", "new-kind")
    for kind in kinds:
        assert "What to do:" in _read(seats, f"/findings/{_finding(seats, kind=kind)}")


# Letters


def _use_small_book(seats: Seats) -> None:
    """Let the node work under the small law book, whose steps need little."""
    seats.node = replace(seats.node, book=small_book())
    seats.desk = replace(seats.desk, node=seats.node)
    settings = current_place().settings
    leave_place()
    take_place(seats.node, settings)


def _sent(seats: Seats) -> str:
    """Send a step by node; return the name of its message."""
    know_card(seats.node, make_card("XB"))
    _use_small_book(seats)
    dossier = seats.desk.open(channel="node", authority="XB-CA")
    seats.desk.send(dossier)
    make_letters(seats.desk.node)
    (row,) = [one for one in list_letters(seats.node) if one.kind == "act"]
    return str(row.message)


def test_a_message_under_way_shows_its_receipts(seats: Seats) -> None:
    shown = _read(seats, f"/letters/{_sent(seats)}")
    assert "Made and signed here" in shown


def test_a_message_that_no_node_took_in_time_is_late(seats: Seats) -> None:
    _sent(seats)
    assert "Nothing is late." in _read(seats, "/letters")
    seats.desk.clock.forward("P2D")
    assert "1 message is late." in _read(seats, "/letters")


def test_a_message_is_stopped_with_reasons(seats: Seats) -> None:
    message = _sent(seats)
    client = seats.sit("ca")
    client.post(f"/letters/{message}/stop", {"once": "a", "reasons": "Sent by mistake."})
    (row,) = [one for one in list_letters(seats.node) if str(one.message) == message]
    assert row.state == "stopped"


def test_a_message_is_not_stopped_without_reasons(seats: Seats) -> None:
    message = _sent(seats)
    answer = seats.sit("ca").post(f"/letters/{message}/stop", {"once": "a", "reasons": ""})
    assert b"There is a problem" in answer.content


def test_a_message_is_sent_again(seats: Seats) -> None:
    message = _sent(seats)
    answer = seats.sit("ca").post(f"/letters/{message}/again", {"once": "a"})
    assert answer["Location"] == f"/letters/{message}"


def test_who_may_not_steer_is_shown_no_way_to(seats: Seats) -> None:
    message = _sent(seats)
    assert "/stop" not in _read(seats, f"/letters/{message}", "lab")
    assert seats.sit("lab").get(f"/letters/{message}/stop").status_code == 403


# Long work


def _job(seats: Seats) -> str:
    _use_small_book(seats)
    dossier = seats.desk.open()
    with seats.node.store.unit() as unit:
        return str(ask_for(seats.node, unit, "seal", dossier, {"order": "CANARY-ORDER"}))


def test_long_work_is_shown_without_what_it_is_to_do(seats: Seats) -> None:
    shown = _read(seats, f"/jobs/{_job(seats)}", "ops")
    assert "Sealing a package" in shown
    assert "CANARY-ORDER" not in shown


def test_a_second_look_tells_the_rate(seats: Seats) -> None:
    job = _job(seats)
    told = _read(seats, f"/jobs/{job}?since={seats.node.clock.now()}&had=0")
    seats.desk.clock.forward("PT1M")
    assert "a second" not in told
    since = "2020-01-01T00:00:00Z"
    assert "a second" in _read(seats, f"/jobs/{job}?since={since}&had=0")


@pytest.mark.parametrize("query", ["since=never&had=1", "since=&had=x", "had=" + "9" * 400])
def test_an_address_that_was_tampered_with_tells_no_rate(seats: Seats, query: str) -> None:
    assert "Look again in a moment." in _read(seats, f"/jobs/{_job(seats)}?{query}")


def test_only_what_moves_is_sent_to_a_page_that_asks_again(seats: Seats) -> None:
    job = _job(seats)
    answer = seats.sit("duty").get(f"/jobs/{job}", headers={"HX-Request": "true"})
    assert answer.content.decode().startswith('<div id="progress"')


def test_who_may_not_begin_a_job_again_is_refused(seats: Seats) -> None:
    assert seats.sit("duty").post(f"/jobs/{_job(seats)}/again", {}).status_code == 403


def test_a_job_that_was_not_stopped_is_not_begun_again(seats: Seats) -> None:
    answer = seats.sit("ops").post(f"/jobs/{_job(seats)}/again", {"once": "a"})
    assert b"There is a problem" in answer.content


PLACES = ("/investigations", "/directory", "/findings", "/letters", "/jobs")


@pytest.mark.parametrize("path", PLACES)
def test_each_page_has_one_heading(seats: Seats, path: str) -> None:
    assert _read(seats, path).count("<h1") == 1


@pytest.mark.parametrize("path", PLACES)
def test_a_stranger_sees_none_of_it(seats: Seats, path: str) -> None:
    assert seats.stranger().get(path).status_code == 302
