"""What the loader made of the process files is what a reader with a pencil makes of them."""

from __future__ import annotations

import itertools

import pytest

from comity.law import load_book
from tests.rawlaw import (
    can_end,
    crossing_pairs,
    listed_pairs,
    raw_processes,
    reached_states,
)

RAW = raw_processes()
each_process = pytest.mark.parametrize("key", RAW)


def test_every_process_file_is_in_the_book_and_nothing_else() -> None:
    assert set(load_book().processes) == set(RAW)


@each_process
def test_every_pair_that_can_cross_is_listed_once(key: str) -> None:
    listed = [pair for pair, _, _ in listed_pairs(RAW[key])]

    assert sorted(listed) == sorted(crossing_pairs(RAW[key]))


@each_process
def test_crossings_of_the_book_are_those_of_the_file(key: str) -> None:
    process = load_book().processes[key]
    found = {
        pair: (crossing.first, crossing.prevails or "")
        for pair, crossing in process.crossings.items()
    }

    assert found == {pair: (first, winner) for pair, first, winner in listed_pairs(RAW[key])}


@each_process
def test_steps_that_cannot_disturb_each_other_have_no_crossing(key: str) -> None:
    process, raw = load_book().processes[key], RAW[key]
    ours = [row["step"] for row in raw["steps"] if row["side"] == raw["sides"]["asking"]]
    theirs = [row["step"] for row in raw["steps"] if row["side"] == raw["sides"]["asked"]]
    silent = set(itertools.product(ours, theirs)) - crossing_pairs(raw)

    assert {pair for pair in silent if process.crossing(*pair) is not None} == set()


@each_process
def test_where_both_hold_the_second_is_possible_after_the_first(key: str) -> None:
    steps = {row["step"]: row for row in RAW[key]["steps"]}
    for pair, first, winner in listed_pairs(RAW[key]):
        second = pair[1] if first == pair[0] else pair[0]
        for state in set(steps[first]["from"]) & set(steps[second]["from"]):
            after = state if steps[first]["to"] == "same" else steps[first]["to"]
            assert winner or after in steps[second]["from"], (pair, state)


@each_process
def test_every_state_can_be_reached(key: str) -> None:
    assert reached_states(RAW[key]) == set(RAW[key]["states"])


@each_process
def test_every_state_can_come_to_an_end(key: str) -> None:
    assert [state for state in RAW[key]["states"] if not can_end(RAW[key], state)] == []


@each_process
def test_no_step_moves_a_matter_that_has_ended(key: str) -> None:
    ends = {name for name, row in RAW[key]["states"].items() if "ends" in row}
    moving = [row for row in RAW[key]["steps"] if row["to"] != "same"]

    assert [row["step"] for row in moving if ends & set(row["from"])] == []


@each_process
def test_steps_of_the_book_are_those_of_the_file(key: str) -> None:
    process = load_book().processes[key]
    found = {
        step.name: (
            step.side,
            list(step.roles),
            sorted(step.sources),
            step.target or "same",
            list(step.needs),
            step.within,
            str(step.law),
            step.kept,
            step.means,
        )
        for step in process.steps.values()
    }

    assert found == {
        row["step"]: (
            row["side"],
            row["roles"],
            sorted(row["from"]),
            row["to"],
            row.get("needs", []),
            row.get("within"),
            row["law"],
            row["kept"],
            row["means"],
        )
        for row in RAW[key]["steps"]
    }


@each_process
def test_states_of_the_book_are_those_of_the_file(key: str) -> None:
    states = load_book().processes[key].states.values()

    assert {state.name: (state.means, state.ends) for state in states} == {
        name: (row["means"], "ends" in row) for name, row in RAW[key]["states"].items()
    }
