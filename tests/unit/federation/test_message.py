"""Messages: what stands outside, what is signed, and what is refused before a key is asked."""

from __future__ import annotations

import json
from base64 import b64decode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.base import Digest, Instant, limits
from comity.base.errors import BadValue, ComityError, Malformed, TooLarge
from comity.federation.message import (
    Address,
    MessageAltered,
    Statement,
    join_message,
    read_message,
    sign_statement,
    verify_message,
)
from comity.seal.errors import SealBroken
from comity.seal.keys import SigningKey
from tests.steady import SeedBytes

KEY = SigningKey.generate(SeedBytes(1))
OTHER = SigningKey.generate(SeedBytes(2))
BODY = b"age-encryption.org/v1\n and what follows\n"


def statement(**change: Any) -> Statement:
    plain: dict[str, Any] = {
        "sender": Address("XA", "XA-CA"),
        "receiver": Address("XB", "XB-CA"),
        "made": Instant.parse("2026-11-21T02:14:05Z"),
        "priority": "urgent",
        "exercise": True,
        "body": Digest.of(BODY),
        "size": len(BODY),
    }
    return Statement(**{**plain, **change})


def message(**change: Any) -> bytes:
    return join_message(sign_statement(statement(**change), KEY), BODY)


def test_a_message_is_a_line_of_json_and_an_age_file() -> None:
    line, _, body = message().partition(b"\n")
    assert body == BODY
    payload = json.loads(b64decode(json.loads(line)["payload"]))
    assert payload == {
        "body": f"sha256:{Digest.of(BODY).hex}",
        "exercise": True,
        "from": {"authority": "XA-CA", "state": "XA"},
        "made": "2026-11-21T02:14:05Z",
        "priority": "urgent",
        "size": len(BODY),
        "to": {"authority": "XB-CA", "state": "XB"},
        "type": "comity/message/1",
    }


def test_a_message_is_read_as_it_was_written_and_named_by_what_is_signed() -> None:
    found = verify_message(read_message(message()), KEY.public)
    assert found.statement == statement()
    assert found.body == BODY
    line = message().partition(b"\n")[0]
    assert found.name == Digest.of(b64decode(json.loads(line)["payload"]))


def test_another_key_is_refused() -> None:
    with pytest.raises(SealBroken):
        verify_message(read_message(message()), OTHER.public)


@pytest.mark.parametrize("body", [BODY + b"\n", BODY[:-1], b"", BODY.replace(b"age", b"AGE")])
def test_another_body_is_refused(body: bytes) -> None:
    line = message().partition(b"\n")[0]
    found = read_message(join_message(line, body))
    assert not found.is_whole
    with pytest.raises(MessageAltered):
        verify_message(found, KEY.public)


@pytest.mark.parametrize(
    "change",
    [
        {"priority": "at once"},
        {"priority": ""},
        {"size": 0},
        {"size": limits.MESSAGE_BYTES + 1},
    ],
)
def test_what_no_message_says_is_not_written(change: dict[str, Any]) -> None:
    with pytest.raises(BadValue):
        statement(**change)


@pytest.mark.parametrize(
    ("state", "authority"),
    [("xa", "CA"), ("XAA", "CA"), ("XA", ""), ("XA", "a\nb"), ("XA", "x" * 201)],
)
def test_an_address_names_an_authority_in_one_line(state: str, authority: str) -> None:
    with pytest.raises(BadValue):
        Address(state, authority)
    with pytest.raises(ComityError):
        Address.parse({"state": state, "authority": authority})


def test_sizes_are_bounded_before_anything_is_read() -> None:
    with pytest.raises(TooLarge):
        read_message(b"\n" * (limits.MESSAGE_BYTES + limits.STATEMENT_BYTES + 1))
    with pytest.raises(Malformed):
        read_message(b"x" * (limits.STATEMENT_BYTES + 1) + b"\n" + BODY)


@given(data=st.binary(max_size=400))
def test_any_bytes_are_a_message_or_refused_as_ours(data: bytes) -> None:
    try:
        read_message(data)
    except ComityError:
        return


@given(place=st.integers(0, 3_000), flip=st.integers(1, 255))
def test_no_byte_can_be_altered(place: int, flip: int) -> None:
    altered = bytearray(message())
    altered[place % len(altered)] ^= flip
    with pytest.raises(ComityError):
        verify_message(read_message(bytes(altered)), KEY.public)
