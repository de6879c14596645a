"""The copy of the depositary's register: who changes it, or brings an old one back, is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tuf.api.exceptions import LengthOrHashMismatchError
from tuf.api.metadata import Metadata, Targets

from comity.federation.directory.metadata import REGISTER
from comity.service.directory import known_register, refresh_directory
from comity.storage.memory import MemoryStore
from tests.directories import MIRROR, Scene
from tests.registers import deposit, make_register

GOOD = make_register().document()
OTHER = make_register(source="Somebody else").document()


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    found = Scene(MemoryStore(), tmp_path)
    found.join()
    return found


def _known_source(scene: Scene) -> str:
    known = known_register(scene.node)
    return known.register.source if known else ""


def _put(scene: Scene, name: str, data: bytes | None) -> None:
    files = dict(scene.wire.mirrors[MIRROR] or {})
    if data is None:
        del files[name]
    else:
        files[name] = data
    scene.wire.mirrors[MIRROR] = files


def test_a_register_that_was_altered_is_refused_and_the_one_before_stays(scene: Scene) -> None:
    deposit(scene, GOOD)
    refresh_directory(scene.node)
    _put(scene, deposit(scene, OTHER), OTHER.replace(b"else", b"evil"))
    assert refresh_directory(scene.node).refused
    assert _known_source(scene) == make_register().source
    assert "register-refused" in scene.findings()


def test_the_reference_implementation_refuses_the_same_altered_register(scene: Scene) -> None:
    """The oracle is python-tuf's own client check of a target."""
    deposit(scene, GOOD)
    read: Metadata[Targets] = Metadata.from_bytes(scene.world.targets.data)
    target = read.signed.targets[REGISTER]
    target.verify_length_and_hashes(GOOD)
    with pytest.raises(LengthOrHashMismatchError):
        target.verify_length_and_hashes(GOOD.replace(b"2025-10-25", b"2025-10-24"))


def test_targets_with_another_register_that_too_few_signed_are_refused(scene: Scene) -> None:
    deposit(scene, GOOD)
    refresh_directory(scene.node)
    deposit(scene, OTHER, by=2)
    assert refresh_directory(scene.node).refused
    assert _known_source(scene) == make_register().source


def test_an_older_directory_cannot_bring_an_older_register_back(scene: Scene) -> None:
    deposit(scene, GOOD)
    old = dict(scene.wire.mirrors[MIRROR] or {})
    refresh_directory(scene.node)
    deposit(scene, OTHER)
    refresh_directory(scene.node)
    scene.wire.mirrors[MIRROR] = old
    assert refresh_directory(scene.node).refused
    assert _known_source(scene) == "Somebody else"


def test_a_copy_of_an_earlier_day_is_refused_whoever_signed_for_it(scene: Scene) -> None:
    deposit(scene, GOOD)
    refresh_directory(scene.node)
    deposit(scene, make_register(as_of=date(2026, 10, 31), source="Older").document())
    assert any("2026-10-31" in one for one in refresh_directory(scene.node).refused)
    assert _known_source(scene) == make_register().source


def test_a_register_that_is_no_register_is_refused(scene: Scene) -> None:
    deposit(scene, b'{"type":"comity/register/1"}')
    assert refresh_directory(scene.node).refused
    assert known_register(scene.node) is None


def test_a_mirror_that_withholds_the_register_keeps_nobody_from_the_rest(scene: Scene) -> None:
    _put(scene, deposit(scene, GOOD), None)
    done = refresh_directory(scene.node)
    assert done.mirror
    assert done.trouble
    assert not done.refused


def test_an_older_copy_is_told_once_until_somebody_has_seen_it(scene: Scene) -> None:
    deposit(scene, b"{}")
    for _ in range(3):
        refresh_directory(scene.node)
    assert scene.findings().count("register-refused") == 1
