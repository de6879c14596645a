"""For all bytes: cards, metadata and bundles are read, or refused with an error of ours."""

from __future__ import annotations

import contextlib
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tuf.api.metadata import Root, Snapshot, Targets, Timestamp

from comity.base import Digest, canonical_bytes
from comity.base.errors import ComityError
from comity.federation.directory import AuthorityCard, card_path
from comity.federation.directory.metadata import read_file
from comity.federation.directory.pairing import Bundle, read_fingerprint, write_fingerprint
from tests.cards import make_card
from tests.directories import StateDesk, World
from tests.steady import HandClock

CARD = make_card("XB").document()
CLOCK = HandClock()
XB = StateDesk("XB", CLOCK)
XB.enrol(make_card("XB"))
WORLD = World(CLOCK, XB)
FILES = WORLD.publish()
KINDS: dict[str, Any] = {
    "1.root.json": Root,
    "timestamp.json": Timestamp,
    "1.snapshot.json": Snapshot,
    f"{WORLD.targets.version}.targets.json": Targets,
    "1.XB.json": Targets,
}
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53) + 1, 2**53 - 1),
    st.text(st.characters(codec="utf-8"), max_size=20),
    st.just([]),
    st.just({}),
    st.just("\u202e"),
)


def _read_root(data: bytes) -> object:
    return read_file(data, Root)


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return every place in a JSON document."""
    found = [path]
    if isinstance(value, dict):
        for name in value:
            found += _places(value[name], (*path, name))
    elif isinstance(value, list):
        for number in range(len(value)):
            found += _places(value[number], (*path, number))
    return found


def _put(document: bytes, place: tuple[Any, ...], other: Any) -> bytes:
    said = json.loads(document)
    if not place:
        return canonical_bytes(other)
    inner = said
    for name in place[:-1]:
        inner = inner[name]
    inner[place[-1]] = other
    return canonical_bytes(said)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for read in (AuthorityCard.parse, Bundle.parse, _read_root):
        with contextlib.suppress(ComityError):
            read(data)


@settings(deadline=None)
@given(st.data())
def test_a_card_with_anything_in_any_place_is_read_back_as_it_was_or_refused(
    data: st.DataObject,
) -> None:
    place = data.draw(st.sampled_from(_places(json.loads(CARD))))
    changed = _put(CARD, place, data.draw(SCALARS))
    try:
        card = AuthorityCard.parse(changed)
    except ComityError:
        return
    assert card.document() == changed


@settings(deadline=None)
@given(st.data())
def test_metadata_with_anything_in_any_place_is_read_as_it_stands_or_refused(
    data: st.DataObject,
) -> None:
    name = data.draw(st.sampled_from(sorted(KINDS)))
    place = data.draw(st.sampled_from(_places(json.loads(FILES[name]))))
    changed = _put(FILES[name], place, data.draw(SCALARS))
    try:
        file = read_file(changed, KINDS[name])
    except ComityError:
        return
    assert file.metadata.to_dict() == json.loads(changed)


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=200))
def test_the_name_of_a_card_is_a_safe_one_and_no_other_cards(authority: str) -> None:
    path = card_path("XB", authority)
    head, slash, name = path.partition("/")
    assert (head, slash) == ("XB", "/")
    assert name.isascii()
    assert len(name) <= 130
    assert not set(name) & set("/%\\ :?#&\x00")
    assert card_path("XB", authority + "x") != path


@given(st.binary(min_size=32, max_size=32))
def test_a_fingerprint_is_read_as_people_write_it(raw: bytes) -> None:
    digest = Digest(raw)
    for text in (write_fingerprint(digest), digest.hex.upper(), str(digest), digest.hex):
        assert read_fingerprint(text) == digest
