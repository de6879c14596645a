from __future__ import annotations

import re
import types
from pathlib import Path

import pytest

from comity.law import Book, LawFault, load_book
from tests.lawbooks import BASE, change, copy_book

FILES = sorted(str(path.relative_to(BASE)) for path in BASE.rglob("*.yaml"))


def _digest(root: Path) -> str:
    return str(load_book(root).digest)


@pytest.mark.parametrize("file", FILES)
def test_a_comment_does_not_change_the_digest(file: str, tmp_path: Path) -> None:
    book = copy_book(tmp_path)
    text = (book / file).read_text("utf-8")
    (book / file).write_text(f"# a remark\n{text}\n# another\n", "utf-8")

    assert _digest(book) == _digest(BASE)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("tst/pack.yaml", "pack: tst\ntitle: A treaty", "title: A treaty"),
        ("tst/pack.yaml", 'in_force: "no"', "in_force: no"),
        ("tst/processes/help.yaml", "from: [drafting]", "from:   [ drafting ]"),
    ],
)
def test_layout_does_not_change_the_digest(file: str, old: str, new: str, tmp_path: Path) -> None:
    book = copy_book(tmp_path)
    change(book, file, old, new)
    if "pack: tst" in old:
        (book / file).write_text((book / file).read_text("utf-8") + "pack: tst\n", "utf-8")

    assert _digest(book) == _digest(BASE)


def test_the_name_and_order_of_clock_files_do_not_change_the_digest(tmp_path: Path) -> None:
    books = [copy_book(tmp_path / name) for name in "ab"]
    first, *rows = (BASE / "tst/clocks/help.yaml").read_text("utf-8").splitlines(keepends=True)
    for book, order in zip(books, (rows, rows[::-1]), strict=True):
        (book / "tst/clocks/help.yaml").unlink()
        for name, row in zip("xy", order, strict=True):
            (book / f"tst/clocks/{name}.yaml").write_text(first + row, "utf-8")

    assert _digest(books[0]) == _digest(books[1])


@pytest.mark.parametrize("file", FILES)
def test_a_change_of_any_word_changes_the_digest_or_is_refused(file: str, tmp_path: Path) -> None:
    text = (BASE / file).read_text("utf-8")
    for number, match in enumerate(re.finditer(r": \"?([\w ]{4,})", text)):
        book = copy_book(tmp_path / str(number))
        changed = f"{text[: match.start(1)]}{match[1]}x{text[match.end(1) :]}"
        (book / file).write_text(changed, "utf-8")
        try:
            assert _digest(book) != _digest(BASE), match[0]
        except LawFault:
            continue


def test_the_digest_is_of_the_canonical_form_and_stays_what_it_is() -> None:
    # for other implementers: canonical JSON of {"type", "files": {kind: {pack: [content …]}}}
    assert _digest(BASE) == (
        "sha256:4f33f3b6a534f94eb07d480028fffebc213b7c228e60fd41d93cbac12a3a9f18"
    )


@pytest.fixture(scope="module")
def book() -> Book:
    return load_book(BASE)


def test_the_book_that_is_carried_is_read_once() -> None:
    assert load_book() is load_book()


def test_the_book_cannot_be_changed(book: Book) -> None:
    tables = [book.packs, book.processes, book.forms, book.clocks, book.states, book.needs]

    assert {type(table) for table in tables} == {types.MappingProxyType}


def test_keys_are_pack_and_name(book: Book) -> None:
    assert (list(book.forms), list(book.clocks)) == (
        ["tst/help"],
        ["tst/help/answer", "tst/help/hold"],
    )


def test_forms_clocks_grounds_and_gates_are_found_by_process(book: Book) -> None:
    found = (
        book.forms_of("tst/help"),
        book.clocks_of("tst/help"),
        book.grounds_of("tst/help"),
        book.gates_of("tst/help"),
    )

    assert [len(one) for one in found] == [1, 2, 2, 1]


def test_nothing_is_found_for_a_process_that_is_not(book: Book) -> None:
    assert [*book.clocks_of("tst/halp"), *book.gates_of("tst/halp")] == []


def test_gates_are_found_by_the_step_that_they_close(book: Book) -> None:
    assert [len(book.gates_of("tst/help", step)) for step in ("grant", "refuse")] == [1, 0]


def test_a_states_own_clocks_are_in_its_profile_alone(book: Book) -> None:
    assert list(book.states["XA"].clocks) == ["order_lapses"]
    assert "tst/help/order_lapses" not in book.clocks


def test_a_rule_without_level_of_its_own_has_that_of_its_provision(book: Book) -> None:
    step = book.processes["tst/help"].steps["refuse"]

    assert (step.level.value, step.basis) == ("draft-unsourced", "(unverified)")


def test_a_states_own_law_is_backed_by_who_vouches_for_the_file(book: Book) -> None:
    assert book.states["XA"].gates["judge"].level.value == "official"


def test_everything_knows_its_file_and_line(book: Book) -> None:
    assert str(book.processes["tst/help"].steps["grant"].place) == "tst/processes/help.yaml:16:5"


def test_keepers_are_written_in_full(book: Book) -> None:
    assert book.safeguards["tst/one_case"].kept_by == (
        "gate:tst/order",
        "form:tst/help/facts",
        "step:tst/help/note",
        "clock:tst/help/hold",
        "ground:tst/sovereignty",
        "need:form_complete",
    )


@pytest.mark.parametrize(
    ("asking", "asked", "first", "prevails"),
    [
        ("close", "grant", "close", "close"),
        ("close", "ask", "ask", None),
        ("tell", "refuse", "tell", "refuse"),
    ],
)
def test_a_crossing_says_what_comes_first_and_what_prevails(
    book: Book, asking: str, asked: str, first: str, prevails: str | None
) -> None:
    crossing = book.processes["tst/help"].crossing(asking, asked)

    assert crossing is not None
    assert (crossing.first, crossing.prevails) == (first, prevails)


def test_two_steps_that_stay_have_no_crossing(book: Book) -> None:
    assert book.processes["tst/help"].crossing("tell", "ask") is None


def test_a_clock_that_is_asked_has_no_length(tmp_path: Path) -> None:
    root = copy_book(tmp_path)
    change(root, "tst/clocks/help.yaml", "length: P3D", "length: asked")

    assert load_book(root).clocks["tst/help/answer"].length is None


def test_a_reviewed_line_names_who_reviewed_it(tmp_path: Path) -> None:
    root = copy_book(tmp_path)
    old = "force: shall, level: draft-sourced, basis: T"
    change(root, "tst/outline.yaml", old, "force: shall, level: reviewed, basis: reviewed by A. B.")

    assert load_book(root).packs["tst"].articles[0].level.value == "reviewed"


def test_a_real_state_is_official_by_a_name_and_a_day(tmp_path: Path) -> None:
    root = copy_book(tmp_path)
    text = (root / "states/XA.yaml").read_text("utf-8").replace("XA", "NO")
    text = text.replace('exercise: "yes"', 'exercise: "no"')
    text = text.replace("note: exercise State", 'note: signed, by: A. B., on: "2026-11-21"')
    (root / "states/XA.yaml").unlink()
    (root / "states/NO.yaml").write_text(text, "utf-8")

    assert load_book(root).states["NO"].vouched.by == "A. B."


def test_a_process_of_another_pack_is_named_with_its_pack(tmp_path: Path) -> None:
    root = copy_book(tmp_path)
    change(root, "tst/gates.yaml", "processes: [help]", "processes: [tst/help]")

    assert load_book(root).gates["tst/order"].processes == ("tst/help",)
