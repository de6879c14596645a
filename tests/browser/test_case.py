"""A request from one State to another, through pages alone, as its people drive them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser

from comity.service.node import Officer
from comity.service.people import Newcomer, invite_person
from tests.browser.lenses import open_browser
from tests.browser.people import Person
from tests.browser.served import aside
from tests.live import LiveNode, live_nodes

ENROLMENT = Officer(actor="staff-1", role="enrolment_officer")
FACTS = "On 19 November 2026 the systems of a public hospital in Arvenia were encrypted."
DATA = "address: 203.0.113.7 port 443 at 2026-11-19T20:41:07Z"


@dataclass
class Two:
    """Two States' nodes, and a browser in which their people sit."""

    xa: LiveNode
    xb: LiveNode
    browser: Browser
    count: int = 0

    def seat(self, node: LiveNode, role: str = "duty_officer", **manner: Any) -> Person:
        """Seat a new person of a role, who began with a code as everybody does."""
        self.count += 1
        login = f"officer-{self.count}"
        language = str(manner.get("language", "en"))
        newcomer = Newcomer(login=login, roles=[role], actor=f"p-{self.count}")
        _, issued = aside(lambda: invite_person(node.open(), ENROLMENT, newcomer))
        context = self.browser.new_context(
            locale=language,
            java_script_enabled=manner.get("has_script") is not False,
            viewport={"width": 1024, "height": 800},
        )
        port = node.settings.desk.rpartition(":")[2]
        base = f"http://{node.settings.state.lower()}.localhost:{port}"
        by_keyboard = bool(manner.get("by_keyboard"))
        person = Person(context.new_page(), base, language, by_keyboard=by_keyboard)
        person.begins_with(issued.secret)
        return person


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    with live_nodes(tmp_path_factory.mktemp("case"), "XA", "XB") as (xa, xb):
        for node in (xa, xb):
            node.up(workers=1, wait=False)
        for node in (xa, xb):
            node.wait_until_up()
        with open_browser() as browser:
            yield Two(xa, xb, browser)


def send_a_request(officer: Person) -> str:
    """Open a request to Belmora's authority, write it page by page, send it; return its path."""
    officer.goes_to("/")
    officer.follows("Dossiers")
    officer.goes_to("/open")
    officer.ticks("we")
    officer.ticks("uncc/preservation")
    officer.chooses("Which State, and which authority?", "XB|XB-CA")
    officer.presses("Go on")
    officer.presses("Open the dossier")
    path = officer.page.url.removeprefix(officer.base).removesuffix("/form")
    officer.goes_to(f"{path}/form/pages/who")  # what the desk proposes there is right
    officer.presses("Save and go on")
    officer.goes_to(f"{path}/form/pages/case")
    officer.chooses("Offence", "uncc:10")
    officer.writes("Summary of the facts", FACTS)
    officer.presses("Save and go on")
    officer.writes("Data to preserve", DATA)
    officer.presses("Save and go on")
    officer.writes("Link of the data to the offence", "The malware spoke to this address.")
    officer.writes("Why preservation is necessary", "The host keeps logs for seven days.")
    officer.chooses("A request for mutual legal assistance will follow", "yes")
    officer.presses("Save and go on")
    officer.goes_to(f"{path}/form/pages/sending")
    officer.chooses("Language of the text", "en")
    officer.presses("Save and go on")
    officer.goes_to(f"{path}/form/check")
    officer.presses("Sign and send")
    return path


def acknowledge(officer: Person, path: str) -> None:
    """Acknowledge what arrived; the next steps are then open."""
    officer.waits_to_see("Acknowledge the request", path)
    officer.takes("Acknowledge the request")
    officer.presses("Sign and send")
    officer.goes_to(path)
    officer.sees("Screen for protected rights")


@pytest.mark.slow
@pytest.mark.parametrize("manner", [{}, {"has_script": False}], ids=["by mouse", "without script"])
def test_a_request_is_written_sent_received_and_acknowledged(
    two: Two, manner: dict[str, Any]
) -> None:
    ours, theirs = two.seat(two.xa, **manner), two.seat(two.xb, **manner)
    acknowledge(theirs, send_a_request(ours))
