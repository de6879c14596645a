"""Papers and folder, as others read them: poppler, pypdf, zipfile, sha256sum and openssl."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.http.response import HttpResponseBase

from comity.app import databases
from comity.base import Digest, Ident, canonical_bytes
from comity.service.reading import show_content
from comity.web.pages.papers.archive import Entry, write_zip
from comity.web.pages.papers.folder import _safe
from comity.web.pages.papers.readme import COMMANDS
from comity.web.pages.papers.tcy import LABELS, _templates
from comity.web.paper.press import open_press
from tests import papers
from tests.nodes import make_desk
from tests.papers import (
    HOSTILE,
    pages_of,
    reader,
    require_press,
    root_of,
    send_request,
    taken_out,
    words_of,
)
from tests.seats import Seats, open_seats, seats, serve_seats, sqlite_template
from tests.steady import HandClock
from tests.world import book

__all__ = ["seats", "sqlite_template"]


@dataclass
class Case:
    """A request that was sent, and its papers, printed once for all tests."""

    seats: Seats
    alias: str
    dossier: Ident
    act: Digest
    pdf: dict[str, bytes] = field(default_factory=dict)

    def get(self, login: str, path: str, **query: str) -> HttpResponseBase:
        client = self.seats.sit(login)
        return client.get(f"/dossiers/{self.dossier}/{path}", query)


@pytest.fixture
def case(printed: Case) -> Iterator[Case]:
    """Yield the case that was printed, served: a test before may have served another node."""
    with serve_seats(printed.seats, printed.alias):
        yield printed
    connections.close_all()


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Case:
    """Return a case whose form is partly hostile, partly Arabic."""
    require_press()
    folder = tmp_path_factory.mktemp("papers")
    path = folder / "node.sqlite3"
    shutil.copy(sqlite_template, path)
    alias = f"papers {path}"
    store = databases.open_database(alias, databases.sqlite_settings(path))
    desk = make_desk(store, folder)
    with open_seats(replace(desk, node=replace(desk.node, book=book())), alias) as opened:
        dossier, act = send_request(
            opened, custodian=HOSTILE.replace("\u202e", ""), location=papers.ARABIC
        )
        made = Case(opened, alias, dossier, act)
        for kind, language in (("request", "en"), ("request", "ar"), ("register", "en")):
            answer = made.get("ca", f"paper/{kind}", language=language)
            made.pdf[f"{kind} {language}"] = answer.content  # type: ignore[attr-defined] # a response
    connections.close_all()
    return made


@pytest.mark.parametrize("name", ["request en", "request ar", "register en"])
def test_a_paper_says_that_it_is_pdf_a(case: Case, name: str, tmp_path: Path) -> None:
    told = reader(case.pdf[name], tmp_path).xmp_metadata
    assert told is not None
    assert (told.pdfaid_part, told.pdfaid_conformance) == ("3", "U")


def test_a_paper_names_the_colours_that_it_is_printed_in(case: Case, tmp_path: Path) -> None:
    root = root_of(case.pdf["request en"], tmp_path)
    intent = root["/OutputIntents"][0]
    assert intent["/S"] == "/GTS_PDFA1"
    assert intent["/DestOutputProfile"].get_object()["/N"] == 3


def test_a_paper_is_tagged_and_names_its_language(case: Case, tmp_path: Path) -> None:
    root = root_of(case.pdf["request ar"], tmp_path)
    assert root["/MarkInfo"]["/Marked"].value is True
    assert (root["/Lang"], "/StructTreeRoot" in root) == ("ar", True)


def test_a_paper_runs_nothing_and_links_nowhere(case: Case, tmp_path: Path) -> None:
    for name, pdf in case.pdf.items():
        found = reader(pdf, tmp_path)
        root = root_of(pdf, tmp_path)
        assert not {"/OpenAction", "/AA", "/AcroForm"} & set(root), name
        assert "/JavaScript" not in root.get("/Names", {}), name
        assert not any("/Annots" in page for page in found.pages), name


def test_every_font_is_embedded(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "paper.pdf"
    path.write_bytes(case.pdf["request ar"])
    told = subprocess.run(["pdffonts", str(path)], check=True, capture_output=True).stdout.decode()
    fonts = told.splitlines()[2:]
    assert fonts
    assert all(line.split()[-5:-2] == ["yes", "yes", "yes"] for line in fonts)


def test_the_files_within_are_those_that_were_signed(case: Case, tmp_path: Path) -> None:
    found = taken_out(case.pdf["request en"], tmp_path)
    with case.seats.node.store.view() as unit:
        (row,) = unit.acts.find(chain=case.dossier, track="exchanged")
    assert found["act.dsse.json"] == row.envelope
    assert Digest.of(found["act.json"]) == case.act


def test_the_form_within_is_the_one_that_the_act_covers(case: Case, tmp_path: Path) -> None:
    found = taken_out(case.pdf["request en"], tmp_path)
    act, content = json.loads(found["act.json"]), found["content.json"]
    assert act["covers"]["content"] == str(Digest.of(content))
    values = dict(show_content(case.seats.node, case.dossier, Digest.of(content)))
    assert canonical_bytes(json.loads(content)["values"]) == canonical_bytes(values)


def test_pypdf_finds_the_same_files_as_poppler(case: Case, tmp_path: Path) -> None:
    found = reader(case.pdf["request ar"], tmp_path).attachments
    assert {name: data[0] for name, data in found.items()} == taken_out(
        case.pdf["request ar"], tmp_path
    )


def test_the_commands_on_a_paper_check_it(case: Case, tmp_path: Path) -> None:
    out = _run_commands(case.pdf["request en"], tmp_path)
    assert "Signature Verified Successfully" in out
    assert case.act.hex in out


def test_the_commands_on_a_paper_notice_one_changed_byte(case: Case, tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        _run_commands(case.pdf["request en"], tmp_path, spoil="act.json")


def test_every_page_says_whose_it_is_and_that_it_is_an_exercise(case: Case, tmp_path: Path) -> None:
    pages = pages_of(case.pdf["request en"], tmp_path)
    assert len(pages) > 1
    for at, page in enumerate(pages, 1):
        told = " ".join(page.split())
        assert "Arvenia · XA central authority" in told
        assert "Exercise: it binds nobody XA-26-0042" in told
        assert f"Page {at} of {len(pages)}" in told
        assert case.act.hex in told.replace(" ", "")


def test_every_arabic_page_says_so_in_arabic(case: Case, tmp_path: Path) -> None:
    pages = pages_of(case.pdf["request ar"], tmp_path)
    assert len(pages) > 1
    for page in pages:
        assert "غير ملزم" in _bare(page)


def test_arabic_words_are_read_in_their_order(case: Case, tmp_path: Path) -> None:
    told = _bare(words_of(case.pdf["request ar"], tmp_path))
    wanted = ["طلب حفظ بيانات إلكترونية", "الطرف الطالب", "موجز الوقائع", "صلة البيانات بالجريمة"]
    places = [told.index(one) for one in wanted]
    assert places == sorted(places)
    assert papers.ARABIC.replace("\u0651", "") in told


def test_latin_in_an_arabic_paper_runs_from_left_to_right(case: Case, tmp_path: Path) -> None:
    told = words_of(case.pdf["request ar"], tmp_path)
    for said in ("XA-26-0042", "203.0.113.7", "2026-11-19T20:41:07Z", papers.FACTS.split(".")[0]):
        assert said in " ".join(told.split())


def test_hostile_text_stands_on_the_paper_as_it_was_written(case: Case, tmp_path: Path) -> None:
    told = " ".join(words_of(case.pdf["request en"], tmp_path).split())
    assert "<img src=x onerror=alert(1)>" in told
    assert "fetch('http://evil.example')" in told


def test_a_paper_printed_again_is_the_same(case: Case) -> None:
    again = case.get("ca", "paper/request", language="en", act=str(case.act))
    assert again.content == case.pdf["request en"]  # type: ignore[attr-defined] # a response


def test_a_paper_bears_the_times_of_its_act(case: Case, tmp_path: Path) -> None:
    told = reader(case.pdf["request en"], tmp_path).metadata
    act = json.loads(taken_out(case.pdf["request en"], tmp_path)["act.json"])
    assert told is not None
    assert told.creation_date is not None
    assert told.creation_date.strftime("%Y-%m-%dT%H:%M:%SZ") == act["at"]


def test_the_register_entry_shows_no_content(case: Case, tmp_path: Path) -> None:
    found = taken_out(case.pdf["register en"], tmp_path)
    assert set(found) == {"register.json"}
    assert papers.FACTS not in words_of(case.pdf["register en"], tmp_path)


@pytest.mark.parametrize("kind", ["request", "decision", "order", "tcy"])
def test_who_sees_no_content_gets_no_paper_that_shows_it(case: Case, kind: str) -> None:
    assert case.get("watch", f"paper/{kind}", language="en").status_code == 403


def test_an_operator_sees_no_paper_at_all(case: Case) -> None:
    assert case.get("ops", "paper/register", language="en").status_code == 403


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("paper/poem", {"language": "en"}, 400),
        ("paper/request", {"language": "xx"}, 400),
        ("paper/request", {"language": "../../etc"}, 400),
        ("paper/request", {"language": "en", "act": "sha256:12"}, 422),
        ("paper/request", {"language": "en", "act": "sha256:" + "0" * 64}, 400),
        ("paper/decision", {"language": "en"}, 400),
        ("folder", {"language": "xx"}, 400),
    ],
)
def test_what_cannot_be_printed_is_said_on_a_page(
    case: Case, path: str, query: dict[str, str], status: int
) -> None:
    answer = case.get("ca", path, **query)
    assert answer.status_code == status
    assert answer["Content-Type"].startswith("text/html")


def test_the_page_of_papers_offers_what_there_is(case: Case) -> None:
    shown = case.get("ca", "papers").content.decode()  # type: ignore[attr-defined] # a response
    assert "/paper/request?language=ar" in shown
    assert "/paper/order?" not in shown
    assert "There is nothing of it in this dossier yet." in shown


def test_oversight_is_told_that_the_folder_has_no_content(case: Case) -> None:
    shown = case.get("watch", "folder").content.decode()  # type: ignore[attr-defined] # a response
    assert "Your role sees no content, so the folder has none" in shown


def test_the_folder_checks_with_the_commands_of_its_own_readme(case: Case, tmp_path: Path) -> None:
    place = _unpack(case, tmp_path, "ca")
    told = (place / "README.txt").read_text("utf-8")
    lines = [line.removeprefix("    ") for line in told.splitlines() if line.startswith("    ")]
    assert "\n".join(COMMANDS.splitlines()) in "\n".join(lines)
    assert _check(place) == "All was looked at.\n"


@pytest.mark.parametrize("name", ["act.json", "content.json", "act.ed25519.sig", "act.key.json"])
def test_the_folder_does_not_check_once_a_file_is_changed(
    case: Case, tmp_path: Path, name: str
) -> None:
    place = _unpack(case, tmp_path, "ca")
    (path,) = place.glob(f"acts/*-exchanged-XA-send/{name}")
    data = bytearray(path.read_bytes())
    data[-3] ^= 1
    path.write_bytes(data)
    assert _check(place).count("FAILED") >= 2


def test_the_folder_of_oversight_holds_acts_and_no_content(case: Case, tmp_path: Path) -> None:
    place = _unpack(case, tmp_path, "watch")
    assert list(place.glob("acts/*/act.json"))
    assert not list(place.glob("acts/*/content.json"))
    assert b"WITHOUT CONTENT" in (place / "README.txt").read_bytes()
    everything = b"".join(one.read_bytes() for one in place.rglob("*") if one.is_file())
    assert papers.FACTS.encode() not in everything


def test_the_folder_holds_the_papers_that_it_was_asked_for(case: Case) -> None:
    answer = case.get("ca", "folder", language="en")
    packed = b"".join(answer.streaming_content)  # type: ignore[attr-defined] # a stream
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.testzip() is None
        found = [name for name in archive.namelist() if name.endswith(".pdf")]
        assert len(found) == 2
        (request,) = [name for name in found if "request" in name]
        assert archive.read(request) == case.pdf["request en"]


def test_a_zip_is_read_by_the_systems_own_reader(tmp_path: Path) -> None:
    at = HandClock().now()
    entries = [Entry(name=f"x/{n}.json", data=b"a" * n, at=at) for n in range(3)]
    path = tmp_path / "x.zip"
    path.write_bytes(b"".join(write_zip(entries)))
    unzip = shutil.which("unzip")
    if unzip is None:
        pytest.skip("NOT RUN: unzip is not here")
    subprocess.run([unzip, "-t", str(path)], check=True, capture_output=True)


def test_a_zip_that_broke_off_opens_nowhere() -> None:
    at = HandClock().now()
    stream = write_zip(Entry(name=f"{n}", data=b"a" * 99, at=at) for n in range(3))
    begun = next(stream) + next(stream)
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(begun))


@pytest.mark.parametrize("name", ["a/../../b", "..", "a:b", "C:\\x", "a b"])
def test_no_name_leads_out_of_the_folder(name: str) -> None:
    safe = _safe(name)
    assert not {"/", "\\", ":", " "} & set(safe)
    assert safe not in {".", ".."}


def test_a_text_of_many_pages_is_printed_to_its_end(seats: Seats, tmp_path: Path) -> None:
    require_press()
    facts = " ".join(f"fact{number}." for number in range(2000))
    dossier, _act = send_request(seats, facts=facts)
    answer: Any = seats.sit("ca").get(f"/dossiers/{dossier}/paper/request", {"language": "en"})
    told = words_of(answer.content, tmp_path)
    assert all(f"fact{number}." in told for number in range(2000))


def test_the_template_says_of_each_row_how_well_it_is_known(seats: Seats, tmp_path: Path) -> None:
    require_press()
    dossier, _act = send_request(seats, "budapest/preservation")
    answer: Any = seats.sit("ca").get(f"/dossiers/{dossier}/paper/tcy", {"language": "en"})
    told = " ".join(words_of(answer.content, tmp_path).split())
    assert "T-CY(2018)11" in told
    assert "none was compared with the original" in told
    assert told.count("row seen in a copy of the template") == 7
    assert "from memory; not compared with the original" in told
    assert papers.FACTS in told


def test_every_row_of_the_templates_has_words_for_the_catalogues() -> None:
    rows = [row for one in _templates().values() for row in one.rows]
    assert {str(row["label"]) for row in rows} | {
        one.title for one in _templates().values()
    } == set(LABELS)


def test_without_what_sets_papers_the_page_says_what_to_install(
    seats: Seats, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    dossier, _act = send_request(seats)
    broken = tmp_path / "broken"
    broken.write_text('#!/bin/sh\nread -r line\necho \'{"trouble": "absent"}\'\ncat > /dev/null\n')
    broken.chmod(0o700)
    monkeypatch.setattr("comity.web.paper.press.sys.executable", str(broken))
    answer: Any = seats.sit("ca").get(f"/dossiers/{dossier}/paper/register", {"language": "en"})
    assert answer.status_code == 503
    assert "apt install libpangoft2-1.0-0 fonts-noto-core" in answer.content.decode()


def test_a_press_is_not_asked_before_a_paper_is() -> None:
    with open_press() as press:
        assert press._process.poll() is None


def _bare(said: str) -> str:
    """Return Arabic without vowel signs, and without the marks that poppler adds for direction."""
    signs = dict.fromkeys((*range(1611, 1619), *range(8234, 8239), 8206, 8207))
    return " ".join(said.translate(signs).split())


def _run_commands(pdf: bytes, folder: Path, spoil: str = "") -> str:
    """Run the commands that stand on the paper, as pypdf reads them there."""
    (folder / "paper.pdf").write_bytes(pdf)
    found = taken_out(pdf, folder)
    told = " ".join(words_of(pdf, folder).split())
    begins = "(printf 'DSSEv1"
    prepare = told[told.index(begins) : told.index("> act.pae") + len("> act.pae")]
    verify = told[told.index("openssl pkeyutl") :]
    verify = verify[: verify.index("act.ed25519.sig") + len("act.ed25519.sig")]
    out = folder / "out"
    if spoil:
        data = bytearray(found[spoil])
        data[len(data) // 2] ^= 1
        (out / spoil).write_bytes(data)
    script = f"set -e\nsha256sum act.json\n{prepare}\n{verify}\n"
    ran = subprocess.run(["sh", "-c", script], cwd=out, check=True, capture_output=True)
    return ran.stdout.decode()


def _unpack(case: Case, folder: Path, login: str) -> Path:
    answer = case.get(login, "folder", language="en", papers="no")
    packed = b"".join(answer.streaming_content)  # type: ignore[attr-defined] # a stream
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        archive.extractall(folder)
    return folder / str(case.dossier)


def _check(place: Path) -> str:
    ran = subprocess.run(["sh", "-c", COMMANDS], cwd=place, check=False, capture_output=True)
    return ran.stdout.decode()
