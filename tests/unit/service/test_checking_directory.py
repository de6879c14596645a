"""Check 25: what is kept of the directory verifies, and what was damaged in it is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from comity.base import Instant, Verdict
from comity.base.verdict import Finding
from comity.service.checking import check_node
from comity.service.directory import refresh_directory
from comity.service.ports import Unit
from comity.storage.memory import MemoryStore
from tests.cards import make_card
from tests.directories import Scene

LATER = Instant.parse("2040-01-01T00:00:00Z")


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    made = Scene(MemoryStore(), tmp_path)
    made.join()
    return made


def directory(scene: Scene) -> list[Finding]:
    return [one for one in check_node(scene.node).findings if one.check == 25]


def test_what_was_fetched_passes_and_so_does_what_a_state_dropped(scene: Scene) -> None:
    assert [one.verdict for one in directory(scene)] == [Verdict.PASSED]
    scene.xb.enrol(make_card("XB"))
    scene.publish()
    refresh_directory(scene.node)
    assert [one.verdict for one in directory(scene)] == [Verdict.PASSED]


def test_what_expired_is_no_damage(scene: Scene) -> None:
    scene.clock.forward("P400D")
    assert [one.verdict for one in directory(scene)] == [Verdict.PASSED]


def _flip(name: str) -> Callable[[Unit], None]:
    def damage(unit: Unit) -> None:
        (row,) = unit.trust.find(name=name)
        spoiled = row.document.replace(b'"sig":"0', b'"sig":"1', 1)
        if spoiled == row.document:
            at = row.document.index(b'"sig":"') + 7
            spoiled = row.document[:at] + b"0" + row.document[at + 1 :]
        unit.trust.replace(replace(row, document=spoiled))

    return damage


def _move(name: str) -> Callable[[Unit], None]:
    def damage(unit: Unit) -> None:
        (row,) = unit.trust.find(name=name)
        unit.trust.replace(replace(row, expires=LATER))

    return damage


def _rename_card(unit: Unit) -> None:
    (row,) = unit.authorities.find(state="XB", authority="XB-CA")
    (other,) = unit.authorities.find(state="XB", authority="XB 24/7")
    unit.authorities.replace(replace(row, document=other.document))


def _change_card(unit: Unit) -> None:
    (row,) = unit.authorities.find(state="XB", authority="XB-CA")
    forged = make_card("XB", conditions="None at all.").document()
    unit.authorities.replace(replace(row, document=forged))


def _add_card(unit: Unit) -> None:
    (row,) = unit.authorities.find(state="XB", authority="XB-CA")
    forged = make_card("XC")
    unit.authorities.add(
        replace(row, state="XC", authority=forged.authority, document=forged.document())
    )


def _lose_card(unit: Unit) -> None:
    unit.authorities.remove(state="XB", authority="XB-CA")


def _drop_card(unit: Unit) -> None:
    (row,) = unit.authorities.find(state="XB", authority="XB-CA")
    unit.authorities.replace(replace(row, is_listed=False))


def _lose_keys(unit: Unit) -> None:
    unit.trust.remove(name="state/XB/root/1")


@pytest.mark.parametrize(
    "damage",
    [
        _flip("shared/root"),
        _flip("shared/timestamp"),
        _flip("shared/snapshot"),
        _flip("shared/targets"),
        _flip("state/XB"),
        _flip("state/XB/root/1"),
        _move("state/XB"),
        _move("shared/timestamp"),
        _rename_card,
        _change_card,
        _add_card,
        _lose_card,
        _drop_card,
        _lose_keys,
    ],
)
def test_damage_to_the_directory_fails_at_25(scene: Scene, damage: Callable[[Unit], None]) -> None:
    with scene.node.store.unit() as unit:
        damage(unit)
    assert Verdict.FAILED in {one.verdict for one in directory(scene)}
