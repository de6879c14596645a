"""The desk's door in a test: a node, its people, and what a program sends to it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import HttpResponse
from django.test import Client, override_settings

from comity.app.databases import configure_django
from comity.app.settings import Settings
from comity.law import Book
from comity.service.node import Node
from comity.service.people import Newcomer, add_person, known_roles
from comity.service.tokens import issue_token
from comity.web.place import leave_place, take_place
from tests.world import book

URLS = "comity.web.urls_desk"
configure_django(URLS)
from comity.web.api import asking  # noqa: E402 - ninja wants Django's settings first
from comity.web.api.asking import ROUTES  # noqa: E402 - ninja wants Django's settings first
from comity.web.api.building import api  # noqa: E402 - ninja wants Django's settings first
from comity.web.permissions import may  # noqa: E402 - as the two above

__all__ = ["ROUTES", "Door", "api", "may", "open_body", "open_door", "told"]
API = "/api/1/"
_KEYS = itertools.count()

EVERYBODY = {
    "duty": ["duty_officer"],
    "pros": ["prosecutor"],
    "both": ["duty_officer", "prosecutor"],
    "ca": ["central_authority"],
    "lab": ["laboratory"],
    "ops": ["operator"],
    "enrol": ["enrolment_officer"],
    "watch": ["oversight"],
}


@dataclass
class Door:
    """A door in this process, with a token for everybody."""

    node: Node
    tokens: dict[str, str] = field(default_factory=dict)

    def send(
        self, who: str, method: str, path: str, body: object = None, **headers: str
    ) -> HttpResponse:
        """Send a request as somebody; ``None`` as key sends none."""
        told: dict[str, Any] = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        if who:
            told["HTTP_AUTHORIZATION"] = f"Bearer {self.tokens[who]}"
        data = b"" if body is None else _bytes(body)
        client = Client(raise_request_exception=False)
        kind = "application/octet-stream" if method == "PATCH" else "application/json"
        return client.generic(  # type: ignore[return-value] # a response, watched by the client
            method, API + path, data, content_type=kind, CONTENT_LENGTH=str(len(data)), **told
        )

    def get(self, who: str, path: str, **headers: str) -> HttpResponse:
        return self.send(who, "GET", path, **headers)

    def post(
        self, who: str, path: str, body: object = None, key: str = "", **headers: str
    ) -> HttpResponse:
        key = key or f"key-{next(_KEYS)}"
        return self.send(who, "POST", path, body, idempotency_key=key, **headers)

    def put(self, who: str, path: str, body: object, **headers: str) -> HttpResponse:
        return self.send(who, "PUT", path, body, idempotency_key=f"key-{next(_KEYS)}", **headers)


def _bytes(body: object) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body).encode()


def told(answer: HttpResponse) -> Any:
    """Return what an answer holds."""
    return json.loads(answer.content)


def open_body(**change: object) -> dict[str, object]:
    """Return what opens a dossier: an urgent preservation."""
    plain: dict[str, object] = {
        "process": "uncc/preservation",
        "counterpart": "XB",
        "authority": "XB contact point",
        "basis": "uncc",
        "channel": "letter",
    }
    return {**plain, **change}


@contextmanager
def open_door(node: Node, law: Book | None = None) -> Iterator[Door]:
    """Serve the desk's door of a node, under the law book that Comity carries or another."""
    node = replace(node, book=law or book())
    settings = Settings(
        state=node.state, authority=node.authority, kind="central_authority", exercise=True
    )
    door = Door(node)
    known = known_roles(node)
    for login, roles in EVERYBODY.items():
        if not known.issuperset(roles):
            continue  # small law books know few roles
        person = add_person(node, Newcomer(login=login, roles=roles, actor=f"xa-{login}"))
        door.tokens[login] = issue_token(node, person.actor, "test").secret
    leave_place()
    take_place(node, settings)
    asking._THROTTLE._tries.clear()
    try:
        with override_settings(ROOT_URLCONF=URLS):
            yield door
    finally:
        leave_place()
