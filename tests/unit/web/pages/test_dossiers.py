"""The pages of a dossier: what they show, and what they let a person do.

The oracles are the law files read as plain text, the service's own reading, and OpenSSL.
"""

from __future__ import annotations

import io
import re
import subprocess
import tarfile
from html import unescape
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from comity.base import Digest, Ident
from comity.seal.act import Act
from comity.service.errors import ContentErased
from comity.service.node import Officer
from comity.service.people import Newcomer, add_person
from comity.service.reading import show_content, show_document, show_dossier
from comity.service.replies import Reply, record_step
from comity.service.requests import Opening, amend_form, open_dossier, take_step
from comity.service.rows import ReceiptRow
from comity.service.situations import Move
from tests.lawyer import LAW_FILES, raw
from tests.seats import Seats, seats, sqlite_template
from tests.world import FULL_FORM

__all__ = ["seats", "sqlite_template"]
DUTY = Officer(actor="xa-duty", role="duty_officer")
CENTRAL = Officer(actor="xa-ca", role="central_authority")
CANARY = "CANARY the records of a hospital"
FORM = {**FULL_FORM, "facts": CANARY, "urgency": "Logs are about to be lost."}
ASSISTANCE = {
    **{name: FULL_FORM[name] for name in ("requesting_authority", "offence", "facts", "data")},
    "nature": "investigation",
    "conducting_authority": "Prosecutor's Office of Arvenia",
    "measure": "disclose",
    "purpose": "To find and try those who did it.",
    "necessity": "Nothing else names them.",
    "alternatives": "Their own logs were read first.",
    "language": "en",
}
PRESERVATION = LAW_FILES / "uncc" / "processes" / "preservation.yaml"


def opened(seats: Seats, **change: object) -> Ident:
    plain: dict[str, object] = {
        "process": "uncc/preservation",
        "counterpart": "XB",
        "authority": "XB contact point",
        "basis": "uncc",
        "channel": "letter",
    }
    return open_dossier(seats.node, DUTY, Opening(**{**plain, **change}))  # type: ignore[arg-type] # as given


def sent(seats: Seats) -> Ident:
    """XA asked, by letter."""
    dossier = opened(seats)
    amend_form(seats.node, DUTY, dossier, FORM)
    take_step(seats.node, DUTY, dossier, Move(step="send"))
    return dossier


def asked(seats: Seats) -> Ident:
    """XB asked XA by letter, and XA acknowledged: XA decides."""
    dossier = opened(seats, is_asking=False)
    reply(seats, dossier, "send", content={"form": FORM})
    take_step(seats.node, CENTRAL, dossier, Move(step="acknowledge"))
    return dossier


def reply(seats: Seats, dossier: Ident, step: str, **change: object) -> None:
    plain: dict[str, object] = {
        "step": step,
        "channel": "letter",
        "received": seats.node.clock.now(),
        "proof": b"a scanned letter",
    }
    record_step(seats.node, DUTY, dossier, Reply(**{**plain, **change}))  # type: ignore[arg-type] # as given


def page(seats: Seats, path: str, who: str = "duty", language: str = "en") -> str:
    answer = seats.sit(who, language=language).get(path)
    assert answer.status_code == 200, answer.content.decode()[-3000:]
    return answer.content.decode()


def prose(html: str) -> str:
    """Return what a reader reads of a page."""
    main = html[html.index("<main") : html.index("</main>")]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main)))


