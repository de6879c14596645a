"""What a node knows of others, and how it learns of changes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from comity.base import Instant, Period
from comity.federation.directory import CardKey, KeyRevoked, KeyUnknown
from comity.seal.keys import SigningKey
from comity.service.directory import (
    UnknownAuthority,
    call_back_numbers,
    find_card,
    list_cards,
    own_card,
    read_public_file,
    refresh_directory,
    refresh_due,
    vouchers,
)
from comity.service.errors import NotThere, PeerUnreachable
from comity.service.situations import Move, see
from comity.storage.memory import MemoryStore
from tests.cards import SINCE, make_card
from tests.directories import Scene
from tests.nodes import OFFICER
from tests.steady import SeedBytes


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(MemoryStore(), tmp_path)


def test_a_refresh_brings_every_card_that_its_state_signed(scene: Scene) -> None:
    scene.join()
    found = {(one.card.state, one.card.authority): one.source for one in list_cards(scene.node)}
    assert found == {
        ("XA", scene.node.authority): "own",
        ("XB", "XB-CA"): "shared",
        ("XB", "XB 24/7"): "shared",
    }
    assert all(one.stale_since is None and one.is_listed for one in list_cards(scene.node))
    assert scene.findings() == []


def test_a_second_refresh_changes_nothing_and_fetches_no_card_again(scene: Scene) -> None:
    scene.join()
    scene.wire.asked.clear()
    done = refresh_directory(scene.node)
    assert (done.changed, done.refused, done.trouble) == ((), (), ())
    assert not [url for url in scene.wire.asked if "CA.json" in url]


def test_an_authority_that_its_state_drops_stays_known_and_is_marked(scene: Scene) -> None:
    scene.join()
    scene.xb.enrol(make_card("XB"))
    scene.publish()
    assert refresh_directory(scene.node).changed == ("XB",)
    assert scene.known().is_listed
    assert not scene.known(authority="XB 24/7").is_listed


def test_what_expired_is_still_known_and_says_since_when(scene: Scene) -> None:
    scene.join()
    expected = scene.clock.now().plus(Period.parse("P1D"))
    scene.clock.forward("P2D")
    assert refresh_directory(scene.node).mirror == ""
    assert scene.known().stale_since == expected


def test_a_refresh_makes_fresh_again_what_was_stale(scene: Scene) -> None:
    scene.join()
    scene.clock.forward("P2D")
    scene.publish()
    refresh_directory(scene.node)
    assert scene.known().stale_since is None


def test_an_unknown_authority_is_said_to_be_unknown(scene: Scene) -> None:
    with scene.node.store.view() as unit, pytest.raises(UnknownAuthority):
        find_card(scene.node, unit, "XC", "XC-CA")


def test_a_node_finds_its_own_card_once_it_is_enrolled(scene: Scene) -> None:
    with pytest.raises(UnknownAuthority):
        own_card(scene.node)
    scene.join()
    assert own_card(scene.node).card.keys[0].key == scene.node.key.public


def test_a_new_key_of_another_authority_is_known_to_the_checks_of_chains(scene: Scene) -> None:
    scene.join()
    key = make_card("XB").keys[0].key
    with scene.node.store.view() as unit:
        (row,) = unit.keys.find(key_id=key.key_id)
    assert (row.state, row.authority) == ("XB", "XB-CA")


def test_a_key_that_two_authorities_list_is_told_to_a_person_once(scene: Scene) -> None:
    scene.join()
    other = make_card(
        "XB", authority="XB-COURT", keys=scene.known("XA", "XA central authority").card.keys
    )
    for _ in range(2):
        scene.xb.enrol(make_card("XB"), other)
        scene.publish()
        refresh_directory(scene.node)
    assert scene.findings() == ["key-claimed-twice"]


def test_vouchers_cover_a_key_until_it_was_revoked(scene: Scene) -> None:
    revoked = Instant.parse("2026-11-20T00:00:00Z")
    key = replace(make_card("XB").keys[0], revoked=revoked, reason="stolen")
    scene.xb.enrol(make_card("XB", keys=(key,)))
    scene.publish()
    scene.join()
    (voucher,) = [one for one in vouchers(scene.node) if one.state == "XB"]
    assert voucher.covers(SINCE)
    assert not voucher.covers(revoked)


def test_a_caller_is_called_back_on_numbers_of_the_authority_itself(scene: Scene) -> None:
    scene.xb.enrol(
        make_card("XB"),
        make_card("XB", seed=8, authority="XB-COURT", kind="court", call_back=("+254711111111",)),
    )
    scene.publish()
    scene.join()
    with scene.node.store.view() as unit:
        court = call_back_numbers(scene.node, unit, "XB", "XB-COURT")
        stranger = call_back_numbers(scene.node, unit, "XB", "nobody known")
        nowhere = call_back_numbers(scene.node, unit, "XC", "XC-CA")
    assert court == {"+254711111111", "+254700000002"}
    assert stranger == {"+254700000001", "+254700000002"}
    assert nowhere == frozenset()


def test_no_number_of_an_exercise_serves_real_work(scene: Scene) -> None:
    scene.join()
    real = replace(scene.node, exercise=False)
    with scene.node.store.view() as unit:
        assert call_back_numbers(real, unit, "XB", "XB-CA") == frozenset()


def test_a_key_counts_from_its_beginning_to_its_end(scene: Scene) -> None:
    first = SigningKey.generate(SeedBytes(5)).public
    ends = Instant.parse("2026-11-10T00:00:00Z")
    card = make_card("XB", keys=(CardKey(key=first, since=SINCE, until=ends),))
    assert card.key_for(first.key_id, SINCE) == first
    with pytest.raises(KeyUnknown):
        card.key_for(first.key_id, ends)
    with pytest.raises(KeyUnknown):
        card.key_for(first.key_id, Instant.parse("2026-10-31T23:59:59Z"))


def test_a_revoked_key_is_refused_by_that_name(scene: Scene) -> None:
    key = replace(make_card("XB").keys[0], revoked=SINCE, reason="stolen")
    card = make_card("XB", keys=(key,))
    with pytest.raises(KeyRevoked, match="stolen"):
        card.key_for(key.key.key_id, SINCE)


def test_the_beat_refreshes_once_in_its_time(scene: Scene) -> None:
    scene.join()
    assert refresh_due(scene.node) == 1
    scene.clock.forward("PT14M")
    assert refresh_due(scene.node) == 0
    scene.clock.forward("PT1M")
    assert refresh_due(scene.node) == 1


def test_the_beat_of_a_node_that_knows_nobody_does_nothing(scene: Scene) -> None:
    assert refresh_due(scene.node) == 0
    assert scene.wire.asked == []


def test_a_node_without_a_wire_says_that_it_reaches_nobody(scene: Scene) -> None:
    with pytest.raises(PeerUnreachable):
        refresh_directory(replace(scene.node, wire=None))


def test_a_node_shows_the_files_of_its_own_state_as_they_were_signed(scene: Scene) -> None:
    scene.join()
    for name, data in scene.xa.files().items():
        if name != "1.XA.json":
            assert read_public_file(scene.node, name) == data


@pytest.mark.parametrize(
    "name",
    ["", "XB.json", "XB/1.root.json", "XA/2.root.json", "../node.toml", "XA/authority.key", "XA/"],
)
def test_a_node_shows_nothing_else(scene: Scene, name: str) -> None:
    scene.join()
    with pytest.raises(NotThere):
        read_public_file(scene.node, name)


def test_a_step_is_judged_by_the_numbers_of_the_counterpart(scene: Scene) -> None:
    scene.join()
    dossier = scene.desk.open(authority="XB-CA")
    with scene.node.store.view() as unit:
        head = unit.dossiers.get(dossier)
        seen = see(scene.node, unit, OFFICER, head, Move(step="send"))
    assert seen.directory_numbers == {"+254700000001", "+254700000002"}
