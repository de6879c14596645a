"""The copy of the depositary's register: closed, bounded, and the same bytes for the same words."""

from __future__ import annotations

import json
from typing import Any

import pytest
import rfc8785

from comity.base import limits
from comity.base.errors import DoesNotVerify
from comity.federation.directory.register import Register
from tests.registers import make_register

PLAIN: dict[str, Any] = json.loads(make_register().document())


def _state(**change: Any) -> dict[str, Any]:
    return {**PLAIN, "states": [{**PLAIN["states"][0], **change}]}


def _said(**change: Any) -> dict[str, Any]:
    plain = {"on": "2026-02-01", "law": "", "says": "It declares."}
    return _state(declarations=[{**plain, **change}])


def test_a_register_is_read_as_it_was_written() -> None:
    assert Register.parse(make_register().document()) == make_register()


def test_it_is_canonical_as_another_program_writes_it() -> None:
    assert rfc8785.dumps(PLAIN) == make_register().document()


@pytest.mark.parametrize(
    "odd",
    [
        {**PLAIN, "more": 1},
        {**PLAIN, "type": "comity/register/2"},
        {**PLAIN, "as_of": "2026-13-01"},
        {**PLAIN, "as_of": "2026-1-1"},
        {**PLAIN, "source": ""},
        {**PLAIN, "disclaimer": ""},
        {**PLAIN, "exercise": "yes"},
        {**PLAIN, "instrument": "UNCC!"},
        {**PLAIN, "states": PLAIN["states"][::-1]},
        {**PLAIN, "states": [PLAIN["states"][0]] * 2},
        _state(state="xa"),
        _state(ratified=None),
        _state(means="conquest"),
        _state(in_force="2020-01-01"),
        _state(more=1),
        _said(says=""),
        _said(says="x" * (limits.REGISTER_TEXT + 1)),
        _said(law="Article 40"),
        _said(on="soon"),
        _said(says="\u202eturned round"),
        _state(declarations=[_said()["states"][0]["declarations"][0]] * 101),
    ],
)
def test_a_register_says_nothing_odd(odd: dict[str, Any]) -> None:
    with pytest.raises(DoesNotVerify):
        Register.parse(rfc8785.dumps(odd))


def test_a_register_is_bounded() -> None:
    with pytest.raises(DoesNotVerify):
        Register.parse(b" " * (limits.REGISTER_BYTES + 1))
