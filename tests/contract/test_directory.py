"""What a directory brings is kept alike on every store."""

from __future__ import annotations

from pathlib import Path

from comity.service.directory import accept_pairing, list_cards, refresh_directory
from comity.service.ports import Store
from tests.cards import make_card
from tests.directories import Scene, make_keys


def test_a_directory_is_learned_changed_and_replaced_alike_on_every_store(
    store: Store, tmp_path: Path
) -> None:
    scene = Scene(store, tmp_path)
    scene.join()
    scene.xb.rotate(make_keys(3, 31))
    scene.xb.enrol(make_card("XB", call_back=("+254722222222",)))
    scene.publish()
    assert refresh_directory(scene.node).changed == ("XB",)
    accept_pairing(scene.node, scene.xb.bundle().document(), scene.xb.fingerprint())
    found = {one.card.authority: (one.source, one.is_listed) for one in list_cards(scene.node)}
    assert found["XB-CA"] == ("paired", True)
    assert found["XB 24/7"] == ("shared", False)
    assert scene.known().card.call_back == ("+254722222222",)
