"""Every link, followed as every person: nothing breaks, and nothing opens that is closed."""

from __future__ import annotations

import pytest
from django.test import Client

from comity.web.pages.kit.pages import PAGES
from comity.web.pages.rooms import open_rooms
from comity.web.permissions import Permission, may, roles_with
from tests.browser.addresses import all_pages, fill_in
from tests.browser.crawling import crawl, is_page
from tests.browser.served import Served, sit
from tests.examples import PEOPLE

open_rooms()
# What only those may read who may read content: words of the forms, of letters, of objects.
WORDS = ["patients moved", "account-4711", "203.0.113.7", "mail/one.eml", "opérations ont été"]
BLIND = ["ops", "enrol", "watch"]
# Whose doors differ; the others hold what one of these holds.
WALKERS = ["duty", "pros", "ca", "lab", "trans", *BLIND]


@pytest.mark.parametrize("login", WALKERS)
def test_every_link_that_is_shown_leads_to_a_page_with_a_title(served: Served, login: str) -> None:
    served.broken.clear()
    faults = [
        f"{visit.status} {visit.title!r} {visit.path} (from {visit.origin})"
        for visit in crawl(sit(login))
        if visit.status != 200 or (visit.text and not visit.title)
    ]
    assert "\n".join(faults) == ""
    assert served.broken == []


@pytest.mark.parametrize("login", PEOPLE)
def test_no_page_opens_to_a_role_that_lacks_its_permission(served: Served, login: str) -> None:
    client, names, open_to_us = sit(login), served.example.names, []
    for page in all_pages():
        if page.permission is Permission.PUBLIC or roles_with(PEOPLE[login], page.permission):
            continue
        path = fill_in(page, names)
        answers = [client.get(path).status_code, client.post(path).status_code]
        if answers != [403, 403]:
            open_to_us.append(page.name)
    assert open_to_us == []


def test_no_page_but_the_public_ones_opens_to_nobody(served: Served) -> None:
    client, names = Client(), served.example.names
    for page in all_pages():
        if page.permission is not Permission.PUBLIC:
            answer = client.get(fill_in(page, names))
            assert answer.status_code == 302, page.name
            assert "/sign-in" in answer["Location"], page.name


def test_a_role_that_is_chosen_closes_what_the_other_one_opens(served: Served) -> None:
    client, names = sit("both", role="duty_officer"), served.example.names
    for page in all_pages():
        is_others = may("prosecutor", page.permission) and not may("duty_officer", page.permission)
        if is_others:
            assert client.get(fill_in(page, names)).status_code == 403, page.name


@pytest.mark.parametrize("login", BLIND)
def test_nobody_without_leave_to_read_content_sees_any(served: Served, login: str) -> None:
    client, names, told = sit(login), served.example.names, []
    paths = [fill_in(page, names) for page in all_pages()]
    for path in paths:
        answer = client.get(path)
        if is_page(answer):
            shown = answer.content.decode()
            told += [(path, word) for word in WORDS if word in shown]
    assert told == []


def test_the_words_that_are_looked_for_are_shown_to_those_who_may(served: Served) -> None:
    client, names = sit("ca"), served.example.names
    paths = [f"/dossiers/{names[name]}/form/check" for name in ("draft", "dossier")]
    seen = "".join(client.get(path).content.decode() for path in paths)
    assert WORDS[0] in seen


def test_every_page_has_an_address_in_the_example(served: Served) -> None:
    assert all(fill_in(page, served.example.names) for page in PAGES.values())
