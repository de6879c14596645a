from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from comity.base.errors import AskedWrongly, DoesNotVerify, OutOfReach
from comity.cli.law import app
from comity.law import load_book
from comity.law.rendering import render_book
from tests.lawbooks import BASE, change, copy_book


def _run(*words: str) -> Result:
    return CliRunner().invoke(app, [*words])


def _small(*words: str) -> Result:
    return _run(*words, "--root", str(BASE))


def test_check_says_that_the_carried_book_holds() -> None:
    done = _run("check")

    assert (done.exit_code, str(load_book().digest) in done.output) == (0, True)


def test_check_of_a_bad_book_ends_with_one_and_names_the_line(tmp_path: Path) -> None:
    book = copy_book(tmp_path)
    change(book, "tst/gates.yaml", "closes: [grant]", "closes: [gramt]")

    done = _run("check", "--root", str(book))

    assert done.exit_code == 1
    assert "tst/gates.yaml:2:68: " in done.output
    assert "Did you mean grant?" in done.output


def test_check_gives_faults_as_data(tmp_path: Path) -> None:
    book = copy_book(tmp_path)
    change(book, "tst/pack.yaml", "pack: tst", "pack: other")

    done = _run("check", "--json", "--root", str(book))

    data = json.loads(done.output)
    assert (data["holds"], data["faults"][0]["code"]) == (False, "law/bad-shape")


def test_check_gives_the_digest_as_data() -> None:
    data = json.loads(_small("check", "--json").output)

    assert data == {"holds": True, "digest": str(load_book(BASE).digest), "faults": []}


def test_show_alone_lists_what_there_is() -> None:
    assert "tst/help/hold" in _small("show").output


def test_show_alone_as_data_lists_what_there_is() -> None:
    assert json.loads(_small("show", "--json").output)["clocks"] == [
        "tst/help/answer",
        "tst/help/hold",
    ]


def test_show_of_a_provision_says_what_keeps_it() -> None:
    assert "step tst/help/refuse" in _small("show", "tst:1(2)(a)").output


def test_show_of_a_provision_as_data_says_what_keeps_it() -> None:
    data = json.loads(_small("show", "tst:40", "--json").output)

    assert [row["law"] for row in data["says"]] == ["tst:40", "tst:40(1)", "tst:40(10)"]
    assert "gate" in {row["kind"] for row in data["kept_by"]}


def test_show_of_a_process_tells_its_steps() -> None:
    assert "**refuse** – Help is refused." in _small("show", "process:help").output


def test_show_of_a_name_as_data_gives_what_was_found() -> None:
    data = json.loads(_small("show", "hold", "--json").output)

    assert [(row["kind"], row["content"]["length"]) for row in data["found"]] == [("clock", "P60D")]


@pytest.mark.parametrize("question", ["40.10", "no_such_thing", "tst:99"])
def test_show_of_what_is_not_there_is_asked_wrongly(question: str) -> None:
    assert isinstance(_small("show", question).exception, AskedWrongly)


def test_show_from_a_bad_book_does_not_verify(tmp_path: Path) -> None:
    book = copy_book(tmp_path)
    change(book, "tst/pack.yaml", "pack: tst", "pack: other")

    assert isinstance(_run("show", "--root", str(book)).exception, DoesNotVerify)


def test_render_writes_every_page(tmp_path: Path) -> None:
    done = _small("render", "--out", str(tmp_path))

    written = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.*")}
    assert (done.exit_code, written) == (0, set(render_book(load_book(BASE))))


@pytest.mark.parametrize("root", ["nowhere", "file"])
@pytest.mark.parametrize("verb", ["check", "show", "render"])
def test_a_root_that_is_no_folder_is_asked_wrongly(tmp_path: Path, verb: str, root: str) -> None:
    (tmp_path / "file").write_text("book: comity\n")
    raised = _run(verb, "--root", str(tmp_path / root)).exception

    assert isinstance(raised, AskedWrongly)
    assert str(tmp_path / root) in str(raised)
    assert "--root" in str(raised)


def test_pages_that_cannot_be_written_are_out_of_reach(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    raised = _small("render", "--out", str(tmp_path / "file" / "pages")).exception

    assert isinstance(raised, OutOfReach)
    assert "--out" in str(raised)
