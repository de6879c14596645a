"""Mail goes to a real server (aiosmtpd), or it is said why not."""

from __future__ import annotations

import pytest

from comity.base.errors import BadValue, OutOfReach
from comity.service.errors import MailRefused, MailUnreachable
from comity.transport.mail import SmtpMailer
from tests.mails import SENDER, Postbox, mail_server

TO = "duty@xa.example"


def test_a_mail_arrives_as_it_was_written() -> None:
    with mail_server() as box:
        SmtpMailer(box.address, SENDER).send(TO, "هناك ما ينتظر", "有待处理事项\nПодтвердите\n")
    ((to, mail),) = box.mails
    assert (to, mail["To"], mail["From"]) == (TO, TO, SENDER)
    assert mail["Subject"] == "هناك ما ينتظر"
    assert mail.get_content().splitlines() == ["有待处理事项", "Подтвердите"]
    assert mail["Auto-Submitted"] == "auto-generated"


def test_the_same_mail_bears_the_same_message_id_and_another_does_not() -> None:
    with mail_server() as box:
        mailer = SmtpMailer(box.address, SENDER)
        for text in ("one", "one", "two"):
            mailer.send(TO, "subject", text)
    one, again, other = (mail["Message-ID"] for _, mail in box.mails)
    assert one == again
    assert one != other
    assert one.endswith("@xa.example>")


def test_a_server_that_is_away_is_out_of_reach() -> None:
    with mail_server() as box:
        gone = box.address
    with pytest.raises(MailUnreachable):
        SmtpMailer(gone, SENDER).send(TO, "s", "t")


@pytest.mark.parametrize("answer", ["451 later", "554 no"])
def test_a_mail_that_the_server_does_not_keep_was_not_sent(answer: str) -> None:
    with mail_server(Postbox(answer=answer)) as box, pytest.raises(MailUnreachable):
        SmtpMailer(box.address, SENDER).send(TO, "s", "t")
    assert box.mails == []


def test_an_address_refused_for_good_is_not_out_of_reach() -> None:
    with (
        mail_server(Postbox(refuses={TO: "550 nobody"})) as box,
        pytest.raises(MailRefused) as left,
    ):
        SmtpMailer(box.address, SENDER).send(TO, "s", "t")
    assert not isinstance(left.value, OutOfReach)


def test_an_address_refused_for_now_is_tried_again() -> None:
    with (
        mail_server(Postbox(refuses={TO: "450 busy"})) as box,
        pytest.raises(MailUnreachable),
    ):
        SmtpMailer(box.address, SENDER).send(TO, "s", "t")


def test_a_server_that_does_not_answer_in_time_is_given_up() -> None:
    with mail_server(Postbox(pause=1.5)) as box, pytest.raises(MailUnreachable):
        SmtpMailer(box.address, SENDER, patience=0.3).send(TO, "s", "t")


@pytest.mark.parametrize("to", ["a@b.example\nBcc: all@b.example", "a@b.example\r\nX: y"])
def test_an_address_cannot_bring_lines_of_its_own(to: str) -> None:
    with mail_server() as box, pytest.raises(MailRefused):
        SmtpMailer(box.address, SENDER).send(to, "s", "t")
    assert box.mails == []


@pytest.mark.parametrize("server", ["", "host:port", "user@host:25", "host:25/path", "host:99999"])
def test_what_is_no_mail_server_is_refused(server: str) -> None:
    with pytest.raises(BadValue):
        SmtpMailer(server, SENDER)


@pytest.mark.parametrize("sender", ["", "comity", "@x", "a@", "a@b\n"])
def test_what_is_no_sender_is_refused(sender: str) -> None:
    with pytest.raises(BadValue):
        SmtpMailer("127.0.0.1:25", sender)
