"""What metadata and cards may say: nothing that would mean more than was looked at."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from securesystemslib.signer import SSlibKey
from tuf.api.metadata import Root, Snapshot, TargetFile, Targets

from comity.base import Digest, Instant, Period, canonical_bytes
from comity.base.errors import BadValue, Malformed, TooLarge
from comity.federation.directory import (
    AuthorityCard,
    CardImpossible,
    CardKey,
    CeremonyImpossible,
    Duty,
    MetadataRefused,
    Mismatched,
    NoRecipient,
    card_path,
)
from comity.federation.directory.building import Signers, new_list
from comity.federation.directory.keys import HybridKey
from comity.federation.directory.metadata import join_signatures, read_file, sign_file
from comity.federation.directory.pairing import read_fingerprint
from comity.federation.directory.verifying import take_card, take_list
from comity.seal.keys import VerifyingKey
from comity.service.directory.holding import Shared
from comity.service.directory.sources import Mirror
from comity.service.directory.updating import NotDelegated, update_state
from comity.storage.memory import MemoryStore
from tests.cards import SINCE, make_card
from tests.directories import MIRROR, LyingWire, Scene, StateDesk, make_keys, sign_all
from tests.steady import HandClock

LISTED = {"length": 9, "hashes": {"sha256": "ab" * 32}}
NOW = Instant.parse("2026-11-21T02:14:05Z")


def _duty(**change: Any) -> Duty:
    plain = make_card("XB").roster[0]
    return replace(plain, **change)


@pytest.fixture(scope="module")
def desk() -> StateDesk:
    found = StateDesk("XB", HandClock())
    found.enrol(make_card("XB"))
    return found


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return Scene(MemoryStore(), tmp_path_factory.mktemp("scene"))


def _changed(data: bytes, change: Callable[[Any], object]) -> bytes:
    said = json.loads(data)
    change(said)
    return canonical_bytes(said)


def _set(*path: Any, to: object) -> Callable[[Any], object]:
    def change(said: Any) -> None:
        for name in path[:-1]:
            said = said[name]
        said[path[-1]] = to

    return change


def test_a_key_under_another_name_is_refused(desk: StateDesk) -> None:
    def rename(said: Any) -> None:
        keys = said["signed"]["keys"]
        keyid = next(iter(keys))
        keys["f" * 64] = keys.pop(keyid)
        for role in said["signed"]["roles"].values():
            role["keyids"] = ["f" * 64 if one == keyid else one for one in role["keyids"]]

    with pytest.raises(Malformed):
        read_file(_changed(desk.roots[0].data, rename), Root)


def test_two_keys_that_share_a_half_are_refused(desk: StateDesk) -> None:
    one, other = (key.public for key in desk.keys[:2])
    mixed = HybridKey(VerifyingKey(one.ed25519, other.mldsa65))

    def share(said: Any) -> None:
        said["signed"]["keys"][mixed.keyid] = mixed.to_dict()

    with pytest.raises(Malformed, match="half"):
        read_file(_changed(desk.roots[0].data, share), Root)


def test_a_key_that_is_not_hybrid_is_refused(desk: StateDesk) -> None:
    plain = SSlibKey("e" * 64, "ed25519", "ed25519", {"public": "ab" * 32})

    def add(said: Any) -> None:
        said["signed"]["keys"][plain.keyid] = plain.to_dict()
        said["signed"]["roles"]["root"]["keyids"].append(plain.keyid)

    with pytest.raises(Malformed, match="hybrid"):
        read_file(_changed(desk.roots[0].data, add), Root)


@pytest.mark.parametrize(
    "change",
    [
        _set("more", to=1),
        _set("signed", "more", to=1),
        _set("signed", "version", to=0),
        _set("signed", "version", to=True),
        _set("signed", "expires", to="2026-1-1T00:00:00Z"),
        _set("signed", "spec_version", to="2.0.0"),
        _set("signed", "consistent_snapshot", to=False),
        _set("signed", "roles", "root", "threshold", to=0),
        _set("signed", "roles", "root", "threshold", to=4),
        _set("signed", "roles", "root", "threshold", to=True),
        _set("signed", "roles", "root", "keyids", to=[]),
        _set("signed", "roles", "root", "keyids", to=["0" * 64, "1" * 64]),
        _set("signed", "roles", "root", "more", to=1),
        _set("signed", "_type", to="targets"),
        _set("signatures", to=[{"keyid": "a", "sig": "b"}, {"keyid": "a", "sig": "c"}]),
    ],
)
def test_keys_of_a_state_say_nothing_odd(desk: StateDesk, change: Callable[[Any], object]) -> None:
    with pytest.raises(Malformed):
        read_file(_changed(desk.roots[0].data, change), Root)


@pytest.mark.parametrize(
    "change",
    [
        _set("signed", "more", to=1),
        _set("signed", "targets", "XB/XB-CA.json", to=LISTED),
        _set("signed", "delegations", "roles", 0, "paths", to=["*"]),
        _set("signed", "delegations", "roles", 0, "paths", to=["XA/*", "XB/*"]),
        _set("signed", "delegations", "roles", 0, "terminating", to=False),
        _set("signed", "delegations", "roles", 0, "name", to="xa"),
        _set("signed", "delegations", "roles", 0, "threshold", to=9),
    ],
)
def test_a_shared_directory_delegates_to_each_state_its_own_and_lists_nothing(
    scene: Scene, change: Callable[[Any], object]
) -> None:
    with pytest.raises(Malformed):
        read_file(_changed(scene.world.targets.data, change), Targets)


def test_a_list_may_not_delegate(scene: Scene) -> None:
    signed = sign_all(scene.world.targets, scene.xb.keys[:2])
    with pytest.raises(Mismatched):
        take_list(scene.xb.roots[-1], None, signed.data, "XB", NOW)


def test_a_list_names_cards_of_its_own_state_alone(desk: StateDesk) -> None:
    theirs = sign_all(new_list(1, [make_card("XA")], desk.later(Period(days=1))), desk.keys[:2])
    with pytest.raises(Mismatched, match="not XB's"):
        take_list(desk.roots[-1], None, theirs.data, "XB", NOW)


def test_a_card_under_the_name_of_another_is_refused() -> None:
    data = make_card("XB").document()
    target = TargetFile(len(data), {"sha256": Digest.of(data).hex}, "XB/XB-COURT.json")
    with pytest.raises(Mismatched):
        take_card(target, data, "XB")


def test_a_state_is_met_only_under_keys_that_the_directory_names(scene: Scene) -> None:
    usurper = StateDesk("XB", scene.clock, keys=make_keys(3, 91))
    usurper.enrol(make_card("XB"))
    files = {**(scene.wire.mirrors[MIRROR] or {}), **usurper.files()}
    source = Mirror(LyingWire(mirrors={MIRROR: files}), MIRROR)
    snapshot = read_file(files["1.snapshot.json"], Snapshot)
    shared = Shared(root=scene.world.roots[0], snapshot=snapshot, targets=scene.world.targets)
    with pytest.raises(NotDelegated):
        update_state(source, shared, "XB", None, NOW)


def test_a_file_larger_than_its_bound_is_refused_whatever_the_wire_does() -> None:
    source = Mirror(LyingWire(mirrors={MIRROR: {"timestamp.json": b"x" * 11}}), MIRROR)
    with pytest.raises(TooLarge):
        source.get("timestamp.json", 10)


def test_signatures_made_apart_are_joined(desk: StateDesk) -> None:
    file = new_list(3, [make_card("XB")], desk.later(Period(days=1)))
    joined = join_signatures(sign_file(file, desk.keys[0]), sign_file(file, desk.keys[1]))
    assert take_list(desk.roots[-1], None, joined.data, "XB", NOW).version == 3


def test_signatures_under_other_words_are_not_joined(desk: StateDesk) -> None:
    one = new_list(3, [make_card("XB")], desk.later(Period(days=1)))
    with pytest.raises(MetadataRefused):
        join_signatures(one, new_list(4, [make_card("XB")], desk.later(Period(days=1))))


@pytest.mark.parametrize("threshold", [0, 4])
def test_a_threshold_is_one_that_can_be_reached(desk: StateDesk, threshold: int) -> None:
    with pytest.raises(CeremonyImpossible):
        Signers(tuple(key.public for key in desk.keys), threshold)


def test_a_key_signs_once_for_a_role(desk: StateDesk) -> None:
    with pytest.raises(CeremonyImpossible):
        Signers((desk.keys[0].public, desk.keys[0].public), 2)


@pytest.mark.parametrize(
    "change",
    [
        {"state": "xb"},
        {"authority": ""},
        {"authority": "XB\u202eCA"},
        {"kind": "bank"},
        {"names": {}},
        {"names": {"english": "X"}},
        {"zone": "Mars/Olympus"},
        {"languages": ()},
        {"languages": ("en", "en")},
        {"call_back": ("0700000000",)},
        {"conditions": "x\u0000"},
        {"endpoint": "http://xb.example"},
        {"endpoint": "https://xb.example/path"},
        {"endpoint": ""},
        {"certificate": "none"},
        {"wire_key": b"short"},
        {"recipients": ()},
        {"protocols": ()},
        {"protocols": ("one",)},
        {"keys": ()},
        {"keys": make_card("XB").keys * 2},
        {"keys": (CardKey(key=make_card("XB").keys[0].key, since=NOW, until=SINCE),)},
        {"keys": (CardKey(key=make_card("XB").keys[0].key, since=NOW, reason="why"),)},
        {"roster": (_duty(days=()),)},
        {"roster": (_duty(days=("sun", "mon")),)},
        {"roster": (_duty(begins="8"),)},
        {"roster": (_duty(number="112"),)},
    ],
)
def test_a_card_says_nothing_that_is_impossible(change: dict[str, Any]) -> None:
    with pytest.raises(CardImpossible):
        replace(make_card("XB"), **change)


def test_a_card_is_read_as_it_was_written() -> None:
    card = make_card("XB")
    assert AuthorityCard.parse(card.document()) == card


def test_a_provider_needs_no_node() -> None:
    card = make_card(
        "XB",
        kind="provider",
        endpoint="",
        certificate="",
        wire_key=b"",
        recipients=(),
        protocols=(),
    )
    assert not card.is_reachable
    with pytest.raises(NoRecipient):
        card.current_recipient(NOW)


def test_the_newest_recipient_that_has_begun_is_used() -> None:
    first = make_card("XB").recipients[0]
    second = replace(make_card("XB", seed=9).recipients[0], since=NOW)
    card = make_card("XB", recipients=(second, first))
    assert card.current_recipient(SINCE) == first.recipient
    assert card.current_recipient(NOW) == second.recipient


def test_an_authority_of_a_long_name_has_a_short_file() -> None:
    assert len(card_path("XB", "Ж" * 200)) < 80


def test_odd_signs_in_a_name_need_no_escape_in_an_address() -> None:
    assert card_path("XB", "XB 24/7 point") == "XB/XB=2024=2F7=20point.json"


def test_a_fingerprint_that_is_none_is_refused() -> None:
    with pytest.raises(BadValue):
        read_fingerprint("46ce b22e")


def test_the_verifier_of_orders_needs_nothing_of_the_directory() -> None:
    root = Path(__file__).parents[3] / "src" / "comity" / "federation"
    names = [path.read_text("utf-8") for path in root.glob("*.py")]
    assert not any("federation.directory" in text for text in names)
