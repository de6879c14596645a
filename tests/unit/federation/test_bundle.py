"""Bundles: an act and its documents, whole, bounded, in one form."""

from __future__ import annotations

import json
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.base import limits
from comity.base.errors import BadValue, ComityError, Malformed, TooLarge
from comity.federation.bundle import Bundle

NAMES = st.text("abcdefgh_./", min_size=1, max_size=12)


@given(act=st.binary(max_size=60), documents=st.dictionaries(NAMES, st.binary(max_size=60)))
def test_what_is_packed_is_what_is_read(act: bytes, documents: dict[str, bytes]) -> None:
    bundle = Bundle(act=act, documents=documents)
    packed = bundle.pack()
    assert Bundle.parse(packed) == bundle
    plain = {name: b64encode(one).decode() for name, one in documents.items()}
    assert json.loads(packed) == {
        "type": "comity/bundle/1",
        "act": b64encode(act).decode(),
        "documents": plain,
    }


@given(data=st.binary(max_size=300))
def test_any_bytes_are_a_bundle_or_refused_as_ours(data: bytes) -> None:
    try:
        Bundle.parse(data)
    except ComityError:
        return


def test_too_much_is_not_packed() -> None:
    size = limits.MESSAGE_DOCUMENTS + limits.DOCUMENT_BYTES
    with pytest.raises(BadValue):
        Bundle(act=b"", documents={"a": bytes(size + 1)}).pack()


def test_the_largest_bundle_fits_into_a_message() -> None:
    documents = {"a": bytes(limits.MESSAGE_DOCUMENTS), "content": bytes(limits.DOCUMENT_BYTES)}
    packed = Bundle(act=bytes(limits.ENVELOPE_BYTES), documents=documents).pack()
    assert len(packed) <= limits.BUNDLE_BYTES
    # 16 bytes to each 64 KiB, a header, and a nonce (age v1).
    body = len(packed) + 16 * (len(packed) // (64 << 10) + 1) + limits.AGE_HEADER_BYTES + 16
    assert body <= limits.MESSAGE_BYTES


def test_what_is_too_large_is_refused_before_it_is_read() -> None:
    with pytest.raises(TooLarge):
        Bundle.parse(b"{" + b" " * limits.BUNDLE_BYTES)


def test_a_bundle_prints_nothing_of_what_it_holds() -> None:
    assert "CANARY" not in repr(Bundle(act=b"CANARY", documents={"CANARY": b"CANARY"}))


@pytest.mark.parametrize("text", ["QQ", "QR==", "QQ==\n", "!!"])
def test_base64_has_one_form(text: str) -> None:
    data = {"type": "comity/bundle/1", "act": text, "documents": {}}
    with pytest.raises(Malformed):
        Bundle.parse(json.dumps(data, separators=(",", ":"), sort_keys=True).encode())
