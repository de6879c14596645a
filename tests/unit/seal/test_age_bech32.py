"""Bech32: the vectors of BIP 173, and no key with a slip in it."""

from __future__ import annotations

import pytest

from comity.base.errors import Malformed
from comity.seal import X25519Identity, parse_identity, parse_recipient
from comity.seal.age.bech32 import read_bech32, write_bech32

# From BIP 173, those whose data is whole bytes or empty.
VALID = [
    ("A12UEL5L", "a", ""),
    ("an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs",
     "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio", ""),
    ("abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw", "abcdef",
     "00443214c74254b635cf84653a56d7c675be77df"),
]  # fmt: skip
INVALID = [
    ("pzry9x0s0muk", ""),
    ("1pzry9x0s0muk", ""),
    ("x1b4n0q5v", "x"),
    ("li1dgmt3", "li"),
    ("A1G7SGD8", "a"),
    ("10a06t8", "a"),
    ("1qzzfhee", "a"),
    ("A12uEL5L", "a"),
    ("a12uel5m", "a"),
    ("a12uel5l", "b"),
    ("", ""),
    ("\u0130", ""),
]
SECRET = X25519Identity(bytes(range(32))).secret_text()


@pytest.mark.parametrize(("text", "name", "data"), VALID)
def test_good_text_is_read(text: str, name: str, data: str) -> None:
    assert read_bech32(text, name).hex() == data


@pytest.mark.parametrize(("text", "name", "data"), VALID)
def test_good_text_is_written(text: str, name: str, data: str) -> None:
    assert write_bech32(name, bytes.fromhex(data)) == text.lower()


@pytest.mark.parametrize(("text", "name"), INVALID)
def test_bad_text_is_refused(text: str, name: str) -> None:
    with pytest.raises(Malformed):
        read_bech32(text, name)


@pytest.mark.parametrize("at", range(len(SECRET)))
def test_a_key_with_one_letter_wrong_is_refused(at: int) -> None:
    other = "Q" if SECRET[at] != "Q" else "P"
    with pytest.raises(Malformed):
        parse_identity(SECRET[:at] + other + SECRET[at + 1 :])


@pytest.mark.parametrize("text", ["a1lmyple6", "a1llttal5m", "a1q3g6mn3"])
def test_spare_bits_are_few_and_zero(text: str) -> None:
    with pytest.raises(Malformed):
        read_bech32(text, "a")


def test_text_with_two_spare_zero_bits_is_read() -> None:
    assert read_bech32("a1lu9cgf6y", "a") == b"\xff"


@pytest.mark.parametrize("text", ["", "age1", "age1pq1", "AGE-SECRET-KEY-1", "age1pq1qqqqqq", "é"])
def test_text_that_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        parse_recipient(text)
