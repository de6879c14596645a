"""The order and the revocation as documents: what they can say, and what they cannot."""

from __future__ import annotations

import json
from typing import Any

import pytest

from comity.base import ComityError, Digest, Instant, parse_canonical
from comity.federation import (
    DataKind,
    Objection,
    Order,
    OrderImpossible,
    Revocation,
    Span,
    new_order_id,
    open_revocation,
    sign_order,
    sign_revocation,
)
from comity.federation.order import ORDER_NAMES
from tests.orders import ID, ISSUED, KEY, OTHER, make_order, revocation
from tests.seals import SeedBytes

BEFORE = Instant.parse("2026-11-21T02:29:59Z")


def test_an_order_reads_back_as_itself() -> None:
    order = make_order(
        replaces=ID.replace("0123", "1123"),
        authorisation="District court, 3 Gs 12/26",
        answer_by=Instant.parse("2026-11-22T00:00:00Z"),
        period=None,
        carries=None,
    )
    assert Order.from_data(parse_canonical(order.payload())) == order


def test_every_name_of_an_order_is_always_there() -> None:
    assert json.loads(make_order(period=None, carries=None).payload()).keys() == ORDER_NAMES


def test_the_digest_of_the_foreign_request_is_all_that_an_order_holds_of_it() -> None:
    said = json.loads(make_order().payload())["carries"]
    assert said == str(Digest.of(b"the request of Arvenia"))


def test_a_persian_name_with_a_joiner_can_stand_in_an_order() -> None:
    assert make_order(reference="\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645").reference


@pytest.mark.parametrize(
    "change",
    [
        {"order": "ord_1"},
        {"order": ID.upper()},
        {"replaces": "x"},
        {"replaces": ID},
        {"state": "xb"},
        {"state": "XBX"},
        {"authority": ""},
        {"authority": "a\nb"},
        {"authority": "a  b"},
        {"authority": " a"},
        {"authority": "a\u202eb"},
        {"authority": "a\u00a0b"},
        {"provider": "x" * 2_001},
        {"reference": "\u200b"},
        {"law": ()},
        {"law": ("a", "a")},
        {"data": ()},
        {"data": ("account: a", "account: a")},
        {"data": ("account:a",)},
        {"data": ("all",)},
        {"data": ("account: a\u200cb",)},
        {"data": ("account: x" + "x" * 2_048,)},
        {"data": tuple(f"account: {n}" for n in range(501))},
        {"kinds": ()},
        {"kinds": (DataKind.TRAFFIC, DataKind.CONTENT)},
        {"kinds": (DataKind.TRAFFIC, DataKind.TRAFFIC)},
        {"valid_until": ISSUED},
        {"answer_by": BEFORE},
        {"confidential_until": BEFORE},
        {"authorisation": ""},
    ],
    ids=str,
)
def test_what_no_order_can_say_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(OrderImpossible):
        make_order(**change)


def test_an_objection_due_before_the_issue_is_refused() -> None:
    with pytest.raises(OrderImpossible):
        make_order(objection=Objection(how="x", to="y", by=BEFORE))


@pytest.mark.parametrize("how", ["", " \n ", "x" * 40_001, "a\u2066b", "a\tb"])
def test_a_way_to_object_that_cannot_be_shown_is_refused(how: str) -> None:
    with pytest.raises(OrderImpossible):
        Objection(how=how, to="court", by=None)


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(OrderImpossible):
        Span(ISSUED, ISSUED)


def test_an_order_is_signed_with_the_key_that_it_bears_only() -> None:
    with pytest.raises(OrderImpossible):
        sign_order(make_order(), OTHER)


def test_a_new_name_of_an_order_is_one() -> None:
    assert make_order(order=new_order_id(SeedBytes())).order.startswith("ord_")


def test_two_new_names_differ() -> None:
    random = SeedBytes()
    assert new_order_id(random) != new_order_id(random)


def test_a_revocation_reads_back_as_itself() -> None:
    found = open_revocation(revocation(reason="Withdrawn.", valid_until=None))
    assert (found.orders, found.reason, found.is_whole) == ((ID,), "Withdrawn.", False)


@pytest.mark.parametrize(
    "change",
    [
        {"orders": ()},
        {"orders": (ID, ID)},
        {"orders": ("x",)},
        {"orders": (ID.replace("0123", "1123"), ID)},
        {"state": "Belmora"},
        {"authority": ""},
        {"reason": ""},
        {"valid_until": BEFORE, "at": ISSUED},
    ],
    ids=str,
)
def test_what_no_revocation_can_say_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(OrderImpossible):
        revocation(**change)


def test_a_revocation_is_signed_with_the_key_that_it_bears_only() -> None:
    found = open_revocation(revocation())
    with pytest.raises(OrderImpossible):
        sign_revocation(found, OTHER)


def test_an_order_is_no_revocation() -> None:
    with pytest.raises(ComityError):
        open_revocation(sign_order(make_order(), KEY))


def test_a_revocation_whose_signature_does_not_hold_is_not_opened() -> None:
    found: Revocation = open_revocation(revocation())
    changed = revocation().replace(b'"sig":"', b'"sig":"AAAA', 1)
    assert found.orders == (ID,)
    with pytest.raises(ComityError):
        open_revocation(changed)
