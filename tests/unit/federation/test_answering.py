"""Answers and statements: what each code must carry, and what none may."""

from __future__ import annotations

import json
from typing import Any

import pytest

from comity.base import Digest, Instant
from comity.base.errors import ComityError
from comity.federation.answering import (
    ANSWER_PAYLOAD,
    Code,
    Costs,
    open_answer,
    open_return,
    sign_answer,
)
from comity.federation.errors import AnswerImpossible
from comity.seal.dsse import sign_envelope
from tests.orders import signed
from tests.providers import KEY, STRANGER, answer, hand_over, make_answer

FILE = signed(exercise=True)
AT = Instant.parse("2026-11-21T03:00:00Z")
LATER = Instant.parse("2026-12-01T00:00:00Z")
EUROS = Costs(amount="120.50", currency="EUR")
GOOD: list[dict[str, Any]] = [
    {"code": Code.DONE},
    {"code": Code.DONE, "inventory": Digest.of(b"i"), "reasons": "All of it."},
    {"code": Code.PARTLY, "reasons": "Half.", "inventory": Digest.of(b"i")},
    {"code": Code.NO_SUCH_DATA, "reasons": "None."},
    {"code": Code.NOT_OURS, "reasons": "Theirs."},
    {"code": Code.OBJECT, "ground": "manifest_error", "reasons": "No."},
    {"code": Code.NEED_MORE_TIME, "until": LATER},
    {"code": Code.NEED_MORE_TIME, "until": LATER, "asked": "Which?"},
    {"code": Code.COSTS, "costs": EUROS},
]
BAD: list[dict[str, Any]] = [
    {"code": Code.PARTLY},
    {"code": Code.NO_SUCH_DATA},
    {"code": Code.NOT_OURS},
    {"code": Code.OBJECT, "reasons": "No."},
    {"code": Code.OBJECT, "ground": "manifest_error"},
    {"code": Code.OBJECT, "ground": "Manifest error", "reasons": "No."},
    {"code": Code.NEED_MORE_TIME},
    {"code": Code.NEED_MORE_TIME, "until": AT},
    {"code": Code.COSTS},
    {"code": Code.DONE, "ground": "manifest_error"},
    {"code": Code.DONE, "until": LATER},
    {"code": Code.DONE, "asked": "Which?"},
    {"code": Code.NO_SUCH_DATA, "reasons": "None.", "inventory": Digest.of(b"i")},
    {"code": Code.DONE, "reasons": "\u202eturned"},
    {"code": Code.DONE, "provider": "two  blanks"},
    {"code": Code.DONE, "order": "ord_x"},
]


@pytest.mark.parametrize("said", GOOD)
def test_what_an_answer_says_is_read_again(said: dict[str, Any]) -> None:
    assert open_answer(answer(FILE, AT, **said)) == make_answer(FILE, AT, **said)


@pytest.mark.parametrize("said", BAD)
def test_what_does_not_go_together_is_no_answer(said: dict[str, Any]) -> None:
    with pytest.raises(AnswerImpossible):
        make_answer(FILE, AT, **said)


@pytest.mark.parametrize("amount", ["1,200", "-1", "1.234", "", "1e3", "٣"])
def test_costs_are_plain_numbers(amount: str) -> None:
    with pytest.raises(AnswerImpossible):
        Costs(amount=amount, currency="EUR")


def test_a_document_that_bears_a_key_is_signed_with_it() -> None:
    bare = make_answer(FILE, AT).payload()
    with pytest.raises(ComityError):
        open_answer(bare)


def test_a_document_is_not_signed_with_another_key() -> None:
    with pytest.raises(AnswerImpossible):
        sign_answer(make_answer(FILE, AT), STRANGER)


def test_a_key_in_the_document_that_did_not_sign_it_is_refused() -> None:
    data = sign_envelope(ANSWER_PAYLOAD, make_answer(FILE, AT).payload(), STRANGER)
    with pytest.raises(ComityError):
        open_answer(data)


@pytest.mark.parametrize("change", [{"extra": 1}, {"code": "yes"}, {"at": "now"}, {"exercise": 1}])
def test_an_unknown_name_or_value_is_refused(change: dict[str, Any]) -> None:
    data = json.loads(make_answer(FILE, AT, None).payload()) | change
    bare = json.dumps(data, sort_keys=True, separators=(",", ":")).encode()
    with pytest.raises(ComityError):
        open_answer(bare)


def test_an_answer_is_no_return() -> None:
    with pytest.raises(ComityError):
        open_return(answer(FILE, AT))
    with pytest.raises(ComityError):
        open_answer(hand_over(FILE, {"a": b"1"}, AT).statement)


def test_a_return_in_part_says_why() -> None:
    with pytest.raises(AnswerImpossible):
        hand_over(FILE, {"a": b"1"}, AT, is_whole=False)


def test_what_a_return_says_is_read_again() -> None:
    handed = hand_over(FILE, {"a": b"1"}, AT)
    said = open_return(handed.statement)
    assert (said.size, said.is_whole, said.key) == (len(handed.data), True, KEY.public)


@pytest.mark.parametrize(
    "change", [{"size": 1}, {"listing_bytes": 0}, {"inventory_bytes": -1}, {"size": 1 << 50}]
)
def test_impossible_lengths_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(AnswerImpossible):
        hand_over(FILE, {"a": b"1"}, AT, **change)
