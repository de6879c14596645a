"""Attacks on the directory: by mirrors, by strangers, by whoever stole a key, by all other States.

What must hold (design.md section 6): mirrors can stall, never forge; nobody can be expelled;
a State's keys change only if the keys before agree.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tuf.api.metadata import Snapshot

from comity.base import Period, canonical_bytes, limits
from comity.base.errors import DoesNotVerify, Malformed, TooLarge
from comity.federation.directory import (
    BelowThreshold,
    KeyRevoked,
    Mismatched,
    OtherFingerprint,
    RolledBack,
    Stale,
)
from comity.federation.directory.building import new_list, new_targets, new_timestamp
from comity.federation.directory.metadata import read_file
from comity.federation.directory.pairing import Bundle
from comity.federation.directory.verifying import (
    first_root,
    next_root,
    take_list,
    take_timestamp,
)
from comity.service.directory import (
    UnknownAuthority,
    UnknownState,
    accept_pairing,
    add_metadata,
    list_cards,
    read_public_file,
    refresh_directory,
    trust_root,
)
from comity.storage.memory import MemoryStore
from tests.cards import make_card
from tests.directories import MIRROR, Scene, StateDesk, make_keys, sign_all

EVIL = "+999666666666"


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    found = Scene(MemoryStore(), tmp_path)
    found.join()
    return found


def _change(scene: Scene, name: str, change: Callable[[bytes], bytes | None]) -> None:
    """Let the mirror change one file, or lose it."""
    files = dict(scene.wire.mirrors[MIRROR] or {})
    changed = change(files[name])
    if changed is None:
        del files[name]
    else:
        files[name] = changed
    scene.wire.mirrors[MIRROR] = files


def _newest(scene: Scene, role: str) -> str:
    names = [name for name in scene.wire.mirrors[MIRROR] or {} if name.endswith(f".{role}.json")]
    plain = [name for name in names if "/" not in name]
    return max(plain, key=lambda name: int(name.partition(".")[0]))


def _break_half(data: bytes, place: int) -> bytes:
    """Break one hexadecimal digit of each signature, ``place`` digits from its start."""
    said = json.loads(data)
    for one in said["signatures"]:
        digit = "0" if one["sig"][place] != "0" else "1"
        one["sig"] = one["sig"][:place] + digit + one["sig"][place + 1 :]
    return canonical_bytes(said)


def _cut_half(data: bytes, *, first: bool) -> bytes:
    said = json.loads(data)
    for one in said["signatures"]:
        one["sig"] = one["sig"][:128] if first else one["sig"][128:]
    return canonical_bytes(said)


def _unsigned(data: bytes) -> bytes:
    return canonical_bytes({**json.loads(data), "signatures": []})


# Arbitrary software: files that the right keys did not sign.


@pytest.mark.parametrize("role", ["timestamp", "snapshot", "targets", "XB"])
def test_a_file_that_nobody_signed_is_refused(scene: Scene, role: str) -> None:
    scene.xb.enrol(make_card("XB", call_back=(EVIL,)))
    scene.publish()
    name = "timestamp.json" if role == "timestamp" else _newest(scene, role)
    _change(scene, name, _unsigned)
    assert refresh_directory(scene.node).refused
    assert EVIL not in scene.known().card.numbers()
    assert "directory-refused" in scene.findings()


def test_a_list_that_strangers_signed_is_refused(scene: Scene) -> None:
    scene.xb.enrol(make_card("XB", call_back=(EVIL,)), by=make_keys(2, 99))
    scene.publish()
    assert refresh_directory(scene.node).refused
    assert EVIL not in scene.known().card.numbers()


def test_a_list_signed_by_another_state_is_refused(scene: Scene) -> None:
    scene.xb.enrol(make_card("XB", call_back=(EVIL,)), by=scene.xa.keys)
    scene.publish()
    assert refresh_directory(scene.node).refused
    assert EVIL not in scene.known().card.numbers()


def test_a_state_cannot_list_authorities_of_another(scene: Scene) -> None:
    scene.xa.enrol(make_card("XB", call_back=(EVIL,)))
    scene.publish()
    assert refresh_directory(scene.node).refused
    assert EVIL not in scene.known().card.numbers()


def test_a_card_that_is_not_the_one_listed_is_refused(scene: Scene) -> None:
    scene.xb.enrol(make_card("XB", call_back=("+254722222222",)))
    scene.publish()
    files = dict(scene.wire.mirrors[MIRROR] or {})
    digest = scene.xb.listed.signed.targets["XB/XB-CA.json"].hashes["sha256"]  # type: ignore[union-attr] # it was enrolled
    files[f"XB/{digest}.XB-CA.json"] = make_card("XB", call_back=(EVIL,)).document()
    scene.wire.mirrors[MIRROR] = files
    assert refresh_directory(scene.node).refused
    assert scene.known().card.call_back == ("+254700000001",)


def test_one_bad_state_keeps_nobody_from_learning_of_the_others(scene: Scene) -> None:
    scene.xa.enrol(by=make_keys(2, 99))
    scene.xb.enrol(make_card("XB", call_back=("+254722222222",)))
    scene.publish()
    done = refresh_directory(scene.node)
    assert done.refused
    assert done.changed == ("XB",)


# Keys below the threshold, and halves of signatures.


def test_one_key_of_two_is_not_enough(scene: Scene) -> None:
    scene.xb.enrol(make_card("XB", call_back=(EVIL,)), by=scene.xb.keys[:1])
    scene.publish()
    assert any("1/2" in one for one in refresh_directory(scene.node).refused)
    assert EVIL not in scene.known().card.numbers()


def test_one_key_that_signs_twice_counts_once(scene: Scene) -> None:
    card = make_card("XB", call_back=(EVIL,))
    listed = new_list(2, [card], scene.xb.later(Period(days=1)))
    said = json.loads(sign_all(listed, scene.xb.keys[:1]).data)
    said["signatures"].append(said["signatures"][0])
    with pytest.raises(DoesNotVerify):
        take_list(scene.xb.roots[-1], None, canonical_bytes(said), "XB", scene.clock.now())


def test_one_key_under_two_names_counts_once(scene: Scene) -> None:
    said = json.loads(scene.xb.roots[0].data)
    role = said["signed"]["roles"]["root"]
    first = role["keyids"][0]
    said["signed"]["keys"]["f" * 64] = said["signed"]["keys"][first]
    role["keyids"].append("f" * 64)
    with pytest.raises(Malformed):
        first_root(canonical_bytes(said))


@pytest.mark.parametrize("place", [0, 64, 128, 4000])
def test_either_half_of_a_signature_that_is_broken_breaks_it(scene: Scene, place: int) -> None:
    data = scene.xb.listed.data  # type: ignore[union-attr] # it was enrolled
    with pytest.raises(BelowThreshold):
        take_list(scene.xb.roots[-1], None, _break_half(data, place), "XB", scene.clock.now())


@pytest.mark.parametrize("first", [True, False])
def test_one_half_of_a_signature_alone_is_none(scene: Scene, *, first: bool) -> None:
    data = scene.xb.listed.data  # type: ignore[union-attr] # it was enrolled
    with pytest.raises(BelowThreshold):
        take_list(scene.xb.roots[-1], None, _cut_half(data, first=first), "XB", scene.clock.now())


# Rollback and mix-and-match.


def test_an_older_timestamp_is_refused(scene: Scene) -> None:
    old = dict(scene.wire.mirrors[MIRROR] or {})
    scene.xb.enrol(make_card("XB", call_back=("+254722222222",)))
    scene.publish()
    refresh_directory(scene.node)
    scene.wire.mirrors[MIRROR] = old
    assert any("known" in one for one in refresh_directory(scene.node).refused)
    assert scene.known().card.call_back == ("+254722222222",)


def test_a_newer_timestamp_cannot_bring_an_older_snapshot_back(scene: Scene) -> None:
    before = scene.world.versions[0]
    scene.publish()
    refresh_directory(scene.node)
    scene.world.versions = [before - 1, scene.world.versions[1]]
    scene.publish()
    assert any("snapshot" in one for one in refresh_directory(scene.node).refused)


def test_a_stolen_mirror_key_cannot_bring_an_older_list_back(scene: Scene) -> None:
    old = scene.xb.listed
    old_cards = scene.xb.cards
    scene.xb.enrol(make_card("XB", call_back=("+254722222222",)))
    scene.publish()
    refresh_directory(scene.node)
    scene.xb.listed, scene.xb.cards = old, old_cards
    scene.publish()
    assert any("XB.json" in one for one in refresh_directory(scene.node).refused)
    assert scene.known().card.call_back == ("+254722222222",)


def test_a_list_of_another_moment_does_not_fit_the_snapshot(scene: Scene) -> None:
    scene.xb.enrol(make_card("XB", call_back=("+254722222222",)))
    scene.publish()
    other = replace(scene.xb.cards[0], call_back=("+254733333333",))
    mixed = new_list(2, [other], scene.xb.later(Period(days=9)))
    _change(scene, "2.XB.json", lambda _: sign_all(mixed, scene.xb.keys[:2]).data)
    assert refresh_directory(scene.node).refused
    assert scene.known().card.call_back == ("+254700000001",)


def test_targets_of_another_moment_do_not_fit_the_snapshot(scene: Scene) -> None:
    scene.publish()
    other = new_targets(scene.world.later(Period(days=9)))
    signed = sign_all(other, scene.world.root_keys[:3]).data
    _change(scene, _newest(scene, "targets"), lambda _: signed)
    assert refresh_directory(scene.node).refused
    assert "state-removed" not in scene.findings()


def test_one_version_cannot_say_two_things(scene: Scene) -> None:
    root = scene.world.roots[-1]
    before = take_timestamp(root, None, scene.world.publish()["timestamp.json"], scene.clock.now())
    newest = max(int(name.partition(".")[0]) for name in scene.world.old if "snapshot" in name)
    snapshot = read_file(scene.world.old[f"{newest}.snapshot.json"], Snapshot)
    forked = new_timestamp(before.version, snapshot, scene.world.later(Period(minutes=5)))
    with pytest.raises(Mismatched):
        take_timestamp(
            root, before, sign_all(forked, scene.world.mirror_keys).data, scene.clock.now()
        )


# Freeze, silence, and too much.


def test_a_frozen_mirror_is_not_taken_as_fresh_and_the_node_goes_on(scene: Scene) -> None:
    scene.clock.forward("P1DT1M")
    done = refresh_directory(scene.node)
    assert done.mirror == ""
    assert any("expired" in one for one in done.refused)
    assert scene.known().card.authority == "XB-CA"
    assert scene.known().stale_since is not None


def test_an_expired_timestamp_is_refused_at_its_very_second(scene: Scene) -> None:
    data = scene.world.publish(life=Period(minutes=10))["timestamp.json"]
    scene.clock.forward("PT10M")
    with pytest.raises(Stale):
        take_timestamp(scene.world.roots[-1], None, data, scene.clock.now())


def test_a_mirror_that_withholds_a_list_makes_that_state_stale_and_no_other(scene: Scene) -> None:
    scene.xb.enrol(make_card("XB"))
    scene.publish()
    _change(scene, "2.XB.json", lambda _: None)
    done = refresh_directory(scene.node)
    assert done.trouble
    assert scene.known().stale_since == scene.clock.now()
    assert scene.known("XA", scene.node.authority).stale_since is None


def test_a_mirror_that_is_down_is_passed_over(scene: Scene) -> None:
    other = "http://other.example"
    scene.xb.enrol(make_card("XB", call_back=("+254722222222",)))
    scene.wire.mirrors = {MIRROR: None, other: scene.world.publish()}
    node = replace(scene.node, mirrors=(MIRROR, other))
    done = refresh_directory(node)
    assert (done.mirror, len(done.trouble)) == (other, 1)
    assert scene.known().card.call_back == ("+254722222222",)


def test_a_mirror_that_lies_is_passed_over(scene: Scene) -> None:
    other = "http://other.example"
    honest = scene.world.publish()
    scene.wire.mirrors = {MIRROR: {**honest, "timestamp.json": b"{}"}, other: honest}
    done = refresh_directory(replace(scene.node, mirrors=(MIRROR, other)))
    assert (done.mirror, len(done.refused)) == (other, 1)


@pytest.mark.parametrize("name", ["timestamp.json", "2.root.json", "XB/2.root.json"])
def test_an_endless_file_is_refused_before_it_is_read(scene: Scene, name: str) -> None:
    files = dict(scene.wire.mirrors[MIRROR] or {})
    files[name] = b"[" * (limits.METADATA_BYTES + 1)
    scene.wire.mirrors[MIRROR] = files
    done = refresh_directory(scene.node)
    assert any(TooLarge.sentence() in one for one in done.refused)
    assert scene.known().card.authority == "XB-CA"


def test_nothing_is_asked_for_without_a_bound(scene: Scene) -> None:
    assert scene.wire.bounds
    assert max(scene.wire.bounds) <= limits.METADATA_BYTES


# The root.


def test_a_root_that_the_old_keys_did_not_sign_is_refused(scene: Scene) -> None:
    thieves = make_keys(5, 66)
    scene.world.rotate(thieves, by=thieves[:3])
    scene.publish()
    assert refresh_directory(scene.node).refused


def test_a_root_that_its_new_keys_did_not_sign_is_refused(scene: Scene) -> None:
    old = scene.world.root_keys
    scene.world.rotate(make_keys(5, 67), by=old[:3])
    with pytest.raises(BelowThreshold):
        next_root(scene.world.roots[0], scene.world.roots[1].data)


def test_no_root_is_skipped(scene: Scene) -> None:
    scene.world.rotate(scene.world.root_keys)
    scene.world.rotate(scene.world.root_keys)
    with pytest.raises(RolledBack):
        next_root(scene.world.roots[0], scene.world.roots[2].data)


def test_an_honest_rotation_of_the_root_is_followed(scene: Scene) -> None:
    scene.world.rotate(make_keys(5, 68))
    scene.world.targets = sign_all(scene.world.targets, scene.world.root_keys[:3])
    scene.xb.enrol(make_card("XB", call_back=("+254722222222",)))
    scene.publish()
    assert refresh_directory(scene.node).refused == ()
    assert scene.known().card.call_back == ("+254722222222",)


def test_a_mirror_key_that_signed_a_huge_version_is_recovered_from_by_the_root(
    scene: Scene,
) -> None:
    honest = list(scene.world.versions)
    scene.world.versions = [10**6, 10**6]
    scene.publish()
    refresh_directory(scene.node)
    scene.world.versions = honest
    scene.world.rotate(scene.world.root_keys, mirrors=make_keys(1, 69))
    scene.xb.enrol(make_card("XB", call_back=("+254722222222",)))
    scene.publish()
    assert refresh_directory(scene.node).refused == ()
    scene.publish()
    assert refresh_directory(scene.node).refused == ()
    assert scene.known().card.call_back == ("+254722222222",)


def test_a_root_is_trusted_by_its_fingerprint_alone(scene: Scene) -> None:
    with pytest.raises(OtherFingerprint):
        trust_root(scene.node, scene.world.roots[0].data, scene.xb.fingerprint())


# A stolen key of an authority.


def test_a_stolen_key_is_refused_within_one_refresh_of_its_revocation(scene: Scene) -> None:
    key = scene.known().card.keys[0]
    now = scene.clock.now()
    assert scene.known().card.key_for(key.key.key_id, now) == key.key
    revoked = replace(key, revoked=now, reason="stolen")
    scene.xb.enrol(make_card("XB", keys=(revoked, make_card("XB", seed=70).keys[0])))
    scene.publish()
    refresh_directory(scene.node)
    with pytest.raises(KeyRevoked):
        scene.known().card.key_for(key.key.key_id, now)


# All the others against one State.


def test_a_state_cannot_be_removed_by_the_others(scene: Scene) -> None:
    scene.world.drop("XB")
    scene.publish()
    refresh_directory(scene.node)
    assert scene.known().card.authority == "XB-CA"
    assert scene.known().is_listed
    assert "state-removed" in scene.findings()


def test_a_state_that_was_removed_goes_on_speaking_for_itself(scene: Scene) -> None:
    scene.world.drop("XB")
    scene.publish()
    scene.xb.enrol(make_card("XB", call_back=("+254722222222",)))
    scene.wire.nodes["https://xb.example:8443"] = scene.xb.files()
    refresh_directory(scene.node)
    assert scene.known().card.call_back == ("+254722222222",)


def test_the_others_cannot_replace_the_keys_of_a_state(scene: Scene) -> None:
    usurper = StateDesk("XB", scene.clock, keys=make_keys(3, 71))
    usurper.enrol(make_card("XB", seed=72, call_back=(EVIL,)))
    usurper.enrol(make_card("XB", seed=72, call_back=(EVIL,)))
    scene.world.states["XB"] = usurper
    scene.world.delegate(usurper)
    scene.publish()
    refresh_directory(scene.node)
    assert EVIL not in scene.known().card.numbers()
    assert "state-keys-differ" in scene.findings()


def test_the_others_cannot_rotate_the_keys_of_a_state(scene: Scene) -> None:
    thieves = make_keys(3, 73)
    honest = scene.xb.keys
    scene.xb.rotate(thieves, by=thieves[:2])
    scene.xb.enrol(make_card("XB", call_back=(EVIL,)))
    scene.world.delegate(scene.xb)
    scene.publish()
    refresh_directory(scene.node)
    assert EVIL not in scene.known().card.numbers()
    assert honest != scene.xb.keys


def test_a_state_rotates_its_own_keys_whatever_the_others_delegate_to(scene: Scene) -> None:
    scene.xb.rotate(make_keys(3, 74))
    scene.xb.enrol(make_card("XB", call_back=("+254722222222",)))
    scene.publish()
    refresh_directory(scene.node)
    assert scene.known().card.call_back == ("+254722222222",)


def test_a_state_met_after_it_rotated_is_known_by_its_newest_keys(tmp_path: Path) -> None:
    scene = Scene(MemoryStore(), tmp_path)
    scene.xb.rotate(make_keys(3, 75))
    scene.xb.enrol(make_card("XB"))
    scene.publish()
    scene.join()
    assert scene.known().card.authority == "XB-CA"


def test_an_old_key_of_a_state_signs_nothing_after_it_rotated(scene: Scene) -> None:
    stolen = scene.xb.keys
    scene.xb.rotate(make_keys(3, 76))
    scene.xb.enrol(make_card("XB"))
    scene.publish()
    refresh_directory(scene.node)
    scene.xb.enrol(make_card("XB", call_back=(EVIL,)), by=stolen[:2])
    scene.publish()
    assert refresh_directory(scene.node).refused
    assert EVIL not in scene.known().card.numbers()


# Two States without any directory.


class Pair:
    """XA's node and XB's, each with the bundle of its own State, and no shared directory."""

    def __init__(self, folder: Path) -> None:
        (folder / "a").mkdir()
        (folder / "b").mkdir()
        self.here = Scene(MemoryStore(), folder / "a")
        self.there = Scene(MemoryStore(), folder / "b")
        self.there.clock = self.here.clock
        for scene in (self.here, self.there):
            scene.node = replace(scene.node, mirrors=())
        self.there.node = replace(
            self.there.node, state="XB", authority="XB-CA", clock=self.here.clock
        )
        self.xb = self.here.xb
        accept_pairing(self.there.node, self.xb.bundle().document(), self.xb.fingerprint())

    def show(self) -> None:
        """Let XB's node show its State's files to XA's."""
        self.here.wire.nodes["https://xb.example:8443"] = {
            name: read_public_file(self.there.node, name)
            for name in self.xb.files()
            if not name[0].isdigit()
        }


