"""Two other people's RFC 8785, in Python and in JavaScript, write every document as we do."""

from __future__ import annotations

import random
import string
from typing import Any

import jcs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.base import canonical_bytes
from comity.base.canonical import Json
from tests.javascript import run_script

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
WHOLE = st.integers(min_value=-(2**53) + 1, max_value=2**53 - 1)
JSON: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | WHOLE | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)
# What sorts otherwise by code points than by UTF-16 units, what is escaped, what looks alike.
LETTERS = string.printable + "\0\x1f\x7f\x80é\u2028\u2029ﬀ\ufffd\ue000😀\U0001f600\U0010ffff"


@given(JSON)
def test_jcs_writes_every_document_as_we_do(value: Json) -> None:
    assert jcs.canonicalize(value) == canonical_bytes(value)


def make_value(source: random.Random, depth: int) -> Any:
    kind = source.randrange(8 if depth else 6)
    if kind >= 6:
        inner = [make_value(source, depth - 1) for _ in range(source.randrange(5))]
        return inner if kind == 6 else {make_text(source): item for item in inner}
    choices = [None, True, False, make_text(source), source.randrange(-9, 9)]
    return [*choices, source.randrange(-(2**53) + 1, 2**53)][kind]


def make_text(source: random.Random) -> str:
    return "".join(source.choices(LETTERS, k=source.randrange(9)))


@pytest.mark.parametrize("seed", range(5))
def test_canonicalize_for_javascript_writes_documents_as_we_do(seed: int) -> None:
    source = random.Random(seed)
    values = [make_value(source, 4) for _ in range(400)]
    script = """
      const {default: canonicalize} = await import('canonicalize')
      return value.map(one => canonicalize(one))
    """
    assert run_script(script, values) == [canonical_bytes(one).decode() for one in values]