def hidden(html: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found, f"no {name}"
    return found[1]


def last(seats: Seats, dossier: Ident) -> Act:
    return show_dossier(seats.node, dossier).acts[-1].act


def act_of(seats: Seats, dossier: Ident, step: str) -> Act:
    return next(one.act for one in show_dossier(seats.node, dossier).acts if one.act.step == step)


def go_through(client: Client, path: str, **answers: object) -> HttpResponse:
    """Fill the page of a step, look at what would be signed, and sign it."""
    first = client.get(path).content.decode()
    shown = client.post(path, {"version": hidden(first, "version"), **answers})
    checked = shown.content.decode()
    assert 'name="sign"' in checked, prose(checked)
    return client.post(path, sign_of(checked))  # type: ignore[return-value] # a response


def sign_of(checked: str) -> dict[str, str]:
    return {name: hidden(checked, name) for name in ("sign", "once", "version", "shown")}


# The list


def test_the_list_holds_every_dossier_with_its_standing(seats: Seats) -> None:
    sent(seats)
    opened(seats, counterpart="XC", authority="XC contact point")
    said = prose(page(seats, "/dossiers"))
    assert said.count("Expedited preservation of stored electronic data on request") >= 2
    assert "Sent" in said
    assert "Being written" in said


def test_the_list_reads_no_content(seats: Seats) -> None:
    sent(seats)
    assert CANARY not in page(seats, "/dossiers")


def test_a_choice_of_standing_leaves_what_fits(seats: Seats) -> None:
    one, other = sent(seats), opened(seats)
    shown = page(seats, "/dossiers?is-state=sent")
    assert str(one) in shown
    assert str(other) not in shown


def test_only_dossiers_with_a_day_are_left_when_asked_for(seats: Seats) -> None:
    plain, held = sent(seats), asked(seats)
    take_step(seats.node, DUTY, held, Move(step="execute_interim", reasons_against=NO_CALL))
    shown = page(seats, "/dossiers?due=1")
    assert str(held) in shown
    assert str(plain) not in shown


NO_CALL = {"call_back_hold": "They are known to us."}


def test_an_empty_list_teaches_the_first_step(seats: Seats) -> None:
    assert "A dossier is one request" in prose(page(seats, "/dossiers"))


def test_an_operator_is_not_let_into_dossiers(seats: Seats) -> None:
    dossier = sent(seats)
    client = seats.sit("ops")
    assert client.get("/dossiers").status_code == 403
    assert client.get(f"/dossiers/{dossier}").status_code == 403


# The dossier


def test_the_standing_is_said_in_the_words_of_the_law_file(seats: Seats) -> None:
    dossier = sent(seats)
    said = prose(page(seats, f"/dossiers/{dossier}"))
    assert "Arvenia sent the request." in said
    assert raw(PRESERVATION)["states"]["sent"]["means"] in said


def test_a_wish_that_nobody_made_is_not_told(seats: Seats) -> None:
    assert "is wished" not in prose(page(seats, f"/dossiers/{sent(seats)}"))


def test_what_is_owed_is_told_with_who_owes_it_and_the_day(seats: Seats) -> None:
    dossier = asked(seats)
    take_step(seats.node, DUTY, dossier, Move(step="execute_interim", reasons_against=NO_CALL))
    said = prose(page(seats, f"/dossiers/{dossier}"))
    # Sixty days after 21 November 2026, counted on fingers: 9 left in November, 31, 20.
    assert "Arvenia owes this" in said
    assert "20 January 2027" in said


def test_an_open_step_is_a_link_to_where_it_is_taken(seats: Seats) -> None:
    dossier = sent(seats)
    assert f'href="/dossiers/{dossier}/steps/withdraw"' in page(seats, f"/dossiers/{dossier}")


def test_every_step_of_our_side_is_listed_open_or_closed(seats: Seats) -> None:
    dossier = asked(seats)
    shown = unescape(page(seats, f"/dossiers/{dossier}", "ca"))
    rows = raw(PRESERVATION)["steps"]
    ours = [
        row
        for row in rows
        if row["side"] == "requested" and "under_examination" in row["from"]
    ]  # fmt: skip
    from comity.web.pages.dossiers.step_words import DO  # noqa: PLC0415 # Django wants settings

    assert ours
    assert [row["step"] for row in ours if str(DO[row["step"]]) not in shown] == []


def test_a_step_of_another_role_says_for_whom_it_is(seats: Seats) -> None:
    dossier = asked(seats)
    said = prose(page(seats, f"/dossiers/{dossier}", "duty"))
    assert "It is for: Central authority." in said


def test_a_closed_step_names_its_unmet_condition(seats: Seats) -> None:
    dossier = sent(seats)
    for step in ("acknowledge", "grant", "execute"):
        reply(seats, dossier, step)
    reply(seats, dossier, "release")
    taken = asked(seats)
    take_step(seats.node, CENTRAL, taken, Move(step="grant", reasons_against=SCREENED))
    take_step(seats.node, DUTY, taken, held_move())
    said = prose(page(seats, f"/dossiers/{taken}", "ca"))
    assert "The data are held at least until 2027-01-20" in said


SCREENED = {**NO_CALL, "speech_gate": "It is no speech.", "exposed_gate": "Nobody is exposed."}


def held_move() -> Move:
    return Move(step="execute", terms={"order": "not_required"}, content={"reasons": "Law."})


def test_oversight_sees_the_record_and_no_content(seats: Seats) -> None:
    dossier = sent(seats)
    shown = page(seats, f"/dossiers/{dossier}", "watch")
    assert "Arvenia sent the request." in shown
    assert CANARY not in shown
    assert CANARY in page(seats, f"/dossiers/{dossier}")


def test_oversight_is_offered_no_step(seats: Seats) -> None:
    dossier = sent(seats)
    assert f"/dossiers/{dossier}/steps/" not in page(seats, f"/dossiers/{dossier}", "watch")


def test_recorded_by_us_and_signed_by_them_never_look_alike(seats: Seats) -> None:
    dossier = sent(seats)
    reply(seats, dossier, "acknowledge")
    shown = page(seats, f"/dossiers/{dossier}")
    theirs = re.findall(r'<div class="theirs">.*?</div>', shown, re.DOTALL)
    assert len(theirs) == 1
    assert "Recorded by us, not signed by them" in theirs[0]
    assert "by-us" in theirs[0]
    assert "by-them" not in theirs[0]


def test_house_acts_stand_apart_from_the_timeline(seats: Seats) -> None:
    shown = page(seats, f"/dossiers/{sent(seats)}")
    timeline = shown[shown.index('class="timeline"') : shown.index('class="house"')]
    assert "The dossier was opened." not in timeline
    assert "The dossier was opened." in shown


def test_conditions_of_a_grant_are_shown_to_those_who_may_read_them(seats: Seats) -> None:
    dossier = sent(seats)
    reply(seats, dossier, "acknowledge")
    reply(seats, dossier, "grant_with_conditions", content={"conditions": "This case only."})
    assert "This case only." in page(seats, f"/dossiers/{dossier}")
    assert "This case only." not in page(seats, f"/dossiers/{dossier}", "watch")


def test_the_page_in_arabic_says_the_standing_in_arabic(seats: Seats) -> None:
    shown = page(seats, f"/dossiers/{sent(seats)}", language="ar")
    assert "أين وصل الطلب" in shown
    assert "Where it stands" not in shown


# One act


def test_an_act_says_who_signed_it_and_under_what(seats: Seats) -> None:
    dossier = sent(seats)
    act = act_of(seats, dossier, "send")
    said = prose(page(seats, f"/dossiers/{dossier}/acts/{act.digest}"))
    assert "xa-duty" in said
    assert "UNCC 42(3)" in said
    assert str(act.at) in said


def test_every_check_of_an_act_of_ours_passes(seats: Seats) -> None:
    dossier = sent(seats)
    act = act_of(seats, dossier, "send")
    shown = page(seats, f"/dossiers/{dossier}/acts/{act.digest}")
    checks = shown[shown.index('class="checks"') :]
    assert checks[: checks.index("</ol>")].count('"tag passed"') == 3


def test_an_act_that_is_not_there_is_not_found(seats: Seats) -> None:
    other = Digest.of(b"nothing")
    assert seats.sit("duty").get(f"/dossiers/{sent(seats)}/acts/{other}").status_code == 404


def test_openssl_verifies_the_proof_that_is_handed_out(seats: Seats, tmp_path: Path) -> None:
    dossier = sent(seats)
    act = act_of(seats, dossier, "send")
    answer = seats.sit("watch").get(f"/dossiers/{dossier}/acts/{act.digest}/proof")
    with tarfile.open(fileobj=io.BytesIO(answer.content)) as tar:
        tar.extractall(tmp_path, filter="data")
    done = subprocess.run(  # as the page tells a stranger to
        ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", "ed25519.pem",
         "-in", "act.signed", "-sigfile", "ed25519.sig"],  # wherever it is
        cwd=tmp_path, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_an_altered_statement_does_not_verify(seats: Seats, tmp_path: Path) -> None:
    dossier = sent(seats)
    act = act_of(seats, dossier, "send")
    answer = seats.sit("duty").get(f"/dossiers/{dossier}/acts/{act.digest}/proof")
    with tarfile.open(fileobj=io.BytesIO(answer.content)) as tar:
        tar.extractall(tmp_path, filter="data")
    signed = tmp_path / "act.signed"
    signed.write_bytes(signed.read_bytes().replace(b'"send"', b'"sent"'))
    done = subprocess.run(  # as above
        ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", "ed25519.pem",
         "-in", "act.signed", "-sigfile", "ed25519.sig"],  # as above
        cwd=tmp_path, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode != 0


# Taking a step


def test_a_step_is_signed_after_it_was_checked(seats: Seats) -> None:
    dossier = sent(seats)
    path = f"/dossiers/{dossier}/steps/status_query"
    answers = {"content-says": "How does it stand?", "channel": "letter"}
    gone = go_through(seats.sit("duty"), path, **answers)
    act = last(seats, dossier)
    assert gone.status_code == 302
    assert act.step == "status_query"
    said = show_content(seats.node, dossier, act.covers["content"])
    assert said == {"says": "How does it stand?"}


def test_nothing_is_signed_by_filling_in_the_page(seats: Seats) -> None:
    dossier = sent(seats)
    before = show_dossier(seats.node, dossier).head.version
    client, path = seats.sit("duty"), f"/dossiers/{dossier}/steps/status_query"
    version = hidden(client.get(path).content.decode(), "version")
    client.post(path, {"version": version, "content-says": "?", "channel": "letter"})
    assert show_dossier(seats.node, dossier).head.version == before


def test_signed_twice_it_is_signed_once(seats: Seats) -> None:
    dossier = sent(seats)
    client, path = seats.sit("duty"), f"/dossiers/{dossier}/steps/status_query"
    version = hidden(client.get(path).content.decode(), "version")
    shown = client.post(path, {"version": version, "content-says": "?", "channel": "letter"})
    form = sign_of(shown.content.decode())
    client.post(path, form)
    client.post(path, form)
    steps = [one.act.step for one in show_dossier(seats.node, dossier).acts]
    assert steps.count("status_query") == 1


def test_a_dossier_that_moved_is_told_before_anything_is_signed(seats: Seats) -> None:
    dossier = sent(seats)
    client, path = seats.sit("duty"), f"/dossiers/{dossier}/steps/status_query"
    version = hidden(client.get(path).content.decode(), "version")
    shown = client.post(path, {"version": version, "content-says": "?", "channel": "letter"})
    reply(seats, dossier, "acknowledge")
    answer = client.post(path, sign_of(shown.content.decode()))
    assert answer.status_code == 409
    assert "Somebody else changed it in the meantime." in prose(answer.content.decode())
    assert last(seats, dossier).step == "acknowledge"


def test_what_was_written_is_still_there_on_the_next_visit(seats: Seats) -> None:
    dossier = sent(seats)
    client, path = seats.sit("duty"), f"/dossiers/{dossier}/steps/status_query"
    version = hidden(client.get(path).content.decode(), "version")
    client.post(path, {"version": version, "content-says": "Half a thought", "channel": "mail"})
    assert "Half a thought" in page(seats, path)


def test_what_another_person_writes_is_not_shown(seats: Seats) -> None:
    dossier = sent(seats)
    client, path = seats.sit("duty"), f"/dossiers/{dossier}/steps/status_query"
    version = hidden(client.get(path).content.decode(), "version")
    client.post(path, {"version": version, "content-says": "Half a thought", "channel": "mail"})
    assert "Half a thought" not in page(seats, path, "ca")


def test_other_than_what_was_shown_is_not_signed(seats: Seats) -> None:
    dossier = sent(seats)
    client, path = seats.sit("duty"), f"/dossiers/{dossier}/steps/status_query"
    version = hidden(client.get(path).content.decode(), "version")
    plain = {"version": version, "channel": "letter"}
    shown = client.post(path, {**plain, "content-says": "One"}).content.decode()
    client.post(path, {**plain, "content-says": "Another"})
    client.post(path, sign_of(shown))
    assert last(seats, dossier).step == "send"


def test_a_refusal_offers_the_grounds_that_the_law_admits_and_no_other(seats: Seats) -> None:
    dossier = asked(seats)
    shown = page(seats, f"/dossiers/{dossier}/steps/refuse", "ca")
    offered = set(re.findall(r'name="terms-ground" value="([^"]+)"', shown))
    rows = raw(LAW_FILES / "uncc" / "grounds.yaml")["grounds"]
    admitted = {
        row["ground"]
        for row in rows
        if row["effect"] == "refuse" and "preservation" in row["processes"]
    }
    # Arvenia made no reservation on dual criminality, so that ground is not open to it.
    assert offered == admitted - {"reserved_criminality"}


def test_what_is_no_reason_at_all_is_told_beside_the_grounds(seats: Seats) -> None:
    shown = unescape(page(seats, f"/dossiers/{asked(seats)}/steps/refuse", "ca"))
    assert "Absence of dual criminality is no reason to refuse preservation." in shown


def test_a_refusal_on_a_ground_with_consultation_is_closed_until_consulted(seats: Seats) -> None:
    dossier = asked(seats)
    client, path = seats.sit("ca"), f"/dossiers/{dossier}/steps/refuse"
    version = hidden(client.get(path).content.decode(), "version")
    body = {"version": version, "terms-ground": "essential_interests", "channel": "letter"}
    shown = prose(client.post(path, {**body, "content-reasons": "Security."}).content.decode())
    assert "The other side was not consulted" in shown
    assert last(seats, dossier).step == "acknowledge"


def test_a_refusal_carries_its_ground_and_its_reasons(seats: Seats) -> None:
    dossier = asked(seats)
    path = f"/dossiers/{dossier}/steps/refuse"
    words = {"terms-ground": "discrimination", "content-reasons": "He is sought for his faith."}
    go_through(seats.sit("ca"), path, channel="letter", **words)
    act = last(seats, dossier)
    assert act.terms["ground"] == "discrimination"
    said = show_content(seats.node, dossier, act.covers["content"])
    assert said["reasons"] == "He is sought for his faith."
    assert show_dossier(seats.node, dossier).state == "refused"


def test_reasons_are_asked_where_the_law_wants_them(seats: Seats) -> None:
    dossier = asked(seats)
    client, path = seats.sit("ca"), f"/dossiers/{dossier}/steps/refuse"
    version = hidden(client.get(path).content.decode(), "version")
    body = {"version": version, "terms-ground": "discrimination", "channel": "letter"}
    answer = client.post(path, body)
    assert "There is a problem" in prose(answer.content.decode())


def test_a_gate_of_good_practice_opens_with_written_reasons(seats: Seats) -> None:
    dossier = asked(seats)
    path = f"/dossiers/{dossier}/steps/grant"
    why = {"against-speech_gate": "It is no speech.", "against-exposed_gate": "Nobody is."}
    go_through(seats.sit("ca"), path, channel="letter", **why)
    said = show_content(seats.node, dossier, last(seats, dossier).covers["content"])
    assert said["reasons_against"] == {
        "speech_gate": "It is no speech.", "exposed_gate": "Nobody is.",
    }  # fmt: skip


def test_without_reasons_a_gate_of_good_practice_stays_closed(seats: Seats) -> None:
    dossier = asked(seats)
    client, path = seats.sit("ca"), f"/dossiers/{dossier}/steps/grant"
    version = hidden(client.get(path).content.decode(), "version")
    shown = client.post(path, {"version": version, "channel": "letter"}).content.decode()
    assert 'name="sign"' not in shown
    assert last(seats, dossier).step == "acknowledge"


def test_conditions_of_a_grant_go_out_with_it(seats: Seats) -> None:
    dossier = asked(seats)
    path = f"/dossiers/{dossier}/steps/grant_with_conditions"
    why = {"against-speech_gate": "It is no speech.", "against-exposed_gate": "Nobody is."}
    words = {"content-conditions": "For this case only.", "channel": "letter", **why}
    go_through(seats.sit("ca"), path, **words)
    said = show_content(seats.node, dossier, last(seats, dossier).covers["content"])
    assert said["conditions"] == "For this case only."


def test_a_day_is_read_in_the_zone_of_the_reader(seats: Seats) -> None:
    dossier = sent(seats)
    client, path = seats.sit("duty"), f"/dossiers/{dossier}/steps/status_query"
    session = client.session
    session["comity-zone"] = "Asia/Tokyo"
    session.save()
    go_through(client, path, **{"channel": "letter", "terms-answer_by": "2026-12-01T09:00"})
    # Tokyo is nine hours ahead of UTC, all year.
    assert last(seats, dossier).terms["answer_by"] == "2026-12-01T00:00:00Z"


def test_a_document_goes_with_a_step_as_it_was_given(seats: Seats) -> None:
    dossier = sent(seats)
    data = bytes(range(256)) * 4_000
    scan = SimpleUploadedFile("scan.pdf", data)
    path = f"/dossiers/{dossier}/steps/add_information"
    go_through(seats.sit("duty"), path, channel="letter", **{"document-attachment": scan})
    act = last(seats, dossier)
    assert show_document(seats.node, dossier, act.covers["attachment"]) == data


def test_a_step_of_another_role_is_closed_and_says_for_whom(seats: Seats) -> None:
    said = prose(page(seats, f"/dossiers/{asked(seats)}/steps/refuse", "duty"))
    assert "It is for: Central authority." in said


def test_a_step_of_the_other_side_cannot_be_taken(seats: Seats) -> None:
    assert seats.sit("duty").get(f"/dossiers/{sent(seats)}/steps/grant").status_code == 400


def test_a_person_of_two_fitting_roles_says_in_which_they_act(seats: Seats) -> None:
    dossier = sent(seats)
    path = f"/dossiers/{dossier}/steps/status_query"
    go_through(seats.sit("both"), path, channel="letter", role="prosecutor")
    assert last(seats, dossier).role == "prosecutor"


# Recording


def record_body(seats: Seats, **change: object) -> dict[str, object]:
    now = seats.node.clock.now().at.strftime("%Y-%m-%dT%H:%M")
    plain: dict[str, object] = {
        "once": "key-1", "channel": "letter", "received": now, "seen": "last",
        "proof": SimpleUploadedFile("letter.pdf", b"%PDF a letter"),
    }  # fmt: skip
    return {**plain, **change}


def test_a_letter_of_theirs_is_recorded_with_its_proof(seats: Seats) -> None:
    dossier = sent(seats)
    path = f"/dossiers/{dossier}/record?step=acknowledge"
    assert seats.sit("duty").post(path, record_body(seats)).status_code == 302
    act = last(seats, dossier)
    assert act.recorded is not None
    assert act.recorded["channel"] == "letter"
    assert show_document(seats.node, dossier, act.covers["proof"]) == b"%PDF a letter"


def test_a_note_of_a_call_is_proof_too(seats: Seats) -> None:
    dossier = sent(seats)
    path = f"/dossiers/{dossier}/record?step=acknowledge"
    body = record_body(seats, channel="telephone", proof="", note="She called at nine.")
    assert seats.sit("duty").post(path, body).status_code == 302
    act = last(seats, dossier)
    assert show_document(seats.node, dossier, act.covers["proof"]) == b"She called at nine."


def test_nothing_is_recorded_without_proof(seats: Seats) -> None:
    dossier = sent(seats)
    path = f"/dossiers/{dossier}/record?step=acknowledge"
    answer = seats.sit("duty").post(path, record_body(seats, proof=""))
    assert answer.status_code == 200
    assert "needs its proof" in prose(answer.content.decode())


def test_nothing_is_recorded_that_is_still_to_come(seats: Seats) -> None:
    dossier = sent(seats)
    path = f"/dossiers/{dossier}/record?step=acknowledge"
    answer = seats.sit("duty").post(path, record_body(seats, received="2031-01-01T00:00"))
    assert "still to come" in prose(answer.content.decode())


def test_that_they_had_seen_nothing_of_ours_is_recorded(seats: Seats) -> None:
    dossier = sent(seats)
    path = f"/dossiers/{dossier}/record?step=execute_interim"
    seats.sit("duty").post(path, record_body(seats, seen="nothing"))
    recorded = last(seats, dossier).recorded
    assert recorded is not None
    assert recorded["seen"] == "nothing"


@pytest.mark.parametrize("step", ["send", "transmit", "nonsense"])
def test_only_what_they_make_known_can_be_recorded(seats: Seats, step: str) -> None:
    path = f"/dossiers/{sent(seats)}/record?step={step}"
    assert seats.sit("duty").get(path).status_code == 400


def test_their_time_runs_from_the_delivery_that_is_recorded(seats: Seats) -> None:
    dossier = sent(seats)
    act = act_of(seats, dossier, "send")
    now = seats.node.clock.now().at.strftime("%Y-%m-%dT%H:%M:%S")
    body = {"once": "key-2", "channel": "letter", "at": now, "note": "Signed for by their clerk."}
    answer = seats.sit("duty").post(f"/dossiers/{dossier}/deliveries/{act.digest}", body)
    assert answer.status_code == 302
    (row,) = show_dossier(seats.node, dossier).outbox
    assert str(row.delivered) == f"{now}Z"


def test_a_delivery_is_recorded_once(seats: Seats) -> None:
    dossier = sent(seats)
    act = act_of(seats, dossier, "send")
    now = seats.node.clock.now().at.strftime("%Y-%m-%dT%H:%M:%S")
    path = f"/dossiers/{dossier}/deliveries/{act.digest}"
    client = seats.sit("duty")
    for key in ("key-3", "key-4"):
        client.post(path, {"once": key, "channel": "letter", "at": now, "note": "Signed for."})
    acts = [one.act.step for one in show_dossier(seats.node, dossier).acts]
    assert acts.count("record_delivery") == 1


# Documents and law


def test_a_document_is_handed_out_so_that_no_browser_opens_it(seats: Seats) -> None:
    dossier = sent(seats)
    reply(seats, dossier, "acknowledge", proof=b"<script>alert(1)</script>")
    digest = last(seats, dossier).covers["proof"]
    answer = seats.sit("duty").get(f"/dossiers/{dossier}/documents/{digest}")
    assert answer.content == b"<script>alert(1)</script>"
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_oversight_is_handed_no_document(seats: Seats) -> None:
    dossier = sent(seats)
    reply(seats, dossier, "acknowledge")
    digest = last(seats, dossier).covers["proof"]
    path = f"/dossiers/{dossier}/documents/{digest}"
    assert seats.sit("watch").get(path).status_code == 403


def test_the_law_page_names_every_clock_of_the_process(seats: Seats) -> None:
    said = prose(page(seats, f"/dossiers/{sent(seats)}/law"))
    rows = raw(LAW_FILES / "uncc" / "clocks" / "preservation.yaml")["clocks"]
    assert [row["clock"] for row in rows if row["means"] not in said] == []


# Calling back


def called(seats: Seats) -> Ident:
    """XB asked XA by telephone."""
    dossier = opened(seats, is_asking=False)
    words = {"reasons": "Lives are at risk.", "form": FORM}
    reply(seats, dossier, "call", channel="telephone", content=words)
    return dossier


def test_a_call_back_is_recorded_with_number_and_result(seats: Seats) -> None:
    dossier = called(seats)
    client, path = seats.sit("duty"), f"/dossiers/{dossier}/call-back"
    version = hidden(client.get(path).content.decode(), "version")
    body = {
        "once": "key-5", "version": version, "terms-number": "+99910000042",
        "terms-result": "confirmed", "content-says": "The head of their desk.",
    }  # fmt: skip
    assert client.post(path, body).status_code == 302
    act = last(seats, dossier)
    assert act.step == "call_back"
    assert act.terms == {"number": "+99910000042", "result": "confirmed"}


def test_whose_request_it_is_does_not_call_back(seats: Seats) -> None:
    said = prose(page(seats, f"/dossiers/{sent(seats)}/call-back"))
    assert "it is for Belmora to call us back" in said


def test_a_process_without_the_step_says_so(seats: Seats) -> None:
    dossier = opened(seats, process="uncc/traffic_disclosure", is_asking=False)
    said = prose(page(seats, f"/dossiers/{dossier}/call-back"))
    assert "has no step for calling back" in said


# What the words cover, and what must not be a plain step


def test_every_step_of_every_law_file_has_its_plain_words() -> None:
    from comity.web.pages.dossiers.step_words import DO  # noqa: PLC0415 # Django wants settings

    files = LAW_FILES.glob("*/processes/*.yaml")
    steps = {row["step"] for path in files for row in raw(path)["steps"]}
    assert sorted(steps - DO.keys()) == []


def test_every_standing_of_every_law_file_has_its_plain_words() -> None:
    from comity.web.pages.dossiers.words import STATES  # noqa: PLC0415 # as above

    files = LAW_FILES.glob("*/processes/*.yaml")
    found = {name for path in files for name in raw(path)["states"]}
    assert sorted(found - STATES.keys()) == []


def test_negative_receipts_stand_out_and_positive_ones_do_not(seats: Seats) -> None:
    dossier = sent(seats)
    act = act_of(seats, dossier, "send")
    for event in ("delivered", "not_retrieved"):
        with seats.node.store.unit() as unit:
            unit.receipts.add(
                ReceiptRow(
                    message=Digest.of(b"a message"), event=event, state="XB", authority="XB-CA",
                    at=seats.node.clock.now(), reason="", envelope=b"-", dossier=dossier,
                    act=act.digest,
                )
            )  # fmt: skip
    shown = page(seats, f"/dossiers/{dossier}")
    marked = re.findall(r'<li class="negative">.*?</li>', shown, re.DOTALL)
    assert len(marked) == 1
    assert "Not opened in time" in marked[0]
    assert "Delivered" in shown


def test_a_step_with_a_page_of_its_own_is_taken_there(seats: Seats) -> None:
    dossier = opened(seats)
    answer = seats.sit("duty").get(f"/dossiers/{dossier}/steps/draft")
    assert (answer.status_code, answer["Location"]) == (302, f"/dossiers/{dossier}/form")


LETTERS = {"channel_gate": "They have no node."}


def granted_assistance(seats: Seats) -> Ident:
    """XA asked for stored data, by letter, and XB granted it."""
    dossier = opened(seats, process="uncc/stored_data")
    for step in ("send", "acknowledge", "grant"):
        if step == "send":
            form = ASSISTANCE
            amend_form(seats.node, CENTRAL, dossier, form)
            take_step(seats.node, CENTRAL, dossier, Move(step=step, reasons_against=LETTERS))
        else:
            reply(seats, dossier, step)
    return dossier


def test_who_may_not_erase_content_is_not_let_near_it(seats: Seats) -> None:
    dossier = granted_assistance(seats)
    path = f"/dossiers/{dossier}/steps/court_ordered_erasure"
    assert seats.sit("lab").get(path).status_code == 403


def test_an_erasure_that_is_signed_erases(seats: Seats) -> None:
    dossier = granted_assistance(seats)
    add_person(seats.node, Newcomer(login="court", roles=["court"], actor="xa-court"))
    path = f"/dossiers/{dossier}/steps/court_ordered_erasure"
    go_through(seats.sit("court"), path, **{"terms-decision": "DC-2026-77"})
    digest = act_of(seats, dossier, "send").covers["content"]
    with pytest.raises(ContentErased):
        show_content(seats.node, dossier, digest)
