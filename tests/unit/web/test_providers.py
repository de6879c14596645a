"""The providers' door: whatever a stranger sends, it is refused with the right word, or kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from comity.app.databases import configure_django
from comity.app.settings import Settings
from comity.base import limits
from comity.federation.calls import content_digest
from comity.seal.dsse import read_envelope
from comity.service.answers import RECEIPT_PAYLOAD
from comity.service.codes import make_code
from comity.service.orders import revoke_order
from comity.storage.memory import MemoryStore

configure_django("comity.web.urls_desk")

from django.test import Client  # noqa: E402 # Django is configured first

from comity.web.place import leave_place, take_place  # noqa: E402 # Django is configured first
from tests.providers import (  # noqa: E402 # Django is configured first
    KEY,
    PROSECUTOR,
    STRANGER,
    Desk,
    Handed,
    answer,
    hand_over,
    order_desk,
    read_order,
    voice,
)

HOST = "xb.example:8443"
RETURNS = "/providers/1/returns"
ANSWERS = "/providers/1/answers"
FILES = {"a": b"one", "b": b"two"}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = order_desk(MemoryStore(), tmp_path)
    take_place(
        made.node,
        Settings(state="XB", authority="XB-CA", kind="central_authority", exercise=True),
    )
    yield made
    leave_place()


@pytest.fixture
def client(settings_urls: None) -> Client:
    return Client(headers={"host": HOST})


@pytest.fixture
def settings_urls() -> Iterator[None]:
    from django.test import override_settings  # noqa: PLC0415 # Django is configured first

    with override_settings(ROOT_URLCONF="comity.web.urls_peers"):
        yield


def send(
    client: Any, desk: Desk, method: str, path: str, body: bytes | None = b"", **more: Any
) -> Any:
    """Send a request, signed with the provider's key unless another voice is wished."""
    spoken = voice(method, path, desk.clock.now(), body=body, **more)
    fields = spoken.call.fields
    names = {name: name.replace("-", "_").upper() for name in fields}
    headers = {f"HTTP_{key}": fields[name] for name, key in names.items() if "LENGTH" not in key}
    headers["CONTENT_LENGTH"] = fields.get("content-length", "")
    if spoken.code:
        headers["HTTP_COMITY_CODE"] = spoken.code
    return client.generic(method, path, body or b"", content_type="application/json", **headers)


def code_of(answer: Any) -> str:
    return str(json.loads(answer.content)["type"]).removeprefix("urn:comity:")


def begin(client: Any, desk: Desk, **change: Any) -> tuple[str, Handed]:
    _, file = desk.issue(measure="produce_content_data")
    handed = hand_over(file, FILES, desk.clock.now(), **change)
    told = send(client, desk, "POST", RETURNS, handed.statement)
    assert told.status_code == 201, told.content
    return f"{RETURNS}/{json.loads(told.content)['return']}", handed


def test_an_answer_is_receipted_by_the_authoritys_key(client: Any, desk: Desk) -> None:
    _, file = desk.issue()
    told = send(client, desk, "POST", ANSWERS, answer(file, desk.clock.now()))
    envelope = read_envelope(told.content, RECEIPT_PAYLOAD)
    assert (told.status_code, envelope.key_id) == (200, desk.node.key.public.key_id)


def test_a_return_goes_through_begin_piece_and_end(client: Any, desk: Desk) -> None:
    path, handed = begin(client, desk)
    put = send(client, desk, "PATCH", path, handed.data, offset=0)
    ended = send(client, desk, "POST", f"{path}/end", b"")
    assert (put.status_code, put["Upload-Offset"]) == (204, str(len(handed.data)))
    assert ended.status_code == 200


def test_asking_tells_how_much_is_here(client: Any, desk: Desk) -> None:
    path, handed = begin(client, desk)
    told = send(client, desk, "HEAD", path, None)
    assert (told["Upload-Offset"], told["Upload-Length"]) == ("0", str(len(handed.data)))


def test_a_body_without_a_length_is_refused(client: Any, desk: Desk) -> None:
    told = client.generic("POST", ANSWERS, b"", headers={"transfer-encoding": "chunked"})
    assert told.status_code in {400, 411}


def test_a_length_that_is_no_number_is_refused(client: Any, desk: Desk) -> None:
    told = client.generic("POST", ANSWERS, b"{}", CONTENT_LENGTH="-1")
    assert (told.status_code, code_of(told)) == (411, "provider/no-length")


def test_a_body_that_is_too_long_is_refused_and_found(client: Any, desk: Desk) -> None:
    told = client.generic("POST", ANSWERS, b"{}", CONTENT_LENGTH=str(limits.ENVELOPE_BYTES + 1))
    assert (told.status_code, desk.kinds()) == (413, ["provider/too-large"])


@pytest.mark.parametrize(
    "digest",
    ["", "sha-256=:AAAA:", content_digest(b"other"), "md5=:AAAA:", content_digest(b"{}") + ",x=1"],
)
def test_a_digest_that_is_missing_or_false_is_refused(client: Any, desk: Desk, digest: str) -> None:
    headers = {"HTTP_CONTENT_DIGEST": digest} if digest else {}
    told = client.generic("POST", ANSWERS, b"{}", **headers)
    assert told.status_code in {400, 401}
    assert desk.kinds()


@pytest.mark.parametrize("body", [b"", b"{}", b"null", b"\xff\xfe", b"[" * 5000, b'{"key":null}'])
def test_what_is_no_answer_is_no_answer(client: Any, desk: Desk, body: bytes) -> None:
    told = send(client, desk, "POST", ANSWERS, body)
    assert 400 <= told.status_code < 500


