"""The room of evidence: bring in, seal, check, custody, open, disclose; who sees what."""

from __future__ import annotations

import io
import re
import tarfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from comity.app.work import run_due
from comity.base import Ident
from comity.evidence import FolderSource, Vouched, check_package
from comity.service.reading import show_dossier
from comity.service.requests import Opening, open_dossier
from tests.nodes import OFFICER
from tests.seats import Seats, seats, sqlite_template

__all__ = ["seats", "sqlite_template"]

FILES = {"one.log": b"first\n", "two.log": b"second, and longer\n", "three.log": b""}


def once(text: str) -> str:
    found = re.search(r'name="once" value="([^"]+)"', text)
    assert found
    return found[1]


def send(client: Any, address: str, **fields: Any) -> Any:
    """Load a form and send it, as a browser does."""
    key = once(client.get(address).content.decode())
    return client.post(address, {"once": key, **fields})


@pytest.fixture
def dossier(seats: Seats) -> Ident:
    opening = Opening(
        process="uncc/preservation",
        counterpart="XB",
        authority="XB-CA",
        basis="uncc",
        channel="letter",
    )
    return open_dossier(seats.node, OFFICER, opening)


@pytest.fixture
def package(seats: Seats, dossier: Ident) -> Ident:
    """A package that was brought in and sealed through the pages."""
    client = seats.sit("pros")
    files = [SimpleUploadedFile(name, data) for name, data in FILES.items() if data]
    send(client, f"/dossiers/{dossier}/intakes", brought=files, origin="a host")
    assert [one.error for one in run_due(seats.node)] == [None]
    intake = show_dossier(seats.node, dossier).intakes[0].job
    send(client, f"/dossiers/{dossier}/seals/{intake}")
    assert [one.error for one in run_due(seats.node)] == [None]
    return show_dossier(seats.node, dossier).packages[0].ident


def shown(seats: Seats, address: str, login: str = "pros", **more: Any) -> str:
    answer = seats.sit(login, **more).get(address)
    assert answer.status_code == 200, answer.content[:500]
    return str(answer.content.decode())


def test_an_empty_list_teaches_the_first_step(seats: Seats, dossier: Ident) -> None:
    page = shown(seats, f"/dossiers/{dossier}/evidence")
    assert "There is no package yet." in page
    assert f'href="/dossiers/{dossier}/intakes"' in page


def test_a_form_that_names_nothing_is_refused(seats: Seats, dossier: Ident) -> None:
    answer = send(seats.sit("pros"), f"/dossiers/{dossier}/intakes")
    assert "Choose something that is here, or a file." in answer.content.decode()


def test_work_that_waits_is_shown_and_refreshes(seats: Seats, dossier: Ident) -> None:
    file = SimpleUploadedFile("a", b"x")
    send(seats.sit("pros"), f"/dossiers/{dossier}/intakes", brought=[file])
    page = shown(seats, f"/dossiers/{dossier}/evidence")
    assert "Evidence is being taken in" in page
    assert 'hx-trigger="every 5s"' in page


def test_nothing_refreshes_once_the_work_is_done(seats: Seats, package: Ident) -> None:
    with seats.node.store.view() as unit:
        dossier = unit.packages.get(package).dossier
    assert "hx-trigger" not in shown(seats, f"/dossiers/{dossier}/evidence").split("<main")[1]


def test_a_form_sent_twice_takes_in_once(seats: Seats, dossier: Ident) -> None:
    client = seats.sit("pros")
    address = f"/dossiers/{dossier}/intakes"
    key = once(client.get(address).content.decode())
    for _ in range(2):
        client.post(address, {"once": key, "brought": [SimpleUploadedFile("a", b"x")]})
    with seats.node.store.view() as unit:
        assert unit.jobs.count(dossier=dossier) == 1


def test_every_object_stands_in_the_table(seats: Seats, package: Ident) -> None:
    page = shown(seats, f"/packages/{package}")
    assert all(name in page for name in ("one.log", "two.log"))


def test_reading_every_byte_makes_thirteen_checks(seats: Seats, package: Ident) -> None:
    page = shown(seats, f"/packages/{package}?check=all")
    assert page.count("How a stranger repeats this check") == 13
    assert "13 checks passed" in page


def test_passed_is_said_to_be_no_word_on_lawfulness(seats: Seats, package: Ident) -> None:
    assert "It says nothing of lawfulness, admissibility or truth." in shown(
        seats, f"/packages/{package}"
    )


def test_every_command_is_one_that_the_documents_have(seats: Seats, package: Ident) -> None:
    page = shown(seats, f"/packages/{package}?check=all")
    told = "".join(
        Path("docs", name).read_text() for name in ("protocol/package.md", "protocol/keys.md")
    )
    commands = re.findall(r'<pre class="command"[^>]*><code>([^<]+)</code>', page)
    words = {re.split(r"[ ]", one.replace("&amp;&amp;", "&&"))[0] for one in commands}
    assert words <= {"comity", "cd", "bagit.py", "openssl", "sha256sum"}
    assert all(f"{one} " in told for one in words - {"comity"})


