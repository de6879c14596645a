"""Heads of age files: bounded, in one form, under a MAC; and who may share one."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Sequence
from io import BytesIO

import pytest

from comity.base import limits
from comity.base.errors import BadValue, ComityError, Malformed, TooLarge
from comity.seal import (
    ArmorRefused,
    Decryptor,
    HeaderBroken,
    HeaderForged,
    Identity,
    NoMatch,
    Passphrase,
    Recipient,
    Wraps,
    X25519Identity,
    X25519Recipient,
    decrypt_bytes,
    encrypt_bytes,
    parse_identity,
    parse_recipient,
)
from comity.seal.age.header import Stanza, read_header, write_header
from tests.ages import IDENTITY, STRANGER, hkdf
from tests.seals import SeedBytes

OLD = X25519Identity.generate(SeedBytes(41))
WORDS = Passphrase("correct horse", log_n=4)
KEY = bytes(16)
GREASE = b"-> grease a b\nAAAA\n"


def sealed(recipients: Sequence[Wraps], data: bytes = b"secret") -> bytes:
    return encrypt_bytes(data, recipients, SeedBytes())


def headed(stanzas: bytes, mac: bytes = b"A" * 43) -> bytes:
    return b"age-encryption.org/v1\n" + stanzas + b"--- " + mac + b"\n"


def refused(data: bytes) -> None:
    with pytest.raises(HeaderBroken):
        read_header(BytesIO(data))


def test_every_one_of_several_receivers_opens_the_file() -> None:
    data = sealed([STRANGER.recipient, IDENTITY.recipient])
    assert {decrypt_bytes(data, [one]) for one in (IDENTITY, STRANGER)} == {b"secret"}


def test_any_one_of_several_identities_opens_the_file() -> None:
    assert decrypt_bytes(sealed([IDENTITY.recipient]), [OLD, STRANGER, IDENTITY]) == b"secret"


def test_a_stranger_opens_nothing() -> None:
    with pytest.raises(NoMatch):
        decrypt_bytes(sealed([IDENTITY.recipient]), [STRANGER, OLD, WORDS])


def test_no_identity_opens_nothing() -> None:
    with pytest.raises(NoMatch):
        decrypt_bytes(sealed([IDENTITY.recipient]), [])


def test_an_x25519_receiver_opens_the_file() -> None:
    assert decrypt_bytes(sealed([OLD.recipient]), [OLD]) == b"secret"


def test_a_passphrase_opens_the_file() -> None:
    assert decrypt_bytes(sealed([WORDS]), [Passphrase("correct horse")]) == b"secret"


@pytest.mark.parametrize(
    "recipients",
    [
        pytest.param([], id="none"),
        pytest.param([IDENTITY.recipient] * 21, id="too many"),
        pytest.param([IDENTITY.recipient, OLD.recipient], id="hybrid beside x25519"),
        pytest.param([WORDS, IDENTITY.recipient], id="passphrase beside a receiver"),
        pytest.param([WORDS, WORDS], id="two passphrases"),
    ],
)
def test_receivers_that_do_not_go_together_are_refused(recipients: list[Wraps]) -> None:
    with pytest.raises(BadValue):
        sealed(recipients)


def test_a_stanza_added_to_a_head_is_noticed() -> None:
    data = sealed([IDENTITY.recipient]).replace(b"--- ", GREASE + b"--- ", 1)
    with pytest.raises(HeaderForged):
        decrypt_bytes(data, [IDENTITY])


def test_a_stanza_taken_out_of_a_head_is_noticed() -> None:
    data = sealed([IDENTITY.recipient, STRANGER.recipient])
    end = data.index(b"-> ", 30)
    with pytest.raises(HeaderForged):
        decrypt_bytes(data[: data.index(b"-> ")] + data[end:], [STRANGER])


def test_a_changed_mac_is_noticed() -> None:
    data = bytearray(sealed([IDENTITY.recipient]))
    at = data.index(b"--- ") + 10
    data[at] = ord("A") if data[at] != ord("A") else ord("B")
    with pytest.raises(HeaderForged):
        decrypt_bytes(bytes(data), [IDENTITY])


def test_the_mac_is_the_one_that_the_format_says() -> None:
    head = write_header([Stanza("grease", ("a",), b"x")], KEY)
    covered = head[: head.index(b"---") + 3]
    expected = hmac.digest(hkdf(KEY, b"", b"header"), covered, "sha256")
    assert head[len(covered) :] == b" " + base64.b64encode(expected).rstrip(b"=") + b"\n"


@pytest.mark.parametrize("size", [0, 1, 47, 48, 49, 95, 96, 97, 1152])
def test_a_stanza_of_any_length_reads_back(size: int) -> None:
    stanza = Stanza("kind", ("a", "b"), bytes(size))
    assert read_header(BytesIO(write_header([stanza], KEY))).stanzas == (stanza,)


def test_the_head_ends_where_the_body_begins() -> None:
    head = write_header([Stanza("kind", (), b"")], KEY)
    assert read_header(BytesIO(head + b"body")).size == len(head)


@pytest.mark.parametrize(
    "stanzas",
    [
        b"",
        b"->\n\n",
        b"-> \n\n",
        b"->  a\n\n",
        b"-> a \n\n",
        b"-> a  b\n\n",
        b"-> a\x7f\n\n",
        b"-> \xc3\xa9\n\n",
        b"->a\n\n",
        b"-> a\n",
        b"-> a\nAAA=\n",
        b"-> a\nAAB\n",
        b"-> a\nA\n",
        b"-> a\nAA-A\n",
        b"-> a\n AAA\n",
        b"-> a\r\n\r\n",
        b"-> a\n" + b"A" * 64 + b"\n",
        b"-> a\n" + b"A" * 65 + b"\n\n",
        b"x\n",
        b"-> a\n\n\n",
    ],
)
def test_a_head_with_a_wrong_stanza_is_refused(stanzas: bytes) -> None:
    refused(headed(stanzas))


@pytest.mark.parametrize("mac", [b"", b"A" * 42, b"A" * 44, b"A" * 42 + b"B", b"A" * 43 + b" "])
def test_a_head_with_a_wrong_mac_line_is_refused(mac: bytes) -> None:
    refused(headed(GREASE, mac))


@pytest.mark.parametrize("data", [b"", b"age", b"age-encryption.org/v2\n", headed(GREASE)[:-1]])
def test_what_is_no_age_file_is_refused(data: bytes) -> None:
    refused(data)


@pytest.mark.parametrize("before", [b"", b"\n", b" \r\n"])
def test_armor_is_refused_by_name(before: bytes) -> None:
    with pytest.raises(ArmorRefused):
        read_header(BytesIO(before + b"-----BEGIN AGE ENCRYPTED FILE-----\nYWdl"))


def test_more_stanzas_than_the_bound_are_refused() -> None:
    with pytest.raises(TooLarge):
        read_header(BytesIO(headed(GREASE * (limits.AGE_STANZAS + 1))))


def test_stanzas_up_to_the_bound_are_read() -> None:
    found = read_header(BytesIO(headed(GREASE * limits.AGE_STANZAS)))
    assert len(found.stanzas) == limits.AGE_STANZAS


def test_an_endless_head_is_refused() -> None:
    with pytest.raises(TooLarge):
        read_header(BytesIO(headed(b"-> a\n" + (b"A" * 64 + b"\n") * 2000)))


def test_an_endless_head_is_not_read_to_its_end() -> None:
    source = BytesIO(headed(b"-> " + b"a" * (1 << 20)))
    with pytest.raises(TooLarge):
        read_header(source)
    assert source.tell() == limits.AGE_HEADER_BYTES


@pytest.mark.parametrize("log_n", [0, limits.SCRYPT_LOG_N + 1])
def test_a_cost_beyond_the_bounds_is_not_written(log_n: int) -> None:
    with pytest.raises(BadValue):
        Passphrase("x", log_n=log_n)


@pytest.mark.parametrize("cost", ["0", "01", "+4", "4 ", "a", "", "-1", "100", "21", "99"])
def test_a_cost_beyond_the_bounds_is_not_paid(cost: str) -> None:
    stanza = WORDS.wrap(KEY, SeedBytes())
    with pytest.raises(HeaderBroken):
        WORDS.unwrap(Stanza("scrypt", (stanza.arguments[0], cost), stanza.body))


@pytest.mark.parametrize("words", ["", "half \ud800"])
def test_an_impossible_passphrase_is_refused(words: str) -> None:
    with pytest.raises(BadValue):
        Passphrase(words)


def test_a_file_key_of_another_length_opens_nothing() -> None:
    stanza = IDENTITY.recipient.wrap(bytes(32), SeedBytes())
    with pytest.raises(HeaderBroken):
        IDENTITY.unwrap(stanza)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (IDENTITY.secret_text(), Identity),
        (OLD.secret_text(), X25519Identity),
        (IDENTITY.secret_text().lower(), Identity),
    ],
)
def test_an_identity_is_read_by_its_first_letters(text: str, kind: type) -> None:
    assert isinstance(parse_identity(text), kind)


@pytest.mark.parametrize(
    ("recipient", "kind"), [(IDENTITY.recipient, Recipient), (OLD.recipient, X25519Recipient)]
)
def test_a_recipient_reads_back(recipient: Recipient | X25519Recipient, kind: type) -> None:
    found = parse_recipient(str(recipient))
    assert (found, type(found)) == (recipient, kind)


def test_a_hybrid_recipient_has_1959_letters() -> None:
    assert len(str(IDENTITY.recipient)) == 1959


@pytest.mark.parametrize("secret", [IDENTITY, OLD, WORDS])
def test_secrets_do_not_print_themselves(secret: object) -> None:
    assert repr(secret) == f"{type(secret).__name__}(…)"


@pytest.mark.parametrize("size", [0, 31, 33])
def test_an_identity_of_another_length_is_refused(size: int) -> None:
    for kind in (Identity, X25519Identity):
        with pytest.raises(Malformed):
            kind(bytes(size))


@pytest.mark.parametrize("size", [0, 1184, 1215, 1217])
def test_a_recipient_of_another_length_is_refused(size: int) -> None:
    with pytest.raises(Malformed):
        Recipient(IDENTITY.recipient.raw[:size].ljust(size, b"\0"))


def test_a_recipient_whose_mlkem_half_is_out_of_range_is_refused() -> None:
    with pytest.raises(ComityError):
        encrypt_bytes(b"", [Recipient(b"\xff" * 1184 + OLD.recipient.raw)], SeedBytes())


@pytest.mark.parametrize("share", [bytes(32), b"\1" + bytes(31)])
def test_nothing_is_encrypted_to_a_share_of_low_order(share: bytes) -> None:
    for recipient in (X25519Recipient(share), Recipient(IDENTITY.recipient.raw[:1184] + share)):
        with pytest.raises(BadValue):
            encrypt_bytes(b"", [recipient], SeedBytes())


def test_opening_reads_the_file_from_its_start() -> None:
    source = BytesIO(sealed([IDENTITY.recipient]))
    source.seek(100)
    assert Decryptor(source, [IDENTITY]).read() == b"secret"
