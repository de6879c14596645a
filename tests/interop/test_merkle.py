"""Inclusion proofs, good and bad, of the transparency-dev project (testdata/inclusion)."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from comity.base import ComityError
from comity.evidence.tree import walk_path
from tests.places import shared_data


def holds(case: dict[str, object]) -> bool:
    """Tell whether our walk leads from the leaf to the root that the case names."""
    path = [base64.b64decode(step) for step in case["proof"] or ()]  # type: ignore[attr-defined] # a list
    leaf, root = (base64.b64decode(str(case[name] or "")) for name in ("leafHash", "root"))
    try:
        found = walk_path(leaf, int(str(case["leafIdx"])), int(str(case["treeSize"])), path)
    except ComityError:
        return False
    return found == root


def test_every_inclusion_case_gets_the_expected_answer() -> None:
    places = sorted(shared_data("merkle", "inclusion").rglob("*.json"))
    cases = {place: json.loads(place.read_bytes()) for place in places}
    wrong = [
        str(Path(*place.parts[-2:]))
        for place, case in cases.items()
        if holds(case) == bool(case["wantErr"])
    ]
    assert len(places) > 50
    assert wrong == []


@pytest.mark.parametrize("folder", ["0", "1", "2", "3", "4"])
def test_each_tree_size_has_a_good_proof_that_holds(folder: str) -> None:
    place = shared_data("merkle", "inclusion", folder, "happy-path.json")
    assert holds(json.loads(place.read_bytes()))
