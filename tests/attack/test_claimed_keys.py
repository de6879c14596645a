"""A State lists a key that is another's: public keys are public, so anybody can.

What must hold: it costs the owner nothing, it gives the claimer nothing, and a person is told.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from comity.base import Instant, Verdict, canonical_bytes
from comity.federation.directory import AuthorityCard, CardKey, KeyRevoked
from comity.federation.message import Address
from comity.seal.keys import SigningKey
from comity.service.checking import check_node
from comity.service.directory import accept_pairing, refresh_directory
from comity.service.letters_parties import find_key
from comity.service.received import list_vouched
from comity.service.rotation import know_key
from comity.service.rows import KeyRow
from comity.storage.memory import MemoryStore
from tests.cards import SINCE, card_of, make_card
from tests.directories import Scene
from tests.steady import SeedBytes
from tests.wires import introduce, make_pair

REVOKED = Instant.parse("2026-11-20T00:00:00Z")
CLAIM = "key-claimed-twice"


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(MemoryStore(), tmp_path)


def _new_key(seed: int) -> CardKey:
    return CardKey(key=SigningKey.generate(SeedBytes(seed)).public, since=SINCE)


def _claim(scene: Scene, *keys: CardKey, authority: str = "XA-THIEF") -> AuthorityCard:
    """Let XA list these keys as those of an authority of its own."""
    thief = make_card("XA", seed=77, authority=authority, keys=keys)
    scene.xa.enrol(*scene.xa.cards, thief)
    scene.publish()
    return thief


def _owners(scene: Scene, key: CardKey) -> set[tuple[str, str]]:
    with scene.node.store.view() as unit:
        return {(row.state, row.authority) for row in unit.keys.find(key_id=key.key.key_id)}


# It costs the owner nothing.


def test_an_authority_whose_key_was_claimed_before_is_known_to_who_joins_later(
    scene: Scene,
) -> None:
    _claim(scene, make_card("XB").keys[0])
    scene.join()
    assert scene.known().card == make_card("XB")


def test_whose_key_was_claimed_can_be_paired(scene: Scene) -> None:
    _claim(scene, make_card("XB").keys[0])
    scene.join()
    accept_pairing(scene.node, scene.xb.bundle().document(), scene.xb.fingerprint())
    known = scene.known()
    assert (known.source, known.card) == ("paired", make_card("XB"))


def test_a_revocation_counts_although_the_key_that_follows_was_claimed(scene: Scene) -> None:
    scene.join()
    stolen, fresh = make_card("XB").keys[0], _new_key(991)
    _claim(scene, fresh)
    revoked = replace(stolen, revoked=REVOKED, reason="stolen")
    scene.xb.enrol(make_card("XB", keys=(revoked, fresh)))
    scene.publish()
    refresh_directory(scene.node)
    card, now = scene.known().card, scene.clock.now()
    with pytest.raises(KeyRevoked):
        card.key_for(stolen.key.key_id, now)
    assert card.key_for(fresh.key.key_id, now) == fresh.key


def test_a_claimed_key_is_kept_for_whoever_lists_it(scene: Scene) -> None:
    key = make_card("XB").keys[0]
    _claim(scene, key)
    scene.join()
    assert _owners(scene, key) == {("XA", "XA-THIEF"), ("XB", "XB-CA")}


def test_the_next_key_of_a_node_is_its_own_although_another_state_lists_it(scene: Scene) -> None:
    scene.join()
    key = _new_key(992)
    scene.xb.enrol(make_card("XB", keys=(key,)))
    scene.publish()
    refresh_directory(scene.node)
    know_key(scene.node, key.key)
    assert _owners(scene, key) == {("XB", "XB-CA"), (scene.node.state, scene.node.authority)}


def test_a_claim_is_told_to_a_person(scene: Scene) -> None:
    _claim(scene, make_card("XB").keys[0])
    scene.join()
    assert scene.findings() == [CLAIM]


def test_a_state_that_claims_many_keys_makes_one_finding(scene: Scene) -> None:
    scene.join()
    keys = [*make_card("XB").keys, *make_card("XB", seed=8).keys]
    for number, key in enumerate(keys):
        _claim(scene, key, authority=f"XA-THIEF {number}")
    refresh_directory(scene.node)
    assert scene.findings() == [CLAIM]


def test_a_record_checks_out_although_another_state_lists_the_keys_of_both_sides() -> None:
    pair = make_pair()
    pair.send()
    pair.run()
    for desk in (pair.asking, pair.asked):
        for other in (pair.asking, pair.asked):
            card = make_card("AA", authority="AA-THIEF", keys=card_of(other.node).keys)
            introduce(desk.node, card)
    assert [check_node(desk.node).verdict for desk in (pair.asking, pair.asked)] == [
        Verdict.PASSED
    ] * 2


# It gives the claimer nothing.


def test_a_revoked_key_stays_revoked_for_its_owner_whoever_else_lists_it(scene: Scene) -> None:
    stolen = make_card("XB").keys[0]
    revoked = replace(stolen, revoked=REVOKED, reason="stolen")
    scene.xb.enrol(make_card("XB", keys=(revoked, _new_key(993))))
    _claim(scene, stolen, authority="XB-CA")
    scene.join()
    with scene.node.store.view() as unit, pytest.raises(KeyRevoked):
        find_key(scene.node, unit, Address("XB", "XB-CA"), stolen.key.key_id)


def test_a_sealer_of_the_same_name_in_another_state_does_not_vouch_for_a_seal(
    scene: Scene,
) -> None:
    _claim(scene, _new_key(994), authority="XB-CA")
    scene.join()
    named = [one.card.key for one in list_vouched(scene.node, "XB", scene.clock.now())]
    assert make_card("XB").keys[0].key in named
    assert _new_key(994).key not in named


@pytest.mark.parametrize(
    "owner", [("AA", "XA central authority"), ("XA", "XA-THIEF")], ids=["State", "authority"]
)
def test_acts_do_not_check_out_under_a_key_that_somebody_else_lists(
    owner: tuple[str, str],
) -> None:
    pair = make_pair()
    pair.send()
    pair.run()
    node, key = pair.asked.node, pair.asking.node.key.public
    # What no verb does: the sender's key is known as another's alone.
    with node.store.unit() as unit:
        unit.keys.remove(key_id=key.key_id)  # type: ignore[attr-defined] # memory alone
        unit.keys.add(
            KeyRow(
                key_id=key.key_id,
                state=owner[0],
                authority=owner[1],
                document=canonical_bytes(key.as_data()),
                known_since=node.clock.now(),
            )
        )
    failed = {one.check for one in check_node(node).findings if one.verdict is Verdict.FAILED}
    assert {2, 19} <= failed
