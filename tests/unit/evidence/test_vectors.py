"""The published vectors get the verdict, and fail at the check, that they are published with."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any, Final

import pytest

from comity.evidence import Vouched
from comity.seal import PublicCard
from tests.packages import examine, first_failed
from tests.places import CHECKOUT

HERE: Final = CHECKOUT / "tests" / "vectors" / "packages"


def read(place: Path) -> Any:
    return json.loads(place.read_bytes())


def unwritten(entries: dict[str, str]) -> dict[str, bytes]:
    return {name: base64.b64decode(data) for name, data in entries.items()}


CASES: Final = read(HERE / "cases.json")
SOUND: Final = {of: unwritten(read(HERE / f"{of}.json")) for of in ("whole", "part")}
TRUST: Final = (Vouched(card=PublicCard.parse((HERE / "trusted.pub").read_bytes())),)


@pytest.mark.parametrize("case", CASES, ids=[f"{case['of']}: {case['id']}" for case in CASES])
def test_a_published_case_gets_its_verdict(case: dict[str, Any]) -> None:
    entries = SOUND[case["of"]] | unwritten(case["put"])
    for name in case["drop"]:
        del entries[name]
    examined = examine(entries, TRUST)
    assert examined.report.verdict.value == case["verdict"]
    assert first_failed(examined) == case.get("check")


def test_there_are_cases_for_every_check_that_a_forger_can_fail() -> None:
    # 5 is about the reader's trust, not about the package.
    assert {case.get("check") for case in CASES} >= {1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13}
