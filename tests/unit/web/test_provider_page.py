"""The page for providers at the peers' listener: what it tells of an order, and what it takes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from comity.app.databases import configure_django
from comity.app.settings import Settings
from comity.service.codes import make_code
from comity.service.orders import revoke_order
from comity.storage.memory import MemoryStore

configure_django("comity.web.urls_desk")

from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: E402 # Django is configured first
from django.test import Client, override_settings  # noqa: E402 # Django is configured first

from comity.web.place import leave_place, take_place  # noqa: E402 # Django is configured first
from tests.providers import PROSECUTOR, Desk, order_desk, read_order  # noqa: E402 # as above

PAGE = "/providers/"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = order_desk(MemoryStore(), tmp_path)
    settings = Settings(state="XB", authority="XB-CA", kind="central_authority", exercise=True)
    leave_place()
    take_place(made.node, settings)
    with override_settings(ROOT_URLCONF="comity.web.urls_peers"):
        yield made
    leave_place()


@pytest.fixture
def client(desk: Desk) -> Client:
    del desk
    return Client()


def drop(client: Client, data: bytes, **more: Any) -> Any:
    """Drop a file on the page."""
    file = SimpleUploadedFile("order.json", data)
    return client.post(PAGE, {"do": "verify", "file": file, **more})


def hidden(text: str) -> dict[str, str]:
    """Read the hidden fields of the first form that has the name of an order."""
    form = next(one for one in text.split("<form") if 'name="order"' in one)
    pairs = re.findall(r'type="hidden" name="([a-z]+)" value="([^"]*)"', form)
    return dict(pairs)


def ready(desk: Desk, client: Client, **form: Any) -> tuple[Any, bytes, dict[str, str], str]:
    dossier, file = desk.issue(**form)
    code = make_code(desk.node, PROSECUTOR, read_order(file).order)
    return dossier, file, hidden(drop(client, file).content.decode()), code


def word(answer: Any) -> str:
    found = re.search(
        r'<h2 id="verdict"><span class="tag [a-z]+">([^<]+)<', answer.content.decode()
    )
    return found[1] if found else ""


def test_an_order_of_the_exercise_verifies_here(desk: Desk, client: Client) -> None:
    _, file = desk.issue()
    shown = drop(client, file)
    assert word(shown) == "exercise"
    assert 'class="tag failed"' not in shown.content.decode()


def test_one_changed_byte_is_told(desk: Desk, client: Client) -> None:
    _, file = desk.issue()
    at = file.index(b'"payload":"') + 40
    changed = file[:at] + (b"A" if file[at : at + 1] != b"A" else b"B") + file[at + 1 :]
    assert word(drop(client, changed)) == "altered"


def test_a_revoked_order_is_revoked(desk: Desk, client: Client) -> None:
    _, file = desk.issue()
    revoke_order(desk.node, PROSECUTOR, read_order(file).order, "Withdrawn.")
    assert word(drop(client, file)) == "revoked"


def test_an_order_that_is_over_has_expired(desk: Desk, client: Client) -> None:
    _, file = desk.issue()
    desk.clock.forward("P90D")
    assert word(drop(client, file)) == "expired"


def test_no_form_to_answer_is_offered_on_what_is_not_good(desk: Desk, client: Client) -> None:
    _, file = desk.issue()
    revoke_order(desk.node, PROSECUTOR, read_order(file).order, "Withdrawn.")
    assert 'value="answer"' not in drop(client, file).content.decode()


def test_a_page_without_a_file_asks_for_one(client: Client) -> None:
    answer = client.post(PAGE, {"do": "verify"})
    assert "Choose the order file first." in answer.content.decode()


def test_an_answer_by_code_is_recorded_as_not_identified(desk: Desk, client: Client) -> None:
    dossier, _, kept, code = ready(desk, client)
    sent = {**kept, "do": "answer", "answer": "done", "code": code}
    answer = client.post(PAGE, sent)
    assert "Provider not identified." in answer.content.decode()
    assert desk.state(dossier) == "preserved"


def test_the_same_form_sent_again_is_receipted_again(desk: Desk, client: Client) -> None:
    dossier, _, kept, code = ready(desk, client)
    sent = {**kept, "do": "answer", "answer": "done", "code": code}
    client.post(PAGE, sent)
    before = desk.steps(dossier)
    again = client.post(PAGE, sent)
    assert (again.status_code, desk.steps(dossier)) == (200, before)


def test_an_objection_names_its_ground(desk: Desk, client: Client) -> None:
    dossier, _, kept, code = ready(desk, client)
    more = {"answer": "object", "ground": "manifest_error", "reasons": "No such number."}
    client.post(PAGE, {**kept, "do": "answer", "code": code, **more})
    assert desk.state(dossier) == "objected"


def test_a_wrong_code_records_nothing(desk: Desk, client: Client) -> None:
    dossier, _, kept, _ = ready(desk, client)
    sent = {**kept, "do": "answer", "answer": "done", "code": "0" * 20}
    answer = client.post(PAGE, sent)
    assert "Nothing was recorded." in answer.content.decode()
    assert desk.state(dossier) == "served"


def test_what_was_written_is_kept_but_not_the_code(desk: Desk, client: Client) -> None:
    _, _, kept, _ = ready(desk, client)
    sent = {**kept, "do": "answer", "answer": "partly", "reasons": "Some is gone.", "code": "abcde"}
    shown = client.post(PAGE, sent).content.decode()
    assert "Some is gone." in shown
    assert "abcde" not in shown


def test_a_small_return_is_taken_whole(desk: Desk, client: Client) -> None:
    dossier, _, kept, code = ready(desk, client, measure="produce_content_data")
    files = [SimpleUploadedFile("a.txt", b"one"), SimpleUploadedFile("b.txt", b"two")]
    sent = {**kept, "do": "return", "part": "whole", "code": code, "returned": files}
    answer = client.post(PAGE, sent)
    assert answer.status_code == 200
    assert desk.state(dossier) == "produced"


def test_a_return_without_files_is_refused(desk: Desk, client: Client) -> None:
    _, _, kept, code = ready(desk, client, measure="produce_content_data")
    answer = client.post(PAGE, {**kept, "do": "return", "part": "whole", "code": code})
    assert "Choose the files that you return." in answer.content.decode()


def test_the_page_speaks_arabic_from_right_to_left(client: Client) -> None:
    shown = client.get(f"{PAGE}?language=ar").content.decode()
    assert '<html lang="ar" dir="rtl">' in shown


def test_the_page_takes_the_browsers_language(client: Client) -> None:
    shown = client.get(PAGE, HTTP_ACCEPT_LANGUAGE="ar-EG,ar;q=0.9").content.decode()
    assert '<html lang="ar" dir="rtl">' in shown


def test_the_page_sets_no_cookie(desk: Desk, client: Client) -> None:
    _, file = desk.issue()
    assert not drop(client, file).cookies


def test_the_page_runs_no_script_and_loads_nothing_of_others(client: Client) -> None:
    answer = client.get(PAGE)
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "<script" not in answer.content.decode()


def test_the_style_is_one_file_for_all(client: Client) -> None:
    answer = client.get("/providers/style.css")
    assert answer["Content-Type"] == "text/css; charset=utf-8"
    assert b".verdict" in answer.content
