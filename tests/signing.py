"""People who begin and sign in at the desk's pages, as their browsers would do it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from comity.service.node import Officer
from comity.service.people import Newcomer, invite_person, reset_person
from tests.codes import code_at, now
from tests.seats import Seats

# A real hash takes a tenth of a second and 100 MiB, on purpose; here it is to take neither.
Argon2PasswordHasher.time_cost = 1
Argon2PasswordHasher.memory_cost = 64
Argon2PasswordHasher.parallelism = 1

ENROL = Officer(actor="xa-enrol", role="enrolment_officer")
PASSWORD = "calm heron under nine bridges"


@dataclass
class Person:
    """Somebody with a password and an authenticator, and their browser."""

    login: str
    client: Client
    secret: str = ""
    password: str = PASSWORD
    codes: list[str] = field(default_factory=list)

    def give_password(self, password: str = "", **more: str) -> HttpResponse:
        told = {"login": self.login, "password": password or self.password, **more}
        return self.client.post("/sign-in", told)  # type: ignore[return-value] # a response, watched

    def give_code(self, code: str = "") -> HttpResponse:
        return self.client.post("/sign-in/code", {"code": code or self.code()})  # type: ignore[return-value] # as above

    def sign_in(self, **more: str) -> HttpResponse:
        """Sign in with the code of this moment, as if none had been used before."""
        cache.clear()
        self.give_password(**more)
        return self.give_code()

    def code(self, periods: int = 0) -> str:
        return code_at(self.secret, now() + 30 * periods)

    def sees_the_desk(self) -> bool:
        return self.client.get("/me").status_code == 200


def invite(seats: Seats, login: str = "new", roles: tuple[str, ...] = ("duty_officer",)) -> str:
    """Return the code of an invitation."""
    newcomer = Newcomer(login=login, roles=list(roles), actor=f"xa-{login}")
    return invite_person(seats.node, ENROL, newcomer)[1].secret


def begin(code: str, login: str = "new", client: Client | None = None) -> Person:
    """Begin with a code: a password, an authenticator, recovery codes; then signed in."""
    person = Person(login, client or Client())
    told = {"code": code, "password": PASSWORD, "again": PASSWORD}
    assert person.client.post("/invitation", told).status_code == 302
    page = person.client.get("/invitation/second").content.decode()
    person.secret = re.findall(r'data-secret="([A-Z2-7]+)"', page)[0]
    answer = person.client.post("/invitation/second", {"code": person.code()})
    assert (answer.status_code, answer["Location"]) == (302, "/me/codes")
    shown = person.client.get("/me/codes").content.decode()
    person.codes = re.findall(r'class="recovery"><bdi[^>]*>([0-9 ]+)<', shown)
    return person


def enrolled(
    seats: Seats, login: str = "new", roles: tuple[str, ...] = ("duty_officer",)
) -> Person:
    """Return somebody who was invited and began, and then signed out."""
    person = begin(invite(seats, login, roles), login)
    person.client.post("/sign-out")
    person.client = Client()
    return person


def reset(seats: Seats, person: Person) -> str:
    """Return the code of a reset."""
    return reset_person(seats.node, ENROL, f"xa-{person.login}").secret
