"""For all bytes from outside: every reader of seals returns, or refuses with an error of ours."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.base import Digest, canonical_bytes, parse_canonical
from comity.base.errors import ComityError
from comity.seal import (
    Act,
    Content,
    Passphrase,
    PublicCard,
    SigningKey,
    VerifyingKey,
    check_chain,
    decrypt_bytes,
    encrypt_bytes,
    open_content,
    parse_identity,
    parse_recipient,
    read_act,
    read_envelope,
    read_signing_key,
    seal_content,
    verify_act,
    verify_envelope,
)
from comity.seal.age.header import read_header
from tests.ages import IDENTITY
from tests.seals import KEY, START, SeedBytes, make_act, make_chain

ACTS = make_chain(2)
CARD = PublicCard("seal", "desk", KEY.public).document()
CONTENT = seal_content({"a": [1, "b"]}, bytes(32)).document
SEALED = encrypt_bytes(b"secret", [IDENTITY.recipient], SeedBytes())
LOCKED = encrypt_bytes(b"secret", [Passphrase("x", log_n=1)], SeedBytes())
PUBLIC = canonical_bytes(KEY.public.as_data())
SECRET = canonical_bytes(KEY.secret_data())

Reader = Callable[[bytes], Any]


def read_any_envelope(data: bytes) -> bytes:
    return verify_envelope(read_envelope(data, "application/vnd.comity.act+json"), KEY.public)


def read_key_file(data: bytes) -> SigningKey:
    handle, name = tempfile.mkstemp()
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        return read_signing_key(Path(name), Passphrase("x"))
    finally:
        Path(name).unlink()


READERS: dict[str, tuple[Reader, bytes]] = {
    "envelope": (read_any_envelope, ACTS[0].envelope),
    "unverified act": (read_act, ACTS[0].envelope),
    "verified act": (lambda data: verify_act(data, KEY.public), ACTS[0].envelope),
    "act": (Act.parse, make_act().payload()),
    "content": (Content.parse, CONTENT),
    "covered content": (lambda data: open_content(data, Digest.of(data)), CONTENT),
    "card": (PublicCard.parse, CARD),
    "key file": (read_key_file, SECRET),
    "public key": (lambda data: VerifyingKey.parse(parse_canonical(data)), PUBLIC),
    "secret key": (lambda data: SigningKey.parse(parse_canonical(data)), SECRET),
    "head": (lambda data: read_header(BytesIO(data)), SEALED),
    "encrypted file": (lambda data: decrypt_bytes(data, [IDENTITY]), SEALED),
    "locked file": (lambda data: decrypt_bytes(data, [Passphrase("x")]), LOCKED),
    "identity": (
        lambda data: parse_identity(data.decode("latin-1")),
        IDENTITY.secret_text().encode(),
    ),
    "recipient": (
        lambda data: parse_recipient(data.decode("latin-1")),
        str(IDENTITY.recipient).encode(),
    ),
}


def returns_or_refuses(reader: Reader, data: bytes) -> None:
    try:
        reader(data)
    except ComityError:
        return


@pytest.mark.parametrize("name", READERS)
@given(data=st.binary(max_size=300))
def test_all_bytes_are_read_or_refused(name: str, data: bytes) -> None:
    returns_or_refuses(READERS[name][0], data)


@pytest.mark.parametrize("name", READERS)
@given(choice=st.data())
def test_all_slips_in_good_bytes_are_read_or_refused(name: str, choice: st.DataObject) -> None:
    reader, good = READERS[name]
    at = choice.draw(st.integers(0, len(good)))
    end = choice.draw(st.integers(at, min(len(good), at + 40)))
    # A cost of scrypt that a slip makes up is bounded, but would still take its time.
    put = choice.draw(st.binary(max_size=40).filter(lambda raw: not raw.isdigit()))
    returns_or_refuses(reader, good[:at] + put + good[end:])


@pytest.mark.parametrize("name", READERS)
@given(choice=st.data())
def test_all_exchanged_parts_of_good_bytes_are_read_or_refused(
    name: str, choice: st.DataObject
) -> None:
    reader, good = READERS[name]
    _, other = READERS[choice.draw(st.sampled_from(sorted(READERS)))]
    at = choice.draw(st.integers(0, len(good)))
    rest = choice.draw(st.integers(0, len(other)))
    returns_or_refuses(reader, good[:at] + other[rest:])


LEAF = st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5)
JSON = st.recursive(
    LEAF,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@pytest.mark.parametrize("name", sorted(make_act().as_data()))
@given(value=JSON)
def test_any_value_in_any_field_of_an_act_is_read_or_refused(name: str, value: Any) -> None:
    returns_or_refuses(Act.parse, canonical_bytes(make_act().as_data() | {name: value}))


@given(st.lists(st.binary(max_size=50) | st.sampled_from([one.envelope for one in ACTS])))
def test_a_chain_of_any_bytes_gets_a_report(envelopes: list[bytes]) -> None:
    report = check_chain(envelopes, keys=[KEY.public], known=(), now=START)
    assert len(report.findings) <= 8
