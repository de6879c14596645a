"""Identifiers are typed, opaque and strict."""

import pytest

from comity.base import Ident
from comity.base.errors import Malformed


def test_an_identifier_carries_its_kind() -> None:
    assert Ident.make("dos", bytes(range(17))).kind == "dos"


def test_130_random_bits_all_count() -> None:
    made = {Ident.make("dos", (1 << bit).to_bytes(17, "big")) for bit in range(130)}
    assert len(made) == 130


@pytest.mark.parametrize(
    "text",
    ["dos_", "dos_" + "I" * 26, "cat_" + "0" * 26, "dos_" + "0" * 27, "dos_" + "0" * 25 + "u"],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        Ident(text)
