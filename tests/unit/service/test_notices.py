"""The duty roster is told that something waits: in turn, in time, without content."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from comity.base import Ident
from comity.base.errors import BadValue, ComityError
from comity.service.errors import MailRefused, MailUnreachable, NotThere
from comity.service.findings import make_finding
from comity.service.node import Node, Officer
from comity.service.notices import (
    DEADLINE_NEAR,
    DEADLINE_OVER,
    FINDING,
    MACHINE,
    NOBODY,
    REQUEST_ARRIVED,
    acknowledge,
    acknowledge_acted,
    list_notices,
    note,
    send_notices,
    watch_deadlines,
)
from comity.service.requests import amend_form
from comity.service.roster import clear_place, list_roster, on_duty, set_place, set_roster
from comity.service.rows import NoticeRow, PersonRow, RosterRow
from comity.storage.memory import MemoryStore
from tests.nodes import FORM, Desk, make_desk

DUTY = Officer(actor="p-1", role="duty_officer")


@dataclass
class Post:
    """A mailer that keeps what it is given, or fails as it is told to."""

    mails: list[tuple[str, str, str]] = field(default_factory=list)
    troubles: dict[str, type[ComityError]] = field(default_factory=dict)

    def send(self, to: str, subject: str, text: str) -> None:
        if to in self.troubles:
            raise self.troubles[to]
        self.mails.append((to, subject, text))

    def told(self) -> list[str]:
        return [to.partition("@")[0] for to, _, _ in self.mails]


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def desk(tmp_path: Path, post: Post) -> Desk:
    plain = make_desk(MemoryStore(), tmp_path)
    desk = Desk(node=replace(plain.node, mailer=post), clock=plain.clock)
    with desk.node.store.unit() as unit:
        for number, language in enumerate(("en", "fr-CA", "ar")):
            unit.persons.add(person(f"p-{number}", language))
            unit.roster.add(RosterRow(place=number, actor=f"p-{number}", begins=None, ends=None))
    return desk


def person(actor: str, language: str = "en", *, is_active: bool = True) -> PersonRow:
    return PersonRow(
        actor=actor,
        login=actor,
        roles="duty_officer",
        mail=f"{actor}@xa.example",
        language=language,
        is_active=is_active,
    )


def noted(
    node: Node, priority: str = "urgent", dossier: Ident | None = None, kind: str = REQUEST_ARRIVED
) -> Ident:
    with node.store.unit() as unit:
        return note(node, unit, kind, priority, dossier)


def one(node: Node) -> NoticeRow:
    (row,) = list_notices(node)
    return row


@pytest.mark.parametrize(
    ("priority", "minutes"), [("emergency", 5), ("urgent", 30), ("routine", 240)]
)
def test_the_next_person_is_told_after_the_minutes_of_the_priority(
    desk: Desk, post: Post, priority: str, minutes: int
) -> None:
    noted(desk.node, priority)
    send_notices(desk.node)
    assert post.told() == ["p-0"]
    desk.clock.forward(f"PT{minutes - 1}M")
    send_notices(desk.node)
    assert post.told() == ["p-0"]
    desk.clock.forward("PT1M")
    send_notices(desk.node)
    assert post.told() == ["p-0", "p-1"]


def test_it_goes_round_until_somebody_acknowledges(desk: Desk, post: Post) -> None:
    ident = noted(desk.node, "emergency")
    for _ in range(5):
        send_notices(desk.node)
        desk.clock.forward("PT5M")
    assert post.told() == ["p-0", "p-1", "p-2", "p-0", "p-1"]
    acknowledge(desk.node, DUTY, ident)
    desk.clock.forward("P1D")
    assert send_notices(desk.node) == 0
    assert (one(desk.node).acknowledged_by, one(desk.node).state) == ("p-1", "acknowledged")


def test_who_acknowledged_first_stays_named(desk: Desk) -> None:
    ident = noted(desk.node)
    first = acknowledge(desk.node, DUTY, ident)
    again = acknowledge(desk.node, Officer(actor="p-2", role="duty_officer"), ident)
    assert again == first


def test_a_step_in_the_dossier_acknowledges_what_waits_of_it(desk: Desk) -> None:
    dossier, other = desk.open(), desk.open()
    noted(desk.node, dossier=dossier)
    noted(desk.node, dossier=other)
    noted(desk.node)
    amend_form(desk.node, DUTY, dossier, FORM)
    waiting = {row.dossier for row in list_notices(desk.node, state="waiting")}
    assert waiting == {other, None}


def test_what_the_node_itself_does_acknowledges_nothing(desk: Desk) -> None:
    dossier = desk.open()
    noted(desk.node, dossier=dossier)
    with desk.node.store.unit() as unit:
        acknowledge_acted(desk.node, unit, Officer(actor=MACHINE, role=MACHINE), dossier)
    assert one(desk.node).state == "waiting"


def test_what_waits_already_is_not_doubled_but_becomes_more_urgent(desk: Desk, post: Post) -> None:
    first = noted(desk.node, "routine")
    send_notices(desk.node)
    assert noted(desk.node, "routine") == first
    assert send_notices(desk.node) == 0
    assert noted(desk.node, "emergency") == first
    send_notices(desk.node)
    assert one(desk.node).priority == "emergency"
    assert post.told() == ["p-0", "p-1"]
    noted(desk.node, "routine")
    assert one(desk.node).priority == "emergency"


def test_after_an_acknowledgement_a_new_matter_is_a_new_notice(desk: Desk) -> None:
    first = noted(desk.node)
    acknowledge(desk.node, DUTY, first)
    assert noted(desk.node) != first


def test_a_cause_that_is_not_kept_is_told_to_nobody(desk: Desk) -> None:
    def fail() -> None:
        with desk.node.store.unit() as unit:
            note(desk.node, unit, FINDING, "urgent")
            unit.persons.get("nobody")

    with pytest.raises(NotThere):
        fail()
    assert list_notices(desk.node) == ()


def test_the_mail_holds_nothing_of_the_matter(desk: Desk, post: Post) -> None:
    dossier = desk.open()
    amend_form(desk.node, DUTY, dossier, FORM)
    ident = noted(desk.node, "emergency", dossier)
    for _ in range(3):
        send_notices(desk.node)
        desk.clock.forward("PT5M")
    for _, subject, text in post.mails:
        whole = subject + text
        assert str(ident) in whole
        for secret in ("CANARY", str(dossier), "XA", "XB", "p-0", "request", "http"):
            assert secret not in whole


def test_each_is_told_in_their_own_language(desk: Desk, post: Post) -> None:
    noted(desk.node, "emergency")
    for _ in range(3):
        send_notices(desk.node)
        desk.clock.forward("PT5M")
    subjects = [subject for _, subject, _ in post.mails]
    assert "waits" in subjects[0]
    assert "attend" in subjects[1]
    assert re.search("[\u0600-\u06ff]", subjects[2])


@pytest.mark.parametrize("language", ["en", "ar", "fr", "es", "ru", "zh", "sw"])
def test_in_every_language_all_is_said(desk: Desk, post: Post, language: str) -> None:
    with desk.node.store.unit() as unit:
        unit.persons.replace(person("p-0", language))
    ident = noted(desk.node, "urgent")
    send_notices(desk.node)
    ((_, subject, text),) = post.mails
    assert str(ident) in text
    assert "2026-11-21T02:14:05Z" in text
    assert "30" in text
    assert not re.search("[{}]", subject + text)


def test_a_server_that_is_away_is_asked_again_later_and_the_same_person(
    desk: Desk, post: Post
) -> None:
    post.troubles["p-0@xa.example"] = MailUnreachable
    noted(desk.node, "emergency")
    send_notices(desk.node)
    assert one(desk.node).trouble == "service/mail-unreachable"
    assert send_notices(desk.node) == 0
    post.troubles.clear()
    desk.clock.forward("PT5M")
    send_notices(desk.node)
    assert post.told() == ["p-0"]
    assert one(desk.node).trouble == ""


def test_an_address_that_takes_no_mail_holds_nobody_up(desk: Desk, post: Post) -> None:
    post.troubles["p-0@xa.example"] = MailRefused
    noted(desk.node, "routine")
    send_notices(desk.node)
    assert post.told() == ["p-1"]


def test_a_roster_that_takes_no_mail_at_all_is_not_asked_round_and_round(
    desk: Desk, post: Post
) -> None:
    post.troubles = {f"p-{number}@xa.example": MailRefused for number in range(3)}
    noted(desk.node, "routine")
    assert send_notices(desk.node) == 3
    assert send_notices(desk.node) == 0
    assert one(desk.node).state == "waiting"


def test_with_nobody_on_duty_it_waits_and_says_so(desk: Desk, post: Post) -> None:
    set_roster(desk.node, [])
    noted(desk.node, "emergency")
    assert send_notices(desk.node) == 0
    assert one(desk.node).trouble == NOBODY
    set_place(desk.node, RosterRow(place=0, actor="p-2", begins=None, ends=None))
    desk.clock.forward("PT5M")
    send_notices(desk.node)
    assert post.told() == ["p-2"]


def test_a_node_without_a_mail_server_keeps_the_notice(desk: Desk) -> None:
    node = replace(desk.node, mailer=None)
    noted(node)
    assert send_notices(node) == 0
    assert one(node).state == "waiting"


@pytest.mark.parametrize(("kind", "priority"), [("gossip", "urgent"), (FINDING, "soon")])
def test_no_notice_is_of_an_unknown_kind_or_priority(desk: Desk, kind: str, priority: str) -> None:
    with pytest.raises(BadValue):
        noted(desk.node, priority, kind=kind)


def _answer_due(desk: Desk) -> Ident:
    dossier = desk.open()
    act = desk.send(dossier)
    desk.deliver(dossier, act.digest)
    return dossier


def test_a_deadline_that_is_over_is_noted_once(desk: Desk) -> None:
    dossier = _answer_due(desk)
    with desk.node.store.view() as unit:
        dues = [row.due for row in unit.deadlines.find(dossier=dossier) if row.due]
    assert dues
    assert watch_deadlines(desk.node) == 0
    desk.clock.at = max(dues)
    assert watch_deadlines(desk.node) == len(dues)
    assert watch_deadlines(desk.node) == 0
    assert {row.kind for row in list_notices(desk.node)} == {DEADLINE_OVER}


def test_our_own_deadline_is_noted_before_it_is_over(desk: Desk) -> None:
    dossier = _answer_due(desk)
    with desk.node.store.unit() as unit:
        side = unit.dossiers.get(dossier).side
        rows = [row for row in unit.deadlines.find(dossier=dossier) if row.due]
        for row in rows:
            unit.deadlines.replace(replace(row, owed_by=side))
    (last,) = {row.due for row in rows}
    begun = desk.clock.at
    assert last is not None
    whole = last.seconds_after(begun) // 60
    desk.clock.forward(f"PT{whole * 3 // 4 - 1}M")
    assert watch_deadlines(desk.node) == 0
    desk.clock.forward("PT2M")
    assert watch_deadlines(desk.node) == len(rows)
    assert {row.kind for row in list_notices(desk.node)} == {DEADLINE_NEAR}
    desk.clock.at = last
    assert watch_deadlines(desk.node) == len(rows)
    assert {row.kind for row in list_notices(desk.node)} == {DEADLINE_NEAR, DEADLINE_OVER}


def test_duty_has_an_order_and_bounds_in_time(desk: Desk) -> None:
    now = desk.clock.now()
    desk.clock.forward("PT1H")
    later = desk.clock.now()
    set_roster(
        desk.node,
        [
            RosterRow(place=2, actor="p-2", begins=None, ends=None),
            RosterRow(place=1, actor="p-1", begins=later, ends=None),
            RosterRow(place=0, actor="p-0", begins=None, ends=later),
        ],
    )
    with desk.node.store.view() as unit:
        assert [one.actor for one in on_duty(unit, now)] == ["p-0", "p-2"]
        assert [one.actor for one in on_duty(unit, later)] == ["p-1", "p-2"]


def test_who_is_not_active_or_has_no_address_is_passed_over(desk: Desk) -> None:
    with desk.node.store.unit() as unit:
        unit.persons.replace(person("p-0", is_active=False))
        unit.persons.replace(replace(person("p-1"), mail=""))
    with desk.node.store.view() as unit:
        assert [one.actor for one in on_duty(unit, desk.clock.now())] == ["p-2"]


def test_a_place_is_changed_and_cleared(desk: Desk) -> None:
    set_place(desk.node, RosterRow(place=1, actor="p-2", begins=None, ends=None))
    clear_place(desk.node, 0)
    assert [(row.place, row.actor) for row in list_roster(desk.node)] == [(1, "p-2"), (2, "p-2")]
    with pytest.raises(NotThere):
        clear_place(desk.node, 0)


def test_a_roster_with_a_stranger_changes_nothing(desk: Desk) -> None:
    before = list_roster(desk.node)
    with pytest.raises(NotThere):
        set_roster(desk.node, [RosterRow(place=0, actor="p-9", begins=None, ends=None)])
    assert list_roster(desk.node) == before


def test_places_are_numbers_within_bounds_and_duties_end_after_they_begin(desk: Desk) -> None:
    now = desk.clock.now()
    bad = [
        RosterRow(place=-1, actor="p-0", begins=None, ends=None),
        RosterRow(place=100, actor="p-0", begins=None, ends=None),
        RosterRow(place=0, actor="p-0", begins=now, ends=now),
    ]
    for place in bad:
        with pytest.raises(BadValue):
            set_place(desk.node, place)
    with pytest.raises(BadValue):
        set_roster(desk.node, [RosterRow(place=0, actor="p-0", begins=None, ends=None)] * 2)


@pytest.mark.parametrize(
    ("kind", "source", "is_told"),
    [
        ("fork", "XB XB-CA", True),
        ("revoked-key", "XB XB-CA", True),
        ("busy", "XB XB-CA", False),
        ("fork", "unknown", False),
    ],
)
def test_of_a_grave_finding_whose_source_is_proved_somebody_is_told(
    desk: Desk, kind: str, source: str, *, is_told: bool
) -> None:
    with desk.node.store.unit() as unit:
        make_finding(desk.node, unit, kind=kind, says="odd", source=source)
    assert bool(list_notices(desk.node)) is is_told
