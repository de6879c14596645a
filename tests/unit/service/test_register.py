"""What a node keeps of the depositary's register, and how it says how fresh that is."""

from __future__ import annotations

from pathlib import Path

import pytest

from comity.service.checking import check_node
from comity.service.directory import known_register, refresh_directory
from comity.storage.memory import MemoryStore
from tests.directories import Scene
from tests.registers import deposit, make_register

GOOD = make_register().document()


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    found = Scene(MemoryStore(), tmp_path)
    found.join()
    return found


def test_a_directory_without_a_register_brings_none(scene: Scene) -> None:
    assert known_register(scene.node) is None


def test_a_refresh_brings_the_register_that_the_targets_name(scene: Scene) -> None:
    deposit(scene, GOOD)
    refresh_directory(scene.node)
    known = known_register(scene.node)
    assert known is not None
    assert known.register == make_register()


def test_a_register_that_is_here_is_not_fetched_again(scene: Scene) -> None:
    name = deposit(scene, GOOD)
    refresh_directory(scene.node)
    scene.publish()
    scene.wire.asked.clear()
    refresh_directory(scene.node)
    assert not [one for one in scene.wire.asked if name in one]


def test_a_register_that_the_directory_withdraws_is_forgotten(scene: Scene) -> None:
    deposit(scene, GOOD)
    refresh_directory(scene.node)
    deposit(scene, None)
    refresh_directory(scene.node)
    assert known_register(scene.node) is None


def test_a_register_says_since_when_it_is_stale(scene: Scene) -> None:
    deposit(scene, GOOD)
    refresh_directory(scene.node)
    scene.clock.forward("P2D")
    known = known_register(scene.node)
    assert known is not None
    assert known.stale_since is not None


def test_no_state_goes_lost_when_a_register_is_listed(scene: Scene) -> None:
    deposit(scene, GOOD)
    assert not refresh_directory(scene.node).refused
    assert scene.known().card.state == "XB"


def test_a_node_that_keeps_a_register_is_still_consistent(scene: Scene) -> None:
    deposit(scene, GOOD)
    refresh_directory(scene.node)
    found = [one for one in check_node(scene.node).findings if one.verdict.value == "failed"]
    assert found == []
