"""One mail for each step, however many workers there are and whenever one is killed."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from comity.app.databases import close_connections
from comity.service.errors import StoreBusy
from comity.service.node import Node
from comity.service.notices import LEASE_SECONDS, list_notices, note, send_notices
from comity.service.ports import Store
from comity.service.rows import PersonRow, RosterRow
from comity.transport.mail import SmtpMailer
from tests.mails import SENDER, mail_server
from tests.nodes import make_desk
from tests.steady import HandClock

NOTICES = 12
WORKERS = 4


class Killed(BaseException):
    """A worker is gone, without a word."""


@dataclass
class Dying:
    """A mailer whose worker is killed once the mail is out."""

    mails: list[tuple[str, str, str]] = field(default_factory=list)

    def send(self, to: str, subject: str, text: str) -> None:
        self.mails.append((to, subject, text))
        if len(self.mails) == 1:
            raise Killed


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> tuple[Node, HandClock]:
    made = make_desk(store, tmp_path)
    with store.unit() as unit:
        for number in range(2):
            unit.persons.add(
                PersonRow(
                    actor=f"p-{number}",
                    login=f"p-{number}",
                    roles="",
                    mail=f"p-{number}@xa.example",
                    language="en",
                    is_active=True,
                )
            )
            unit.roster.add(RosterRow(place=number, actor=f"p-{number}", begins=None, ends=None))
    return made.node, made.clock


def _note(node: Node, count: int) -> None:
    with node.store.unit() as unit:
        for _ in range(count):
            note(node, unit, "finding", "urgent", node.idents.new("dos"))


def test_several_workers_send_each_step_once(desk: tuple[Node, HandClock]) -> None:
    plain, clock = desk
    _note(plain, NOTICES)
    with mail_server() as box:
        node = replace(plain, mailer=SmtpMailer(box.address, SENDER))
        for _ in range(2):
            _work(node)
            clock.forward("PT30M")
    told = [(to, str(mail["Message-ID"])) for to, mail in box.mails]
    assert len(told) == len(set(told)) == 2 * NOTICES
    assert [to for to, _ in told].count("p-0@xa.example") == NOTICES
    assert {row.step for row in list_notices(plain)} == {2}


def test_what_a_killed_worker_sent_is_sent_again_to_the_letter_and_counted_once(
    desk: tuple[Node, HandClock],
) -> None:
    plain, clock = desk
    _note(plain, 1)
    mailer = Dying()
    node = replace(plain, mailer=mailer)
    with pytest.raises(Killed):
        send_notices(node)
    assert send_notices(node) == 0
    clock.forward(f"PT{LEASE_SECONDS // 60 + 1}M")
    assert send_notices(node) == 1
    assert mailer.mails[0] == mailer.mails[1]
    (row,) = list_notices(node)
    assert row.step == 1


def _work(node: Node) -> None:
    begin = threading.Barrier(WORKERS)

    def run() -> None:
        begin.wait()
        try:
            while True:
                try:
                    if not send_notices(node):
                        return
                except StoreBusy:
                    continue
        finally:
            close_connections()

    workers = [threading.Thread(target=run) for _ in range(WORKERS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
