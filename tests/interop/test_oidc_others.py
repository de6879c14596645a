"""Signing in through a provider that is not ours: oidc-provider-mock, a program of its own."""

from __future__ import annotations

import base64
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.test import Client, override_settings

from comity.app.provider import Provider
from comity.service.findings import list_findings
from comity.service.people import list_persons, retire_person
from tests.seats import Seats, seats, sqlite_template
from tests.signing import ENROL, Person, begin, invite

__all__ = ["seats", "sqlite_template"]
_WAIT = 60


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """Yield the address of a provider that runs on loopback."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    words = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, process)
        yield address
    finally:
        process.terminate()
        process.wait()


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(_WAIT * 5):
        assert process.poll() is None
        try:
            requests.get(f"{address}/.well-known/openid-configuration", timeout=5)
        except requests.ConnectionError:
            time.sleep(0.2)
        else:
            return
    pytest.fail("the provider does not answer")


@pytest.fixture(autouse=True)
def named(issuer: str) -> Iterator[None]:
    """Let the operator have named the provider."""
    provider = Provider(issuer=issuer, client_id="comity-xa", name="Justice")
    with override_settings(SOCIALACCOUNT_PROVIDERS=provider.as_django("a secret")):
        yield


def _send_out(client: Client, path: str, **told: str) -> str:
    """Return the provider's address that a browser is sent to."""
    answer = client.post(path, told)
    assert answer.status_code == 302, answer.content
    return str(answer["Location"])


def _come_back(client: Client, asked: str, subject: str) -> str:
    """Let the provider confirm a subject; return where the desk then leads to."""
    said = requests.post(asked, data={"sub": subject}, allow_redirects=False, timeout=10)
    back = urlsplit(said.headers["Location"])
    answer = client.get(f"{back.path}?{back.query}")
    assert answer.status_code == 302, answer.content
    return str(answer["Location"])


def _linked(seats: Seats, subject: str, login: str = "new") -> Person:
    person = begin(invite(seats, login), login)
    asked = _send_out(person.client, "/me/link")
    assert _come_back(person.client, asked, subject) == "/me"
    return person


def test_whoever_linked_themselves_signs_in_through_the_provider(seats: Seats) -> None:
    _linked(seats, "justice-1")
    browser = Client()
    asked = _send_out(browser, "/sign-in/provider", next="/me")
    assert _come_back(browser, asked, "justice-1") == "/me"
    assert browser.get("/me").status_code == 200


def test_whom_nobody_linked_stays_outside_and_no_person_is_made(seats: Seats) -> None:
    before = list_persons(seats.node)
    browser = Client()
    asked = _send_out(browser, "/sign-in/provider")
    assert _come_back(browser, asked, "stranger") == "/sign-in"
    assert list_persons(seats.node) == before
    assert browser.get("/me").status_code == 302


def test_a_subject_is_linked_to_one_person_alone(seats: Seats) -> None:
    _linked(seats, "justice-2", "first")
    second = begin(invite(seats, "second"), "second")
    asked = _send_out(second.client, "/me/link")
    _come_back(second.client, asked, "justice-2")
    browser = Client()
    _come_back(browser, _send_out(browser, "/sign-in/provider"), "justice-2")
    assert b"first" in browser.get("/me").content


def test_whoever_is_retired_does_not_come_in_through_the_provider(seats: Seats) -> None:
    _linked(seats, "justice-3")
    retire_person(seats.node, ENROL, "xa-new")
    browser = Client()
    asked = _send_out(browser, "/sign-in/provider")
    assert _come_back(browser, asked, "justice-3") == "/sign-in"


def test_the_desk_asks_with_a_state_and_a_proof_of_possession(seats: Seats) -> None:
    assert seats.node.state == "XA"
    asked = parse_qs(urlsplit(_send_out(Client(), "/sign-in/provider")).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["state"]
    assert asked["scope"] == ["openid"]


def test_an_answer_that_another_browser_asked_for_is_refused(seats: Seats) -> None:
    _linked(seats, "justice-4")
    asked = _send_out(Client(), "/sign-in/provider")
    victim = Client()
    assert _come_back(victim, asked, "justice-4") == "/sign-in"
    assert victim.get("/me").status_code == 302


def test_an_answer_counts_once(seats: Seats) -> None:
    _linked(seats, "justice-5")
    browser = Client()
    asked = _send_out(browser, "/sign-in/provider")
    said = requests.post(asked, data={"sub": "justice-5"}, allow_redirects=False, timeout=10)
    back = urlsplit(said.headers["Location"])
    browser.get(f"{back.path}?{back.query}")
    browser.post("/sign-out")
    again = browser.get(f"{back.path}?{back.query}")
    assert again["Location"] == "/sign-in"


def test_who_presses_deny_stays_outside(seats: Seats) -> None:
    assert seats.node.state == "XA"
    browser = Client()
    asked = _send_out(browser, "/sign-in/provider")
    said = requests.post(asked, data={"action": "deny"}, allow_redirects=False, timeout=10)
    back = urlsplit(said.headers["Location"])
    assert browser.get(f"{back.path}?{back.query}")["Location"] == "/sign-in"


def test_nothing_is_sent_anywhere_by_a_link_alone(seats: Seats) -> None:
    assert seats.stranger().get("/sign-in/provider")["Location"] == "/sign-in"


def test_coming_through_the_provider_and_the_link_leave_traces(seats: Seats) -> None:
    _linked(seats, "justice-6")
    browser = Client()
    _come_back(browser, _send_out(browser, "/sign-in/provider"), "justice-6")
    says = {row.says for row in list_findings(seats.node)}
    assert "It is linked to the provider of sign-in." in says
    assert "It signed in with the provider of sign-in." in says


def test_a_token_whose_signature_is_not_the_providers_is_refused(
    seats: Seats, monkeypatch: pytest.MonkeyPatch
) -> None:
    _linked(seats, "justice-7")
    browser = Client()
    asked = _send_out(browser, "/sign-in/provider")
    real = requests.Session.request

    def forge(self: requests.Session, *args: object, **more: object) -> requests.Response:
        answer = real(self, *args, **more)  # type: ignore[arg-type] # passed on as it came
        if answer.url.endswith("/token"):
            told = answer.json()
            head, body, tag = told["id_token"].split(".")
            claims = json.loads(base64.urlsafe_b64decode(body + "=="))
            claims["name"] = "forged"
            body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
            told["id_token"] = f"{head}.{body}.{tag}"
            answer._content = json.dumps(told).encode()
        return answer

    monkeypatch.setattr(requests.Session, "request", forge)
    said = requests.post(asked, data={"sub": "justice-7"}, allow_redirects=False, timeout=10)
    back = urlsplit(said.headers["Location"])
    assert browser.get(f"{back.path}?{back.query}").status_code in {302, 503}
    assert browser.get("/me").status_code == 302
