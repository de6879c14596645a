"""Envelopes: one shape, two signatures, one key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from comity.base import limits
from comity.base.errors import BadValue, ComityError, Malformed, TooLarge
from comity.seal import (
    OtherKey,
    SealBroken,
    VerifyingKey,
    pae,
    read_envelope,
    sign_envelope,
    verify_envelope,
)
from tests.seals import KEY, OTHER, dumps, flip, loads

TYPE = "application/vnd.comity.test+json"
ENVELOPE = sign_envelope(TYPE, b"hello", KEY)
Break = Callable[[dict[str, Any]], None]


def verify(data: bytes, key: VerifyingKey = KEY.public) -> bytes:
    return verify_envelope(read_envelope(data, TYPE), key)


def refused_shape(spoil: Break) -> None:
    found = loads(ENVELOPE)
    spoil(found)
    with pytest.raises(Malformed):
        read_envelope(dumps(found), TYPE)


def test_an_envelope_gives_back_its_payload() -> None:
    assert verify(ENVELOPE) == b"hello"


def test_what_is_signed_is_the_encoding_that_the_specification_prints() -> None:
    expected = b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    assert pae("http://example.com/HelloWorld", b"hello world") == expected


def test_lengths_in_the_encoding_count_bytes() -> None:
    assert pae("é", b"") == b"DSSEv1 2 \xc3\xa9 0 "


@pytest.mark.parametrize("kept", [0, 1])
def test_stripping_a_signature_is_refused(kept: int) -> None:
    refused_shape(lambda e: e.update(signatures=[e["signatures"][kept]]))


@pytest.mark.parametrize("kept", [0, 1])
def test_the_same_signature_twice_is_refused(kept: int) -> None:
    refused_shape(lambda e: e.update(signatures=[e["signatures"][kept]] * 2))


@pytest.mark.parametrize("kept", [0, 1])
def test_one_signature_under_both_names_is_refused(kept: int) -> None:
    found = loads(ENVELOPE)
    found["signatures"][1 - kept]["sig"] = found["signatures"][kept]["sig"]
    with pytest.raises(SealBroken):
        verify(dumps(found))


def test_adding_a_third_signature_is_refused() -> None:
    refused_shape(lambda e: e["signatures"].append(e["signatures"][0]))


def test_adding_a_signature_of_another_algorithm_is_refused() -> None:
    key = KEY.public.key_id.hex
    refused_shape(lambda e: e["signatures"].append({"keyid": f"{key}#rsa", "sig": "AA=="}))


def test_another_algorithm_in_place_of_one_is_refused() -> None:
    key = KEY.public.key_id.hex
    refused_shape(lambda e: e["signatures"][1].update(keyid=f"{key}#ml-dsa-44"))


def test_swapping_the_order_of_signatures_is_refused() -> None:
    refused_shape(lambda e: e["signatures"].reverse())


def test_swapping_the_signatures_under_their_names_is_refused() -> None:
    found = loads(ENVELOPE)
    one, two = found["signatures"]
    one["sig"], two["sig"] = two["sig"], one["sig"]
    with pytest.raises(SealBroken):
        verify(dumps(found))


def test_halves_of_two_keys_are_refused_in_one_envelope() -> None:
    other = loads(sign_envelope(TYPE, b"hello", OTHER))
    refused_shape(lambda e: e["signatures"].__setitem__(1, other["signatures"][1]))


def test_a_half_of_another_key_under_this_keys_name_is_refused() -> None:
    found, other = loads(ENVELOPE), loads(sign_envelope(TYPE, b"hello", OTHER))
    found["signatures"][1]["sig"] = other["signatures"][1]["sig"]
    with pytest.raises(SealBroken):
        verify(dumps(found))


@pytest.mark.parametrize("place", [0, 1])
def test_a_changed_signature_is_refused(place: int) -> None:
    found = loads(ENVELOPE)
    found["signatures"][place]["sig"] = flip(found["signatures"][place]["sig"])
    with pytest.raises(SealBroken):
        verify(dumps(found))


def test_a_changed_payload_is_refused() -> None:
    found = loads(ENVELOPE)
    found["payload"] = flip(found["payload"])
    with pytest.raises(SealBroken):
        verify(dumps(found))


def test_another_key_is_refused_by_its_name() -> None:
    with pytest.raises(OtherKey):
        verify(ENVELOPE, OTHER.public)


def test_a_key_with_one_half_exchanged_is_another_key() -> None:
    mixed = VerifyingKey(KEY.public.ed25519, OTHER.public.mldsa65)
    with pytest.raises(OtherKey):
        verify(ENVELOPE, mixed)


def test_the_same_signatures_under_another_keys_name_are_refused() -> None:
    data = ENVELOPE.replace(KEY.public.key_id.hex.encode(), OTHER.public.key_id.hex.encode())
    with pytest.raises(SealBroken):
        verify(data, OTHER.public)


def test_a_payload_of_another_type_is_refused() -> None:
    with pytest.raises(Malformed):
        read_envelope(ENVELOPE, "application/vnd.comity.act+json")


def test_a_type_that_was_exchanged_after_signing_is_refused() -> None:
    data = ENVELOPE.replace(TYPE.encode(), b"application/vnd.comity.pest+json")
    envelope = read_envelope(data, "application/vnd.comity.pest+json")
    with pytest.raises(SealBroken):
        verify_envelope(envelope, KEY.public)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda e: e.pop("payload"),
        lambda e: e.pop("signatures"),
        lambda e: e.update(extra=""),
        lambda e: e.update(payload=None),
        lambda e: e.update(payload=e["payload"].rstrip("=")),
        lambda e: e.update(payload="aGVsbG9="),
        lambda e: e.update(payload=e["payload"] + "\n"),
        lambda e: e.update(payload="aGV_bG8="),
        lambda e: e.update(signatures={}),
        lambda e: e.update(signatures=[]),
        lambda e: e.update(signatures=["a", "b"]),
        lambda e: e["signatures"][0].update(cert="x"),
        lambda e: e["signatures"][0].pop("keyid"),
        lambda e: e["signatures"][0].update(keyid=7),
        lambda e: e["signatures"][0].update(keyid="#ed25519"),
        lambda e: [s.update(keyid=s["keyid"].upper()) for s in e["signatures"]],
        lambda e: [s.update(keyid="00" + s["keyid"]) for s in e["signatures"]],
        lambda e: [s.update(keyid="x" + s["keyid"][1:]) for s in e["signatures"]],
        lambda e: e["signatures"][0].update(sig=None),
        lambda e: e["signatures"][0].update(sig="*"),
    ],
)
def test_any_other_shape_is_refused(spoil: Break) -> None:
    refused_shape(spoil)


def test_an_envelope_in_another_spelling_is_refused() -> None:
    with pytest.raises(Malformed):
        read_envelope(b" " + ENVELOPE, TYPE)


def test_an_envelope_beyond_the_bound_is_refused() -> None:
    with pytest.raises(TooLarge):
        read_envelope(b'"' + b"a" * limits.ENVELOPE_BYTES + b'"', TYPE)


def test_a_payload_beyond_the_bound_is_refused() -> None:
    found = loads(ENVELOPE) | {"payload": "AAAA" * (limits.DOCUMENT_BYTES // 3 + 1)}
    with pytest.raises(TooLarge):
        read_envelope(dumps(found), TYPE)


def test_the_largest_payload_goes_through() -> None:
    payload = b"a" * limits.DOCUMENT_BYTES
    assert verify(sign_envelope(TYPE, payload, KEY)) == payload


@pytest.mark.parametrize("kind", ["", "text", "a/b c", "A/B", "a/b\n", "é/b"])
def test_nothing_is_signed_under_a_type_that_is_none(kind: str) -> None:
    with pytest.raises(BadValue):
        sign_envelope(kind, b"", KEY)


def test_nothing_too_large_is_signed() -> None:
    with pytest.raises(BadValue):
        sign_envelope(TYPE, b"a" * (limits.DOCUMENT_BYTES + 1), KEY)


def test_every_changed_byte_of_an_envelope_is_refused() -> None:
    taken = []
    for at in range(0, len(ENVELOPE), 7):
        spoilt = bytearray(ENVELOPE)
        spoilt[at] ^= 1
        try:
            taken.append((at, verify(bytes(spoilt))))
        except ComityError:
            continue
    assert taken == []
