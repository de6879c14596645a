"""Whom a request waits for, read off the table of its process."""

from __future__ import annotations

import pytest

from comity.domain.awaiting import awaited_steps, awaiting_states
from tests.world import book

PRESERVATION = "uncc/preservation"


def side(state: str) -> set[str]:
    process = book().processes[PRESERVATION]
    return {one for one in process.sides.both if awaited_steps(process, state, one)}


# As the meanings in the law file say it: "… is awaited", "… has asked for …".
@pytest.mark.parametrize(
    ("state", "waits"),
    [
        ("drafting", {"requesting"}),
        ("called", {"requesting"}),
        ("sent", {"requested"}),
        ("under_examination", {"requested"}),
        ("more_asked", {"requesting"}),
        ("consulting", {"requesting"}),
        ("warned", {"requesting"}),
        ("granted", {"requested"}),
        ("held", set()),
        ("refused", set()),
        ("closed", set()),
    ],
)
def test_a_request_waits_for_the_side_that_the_law_file_means(state: str, waits: set[str]) -> None:
    assert side(state) == waits


def test_a_request_that_was_sent_waits_to_be_acknowledged() -> None:
    steps = awaited_steps(book().processes[PRESERVATION], "sent", "requested")
    assert [one.name for one in steps] == ["acknowledge"]


def test_a_standing_that_nobody_knows_waits_for_nobody() -> None:
    assert not awaited_steps(book().processes[PRESERVATION], "nothing", "requested")


@pytest.mark.parametrize("key", sorted(book().processes))
def test_no_ended_request_waits(key: str) -> None:
    process = book().processes[key]
    ended = {name for name, state in process.states.items() if state.ends}
    waiting = {state for one in process.sides.both for state in awaiting_states(process, one)}
    assert not ended & waiting
