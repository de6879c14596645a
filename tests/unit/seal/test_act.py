"""Acts: every field is used or refused, and nothing is said twice in two ways."""

from __future__ import annotations

import json
from typing import Any

import pytest

from comity.base import Digest, limits
from comity.base.errors import BadValue, ComityError, Malformed, TooLarge
from comity.seal import (
    Act,
    OtherKey,
    SealBroken,
    cite_act,
    read_act,
    sign_act,
    sign_envelope,
    verify_act,
)
from comity.seal.act import PAYLOAD_TYPE
from tests.seals import KEY, OTHER, dumps, flip, loads, make_act

ACT = make_act()
FIELDS = sorted(json.loads(ACT.payload()))


def spoilt(**change: Any) -> bytes:
    return dumps(json.loads(ACT.payload()) | change)


def test_an_act_reads_back_as_it_was() -> None:
    assert Act.parse(ACT.payload()) == ACT


def test_a_recorded_act_reads_back_as_it_was() -> None:
    act = make_act(recorded={"channel": "letter", "received": "2026-11-20"}, seen=Digest.of(b""))
    assert Act.parse(act.payload()) == act


def test_the_payload_is_sorted_json_without_spaces() -> None:
    plain = json.dumps(ACT.as_data(), sort_keys=True, separators=(",", ":"))
    assert ACT.payload() == plain.encode()


def test_the_digest_of_an_act_is_that_of_its_payload() -> None:
    assert ACT.digest == Digest.of(ACT.payload())


def test_a_signed_act_verifies() -> None:
    signed = sign_act(ACT, KEY)
    assert verify_act(signed.envelope, KEY.public) == signed


def test_signing_twice_gives_one_digest() -> None:
    assert sign_act(ACT, KEY).digest == sign_act(ACT, KEY).digest


def test_another_key_does_not_verify_an_act() -> None:
    with pytest.raises(OtherKey):
        verify_act(sign_act(ACT, KEY).envelope, OTHER.public)


def test_an_act_changed_after_signing_is_refused() -> None:
    found = loads(sign_act(ACT, KEY).envelope)
    found["payload"] = flip(found["payload"])
    with pytest.raises(ComityError):
        verify_act(dumps(found), KEY.public)


def test_another_act_under_the_same_signatures_is_refused() -> None:
    mine, other = (loads(sign_act(act, KEY).envelope) for act in (ACT, make_act(step="withdraw")))
    with pytest.raises(SealBroken):
        verify_act(dumps(mine | {"payload": other["payload"]}), KEY.public)


def test_an_unverified_act_names_its_key() -> None:
    assert read_act(sign_act(ACT, KEY).envelope).key_id == KEY.public.key_id


def test_an_act_in_an_envelope_of_another_type_is_refused() -> None:
    envelope = sign_envelope("application/json", ACT.payload(), KEY)
    with pytest.raises(Malformed):
        verify_act(envelope, KEY.public)


def test_signed_bytes_that_are_no_act_are_refused() -> None:
    envelope = sign_envelope(PAYLOAD_TYPE, b'{"type":"comity/act/2"}', KEY)
    with pytest.raises(Malformed):
        verify_act(envelope, KEY.public)


@pytest.mark.parametrize("name", FIELDS)
def test_an_act_without_one_of_its_fields_is_refused(name: str) -> None:
    found = json.loads(ACT.payload())
    del found[name]
    with pytest.raises(Malformed):
        Act.parse(dumps(found))


KINDS: list[Any] = [7.5, -1, [], [None], {"a": None}, "\0", "", True]
POSSIBLE: list[tuple[str, Any]] = [("cites", []), ("exercise", True)]
WRONG = [(name, kind) for name in FIELDS for kind in KINDS if (name, kind) not in POSSIBLE]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_field_of_another_kind_is_refused(name: str, value: Any) -> None:
    with pytest.raises(ComityError):
        Act.parse(spoilt(**{name: value}))


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(Malformed):
        Act.parse(spoilt(note="x"))


@pytest.mark.parametrize(
    "change",
    [
        {"chain": "dos_1"},
        {"track": "public"},
        {"holder": "ARV"},
        {"holder": "xa"},
        {"number": 1},
        {"before": str(ACT.digest)},
        {"number": True},
        {"number": 2**53},
        {"at": "2026-11-21T02:14:05+00:00"},
        {"process": "uncc preservation"},
        {"process": "../etc"},
        {"step": "Send"},
        {"step": "a/b"},
        {"law": "two\nlines"},
        {"law": "c1\u0085control"},
        {"lawbook": "sha256:00"},
        {"actor": ""},
        {"exercise": "true"},
        {"covers": {"content": "sha1:00"}},
        {"covers": {"Content": str(ACT.digest)}},
        {"cites": [str(ACT.digest), str(ACT.digest)]},
        {"terms": {"until": 3}},
        {"terms": {"until": "two\nlines"}},
        {"terms": {"": "x"}},
        {"recorded": {}},
        {"recorded": []},
        {"type": "comity/act/2"},
    ],
)
def test_an_act_with_an_impossible_value_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        Act.parse(spoilt(**change))


def test_an_act_with_endless_text_is_refused() -> None:
    with pytest.raises(TooLarge):
        Act.parse(spoilt(terms={"until": "a" * (limits.ACT_TEXT + 1)}))


def test_an_act_with_endless_entries_is_refused() -> None:
    many = {f"d{number}": str(ACT.digest) for number in range(limits.ACT_ENTRIES + 1)}
    with pytest.raises(Malformed):
        Act.parse(spoilt(covers=many))


@pytest.mark.parametrize(
    "change", [{"number": 1}, {"track": "open"}, {"recorded": {}}, {"holder": "A"}, {"chain": ""}]
)
def test_an_impossible_act_cannot_be_made(change: dict[str, Any]) -> None:
    with pytest.raises(BadValue):
        make_act(**change)


def test_what_an_act_covers_cannot_be_changed_later() -> None:
    with pytest.raises(TypeError):
        ACT.covers["more"] = ACT.digest  # type: ignore[index] # the point of the test


def test_changing_the_mapping_an_act_was_made_of_changes_nothing() -> None:
    terms = {"until": "x"}
    act = make_act(terms=terms)
    terms["until"] = "y"
    assert act.terms["until"] == "x"


def test_a_citation_needs_its_salt_to_be_confirmed() -> None:
    assert cite_act(ACT.digest, bytes(32)) != cite_act(ACT.digest, b"\1" * 32)


def test_a_citation_is_the_digest_that_the_format_says() -> None:
    salt = b"\7" * 32
    expected = Digest.of(b"comity/cite/1\x00" + salt + ACT.digest.raw)
    assert cite_act(ACT.digest, salt) == expected


def test_a_citation_under_a_short_salt_is_refused() -> None:
    with pytest.raises(BadValue):
        cite_act(ACT.digest, b"short")