def test_who_may_not_read_content_sees_no_name(seats: Seats, package: Ident) -> None:
    page = shown(seats, f"/packages/{package}", "watch")
    assert "one.log" not in page
    assert "Names, digests and checks of objects are content." in page


def test_the_operator_does_not_open_a_package(seats: Seats, package: Ident) -> None:
    assert seats.sit("ops").get(f"/packages/{package}").status_code == 403


def test_custody_lists_every_crossing_that_it_draws(seats: Seats, package: Ident) -> None:
    page = shown(seats, f"/packages/{package}/custody")
    numbers = re.findall(r'class="ford-number"[^>]*>(\d+)<', page)
    listed = page.split('<ol class="crossings">')[1].split("</ol>")[0]
    assert numbers == ["1", "2"]
    assert listed.count("<li>") == 2


def test_the_river_is_mirrored_in_arabic(seats: Seats, package: Ident) -> None:
    address = f"/packages/{package}/custody"
    plain = re.findall(r'<circle[^>]*cx="(\d+)"', shown(seats, address))
    mirrored = re.findall(r'<circle[^>]*cx="(\d+)"', shown(seats, address, language="ar"))
    assert [400 - int(one) for one in mirrored] == [int(one) for one in plain]


def test_opening_hands_out_a_package_that_verifies(
    seats: Seats, package: Ident, tmp_path: Path
) -> None:
    answer = send(
        seats.sit("pros"), f"/packages/{package}/open", purpose="stated", reasons="The trial."
    )
    with tarfile.open(fileobj=io.BytesIO(b"".join(answer.streaming_content))) as tar:
        tar.extractall(tmp_path / "out", filter="data")
    place = tmp_path / "out" / str(package)
    trust = [Vouched(card=seats.node.sealer.card)]
    assert check_package(FolderSource(place), trust).report.verdict.value == "passed"


def test_an_opening_is_a_crossing_of_its_own(seats: Seats, package: Ident) -> None:
    answer = send(
        seats.sit("pros"), f"/packages/{package}/open", purpose="stated", reasons="The trial."
    )
    b"".join(answer.streaming_content)
    assert 'class="branch"' in shown(seats, f"/packages/{package}/custody")


def test_nothing_is_opened_without_reasons(seats: Seats, package: Ident) -> None:
    answer = send(seats.sit("pros"), f"/packages/{package}/open", purpose="stated")
    assert answer["Content-Type"].startswith("text/html")
    assert 'class="problem"' in answer.content.decode()


def test_a_part_shows_the_chosen_objects_alone(seats: Seats, package: Ident) -> None:
    answer = send(
        seats.sit("pros"),
        f"/packages/{package}/disclose",
        serials="1",
        to="The defence",
        purpose="stated",
        reasons="Asked for.",
    )
    with tarfile.open(fileobj=io.BytesIO(b"".join(answer.streaming_content))) as tar:
        names = [one for one in tar.getnames() if "/objects/" in one]
    assert len(names) == 1


@pytest.mark.parametrize("text", ["0", "x", "2-1", "1-999999", "1;2", "-1"])
def test_numbers_that_are_none_are_refused(seats: Seats, package: Ident, text: str) -> None:
    fields = {"serials": text, "to": "x", "purpose": "stated", "reasons": "y"}
    answer = send(seats.sit("pros"), f"/packages/{package}/disclose", **fields)
    assert answer["Content-Type"].startswith("text/html")


def test_an_object_that_is_not_there_is_told_and_what_was_written_stays(
    seats: Seats, package: Ident
) -> None:
    fields = {"serials": "9", "to": "The defence", "purpose": "stated", "reasons": "Why not."}
    page = send(seats.sit("pros"), f"/packages/{package}/disclose", **fields).content.decode()
    assert 'class="problem"' in page
    assert "Why not." in page


@pytest.mark.parametrize("address", ["packages/{}", "packages/{}/custody", "transfers/{}"])
@pytest.mark.parametrize("name", ["x", "pkg_" + "0" * 26, "xfr_" + "0" * 26, "dos_" + "0" * 26])
def test_what_is_not_there_is_no_page(seats: Seats, address: str, name: str) -> None:
    assert seats.sit("pros").get("/" + address.format(name)).status_code in {400, 404, 422}


def test_a_form_over_its_bound_is_refused(seats: Seats, dossier: Ident) -> None:
    answer = seats.sit("pros").post(
        f"/dossiers/{dossier}/intakes",
        b"x",
        content_type="multipart/form-data; boundary=b",
        CONTENT_LENGTH=str(1 << 40),
    )
    assert answer.status_code == 413


def test_what_was_seen_before_tells_how_fast_it_goes(seats: Seats, dossier: Ident) -> None:
    page = seats.sit("pros").get(
        f"/dossiers/{dossier}/evidence/progress?seen=x&seen=xfr_1+-1+now&seen=a+1+b+c"
    )
    assert page.status_code == 200
