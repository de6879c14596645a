"""A catalogue of bad orders: each is refused at the numbered check that its flaw is of.

The forger has genuine orders, and where the story says so even a key that someone vouches for.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any, Final

import pytest

from comity.base import Verdict
from comity.federation import Word
from comity.federation.order import PAYLOAD_TYPE
from comity.seal import Act, sign_act, sign_envelope
from tests.orders import AUTHORITY, KEY, OTHER, judge, make_order, revocation, sign_data, signed
from tests.seals import dumps, flip, loads, make_act

GENUINE: Final = signed()
STRANGER: Final = signed(OTHER)


def envelope(change: Callable[[dict[str, Any]], None]) -> bytes:
    found = loads(GENUINE)
    change(found)
    return dumps(found)


def without_second_half(found: dict[str, Any]) -> None:
    del found["signatures"][1]


def with_third(found: dict[str, Any]) -> None:
    found["signatures"].append(found["signatures"][0])


def swapped(found: dict[str, Any]) -> None:
    found["signatures"].reverse()


def of_another_type(found: dict[str, Any]) -> None:
    found["payloadType"] = "application/vnd.comity.act+json"


def with_a_note(found: dict[str, Any]) -> None:
    found["note"] = "urgent"


def ed25519_flipped(found: dict[str, Any]) -> None:
    found["signatures"][0]["sig"] = flip(found["signatures"][0]["sig"])


def mldsa_flipped(found: dict[str, Any]) -> None:
    found["signatures"][1]["sig"] = flip(found["signatures"][1]["sig"])


def said_otherwise(**change: Any) -> Callable[[dict[str, Any]], None]:
    """The payload is changed, the signatures stay."""

    def story(found: dict[str, Any]) -> None:
        data = json.loads(base64.b64decode(found["payload"])) | change
        found["payload"] = base64.b64encode(dumps(data)).decode()

    return story


def signatures_of_a_stranger(found: dict[str, Any]) -> None:
    found["signatures"] = loads(STRANGER)["signatures"]


def half_of_a_stranger(found: dict[str, Any]) -> None:
    found["signatures"][1]["sig"] = loads(STRANGER)["signatures"][1]["sig"]


def payload_of_a_stranger(found: dict[str, Any]) -> None:
    found["payload"] = loads(STRANGER)["payload"]


def act_as_order() -> bytes:
    act: Act = make_act()
    return sign_envelope(PAYLOAD_TYPE, act.payload(), KEY)


SHAPE: Final = {
    "empty": b"",
    "no JSON": b"%PDF-1.7",
    "cut short": GENUINE[:-1],
    "a line end added": GENUINE + b"\n",
    "a blank within": GENUINE.replace(b":", b": ", 1),
    "one signature stripped": envelope(without_second_half),
    "a third signature": envelope(with_third),
    "signatures swapped": envelope(swapped),
    "another type of payload": envelope(of_another_type),
    "a note beside": envelope(with_a_note),
    "an act": sign_act(make_act(), KEY).envelope,
    "a revocation": revocation(),
    "endless": b"[" * 2_000_000,
}
SIGNATURES: Final = {
    "the Ed25519 half broken": envelope(ed25519_flipped),
    "the ML-DSA half broken": envelope(mldsa_flipped),
    "another provider written in": envelope(said_otherwise(provider="Castova Cloud")),
    "other data written in": envelope(said_otherwise(data=["account: bob at mail.example"])),
    "a longer time written in": envelope(said_otherwise(valid_until="2036-01-01T00:00:00Z")),
    "another measure written in": envelope(said_otherwise(measure="produce")),
    "the exercise mark taken off": envelope(said_otherwise(exercise=False, reference="x")),
    "another key written in": envelope(said_otherwise(key=OTHER.public.as_data())),
    "another key id": envelope(signatures_of_a_stranger),
    "one half of a stranger": envelope(half_of_a_stranger),
    "the payload of a stranger": envelope(payload_of_a_stranger),
    "signed with another key than it bears": sign_data({}, OTHER),
    "no key in it": sign_data({}, KEY, "key"),
    "half a key in it": sign_data({"key": {"type": "comity/key/1"}}),
    "no JSON in it": sign_envelope(PAYLOAD_TYPE, b"order", KEY),
    "a list in it": sign_envelope(PAYLOAD_TYPE, b"[]", KEY),
    "JSON of another spelling in it": sign_envelope(PAYLOAD_TYPE, b'{"key": 1}', KEY),
    "an act in it": act_as_order(),
}
STATEMENT: Final = {
    "a name too many": sign_data({"telephone": "+1 555 0100"}),
    "a name too few": sign_data({}, KEY, "objection"),
    "no type": sign_data({}, KEY, "type"),
    "the type of a revocation": sign_data({"type": "comity/order-revocation/1"}),
    "no data": sign_data({"data": []}),
    "all data": sign_data({"data": ["all"]}),
    "no law": sign_data({"law": []}),
    "a hidden sign": sign_data({"provider": "Hosting\u202e Belmora"}),
    "over before it begins": sign_data({"valid_until": "2026-11-21T02:30:00Z"}),
    "a day that is none": sign_data({"valid_until": "2026-02-30T00:00:00Z"}),
    "another measure": sign_data({"measure": "delete"}),
    "another kind": sign_data({"kinds": ["everything"]}),
    "a mark that is no mark": sign_data({"exercise": "no"}),
    "a number for text": sign_data({"reference": 4711}),
    "a digest that is none": sign_data({"carries": "sha256:00"}),
    "too many lines": sign_data({"data": [f"account: {n}" for n in range(501)]}),
    "a text too long": sign_data({"reference": "x" * 3_000}),
    "an objection of another shape": sign_data({"objection": {"how": "x", "to": "y"}}),
    "a period turned about": sign_data(
        {"period": {"from": "2026-11-02T00:00:00Z", "until": "2026-11-01T00:00:00Z"}}
    ),
}
ISSUER: Final = {
    "a stranger under the authority's name": STRANGER,
    "a vouched key under another name": signed(authority="Supreme Court of Belmora"),
}
ALL: Final = [
    (number, word, name, data)
    for number, word, stories in (
        (1, Word.ALTERED, SHAPE),
        (2, Word.ALTERED, SIGNATURES),
        (3, Word.FORGED, STATEMENT),
        (4, Word.FORGED, ISSUER),
    )
    for name, data in stories.items()
]


@pytest.mark.parametrize(("number", "word", "name", "data"), ALL, ids=[row[2] for row in ALL])
def test_it_is_refused_at_its_check(number: int, word: Word, name: str, data: bytes) -> None:
    judged = judge(data)
    failed = [one.check for one in judged.report.findings if one.verdict is Verdict.FAILED]
    assert (failed, judged.word) == ([number], word)


def test_the_order_that_the_stories_start_from_is_genuine() -> None:
    assert judge(GENUINE).word is Word.GENUINE


def test_an_unsigned_order_shows_nothing_of_itself() -> None:
    assert judge(SIGNATURES["other data written in"]).order is None


def test_the_authority_named_alone_vouches_for_nothing() -> None:
    assert make_order().authority == AUTHORITY
    assert judge(STRANGER, trust=()).word is Word.UNDECIDED


def test_each_changed_byte_of_an_order_is_noticed() -> None:
    places = range(0, len(GENUINE), 97)
    changed = (GENUINE[:n] + bytes([GENUINE[n] ^ 1]) + GENUINE[n + 1 :] for n in places)
    assert {judge(data).word for data in changed} == {Word.ALTERED}
