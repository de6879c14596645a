"""For all bytes from outside: an order is judged, a revocation is opened or refused by us."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.base import Instant, Verdict, canonical_bytes, parse_canonical
from comity.base.canonical import Json
from comity.base.errors import ComityError
from comity.federation import (
    Order,
    Question,
    Revocation,
    Word,
    answer_json,
    answer_text,
    open_revocation,
)
from comity.federation.order import PAYLOAD_TYPE
from comity.federation.revocation import PAYLOAD_TYPE as REVOCATION_TYPE
from comity.seal import sign_envelope
from tests.orders import ID, KEY, NOW, judge, make_order, revocation, signed

GENUINE = signed()
REVOKED = revocation()
SAID: dict[str, Any] = json.loads(make_order().payload())
REVOKES: dict[str, Any] = {
    "type": "comity/order-revocation/1",
    "key": KEY.public.as_data(),
    "state": "XB",
    "authority": "a",
    "at": str(NOW),
    "orders": [ID],
    "valid_until": None,
    "reason": None,
}
JSON: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=6,
)


def cut_and_spliced(data: bytes) -> st.SearchStrategy[bytes]:
    """Genuine bytes with a piece of anything put over them."""
    return st.tuples(st.integers(0, len(data)), st.integers(0, 40), st.binary(max_size=40)).map(
        lambda how: data[: how[0]] + how[2] + data[how[0] + how[1] :]
    )


@given(st.binary(max_size=200) | cut_and_spliced(GENUINE))
def test_all_bytes_are_judged(data: bytes) -> None:
    judged = judge(data)
    assert (judged.word is Word.GENUINE) is (data == GENUINE)
    question = Question(now=NOW)
    assert answer_text(judged, question)
    assert json.loads(answer_json(judged, question))


@given(st.sampled_from(sorted(SAID)), JSON)
def test_whatever_a_trusted_key_signs_is_judged(name: str, value: Json) -> None:
    data = {**SAID, name: value}
    judged = judge(sign_envelope(PAYLOAD_TYPE, canonical_bytes(data), KEY))
    said = judged.order
    assert said is None or said.as_data() == data
    answer_text(judged, Question(now=NOW))


@given(st.sampled_from(sorted(SAID)), JSON)
def test_every_document_reads_back_or_is_refused_by_us(name: str, value: Json) -> None:
    data = {**SAID, name: value}
    try:
        order = Order.from_data(data)
    except ComityError:
        return
    assert parse_canonical(order.payload()) == data


@given(st.binary(max_size=200) | cut_and_spliced(REVOKED))
def test_no_bytes_but_the_signed_ones_revoke(data: bytes) -> None:
    try:
        found = open_revocation(data)
    except ComityError:
        assert judge(GENUINE, revocations=[data]).word is Word.UNDECIDED
    else:
        assert data == REVOKED
        assert found.orders == (ID,)


@given(st.sampled_from(sorted(REVOKES)), JSON)
def test_whatever_a_key_signs_as_a_revocation_is_opened_or_refused_by_us(
    name: str, value: Json
) -> None:
    data = {**REVOKES, name: value}
    try:
        found = open_revocation(sign_envelope(REVOCATION_TYPE, canonical_bytes(data), KEY))
    except ComityError:
        return
    assert parse_canonical(found.payload()) == data


@given(st.datetimes())
def test_an_order_is_never_genuine_at_or_after_its_end(moment: Any) -> None:
    now = Instant.of(moment.replace(tzinfo=NOW.at.tzinfo))
    judged = judge(GENUINE, now=now)
    is_over = now >= make_order().valid_until
    assert (judged.word is Word.EXPIRED) is is_over


def test_a_document_that_is_no_object_is_refused_by_us() -> None:
    for reader in (Order.from_data, Revocation.from_data):
        with pytest.raises(ComityError):
            reader([])


@given(st.lists(st.binary(max_size=30), max_size=3))
def test_whatever_is_handed_in_as_revocations_one_order_has_one_verdict(files: list[bytes]) -> None:
    judged = judge(GENUINE, revocations=files)
    assert judged.report.verdict is (Verdict.INDETERMINATE if files else Verdict.PASSED)
