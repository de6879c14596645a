"""Write the vectors from the catalogue of forged packages."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from tests.attack.test_package_forged import ATTACKS, PART_ATTACKS, eight
from tests.packages import SEALER, make_package, make_part

HERE: Final = Path(__file__).parent
# Cases that only show that size is bounded are left to the catalogue itself.
LARGEST: Final = 12_000
SMALL: Final = 4_000
# A case that is signed anew takes 8 kB: so many of them to each check.
SIGNED_ANEW: Final = 3


def written(entries: Mapping[str, bytes]) -> dict[str, str]:
    return {name: base64.b64encode(data).decode() for name, data in entries.items()}


def differing(
    case: str, of: str, good: Mapping[str, bytes], check: int, bad: Mapping[str, bytes]
) -> dict[str, Any]:
    return {
        "id": case,
        "of": of,
        "put": written({name: data for name, data in bad.items() if good.get(name) != data}),
        "drop": sorted(good.keys() - bad.keys()),
        "verdict": "failed",
        "check": check,
    }


def main() -> None:
    whole, eight_objects = make_package(), make_package(eight())
    part = make_part(eight_objects, 2, 5)
    cases: list[dict[str, Any]] = [
        {"id": "as it was sealed", "of": of, "put": {}, "drop": [], "verdict": "passed"}
        for of in ("whole", "part")
    ]
    signed_anew: dict[int, int] = {}
    for of, good, stories in (("whole", whole, ATTACKS), ("part", part, PART_ATTACKS)):
        for story, (check, change) in sorted(stories.items()):
            bad = dict(good)
            change(bad)
            case = differing(story.replace("_", " "), of, good, check, bad)
            size = sum(map(len, case["put"].values()))
            if size > SMALL:
                signed_anew[check] = signed_anew.get(check, 0) + 1
            if size <= SMALL or (size <= LARGEST and signed_anew[check] <= SIGNED_ANEW):
                cases.append(case)
    for name, data in (("whole", written(whole)), ("part", written(part)), ("cases", cases)):
        text = json.dumps(data, indent=1, sort_keys=True)
        (HERE / f"{name}.json").write_text(f"{text}\n")
    (HERE / "trusted.pub").write_bytes(SEALER.card.document())


if __name__ == "__main__":
    main()
