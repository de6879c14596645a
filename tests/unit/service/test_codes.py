"""Codes as they are made and typed."""

from __future__ import annotations

import re

import pytest

from comity.service.codes import digest_code, new_code
from tests.steady import SeedBytes

ORDER = "ord_" + "0" * 26


def test_a_code_is_four_groups_of_five_letters() -> None:
    code = new_code(SeedBytes(1))
    assert re.fullmatch(r"[0-9a-hjkmnp-tv-z]{5}(-[0-9a-hjkmnp-tv-z]{5}){3}", code)


def test_every_letter_of_a_code_is_drawn() -> None:
    letters = [set[str]() for _ in range(20)]
    for seed in range(600):
        plain = new_code(SeedBytes(seed)).replace("-", "")
        for place, letter in enumerate(plain):
            letters[place].add(letter)
    assert min(len(seen) for seen in letters) == 32


def test_a_code_is_kept_under_another_name_for_each_order() -> None:
    assert digest_code(ORDER, "k3f7q") != digest_code(ORDER[:-1] + "1", "k3f7q")


@pytest.mark.parametrize("typed", ["K3F7Q-0M2XW", "k3f7q 0m2xw", "k3f7qom2xw", " k3f7q0m2xw\n"])
def test_what_is_typed_in_another_way_is_the_same_code(typed: str) -> None:
    assert digest_code(ORDER, typed) == digest_code(ORDER, "k3f7q-0m2xw")