def test_an_unsigned_statement_without_a_code_is_refused(client: Any, desk: Desk) -> None:
    _, file = desk.issue(measure="produce_content_data")
    handed = hand_over(file, FILES, desk.clock.now(), key=None)
    told = send(client, desk, "POST", RETURNS, handed.statement, key=None)
    assert (told.status_code, code_of(told)) == (401, "provider/not-identified")


def test_a_strangers_signature_is_refused(client: Any, desk: Desk) -> None:
    path, handed = begin(client, desk)
    told = send(client, desk, "PATCH", path, handed.data, offset=0, key=STRANGER)
    assert told.status_code == 401


def test_a_signature_for_another_piece_is_refused(client: Any, desk: Desk) -> None:
    path, handed = begin(client, desk)
    fields = voice("PATCH", path, desk.clock.now(), body=b"x" * 9, offset=0).call.fields
    told = client.generic(
        "PATCH",
        path,
        handed.data,
        HTTP_CONTENT_DIGEST=content_digest(handed.data),
        HTTP_UPLOAD_OFFSET="0",
        HTTP_SIGNATURE=fields["signature"],
        HTTP_SIGNATURE_INPUT=fields["signature-input"],
    )
    assert (told.status_code, code_of(told)) == (401, "provider/call")


def test_a_signature_of_yesterday_is_refused(client: Any, desk: Desk) -> None:
    path, handed = begin(client, desk)
    spoken = voice("PATCH", path, desk.clock.now(), body=handed.data, offset=0)
    desk.clock.forward("P1D")
    fields = spoken.call.fields
    told = client.generic(
        "PATCH",
        path,
        handed.data,
        HTTP_CONTENT_DIGEST=fields["content-digest"],
        HTTP_UPLOAD_OFFSET="0",
        HTTP_SIGNATURE=fields["signature"],
        HTTP_SIGNATURE_INPUT=fields["signature-input"],
    )
    assert (told.status_code, code_of(told)) == (401, "provider/call")


def test_a_replayed_request_is_refused_and_found(client: Any, desk: Desk) -> None:
    path, handed = begin(client, desk)
    nonce = "n" * 32
    send(client, desk, "PATCH", path, handed.data, offset=0, nonce=nonce)
    told = send(client, desk, "PATCH", path, handed.data, offset=0, nonce=nonce)
    assert (told.status_code, desk.kinds()) == (401, ["service/nonce-replayed"])


def test_who_lost_count_is_told_where_it_stands(client: Any, desk: Desk) -> None:
    path, handed = begin(client, desk)
    told = send(client, desk, "PATCH", path, handed.data[5:], offset=5)
    assert (told.status_code, told["Upload-Offset"]) == (409, "0")


@pytest.mark.parametrize("offset", ["-1", "", "1e3", "9" * 40, "٣"])
def test_an_offset_that_is_no_number_is_refused(client: Any, desk: Desk, offset: str) -> None:
    path, handed = begin(client, desk)
    told = client.generic(
        "PATCH",
        path,
        handed.data,
        HTTP_CONTENT_DIGEST=content_digest(handed.data),
        HTTP_UPLOAD_OFFSET=offset,
    )
    assert 400 <= told.status_code < 500


@pytest.mark.parametrize(
    "ret", ["x", "ret_" + "0" * 26, "..%2f..", "dos_" + "0" * 26, "ret_" + "0" * 900]
)
def test_an_upload_that_is_not_there_is_not_there(client: Any, desk: Desk, ret: str) -> None:
    told = send(client, desk, "HEAD", f"{RETURNS}/{ret}", None)
    assert told.status_code == 404


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS", "TRACE"])
def test_only_the_methods_that_are_meant_are_answered(client: Any, desk: Desk, method: str) -> None:
    assert client.generic(method, ANSWERS).status_code == 405


def test_guessing_codes_is_stopped(client: Any, desk: Desk) -> None:
    _, file = desk.issue()
    make_code(desk.node, PROSECUTOR, read_order(file).order)
    bare = answer(file, desk.clock.now(), None)
    seen = [
        send(client, desk, "POST", ANSWERS, bare, key=None, code=f"{n:020d}").status_code
        for n in range(12)
    ]
    assert seen == [401] * 10 + [429] * 2


def test_a_revoked_order_takes_no_return(client: Any, desk: Desk) -> None:
    path, handed = begin(client, desk)
    with desk.node.store.view() as unit:
        order = unit.orders.find()[0].order
    revoke_order(desk.node, PROSECUTOR, order, "Withdrawn.")
    told = send(client, desk, "PATCH", path, handed.data, offset=0)
    assert (told.status_code, code_of(told)) == (403, "provider/order-over")


def test_a_refusal_names_no_file_and_no_person(client: Any, desk: Desk) -> None:
    told = send(client, desk, "POST", ANSWERS, b"{}")
    assert b"/src/" not in told.content
    assert b"Traceback" not in told.content


def test_findings_do_not_grow_without_end(client: Any, desk: Desk) -> None:
    for number in range(limits.FINDINGS_A_DAY + 20):
        send(client, desk, "POST", ANSWERS, b"%d" % number)
    assert len(desk.kinds()) <= limits.FINDINGS_A_DAY + 1


def test_the_key_of_the_provider_is_no_key_of_a_desk(client: Any, desk: Desk) -> None:
    assert client.get("/api/1/dossiers").status_code == 404
    assert KEY.public.key_id != desk.node.key.public.key_id
