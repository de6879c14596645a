"""The room of orders, and the page for providers at the desk's door."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from comity.base import Ident
from comity.service.codes import digest_code
from comity.service.orders import issue_order, list_orders, list_revocations
from comity.service.requests import Opening, amend_form, open_dossier
from tests.providers import FORM, PROSECUTOR
from tests.seats import Seats, seats, sqlite_template
from tests.unit.web.pages.test_evidence import once, send

__all__ = ["seats", "sqlite_template"]


@pytest.fixture
def draft(seats: Seats) -> Ident:
    """An order that is written and not issued."""
    opening = Opening(
        process="uncc/order",
        counterpart="XA",
        authority="HostCo",
        basis="uncc",
        channel="portal",
    )
    dossier = open_dossier(seats.node, PROSECUTOR, opening)
    amend_form(seats.node, PROSECUTOR, dossier, {**FORM, "custodian": "HostCo"})
    return dossier


@pytest.fixture
def order(seats: Seats, draft: Ident) -> str:
    issue_order(seats.node, PROSECUTOR, draft)
    return list_orders(seats.node, draft)[0].order


def page(seats: Seats, address: str, login: str = "pros", **more: Any) -> str:
    answer = seats.sit(login, **more).get(address)
    assert answer.status_code == 200, answer.content[:500]
    return str(answer.content.decode())


def test_an_order_is_not_signed_before_the_custodians_part_is_answered(
    seats: Seats, draft: Ident
) -> None:
    answer = send(seats.sit("pros"), f"/dossiers/{draft}/order")
    assert 'class="problem"' in answer.content.decode()
    assert list_orders(seats.node, draft) == ()


def test_a_custodian_who_may_be_involved_needs_reasons(seats: Seats, draft: Ident) -> None:
    send(seats.sit("pros"), f"/dossiers/{draft}/order", custodian_involved="possible")
    assert list_orders(seats.node, draft) == ()


def test_an_order_is_signed_and_shown(seats: Seats, draft: Ident) -> None:
    answer = send(seats.sit("pros"), f"/dossiers/{draft}/order", custodian_involved="no_sign")
    row = list_orders(seats.node, draft)[0]
    assert answer["Location"] == f"/orders/{row.order}"


def test_what_is_missing_is_told_before_it_is_signed(seats: Seats, draft: Ident) -> None:
    amend_form(seats.node, PROSECUTOR, draft, {"measure": "preserve"})
    assert "missing or wrong" in page(seats, f"/dossiers/{draft}/order")


def test_an_order_begins_from_a_request_with_what_it_says(seats: Seats) -> None:
    opening = Opening(
        process="uncc/preservation",
        counterpart="XB",
        authority="XB-CA",
        basis="uncc",
        channel="letter",
        is_asking=False,
    )
    request = open_dossier(seats.node, PROSECUTOR, opening)
    answer = send(seats.sit("pros"), f"/dossiers/{request}/order", other="HostCo")
    assert re.fullmatch(r"/dossiers/dos_[a-z0-9]{26}/order", answer["Location"])


def test_the_file_is_the_one_that_was_served(seats: Seats, order: str) -> None:
    answer = seats.sit("pros").get(f"/orders/{order}/file")
    with seats.node.store.view() as unit:
        (row,) = unit.orders.find(order=order)
    from comity.base import Digest  # noqa: PLC0415 # the oracle of this test alone

    assert Digest.of(answer.content) == row.served


def test_who_may_not_read_content_gets_no_file(seats: Seats, order: str) -> None:
    assert seats.sit("watch").get(f"/orders/{order}/file").status_code == 403


def test_who_may_not_read_content_sees_whose_data_it_is_not(seats: Seats, order: str) -> None:
    assert "alice_84" not in page(seats, f"/orders/{order}", "watch")


def test_an_order_says_whose_data_and_how_to_object(seats: Seats, order: str) -> None:
    shown = page(seats, f"/orders/{order}")
    assert "alice_84 at mail.example" in shown
    assert "How to object" in shown


def test_a_code_is_shown_once(seats: Seats, order: str) -> None:
    client = seats.sit("pros")
    key = once(client.get(f"/orders/{order}/code").content.decode())
    first, again = (
        client.post(f"/orders/{order}/code", {"once": key, "hours": "24"}).content.decode()
        for _ in range(2)
    )
    found = re.search(r"[0-9a-z]{5}(-[0-9a-z]{5}){3}", first)
    assert found
    assert found[0] not in again


def test_the_code_that_is_shown_is_the_one_that_opens(seats: Seats, order: str) -> None:
    shown = send(seats.sit("pros"), f"/orders/{order}/code", hours="24").content.decode()
    found = re.search(r"[0-9a-z]{5}(-[0-9a-z]{5}){3}", shown)
    assert found
    with seats.node.store.view() as unit:
        assert unit.codes.find(code=digest_code(order, found[0]))


def test_an_order_taken_back_stands_in_the_public_list(seats: Seats, order: str) -> None:
    send(seats.sit("pros"), f"/orders/{order}/revocation", reasons="Wrong number.")
    import base64  # noqa: PLC0415 # the oracle of this test alone
    import json  # noqa: PLC0415 # as above

    told = base64.b64decode(json.loads(list_revocations(seats.node))["payload"])
    assert order in json.loads(told)["orders"]


def test_nothing_is_taken_back_without_reasons(seats: Seats, order: str) -> None:
    send(seats.sit("pros"), f"/orders/{order}/revocation")
    assert (
        "taken back" not in page(seats, f"/orders/{order}").split("<dl")[0].split("<h1>")[1][:200]
    )


def test_production_needs_the_body_that_may_order_it(seats: Seats, order: str) -> None:
    answer = send(seats.sit("pros"), f"/orders/{order}/demand", measure="produce_traffic_data")
    assert 'class="problem"' in answer.content.decode()


def test_an_answer_file_that_is_none_is_refused_and_said_why(seats: Seats, order: str) -> None:
    file = SimpleUploadedFile("answer.json", b"{}")
    address = f"/orders/{order}/answer"
    answer = send(seats.sit("pros"), address, answer=file, channel="mail")
    assert 'class="problem"' in answer.content.decode()


@pytest.mark.parametrize("name", ["x", "ord_" + "0" * 26, "ret_" + "0" * 26])
@pytest.mark.parametrize("address", ["orders/{}", "returns/{}"])
def test_what_is_not_there_is_no_page(seats: Seats, address: str, name: str) -> None:
    assert seats.sit("pros").get("/" + address.format(name)).status_code in {400, 404, 422}


def test_nobody_need_sign_in_to_ask_whether_an_order_is_genuine(seats: Seats, order: str) -> None:
    with seats.node.store.view() as unit:
        (row,) = unit.orders.find(order=order)
    file = seats.sit("pros").get(f"/orders/{row.order}/file").content
    answer = seats.stranger().post("/provider", {"file": SimpleUploadedFile("o", file)})
    assert 'id="verdict"' in answer.content.decode()


def test_a_forged_order_is_told_at_the_desk_too(seats: Seats) -> None:
    answer = seats.stranger().post("/provider", {"file": SimpleUploadedFile("o", b"{}")})
    assert '<span class="tag failed">altered' in answer.content.decode()


def test_the_page_says_what_to_check_by_telephone(seats: Seats, order: str) -> None:
    file = seats.sit("pros").get(f"/orders/{order}/file").content
    answer = seats.stranger().post("/provider", {"file": SimpleUploadedFile("o", file)})
    assert "What to check by telephone" in answer.content.decode()
