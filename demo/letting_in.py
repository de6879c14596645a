"""Log-ins for the people of the exercise, got as anybody gets them: with a code, at the pages.

Once the case is played each person is given a code with which to begin anew, by the enrolment
officer of the house. With it a password and an authenticator are taken at ``/invitation``. The
tokens with which the case was played end by that, as they do for anybody who begins anew.

``python -m demo.letting_in SECRET`` prints the six digits that an authenticator shows now.
"""

from __future__ import annotations

import base64
import hmac
import json
import re
import secrets
import struct
import sys
import time
from dataclasses import dataclass
from typing import Final

import httpx2

from demo.errors import PlayStopped
from demo.house import House

_ENROLMENT: Final = "enrolment_officer"
_HIDDEN: Final = re.compile(r'name="(csrfmiddlewaretoken|once)" value="([^"]+)"')
_SECRET: Final = re.compile(r'data-secret="([A-Z2-7]+)"')
_SECONDS: Final = 30
_DIGITS: Final = 6
_WORDS: Final = (
    "amber", "basin", "cedar", "delta", "ember", "fjord", "grove", "harbour", "inlet", "juniper",
    "kelp", "lagoon", "meadow", "nectar", "orchard", "pebble", "quarry", "river", "saffron",
    "thicket", "upland", "valley", "willow", "yarrow",
)  # fmt: skip


@dataclass(frozen=True)
class LogIn:
    """How a person of the exercise signs in at the pages of their house."""

    role: str
    login: str
    password: str
    secret: str


def let_in(house: House) -> list[LogIn]:
    """Give everybody of a house a log-in; raise ``PlayStopped`` where the pages say no."""
    desk = house.desk(_ENROLMENT)
    found = []
    for role, officer in house.officers.items():
        if role != _ENROLMENT:
            code = str(desk.post(f"persons/{officer.actor}/reset", {})["code"])
            found.append(_begin(house, role, officer.actor, code))
    # Last, for with it the token ends by which the others were given theirs.
    actor = house.officers[_ENROLMENT].actor
    said = house.programs.run(
        house.program, "person", "reset", house.folder, actor, "--json"
    )  # fmt: skip
    found.append(_begin(house, _ENROLMENT, actor, str(json.loads(said)["token"])))
    return found


def code_now(secret: str, at: float | None = None) -> str:
    """Return the six digits of an authenticator (RFC 6238) at a moment, or now."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    moment = struct.pack(">Q", int(time.time() if at is None else at) // _SECONDS)
    drawn = hmac.digest(key, moment, "sha1")
    number = struct.unpack_from(">I", drawn, drawn[-1] & 0xF)[0] & 0x7FFFFFFF
    return str(number % 10**_DIGITS).zfill(_DIGITS)


def _begin(house: House, role: str, login: str, code: str) -> LogIn:
    """Go to the pages with a code; come back with a password and an authenticator."""
    password = "-".join(secrets.choice(_WORDS) for _ in range(4))
    with httpx2.Client(base_url=house.base, timeout=60, follow_redirects=True) as browser:
        first = _send(browser, "/invitation", code=code, password=password, again=password)
        drawn = _SECRET.search(first)
        if drawn is None:
            message = f"{house.state}: the pages gave {login} no authenticator"
            raise PlayStopped(message)
        _send(browser, "/invitation/second", code=code_now(drawn[1]))
        if str(browser.get("/").url.path) != "/":
            message = f"{house.state}: {login} could not sign in"
            raise PlayStopped(message)
    return LogIn(role, login, password, drawn[1])


def _send(browser: httpx2.Client, path: str, **fields: str) -> str:
    """Fill the form of a page and send it; return the page that comes."""
    hidden = dict(_HIDDEN.findall(browser.get(path).text))
    answer = browser.post(path, data={**hidden, **fields})
    if answer.status_code != httpx2.codes.OK:
        message = f"{path} answered {answer.status_code}"
        raise PlayStopped(message)
    return answer.text


if __name__ == "__main__":
    sys.stdout.write(f"{code_now(sys.argv[1])}\n")
