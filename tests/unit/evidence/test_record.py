"""The metadata of an object: canonical, closed, and the same when read again."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from comity.base import Digest, canonical_bytes
from comity.evidence import Kind, ObjectRecord, Provenance

words = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=40)
paths = st.binary(max_size=60) | st.text(max_size=40).map(lambda text: text.encode("utf-8"))


@st.composite
def records(draw: st.DrawFn) -> ObjectRecord:
    return ObjectRecord(
        path=draw(paths),
        kind=draw(st.sampled_from(Kind)),
        size=draw(st.integers(0, 2**53 - 1)),
        digest=Digest(draw(st.binary(min_size=32, max_size=32))),
        modified=draw(st.sampled_from([None, "2026-11-21T02:14:05.000000001Z"])),
        mode=draw(st.sampled_from([None, "0644", "7777"])),
        owner=draw(st.sampled_from([None, "0:0", "4294967295:1"])),
        irregular=draw(words),
        provenance=Provenance(origin=draw(words), tool=draw(words)),
        blind=draw(st.binary(min_size=32, max_size=32)),
    )


@given(records())
def test_what_is_written_is_read_again(record: ObjectRecord) -> None:
    assert ObjectRecord.parse(record.as_bytes()) == record


@given(records())
def test_what_is_written_is_in_the_form_of_rfc_8785(record: ObjectRecord) -> None:
    assert canonical_bytes(json.loads(record.as_bytes())) == record.as_bytes()


def test_it_holds_nothing_that_relates_objects_to_each_other() -> None:
    record = ObjectRecord(
        path=b"x",
        kind=Kind.FILE,
        size=0,
        digest=Digest.of(b""),
        modified=None,
        mode=None,
        owner=None,
        irregular="",
        provenance=Provenance(),
        blind=bytes(32),
    )
    assert sorted(json.loads(record.as_bytes())) == [
        "authority",
        "basis",
        "blind",
        "collector",
        "irregular",
        "kind",
        "mode",
        "modified",
        "origin",
        "owner",
        "path",
        "path_bytes",
        "sha256",
        "size",
        "tool",
        "type",
    ]
