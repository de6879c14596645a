"""The page for providers is open to the world: what strangers send it comes to nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from comity.app.databases import configure_django
from comity.app.settings import Settings
from comity.base import limits
from comity.seal.keys import SigningKey
from comity.service.codes import make_code
from comity.storage.memory import MemoryStore

configure_django("comity.web.urls_desk")

from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: E402 # Django is configured first
from django.test import Client, override_settings  # noqa: E402 # Django is configured first

from comity.web import bodies  # noqa: E402 # as above
from comity.web.place import leave_place, take_place  # noqa: E402 # as above
from comity.web.providers.page import _AT_ONCE, MOST  # noqa: E402 # as above
from tests.cards import know_card, make_card  # noqa: E402 # as above
from tests.orders import signed  # noqa: E402 # as above
from tests.providers import PROSECUTOR, Desk, order_desk, read_order  # noqa: E402 # as above
from tests.steady import SeedBytes  # noqa: E402 # as above

PAGE = "/providers/"
HTML = "<script>alert(1)</script><img src=x onerror=alert(1)>"


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
    return Client(raise_request_exception=False)


def drop(client: Client, data: bytes, name: str = "order.json") -> Any:
    return client.post(PAGE, {"do": "verify", "file": SimpleUploadedFile(name, data)})


def word(answer: Any) -> str:
    found = re.search(
        r'<h2 id="verdict"><span class="tag [a-z]+">([^<]+)<', answer.content.decode()
    )
    return found[1] if found else ""


HOSTILE = {
    "nothing at all": b"\x00",
    "half a character": b"\xff\xfe\xfd",
    "endless depth": b"[" * 100_000,
    "endless depth of objects": b'{"a":' * 50_000,
    "no order": b'{"payload":"e30=","payloadType":"text/html","signatures":[]}',
    "a number beyond all bounds": b'{"payload":' + b"9" * 10_000 + b"}",
    "names twice": b'{"payload":"","payload":"","payloadType":"x","signatures":[]}',
    "a page": HTML.encode(),
    "an archive": b"PK\x03\x04" + bytes(1000),
    "a document": b"%PDF-1.7\n" + bytes(1000),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_judged_and_never_believed(client: Client, what: str) -> None:
    answer = drop(client, HOSTILE[what])
    assert (answer.status_code, word(answer)) == (200, "altered")


def test_an_order_of_a_stranger_in_our_name_is_forged(desk: Desk, client: Client) -> None:
    thief = SigningKey.generate(SeedBytes(99))
    _, file = desk.issue()
    said = read_order(file)
    forged = signed(thief, authority=said.authority, state=said.state, exercise=True)
    assert word(drop(client, forged)) in {"forged", "expired"}


def test_an_order_of_somebody_unknown_is_not_decided(client: Client) -> None:
    thief = SigningKey.generate(SeedBytes(98))
    forged = signed(thief, authority="Nobody at all", state="XC", exercise=True)
    assert word(drop(client, forged)) in {"could not be decided", "expired"}


@pytest.mark.parametrize("at", range(0, 100, 7))
def test_no_change_of_one_byte_is_taken_for_the_order(desk: Desk, client: Client, at: int) -> None:
    _, file = desk.issue()
    place = len(file) * at // 100
    changed = bytearray(file)
    changed[place] ^= 1
    assert word(drop(client, bytes(changed))) in {"altered", "forged", "could not be decided"}


def test_a_huge_file_is_refused_before_it_is_read(client: Client) -> None:
    answer = client.generic(
        "POST",
        PAGE,
        b"x",
        content_type="multipart/form-data; boundary=b",
        CONTENT_LENGTH=str(MOST + 1),
    )
    assert answer.status_code == 413


def test_an_order_longer_than_any_order_is_refused(client: Client) -> None:
    assert drop(client, bytes(limits.ENVELOPE_BYTES + 1)).status_code == 413


def test_a_body_without_a_length_is_refused(client: Client) -> None:
    answer = client.generic(
        "POST", PAGE, b"", content_type="multipart/form-data; boundary=b",
        headers={"transfer-encoding": "chunked"},
    )  # fmt: skip
    assert answer.status_code == 411


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "multipart/form-data", "multipart/form-data; boundary=", "application/json"],
)
def test_what_is_no_form_is_refused(client: Client, kind: str) -> None:
    answer = client.generic("POST", PAGE, b"--x\r\n", content_type=kind)
    assert answer.status_code == 422


def test_ten_thousand_fields_are_refused(client: Client) -> None:
    fields = {f"field{number}": "x" for number in range(10_000)}
    assert client.post(PAGE, fields).status_code == 422


def test_markup_in_fields_is_shown_as_text(client: Client) -> None:
    fields = {"do": "answer", "order": HTML, "served": HTML, "provider": HTML, "at": HTML,
              "answer": HTML, "reasons": HTML, "code": HTML, "currency": HTML}  # fmt: skip
    shown = client.post(PAGE, fields).content.decode()
    assert "<script>alert" not in shown
    assert "<img" not in shown


def test_markup_in_the_name_of_a_file_is_not_shown(desk: Desk, client: Client) -> None:
    _, file = desk.issue()
    assert "<img" not in drop(client, file, name=HTML).content.decode()


def test_markup_in_a_truly_signed_order_is_shown_as_text(client: Client) -> None:
    hostile = signed(reference=HTML, exercise=True)
    shown = drop(client, hostile).content.decode()
    assert "<script>alert" not in shown
    assert "&lt;script&gt;" in shown


def test_many_tries_at_a_code_make_all_codes_of_the_order_rest(desk: Desk, client: Client) -> None:
    _, file = desk.issue()
    order = read_order(file)
    make_code(desk.node, PROSECUTOR, order.order)
    shown = drop(client, file).content.decode()
    form = next(one for one in shown.split("<form") if 'name="order"' in one)
    kept = dict(re.findall(r'type="hidden" name="([a-z]+)" value="([^"]*)"', form))
    seen = [
        client.post(PAGE, {**kept, "do": "answer", "answer": "done", "code": f"{n:020d}"})
        for n in range(12)
    ]
    texts = [one.content.decode() for one in seen]
    assert ["provider/codes-resting" in one for one in texts] == [False] * 10 + [True] * 2


def test_many_tries_do_not_fill_the_findings(desk: Desk, client: Client) -> None:
    for number in range(limits.FINDINGS_A_DAY + 20):
        client.post(PAGE, {"do": "answer", "answer": "done", "order": f"x{number}"})
    assert len(desk.kinds()) <= limits.FINDINGS_A_DAY + 1


def test_judging_an_order_leaves_nothing_behind(desk: Desk, client: Client) -> None:
    dossier, file = desk.issue()
    before = desk.steps(dossier)
    for data in (file, file[:-1], b"nothing"):
        drop(client, data)
    assert (desk.kinds(), desk.steps(dossier)) == ([], before)


def test_whom_we_are_paired_with_is_not_told_by_judging(desk: Desk, client: Client) -> None:
    """An authority known only by a pairing is as unknown here as one that nobody knows."""
    thief = SigningKey.generate(SeedBytes(97))
    order = signed(thief, authority="XC-CA", state="XC", exercise=True)
    before = re.sub(r"<time[^>]*>[^<]*", "", drop(client, order).content.decode())
    know_card(desk.node, make_card("XC", authority="XC-CA"), source="paired")
    after = re.sub(r"<time[^>]*>[^<]*", "", drop(client, order).content.decode())
    assert before == after


def test_an_answer_to_an_order_that_is_not_there_names_no_order_that_is(
    desk: Desk, client: Client
) -> None:
    _, file = desk.issue()
    sent = {"do": "answer", "answer": "done", "order": "ord_" + "0" * 26, "code": "0" * 20,
            "served": "sha256:" + "0" * 64, "provider": "X",
            "at": str(desk.clock.now())}  # fmt: skip
    shown = client.post(PAGE, sent).content.decode()
    assert read_order(file).order not in shown


def test_a_hidden_field_that_was_changed_is_compared_with_the_order(
    desk: Desk, client: Client
) -> None:
    dossier, file = desk.issue()
    code = make_code(desk.node, PROSECUTOR, read_order(file).order)
    sent = {"do": "answer", "answer": "done", "order": read_order(file).order, "code": code,
            "served": "sha256:" + "0" * 64, "provider": "Hosting Belmora",
            "at": str(desk.clock.now())}  # fmt: skip
    client.post(PAGE, sent)
    assert desk.state(dossier) == "served"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "OPTIONS"])
def test_only_the_methods_that_are_meant_are_answered(client: Client, method: str) -> None:
    assert client.generic(method, PAGE).status_code == 405


@pytest.mark.parametrize("language", ["../../etc", "ar\r\nX: y", "xx", HTML, "a" * 10_000])
def test_no_language_but_ours_is_taken_from_the_address(client: Client, language: str) -> None:
    answer = client.get(PAGE, {"language": language})
    assert '<html lang="en" dir="ltr">' in answer.content.decode()


def test_one_stranger_sends_only_so_many_at_once(desk: Desk, client: Client) -> None:
    del desk
    place = f"{bodies._STRANGERS} at 127.0.0.1"
    bodies._READING[place] += limits.STRANGER_AT_ONCE
    try:
        assert drop(client, b"x").status_code == 429
    finally:
        bodies._READING[place] -= limits.STRANGER_AT_ONCE


def test_a_forged_return_by_a_made_up_code_is_refused(desk: Desk, client: Client) -> None:
    dossier, file = desk.issue(measure="produce_content_data")
    order = read_order(file)
    sent = {"do": "return", "part": "whole", "order": order.order, "code": "0" * 20,
            "served": "sha256:" + "0" * 64, "provider": order.provider,
            "at": str(desk.clock.now()), "returned": SimpleUploadedFile("a", b"x")}  # fmt: skip
    client.post(PAGE, sent)
    assert desk.state(dossier) == "demanded"


def test_only_so_many_forms_are_in_memory_at_once(desk: Desk, client: Client) -> None:
    del desk
    held = [_AT_ONCE.acquire(blocking=False) for _ in range(limits.STRANGERS_AT_ONCE)]
    try:
        assert drop(client, b"x").status_code == 429
    finally:
        for _ in held:
            _AT_ONCE.release()


def test_a_form_that_was_answered_makes_room_again(desk: Desk, client: Client) -> None:
    del desk
    seen = [drop(client, b"x").status_code for _ in range(limits.STRANGERS_AT_ONCE + 1)]
    assert set(seen) == {200}
