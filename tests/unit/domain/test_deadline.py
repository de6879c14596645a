"""Deadlines of preservation, one worked example each."""

from __future__ import annotations

from typing import Any

import pytest

from comity.base.clock import Instant
from comity.base.ident import Ident
from comity.domain.deadline import Deadline, DeadlineState, FollowerView, deadlines
from comity.domain.entry import entries
from tests.world import Desk, book

FOLLOWER = Ident("dos_" + "1" * 26)


def granted(begin: str = "2028-01-10T12:00:00Z") -> Desk:
    """A request that XB has granted."""
    desk = Desk(own="XB").at(begin)
    for step in ("send", "acknowledge", "grant"):
        desk.do(step)
    return desk


def held(begin: str = "2028-01-10T12:00:00Z") -> Desk:
    """A request whose data XB holds."""
    desk = granted(begin)
    desk.do("execute")
    return desk


def due(desk: Desk, clock: str, **more: Any) -> list[Deadline]:
    values: dict[str, Any] = {"delivered": desk.delivered, "follower": None, "profile": None}
    found = deadlines(
        desk.book, desk.process, entries(desk.acts), desk.standing, **{**values, **more}
    )
    return [one for one in found if one.clock.rpartition("/")[2] == clock]


def day(text: str) -> Instant:
    return Instant.parse(text)


def follower(received: str | None, decided: str | None = None) -> FollowerView:
    return FollowerView(
        dossier=FOLLOWER,
        received=day(received) if received else None,
        decided=day(decided) if decided else None,
    )


def test_a_hold_lasts_sixty_calendar_days_over_a_leap_february() -> None:
    # 21 days of January are left after the 10th, 29 of February, 10 of March: 60.
    (hold,) = due(held(), "hold_minimum")
    assert (hold.due, hold.state) == (day("2028-03-10T12:00:00Z"), DeadlineState.RUNNING)


def test_a_hold_names_its_provision_and_who_owes_it() -> None:
    (hold,) = due(held(), "hold_minimum")
    assert (str(hold.law), hold.owed_by, hold.is_duty) == ("uncc:42(8)", "requested", True)


def test_a_hold_waits_for_the_request_that_follows_and_came_in_time() -> None:
    (hold,) = due(held(), "hold_minimum", follower=follower("2028-03-01T00:00:00Z"))
    assert (hold.due, hold.earliest) == (None, day("2028-03-10T12:00:00Z"))
    assert (hold.state, hold.waits_for) == (DeadlineState.WAITING_ON, "follower")


def test_a_hold_ends_when_the_request_that_follows_is_decided() -> None:
    seen = follower("2028-03-01T00:00:00Z", "2028-06-01T00:00:00Z")
    (hold,) = due(held(), "hold_minimum", follower=seen)
    assert hold.due == day("2028-06-01T00:00:00Z")


def test_a_hold_is_never_shorter_than_sixty_days_however_soon_the_decision() -> None:
    seen = follower("2028-01-12T00:00:00Z", "2028-01-20T00:00:00Z")
    (hold,) = due(held(), "hold_minimum", follower=seen)
    assert hold.due == day("2028-03-10T12:00:00Z")


@pytest.mark.parametrize("received", [None, "2028-03-10T12:00:01Z"])
def test_a_request_that_follows_too_late_or_is_not_received_holds_nothing(
    received: str | None,
) -> None:
    (hold,) = due(held(), "hold_minimum", follower=follower(received))
    assert hold.due == day("2028-03-10T12:00:00Z")


def test_a_request_received_at_the_last_second_holds() -> None:
    (hold,) = due(held(), "hold_minimum", follower=follower("2028-03-10T12:00:00Z"))
    assert hold.waits_for == "follower"


def extended(asked: str, answered: str) -> Deadline:
    desk = held()
    desk.at(asked).do("ask_extension", terms={"until": "2028-05-01T00:00:00Z"})
    desk.at(answered).do("extend", terms={"until": "2028-05-01T00:00:00Z"})
    return due(desk, "hold_minimum")[0]


def test_an_extension_in_time_moves_the_day() -> None:
    hold = extended("2028-03-01T00:00:00Z", "2028-03-02T00:00:00Z")
    assert (hold.due, hold.state) == (day("2028-05-01T00:00:00Z"), DeadlineState.EXTENDED)


def test_an_extension_asked_in_time_and_given_later_moves_the_day() -> None:
    hold = extended("2028-03-10T12:00:00Z", "2028-03-12T00:00:00Z")
    assert hold.due == day("2028-05-01T00:00:00Z")


def test_an_extension_asked_after_the_expiry_moves_nothing() -> None:
    hold = extended("2028-03-10T12:00:01Z", "2028-03-12T00:00:00Z")
    assert hold.due == day("2028-03-10T12:00:00Z")


def test_an_extension_never_brings_the_day_forward() -> None:
    desk = held()
    desk.at("2028-01-12T00:00:00Z").do("ask_extension")
    desk.do("extend", terms={"until": "2028-02-01T00:00:00Z"})
    assert due(desk, "hold_minimum")[0].due == day("2028-03-10T12:00:00Z")