def test_two_states_pair_by_fingerprint_and_learn_of_each_other_from_then_on(
    tmp_path: Path,
) -> None:
    pair = Pair(tmp_path)
    accept_pairing(pair.here.node, pair.xb.bundle().document(), pair.xb.fingerprint())
    pair.xb.rotate(make_keys(3, 77))
    pair.xb.enrol(make_card("XB", call_back=("+254722222222",)))
    add_metadata(pair.there.node, pair.xb.bundle().document())
    pair.show()
    done = refresh_directory(pair.here.node)
    assert (done.changed, done.refused) == (("XB",), ())
    known = pair.here.known()
    assert (known.source, known.card.call_back) == ("paired", ("+254722222222",))


def test_a_fingerprint_of_keys_that_were_rotated_since_still_holds(scene: Scene) -> None:
    noted = scene.xb.fingerprint()
    scene.xb.rotate(make_keys(3, 78))
    scene.xb.enrol(make_card("XB"))
    files = accept_pairing(scene.node, scene.xb.bundle().document(), noted)
    assert files.list.version == 2


def test_a_bundle_of_another_fingerprint_is_refused(scene: Scene) -> None:
    usurper = StateDesk("XB", scene.clock, keys=make_keys(3, 79))
    usurper.enrol(make_card("XB", call_back=(EVIL,)))
    with pytest.raises(OtherFingerprint):
        accept_pairing(scene.node, usurper.bundle().document(), scene.xb.fingerprint())


