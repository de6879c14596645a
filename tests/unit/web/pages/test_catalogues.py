"""Every word of the pages is there in Arabic, and the tool that says so notices what is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.pofile import read_po

from tests.seats import Seats, seats, sqlite_template
from tools import catalogues

__all__ = ["seats", "sqlite_template"]
AR = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : 3;\\n"

"""


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A room of one module and one template, outside the program."""
    folder = tmp_path / "parlour"
    (folder / "locale" / "ar" / "LC_MESSAGES").mkdir(parents=True)
    (folder / "views.py").write_text('_C: Final = "tea"\nsaid = _p(_C, "One %(cup)s")\n')
    (folder / "page.html").write_text('{% load i18n %}{% translate "Door" context "parlour" %}')
    monkeypatch.setattr(catalogues, "rooms", lambda: {"parlour": folder / "locale"})
    monkeypatch.setattr(catalogues, "ROOT", tmp_path)
    return folder


def write(room: Path, text: str) -> None:
    (room / "locale" / "ar" / "LC_MESSAGES" / "django.po").write_text(AR + text)


def said(capsys: pytest.CaptureFixture[str]) -> str:
    catalogues.check(["parlour"])
    return capsys.readouterr().out


WHOLE = """
msgctxt "tea"
msgid "One %(cup)s"
msgstr "%(cup)s واحد"

msgctxt "parlour"
msgid "Door"
msgstr "باب"
"""


@pytest.mark.parametrize("name", sorted(set(catalogues.rooms()) - {catalogues.LAW}))
def test_a_room_lacks_no_word_in_arabic(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert catalogues.check([name]) == 0, capsys.readouterr().out


def test_a_whole_catalogue_has_no_fault(room: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(room, WHOLE)
    assert not said(capsys)


def test_a_word_of_a_template_is_missed(room: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(room, WHOLE.replace("باب", ""))
    assert "missing: [parlour] Door" in said(capsys)


def test_a_word_whose_context_is_a_constant_is_missed(
    room: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(room, WHOLE.partition("msgctxt")[0])
    assert "missing: [tea] One %(cup)s" in said(capsys)


def test_a_place_that_was_lost_is_noticed(room: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(room, WHOLE.replace('msgstr "%(cup)s', 'msgstr "'))
    assert "its places differ: [tea] One %(cup)s" in said(capsys)


def test_a_word_that_nobody_says_any_more_is_noticed(
    room: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(room, WHOLE + '\nmsgid "Window"\nmsgstr "نافذة"\n')
    assert "left over: Window" in said(capsys)


def test_a_doubtful_word_is_noticed(room: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(room, WHOLE.replace('msgctxt "parlour"', '#, fuzzy\nmsgctxt "parlour"'))
    assert "doubtful (fuzzy): [parlour] Door" in said(capsys)


def test_a_language_begins_with_every_word_untranslated(room: Path) -> None:
    catalogues.update("fr", ["parlour"])
    path = room / "locale" / "fr" / "LC_MESSAGES" / "django.po"
    with path.open("rb") as stream:
        made: Catalog = read_po(stream)
    assert {(one.context, one.id): one.string for one in made if one.id} == {
        ("tea", "One %(cup)s"): "",
        ("parlour", "Door"): "",
    }


def test_what_is_translated_survives_an_update(room: Path) -> None:
    write(room, WHOLE)
    catalogues.update("ar", ["parlour"])
    found = catalogues.read_catalogue(room / "locale", "ar").get("Door", "parlour")
    assert found is not None
    assert found.string == "باب"


def test_a_standing_of_the_law_files_is_read_in_arabic(seats: Seats) -> None:
    shown = seats.sit("duty", language="ar").get("/law/processes/uncc/preservation")
    assert "البيانات المطلوبة محفوظة." in shown.content.decode()


def test_an_arabic_page_says_that_the_law_is_translated_as_a_draft(seats: Seats) -> None:
    shown = seats.sit("duty", language="ar").get("/").content.decode()
    assert "وترجمة ألفاظه مسودة كذلك" in shown