def test_the_other_sides_duty_runs_from_delivery_and_waits_for_it() -> None:
    desk = Desk(own="XA").at("2028-01-10T12:00:00Z")
    sent = desk.do("send", terms={"answer_by": "2028-01-20T00:00:00Z"})
    (before,) = due(desk, "answer_wish")
    desk.delivered[sent.digest] = day("2028-01-11T00:00:00Z")
    (after,) = due(desk, "answer_wish")
    assert (before.state, before.waits_for) == (DeadlineState.WAITING_ON, "delivery")
    assert (after.starts_at, after.due) == (
        day("2028-01-11T00:00:00Z"),
        day("2028-01-20T00:00:00Z"),
    )


def test_where_no_day_is_wished_there_is_no_deadline() -> None:
    desk = Desk(own="XA").at("2028-01-10T12:00:00Z")
    sent = desk.do("send")
    desk.delivered[sent.digest] = desk.now
    assert due(desk, "answer_wish") == []


@pytest.mark.parametrize("text", ["soon", "2028-13-01T00:00:00Z", "P", "P99999D"])
def test_a_day_that_cannot_be_read_is_none(text: str) -> None:
    desk = Desk(own="XA").at("9900-01-10T12:00:00Z")
    sent = desk.do("send", terms={"answer_by": text})
    desk.delivered[sent.digest] = desk.now
    assert due(desk, "answer_wish") == []


def test_a_wish_does_not_lapse() -> None:
    desk = Desk(own="XA").at("2028-01-10T12:00:00Z")
    sent = desk.do("send", terms={"answer_by": "2028-01-20T00:00:00Z"})
    desk.delivered[sent.digest] = desk.now
    wish = due(desk, "answer_wish")[0].as_of(day("2028-02-20T00:00:00Z"))
    assert (wish.is_duty, wish.state) == (False, DeadlineState.RUNNING)


def test_a_duty_lapses_after_its_second_and_not_at_it() -> None:
    (hold,) = due(held(), "hold_minimum")
    assert hold.as_of(day("2028-03-10T12:00:00Z")).state is DeadlineState.RUNNING
    assert hold.as_of(day("2028-03-10T12:00:01Z")).state is DeadlineState.LAPSED


def test_a_release_ends_the_hold() -> None:
    desk = held()
    act = desk.at("2028-04-01T00:00:00Z").do("release")
    (hold,) = due(desk, "hold_minimum")
    assert (hold.state, hold.ended_by, hold.ended_at) == (DeadlineState.MET, act.digest, desk.now)


def test_a_later_start_replaces_the_one_before_it() -> None:
    desk = granted()
    desk.do("partly_execute")
    act = desk.at("2028-02-01T12:00:00Z").do("execute")
    (hold,) = due(desk, "hold_minimum")
    assert (hold.started_by, hold.due) == (act.digest, day("2028-04-01T12:00:00Z"))


def test_an_overtaken_act_starts_no_clock() -> None:
    desk = Desk(own="XB").at("2028-01-10T12:00:00Z")
    sent = desk.do("send")
    desk.do("acknowledge")
    desk.do("withdraw")
    desk.do("grant", seen=sent)
    desk.do("execute", seen=sent)
    assert due(desk, "hold_minimum") == []


def test_the_domestic_order_has_the_length_of_the_states_own_law_in_its_own_zone() -> None:
    # Belmora: thirty days; Amman keeps one offset all year, so the hour stays in UTC too.
    desk = granted("2028-02-10T12:00:00Z")
    desk.do("serve_order")
    (order,) = due(desk, "domestic_order", profile=book().states["XB"])
    assert (order.due, order.nature) == (day("2028-03-11T12:00:00Z"), "own_law")


def test_the_domestic_order_of_ninety_days_keeps_its_hour_when_the_clocks_change() -> None:
    # Arvenia counts in Europe/Lisbon, which goes one hour forward on 26 March 2028.
    desk = granted("2028-02-10T12:00:00Z")
    desk.do("serve_order")
    (order,) = due(desk, "domestic_order", profile=book().states["XA"])
    assert order.due == day("2028-05-10T11:00:00Z")


def test_no_order_of_an_exercise_state_outlasts_ninety_days() -> None:
    for state in book().states.values():
        for clock in state.clocks.values():
            if clock.clock == "domestic_order":
                assert clock.length is not None
                assert clock.length.days <= 90


def test_a_states_own_clocks_run_on_its_own_node_alone() -> None:
    desk = granted()
    desk.do("serve_order")
    assert due(desk, "domestic_order") == []


def test_a_renewal_after_the_order_has_run_out_does_not_revive_it() -> None:
    desk = granted("2028-02-10T12:00:00Z")
    desk.do("serve_order")
    desk.at("2028-03-12T00:00:00Z").do("renew_order", terms={"until": "2028-04-01T00:00:00Z"})
    (order,) = due(desk, "domestic_order", profile=book().states["XB"])
    assert order.due == day("2028-03-11T12:00:00Z")


def test_fixed_lengths_count_own_duties_from_the_act_and_others_from_delivery() -> None:
    # The window for asking an extension ends with the hold, which runs from the holder's act.
    windows = {"extension_ask"}
    wrong = [
        clock.key
        for clock in book().clocks.values()
        for start in clock.starts
        if clock.length is not None and clock.clock not in windows
        for step in [book().processes[clock.process].steps[start]]
        if (clock.counts_from == "act") is not (step.side == clock.owed_by)
    ]
    assert wrong == []
