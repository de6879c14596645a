"""A second reading of the law files, by hand and without Comity: the oracle of the tests.

It uses yaml's own loader, plain dictionaries and loops, and nothing of ``comity``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from tests.lawbooks import FILES

Raw = dict[str, Any]
Pair = tuple[str, str]


def read_raw(path: Path) -> Raw:
    """Return one file as plain text tables."""
    table: Raw = yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 # text only
    return table


def raw_processes() -> dict[str, Raw]:
    """Return all process files by ``pack/name``."""
    paths = sorted(FILES.glob("*/processes/*.yaml"))
    return {f"{path.parts[-3]}/{path.stem}": read_raw(path) for path in paths}


def raw_rows(kind: str) -> list[tuple[str, Raw]]:
    """Return the rows of all files of one kind (grounds, gates, clocks …), each with its pack."""
    paths = [*FILES.glob(f"*/{kind}.yaml"), *FILES.glob(f"*/{kind}/*.yaml")]
    rows = []
    for path in sorted(paths):
        pack = path.relative_to(FILES).parts[0]
        rows += [(pack, row) for row in read_raw(path)[kind]]
    return rows


def crossing_pairs(raw: Raw) -> set[Pair]:
    """Return each (asking, asked) pair of exchanged steps that can disturb each other."""
    pairs = set()
    for one in raw["steps"]:
        for other in raw["steps"]:
            if one["side"] != raw["sides"]["asking"] or other["side"] != raw["sides"]["asked"]:
                continue
            if one["kept"] != "exchanged" or other["kept"] != "exchanged":
                continue
            if one["to"] == "same" and other["to"] == "same":
                continue
            if any(state in other["from"] for state in one["from"]):
                pairs.add((one["step"], other["step"]))
    return pairs


def listed_pairs(raw: Raw) -> list[tuple[Pair, str, str]]:
    """Return each listed pair with the step applied first and the one that prevails.

    Where both hold, nothing stands for the one that prevails.
    """
    side = {row["step"]: row["side"] for row in raw["steps"]}
    found = []
    for row in raw.get("crossings", []):
        for other in row["with"]:
            pair = (row["one"], other)
            if side[row["one"]] == raw["sides"]["asked"]:
                pair = (other, row["one"])
            winner = {"both": "", "with": other}.get(row["prevails"], row["prevails"])
            found.append((pair, row["one"], winner))
    return found


def reached_states(raw: Raw) -> set[str]:
    """Return all states that can be come to, by walking from the beginning."""
    seen, todo = set(), [raw["begins"]]
    while todo:
        state = todo.pop()
        if state in seen:
            continue
        seen.add(state)
        todo += [row["to"] for row in raw["steps"] if state in row["from"] and row["to"] != "same"]
    return seen


def can_end(raw: Raw, state: str) -> bool:
    """Return whether some walk from ``state`` comes to an end."""
    changed = {**raw, "begins": state}
    return any("ends" in raw["states"][name] for name in reached_states(changed))