def test_true_keys_do_not_carry_a_list_that_they_did_not_sign(scene: Scene) -> None:
    usurper = StateDesk("XB", scene.clock, keys=make_keys(3, 80))
    usurper.enrol(make_card("XB", call_back=(EVIL,)))
    mixed = replace(usurper.bundle(), roots=scene.xb.bundle().roots)
    with pytest.raises(BelowThreshold):
        accept_pairing(scene.node, mixed.document(), scene.xb.fingerprint())


def test_keys_hung_behind_true_ones_are_refused(scene: Scene) -> None:
    thieves = make_keys(3, 81)
    true = scene.xb.fingerprint()
    scene.xb.rotate(thieves, by=thieves[:2])
    scene.xb.enrol(make_card("XB", call_back=(EVIL,)))
    with pytest.raises(BelowThreshold):
        accept_pairing(scene.node, scene.xb.bundle().document(), true)


def test_a_bundle_without_a_card_that_is_listed_is_refused(scene: Scene) -> None:
    bundle = replace(scene.xb.bundle(), cards={})
    with pytest.raises(Mismatched):
        accept_pairing(scene.node, bundle.document(), scene.xb.fingerprint())


def test_a_bundle_of_a_state_that_is_unknown_needs_a_fingerprint(scene: Scene) -> None:
    desk = StateDesk("XC", scene.clock)
    desk.enrol(make_card("XC", seed=82))
    with pytest.raises(UnknownState):
        add_metadata(scene.node, desk.bundle().document())


