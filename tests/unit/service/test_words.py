"""Words of real sentences, in four scripts."""

from __future__ import annotations

import pytest

from comity.service.words import question, terms


def answers(asked: str, text: str) -> bool:
    held = terms(text)
    return all(one.forms & held for one in question(asked))


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("hospitals", "The hospital was attacked."),
        ("HÔPITAL", "Les hôpitaux et l'hopital"),
        ("мошенничество", "дело о мошенничества"),
        ("еще", "ещё раз"),
        ("مستشفى", "تعرّضت المُستشفى لهجوم"),
        ("بيانات", "حفظ البيانات الإلكترونية"),
        ("إلكترونية", "البيانات الالكترونيه"),
        ("医院", "某医院遭到勒索软件攻击"),
        ("勒索软件", "某医院遭到勒索软件攻击"),
        ("203.0.113.7", "address: 203.0.113.7 port 443 at 2026-03-01T23:14:05+02:00"),
        ("alice_84", "account: alice_84 at mail.example"),
        ("clerk@court.example", "Write to clerk@court.example."),
        ("XA-26-0042", "our number xa-26-0042"),
    ],
)
def test_it_is_found(asked: str, text: str) -> None:
    assert answers(asked, text)


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("203.0.113.7", "address: 203.0.113.70 port 443"),
        ("XA-26-004", "our number XA-26-0042"),
        ("0042", "our number XA-26-0042"),
        ("医药", "某医院遭到勒索软件攻击"),
        ("hospital attack", "The hospital was closed."),
    ],
)
def test_it_is_not_found(asked: str, text: str) -> None:
    assert not answers(asked, text)


def test_a_question_without_a_word_asks_nothing() -> None:
    assert question(" … – ") == ()
