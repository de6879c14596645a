"""The desk's pages in a test: a node on SQLite, its people, and what each sees and sends.

    with open_seats(node, alias) as seats:
        seats.sit("duty").get("/")            # Django's client, signed in
        seats.sit("both", role="prosecutor")

``seats`` is a fixture too: ``from tests.seats import seats``, with node and people of Arvenia.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.db import connections
from django.test import Client, override_settings

from comity.app import databases
from comity.app.desk_apps import MIDDLEWARE
from comity.app.settings import Settings
from comity.service.node import Node
from comity.service.people import Newcomer, add_person, known_roles
from comity.web.pages.kit.seat import ROLE
from comity.web.place import leave_place, take_place
from tests.desks import EVERYBODY
from tests.nodes import Desk, make_desk
from tests.stores import sqlite_template
from tests.world import book
from tools.catalogues import compile_all

# What is read of a catalogue is made of it; a catalogue may be newer.
compile_all()

__all__ = ["Seats", "open_seats", "seats", "sqlite_template"]


@dataclass
class Seats:
    """The desk of a node in this process, and who may sit there."""

    node: Node
    desk: Desk
    logins: dict[str, str] = field(default_factory=dict)

    def sit(self, login: str, *, role: str = "", language: str = "en") -> Client:
        """Return a browser of somebody who signed in, in one role or in all of theirs."""
        client = Client(raise_request_exception=True, HTTP_ACCEPT_LANGUAGE=language)
        client.force_login(get_user_model().objects.get(login=login))
        if role:
            session = client.session
            session[ROLE] = role
            session.save()
        return client

    def stranger(self) -> Client:
        """Return a browser of nobody we know."""
        return Client()


@pytest.fixture
def seats(tmp_path: Path, sqlite_template: Path) -> Iterator[Seats]:
    """Yield the pages of a node under the law book that Comity carries."""
    path = tmp_path / "node.sqlite3"
    shutil.copy(sqlite_template, path)
    alias = f"seats {path}"
    store = databases.open_database(alias, databases.sqlite_settings(path))
    desk = make_desk(store, tmp_path)
    node = replace(desk.node, book=book())
    with open_seats(replace(desk, node=node), alias) as found:
        yield found
    connections.close_all()


@contextmanager
def open_seats(desk: Desk, alias: str) -> Iterator[Seats]:
    """Serve the pages of a node whose database Django knows as ``alias``; enrol its people."""
    node = replace(desk.node, store=databases.make_default(alias))
    made = Seats(node, desk)
    known = known_roles(node)
    for login, roles in EVERYBODY.items():
        if known.issuperset(roles):
            person = add_person(node, Newcomer(login=login, roles=roles, actor=f"xa-{login}"))
            made.logins[login] = person.actor
    with serve_seats(made, alias):
        yield made


@contextmanager
def serve_seats(made: Seats, alias: str) -> Iterator[None]:
    """Serve the pages of a node whose people are enrolled."""
    databases.make_default(alias)
    node = made.node
    settings = Settings(
        state=node.state, authority=node.authority, kind="central_authority", exercise=True
    )
    leave_place()
    take_place(node, settings)
    try:
        with override_settings(ROOT_URLCONF="comity.web.urls_desk", MIDDLEWARE=MIDDLEWARE):
            yield
    finally:
        leave_place()
