"""One suite for every store."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import replace

import pytest

from comity.app.databases import close_connections
from comity.base import Digest, Instant, Period
from comity.service.errors import AlreadyThere, Moved, NotThere
from comity.service.ports import Store
from tests.contract import rows


def test_what_is_kept_comes_back_the_same(store: Store) -> None:
    with store.unit() as unit:
        unit.dossiers.add(rows.dossier())
        unit.acts.add(rows.act(0))
        unit.deadlines.add(rows.deadline())
        unit.identities.add(rows.identity())
    with store.view() as unit:
        assert unit.dossiers.get(rows.DOSSIER) == rows.dossier()
        assert unit.acts.find(chain=rows.DOSSIER) == (rows.act(0),)
        assert unit.deadlines.find() == (rows.deadline(),)
        assert unit.identities.get(rows.DOSSIER, 0) == rows.identity()


def test_sizes_beyond_four_gigabytes_come_back_the_same(store: Store) -> None:
    exhibit = rows.exhibit(rows.job(1).ident, 1)
    with store.unit() as unit:
        unit.dossiers.add(rows.dossier())
        unit.jobs.add(rows.job(1))
        unit.intakes.add(rows.intake(rows.job(1).ident))
        unit.exhibits.add(exhibit)
    with store.view() as unit:
        assert unit.exhibits.find() == (exhibit,)
        assert unit.intakes.find() == (rows.intake(rows.job(1).ident),)


def test_what_is_not_there_is_named_as_such(store: Store) -> None:
    with store.view() as unit, pytest.raises(NotThere):
        unit.dossiers.get(rows.DOSSIER)
    with pytest.raises(NotThere), store.unit() as unit:
        unit.standings.replace(rows.standing())


def test_a_key_is_taken_once(store: Store) -> None:
    with store.unit() as unit:
        unit.acts.add(rows.act(0))
    with pytest.raises(AlreadyThere), store.unit() as unit:
        unit.acts.add(replace(rows.act(0), digest=Digest.of(b"another"), envelope=b"another"))
    with store.view() as unit:
        assert unit.acts.find() == (rows.act(0),)


def test_a_unit_that_fails_leaves_nothing(store: Store) -> None:
    with suppress(LookupError), store.unit() as unit:
        unit.dossiers.add(rows.dossier())
        unit.acts.add(rows.act(0))
        raise LookupError
    with store.view() as unit:
        assert unit.dossiers.count() == unit.acts.count() == 0


def test_a_view_cannot_write(store: Store) -> None:
    with pytest.raises(RuntimeError), store.view() as unit:
        unit.dossiers.add(rows.dossier())
    with store.unit() as unit:
        assert unit.dossiers.count() == 0
        unit.dossiers.add(rows.dossier())


def test_rows_come_in_the_order_of_their_keys(store: Store) -> None:
    with store.unit() as unit:
        unit.acts.add(rows.act(2), rows.act(10), rows.act(0))
        unit.acts.add(rows.act(1))
    with store.view() as unit:
        assert [act.number for act in unit.acts.each(chain=rows.DOSSIER)] == [0, 1, 2, 10]


def test_a_swap_against_the_version_that_is_there_changes_the_row(store: Store) -> None:
    with store.unit() as unit:
        unit.dossiers.add(rows.dossier(version=1))
    with store.unit() as unit:
        held = unit.dossiers.lock(rows.DOSSIER)
        unit.dossiers.swap(replace(held, version=2, channel="portal"), expected=1)
    with store.view() as unit:
        assert unit.dossiers.get(rows.DOSSIER) == replace(rows.dossier(version=2), channel="portal")


def test_a_swap_against_an_old_version_changes_nothing(store: Store) -> None:
    with store.unit() as unit:
        unit.dossiers.add(rows.dossier(version=2))
    changed = replace(rows.dossier(version=3), channel="portal")
    with pytest.raises(Moved), store.unit() as unit:
        unit.dossiers.swap(changed, expected=1)
    with store.view() as unit:
        assert unit.dossiers.get(rows.DOSSIER).channel == "letter"


def test_a_swap_touches_no_other_row(store: Store) -> None:
    other = rows.IDENTS.new("dos")
    with store.unit() as unit:
        unit.dossiers.add(rows.dossier(), rows.dossier(other))
        unit.dossiers.swap(replace(rows.dossier(), version=2), expected=1)
    with store.view() as unit:
        assert unit.dossiers.get(other).version == 1


def test_replacing_and_removing_reach_only_what_is_named(store: Store) -> None:
    with store.unit() as unit:
        unit.dossiers.add(rows.dossier())
        unit.deadlines.add(rows.deadline("one"), rows.deadline("two"), rows.deadline("three"))
        unit.deadlines.replace(replace(rows.deadline("two"), due=None, state="suspended"))
        unit.deadlines.remove(clock="three")
    with store.view() as unit:
        found = {row.clock: (row.due, row.state) for row in unit.deadlines.find()}
    assert found == {"one": (rows.START, "running"), "two": (None, "suspended")}


def test_an_identity_can_be_destroyed_and_its_place_stays(store: Store) -> None:
    with store.unit() as unit:
        unit.identities.add(rows.identity())
        unit.identities.replace(rows.identity(wrapped=None))
    with store.view() as unit:
        assert unit.identities.get(rows.DOSSIER, 0).wrapped is None


def test_the_longest_due_job_comes_first(store: Store) -> None:
    with store.unit() as unit:
        unit.dossiers.add(rows.dossier())
        unit.jobs.add(rows.job(1, _after("PT3M")), rows.job(2, _after("PT1M")), rows.job(3))
    with store.view() as unit:
        found = unit.jobs.due(_after("PT2M"), 10)
    assert [job.ident for job in found] == [rows.job(3).ident, rows.job(2).ident]


def test_a_job_under_lease_is_not_due_until_the_lease_ends(store: Store) -> None:
    with store.unit() as unit:
        unit.dossiers.add(rows.dossier())
        unit.jobs.add(rows.job(1, lease=_after("PT5M")))
    with store.view() as unit:
        assert unit.jobs.due(_after("PT4M"), 10) == ()
        assert len(unit.jobs.due(_after("PT5M"), 10)) == 1


def test_a_job_that_is_done_is_never_due(store: Store) -> None:
    with store.unit() as unit:
        unit.dossiers.add(rows.dossier())
        unit.jobs.add(replace(rows.job(1), state="done"), replace(rows.job(2), state="stopped"))
    with store.view() as unit:
        assert unit.jobs.due(_after("P1D"), 10) == ()


def test_a_dossier_may_follow_another(store: Store) -> None:
    follower = rows.dossier(rows.IDENTS.new("dos"), follows=rows.DOSSIER)
    with store.unit() as unit:
        unit.dossiers.add(rows.dossier())
        unit.dossiers.add(follower)
    with store.view() as unit:
        assert unit.dossiers.find(follows=rows.DOSSIER) == (follower,)


def _after(period: str) -> Instant:
    return rows.START.plus(Period.parse(period))


def test_the_mark_changes_when_another_thread_writes(store: Store) -> None:
    before = store.mark()
    elsewhere(store)
    assert store.mark() != before


def test_the_mark_stays_while_nobody_writes(store: Store) -> None:
    before = store.mark()
    with store.view() as unit:
        unit.dossiers.find()
    assert store.mark() == before


def elsewhere(store: Store) -> None:
    """Write in another thread, as another process does."""

    def write() -> None:
        with store.unit() as unit:
            unit.dossiers.add(rows.dossier())
        close_connections()

    thread = threading.Thread(target=write)
    thread.start()
    thread.join()


def later(days: int) -> Instant:
    return rows.START.plus(Period(days=days))


def keep_deadlines(store: Store) -> None:
    with store.unit() as unit:
        unit.dossiers.add(rows.dossier())
        for number, due in enumerate((later(9), None, later(2), later(5))):
            row = replace(rows.deadline(), act=Digest.of(f"{number}".encode()), due=due)
            unit.deadlines.add(row)


def test_the_first_rows_come_in_the_order_of_the_field(store: Store) -> None:
    keep_deadlines(store)
    with store.view() as unit:
        assert [row.due for row in unit.deadlines.first("due", 2)] == [later(2), later(5)]


def test_a_minus_turns_the_order_of_the_field(store: Store) -> None:
    keep_deadlines(store)
    with store.view() as unit:
        assert [row.due for row in unit.deadlines.first("-due", 2)] == [later(9), later(5)]


def test_rows_without_a_value_are_not_among_the_first(store: Store) -> None:
    keep_deadlines(store)
    with store.view() as unit:
        assert None not in [row.due for row in unit.deadlines.first("due", 9)]


def test_the_first_rows_fit_what_is_asked(store: Store) -> None:
    keep_deadlines(store)
    with store.view() as unit:
        assert unit.deadlines.first("due", 9, state="met") == ()


def test_several_rows_are_found_at_once(store: Store) -> None:
    others = sorted(rows.IDENTS.new("dos") for _ in range(3))
    with store.unit() as unit:
        unit.dossiers.add(*(rows.dossier(one) for one in others))
    with store.view() as unit:
        found = unit.dossiers.among("ident", others[:2])
    assert [row.ident for row in found] == others[:2]


def test_among_nothing_there_is_nothing(store: Store) -> None:
    with store.unit() as unit:
        unit.dossiers.add(rows.dossier())
    with store.view() as unit:
        assert unit.dossiers.among("ident", ()) == ()


def test_standings_are_found_by_the_side_on_which_we_are(store: Store) -> None:
    theirs = replace(rows.dossier(rows.IDENTS.new("dos")), side="requested")
    with store.unit() as unit:
        unit.dossiers.add(rows.dossier(), theirs)
        unit.standings.add(
            *(
                replace(rows.standing(), dossier=one, state="sent")
                for one in (rows.DOSSIER, theirs.ident)
            )
        )
    with store.view() as unit:
        found = unit.standings.where({"sent": {("uncc/preservation", "requested")}}, 9)
    assert found == ((theirs.ident, "sent"),)


def test_the_dossiers_that_were_opened_first_come_first_among_standings(store: Store) -> None:
    older = replace(rows.dossier(rows.IDENTS.new("dos")), opened=rows.START.plus(Period(days=-1)))
    with store.unit() as unit:
        unit.dossiers.add(rows.dossier(), older)
        unit.standings.add(
            *(
                replace(rows.standing(), dossier=one, state="sent")
                for one in (rows.DOSSIER, older.ident)
            )
        )
    with store.view() as unit:
        found = unit.standings.where({"sent": {("uncc/preservation", "requesting")}}, 9)
    assert [ident for ident, _ in found] == [older.ident, rows.DOSSIER]


def test_no_side_has_no_standings(store: Store) -> None:
    with store.unit() as unit:
        unit.dossiers.add(rows.dossier())
        unit.standings.add(rows.standing())
    with store.view() as unit:
        assert unit.standings.where({rows.standing().state: ()}, 9) == ()
