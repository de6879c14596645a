"""Receipts: nine events, who signs which, and a reason where one says no."""

from __future__ import annotations

import json
from base64 import b64decode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.base import Digest, Instant
from comity.base.errors import BadValue, ComityError, TooLarge
from comity.federation.message import Address
from comity.federation.receipt import Event, Receipt, read_receipt, sign_receipt, verify_receipt
from comity.seal.errors import SealBroken
from comity.seal.keys import SigningKey
from tests.steady import SeedBytes

KEY = SigningKey.generate(SeedBytes(1))
OTHER = SigningKey.generate(SeedBytes(2))
SENDER = {"submission_accepted", "submission_rejected", "relay_failed"}
NEGATIVE = {
    *("submission_rejected", "relay_failed", "relay_rejected", "not_delivered", "not_retrieved"),
}


def receipt(event: Event = Event.DELIVERED, **change: Any) -> Receipt:
    plain: dict[str, Any] = {
        "message": Digest.of(b"message"),
        "event": event,
        "by": Address("XB", "XB-CA"),
        "at": Instant.parse("2026-11-21T02:14:05Z"),
        "reason": "late" if event.value in NEGATIVE else "",
        "exercise": True,
    }
    return Receipt(**{**plain, **change})


@pytest.mark.parametrize("event", Event)
def test_every_event_is_read_as_it_was_signed(event: Event) -> None:
    data = sign_receipt(receipt(event), KEY)
    assert verify_receipt(read_receipt(data), KEY.public) == receipt(event)
    assert event.is_of_sender is (event.value in SENDER)
    assert event.is_negative is (event.value in NEGATIVE)


def test_there_are_nine_events() -> None:
    assert len(Event) == 9


def test_a_receipt_is_plain_json() -> None:
    payload = json.loads(b64decode(json.loads(sign_receipt(receipt(), KEY))["payload"]))
    assert payload == {
        "at": "2026-11-21T02:14:05Z",
        "by": {"authority": "XB-CA", "state": "XB"},
        "event": "delivered",
        "exercise": True,
        "message": f"sha256:{Digest.of(b'message').hex}",
        "reason": "",
        "type": "comity/receipt/1",
    }


def test_another_key_is_refused() -> None:
    with pytest.raises(SealBroken):
        verify_receipt(read_receipt(sign_receipt(receipt(), KEY)), OTHER.public)


@pytest.mark.parametrize("event", Event)
def test_a_reason_stands_where_one_says_no_and_nowhere_else(event: Event) -> None:
    with pytest.raises(BadValue):
        receipt(event, reason="" if event.value in NEGATIVE else "late")
    if event.value in NEGATIVE:
        with pytest.raises(BadValue):
            receipt(event, reason="It came too late.")


def test_a_receipt_under_the_key_of_another_name_is_refused() -> None:
    """The name of the key may be forged too; the signatures are then another's."""
    found = json.loads(sign_receipt(receipt(), OTHER))
    for one in found["signatures"]:
        one["keyid"] = one["keyid"].replace(OTHER.public.key_id.hex, KEY.public.key_id.hex)
    data = json.dumps(found, separators=(",", ":"), sort_keys=True).encode()
    with pytest.raises(SealBroken):
        verify_receipt(read_receipt(data), KEY.public)


def test_a_receipt_is_small() -> None:
    with pytest.raises(TooLarge):
        read_receipt(b" " * 20_000)


@given(data=st.binary(max_size=400))
def test_any_bytes_are_a_receipt_or_refused_as_ours(data: bytes) -> None:
    try:
        read_receipt(data)
    except ComityError:
        return
