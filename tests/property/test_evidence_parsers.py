"""For all bytes: every reader of outside input returns, or raises an error of our family."""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.base import ComityError, Verdict, canonical_bytes
from comity.evidence import (
    Form,
    Layout,
    ObjectRecord,
    Statement,
    VolumeSource,
    check_frame,
    choose_serials,
    read_layout,
)
from comity.evidence.bagging import read_manifest, read_tag_manifest
from comity.evidence.choosing import Choice
from comity.evidence.leaves import read_salts
from comity.evidence.summary import Summary
from comity.evidence.unlocking import read_index
from comity.seal import Identity, encrypt_bytes
from tests.packages import (
    MemorySource,
    envelope_payload,
    examine,
    make_package,
    make_part,
    seeded,
)

WHOLE = make_package()
PART = make_part(WHOLE, 1, 3)
IDENTITY = Identity.generate(seeded("identity"))

READERS: dict[str, Callable[[bytes], object]] = {
    "record": ObjectRecord.parse,
    "statement": Statement.parse,
    "summary": Summary.parse,
    "salts of a whole": lambda data: read_salts(data, Layout(Form.WHOLE, 3)),
    "salts of a part": lambda data: read_salts(data, Layout(Form.PART, 2)),
    "manifest": lambda data: read_manifest(io.BytesIO(data), Layout(Form.WHOLE, 3)),
    "tag manifest": lambda data: read_tag_manifest(io.BytesIO(data), Layout(Form.PART, 1)),
    "index": lambda data: read_index(io.BytesIO(data), len(data)),
    "volume": lambda data: VolumeSource(lambda _: io.BytesIO(data), [IDENTITY]).close(),
    "sealed index": lambda data: VolumeSource(
        lambda _: io.BytesIO(encrypt_bytes(data, [IDENTITY.recipient], seeded("v"))), [IDENTITY]
    ).close(),
}
SAMPLES = {
    "record": WHOLE["bag/data/meta/000001.json"],
    "statement": envelope_payload(WHOLE),
    "summary": WHOLE["bag/package.json"],
    "salts of a whole": WHOLE["seal/salts.json"],
    "salts of a part": PART["seal/salts.json"],
    "manifest": WHOLE["bag/manifest-sha256.txt"],
    "tag manifest": PART["bag/tagmanifest-sha256.txt"],
    "index": b"comity/volumes/1 9\nlane 1\n0 3 bag/bagit.txt\n1 2 bag/data/objects/000001\n\nabc",
}
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)


def stands(reader: str, data: bytes) -> None:
    try:
        READERS[reader](data)
    except ComityError:
        return


@pytest.mark.parametrize("reader", sorted(READERS))
@given(data=st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(reader: str, data: bytes) -> None:
    stands(reader, data)


@pytest.mark.parametrize("reader", sorted(SAMPLES))
@given(at=st.integers(0, 5000), put=st.binary(max_size=4), cut=st.integers(0, 4))
def test_a_good_document_with_any_change_is_read_or_refused(
    reader: str, at: int, put: bytes, cut: int
) -> None:
    good = SAMPLES[reader]
    at %= len(good)
    stands(reader, good[:at] + put + good[at + cut :])


@pytest.mark.parametrize(
    "reader", ["record", "statement", "summary", "salts of a whole", "salts of a part"]
)
@given(data=st.data())
def test_any_value_in_any_field_is_read_or_refused(reader: str, data: st.DataObject) -> None:
    document = json.loads(SAMPLES[reader])
    spots: list[tuple[dict[str, object], str]] = [(document, name) for name in document]
    for inner in document.values():
        if isinstance(inner, dict):
            spots.extend((inner, name) for name in inner)
    holder, name = data.draw(st.sampled_from(spots))
    holder[name] = data.draw(values)
    stands(reader, canonical_bytes(document))


@given(st.lists(st.text(max_size=40), max_size=6))
def test_any_names_are_a_layout_or_refused(names: list[str]) -> None:
    try:
        read_layout(names)
    except ComityError:
        return


@given(
    at=st.integers(0, 10**6),
    put=st.binary(min_size=0, max_size=3),
    cut=st.integers(0, 3),
    form=st.sampled_from(Form),
    data=st.data(),
)
def test_any_change_anywhere_in_a_package_is_refused(
    at: int, put: bytes, cut: int, form: Form, data: st.DataObject
) -> None:
    entries = dict(WHOLE if form is Form.WHOLE else PART)
    name = data.draw(st.sampled_from(sorted(entries)))
    good = entries[name]
    at %= len(good) + 1
    entries[name] = good[:at] + put + good[at + cut :]
    examined = examine(entries)
    if entries[name] == good:
        assert examined.report.verdict is Verdict.PASSED
    else:
        assert examined.report.verdict is Verdict.FAILED
        assert examined.contents is None


@given(name=st.sampled_from(sorted(WHOLE)), data=st.binary(max_size=200))
def test_any_bytes_in_any_entry_make_findings_and_no_errors(name: str, data: bytes) -> None:
    source = MemorySource(WHOLE | {name: data})
    assert examine(WHOLE | {name: data}).report.findings
    assert check_frame(source).report.findings
    try:
        choose_serials(source, Choice(patterns=["*.eml"]))
    except ComityError:
        return


@pytest.mark.parametrize("form", Form)
def test_no_bit_of_a_small_package_can_be_turned(form: Form) -> None:
    # Every byte of every entry but the two signed ones, whose bytes the property above samples.
    whole = WHOLE if form is Form.WHOLE else PART
    for name, good in whole.items():
        if name in {"seal/statement.dsse.json", "seal/trust/sealer.pub"}:
            continue
        for at in range(0, len(good), 7):
            turned = good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :]
            assert examine(whole | {name: turned}).report.verdict is Verdict.FAILED, (name, at)