def test_an_older_bundle_of_a_known_state_is_refused(scene: Scene) -> None:
    old = scene.xb.bundle()
    scene.xb.enrol(make_card("XB"))
    add_metadata(scene.node, scene.xb.bundle().document())
    with pytest.raises(RolledBack):
        add_metadata(scene.node, old.document())


def test_other_keys_accepted_by_a_person_are_told_as_such(scene: Scene) -> None:
    new = StateDesk("XB", scene.clock, keys=make_keys(3, 83))
    new.enrol(make_card("XB"))
    accept_pairing(scene.node, new.bundle().document(), new.fingerprint())
    assert "state-keys-replaced" in scene.findings()
    assert scene.known().source == "paired"


def test_a_neighbour_speaks_for_its_own_state_alone(scene: Scene) -> None:
    scene.world.drop("XB")
    scene.publish()
    usurper = StateDesk("XB", scene.clock, keys=make_keys(3, 84))
    usurper.enrol(make_card("XB", call_back=(EVIL,)))
    scene.wire.nodes["https://xb.example:8443"] = usurper.files()
    done = refresh_directory(scene.node)
    assert any("XB/XB-CA" in one for one in done.refused)
    assert EVIL not in scene.known().card.numbers()


def test_nothing_of_a_directory_is_known_without_a_root(tmp_path: Path) -> None:
    scene = Scene(MemoryStore(), tmp_path)
    refresh_directory(scene.node)
    assert list_cards(scene.node) == ()
    with pytest.raises(UnknownAuthority):
        scene.known()


def test_the_same_refusal_is_told_once_until_somebody_has_seen_it(scene: Scene) -> None:
    _change(scene, "timestamp.json", _unsigned)
    refresh_directory(scene.node)
    refresh_directory(scene.node)
    assert scene.findings() == ["directory-refused"]


def test_a_bundle_is_bounded() -> None:
    with pytest.raises(TooLarge):
        Bundle.parse(b"[" * (limits.PAIR_BYTES + 1))
