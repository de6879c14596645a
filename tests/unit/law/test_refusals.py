"""Each bad law file of the vectors is refused: for the right reason, at the right line."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path

import pytest

from comity.law import Book, LawFault, examine_book, load_book
from comity.law.loading import faults as kinds
from tests.lawbooks import BASE, VECTORS, Vector, change, copy_book, read_vectors

ALL = read_vectors()


@functools.cache
def _examine(vector: Vector) -> tuple[Book | None, tuple[LawFault, ...]]:
    with tempfile.TemporaryDirectory() as folder:
        return examine_book(vector.lay(Path(folder)))


def _named(faults: tuple[LawFault, ...], vector: Vector) -> list[LawFault]:
    return [fault for fault in faults if fault.code == vector.code]


def test_the_book_that_the_vectors_change_holds() -> None:
    book, faults = examine_book(BASE)

    assert book is not None, faults


@pytest.mark.parametrize("vector", ALL, ids=lambda vector: vector.name)
def test_bad_file_is_refused_at_its_line_for_its_reason(vector: Vector) -> None:
    book, faults = _examine(vector)

    assert book is None
    said = [fault for fault in _named(faults, vector) if fault.place.line == vector.line]
    assert any(all(part in str(fault) for part in vector.says) for fault in said), faults


@pytest.mark.parametrize("vector", ALL, ids=lambda vector: vector.name)
def test_refusal_names_the_file_that_is_wrong(vector: Vector) -> None:
    _, faults = _examine(vector)

    files = {fault.place.file for fault in _named(faults, vector)}
    blamed = {"needs.yaml"} if vector.name == "orphan-need" else {vector.replaces}
    blamed |= {"two/outline.yaml"} if vector.name == "outline-missing" else set()
    blamed |= {"tst/processes/help.yaml"} if vector.code == "law/clock-mismatch" else set()
    assert files & blamed


def test_loading_a_bad_book_raises_its_first_fault(tmp_path: Path) -> None:
    book = copy_book(tmp_path)
    change(book, "tst/pack.yaml", "pack: tst", "pack: other")

    with pytest.raises(LawFault, match=r"tst/pack.yaml:1:7: .*'other' stands in"):
        load_book(book)


def test_every_vector_is_listed_and_every_listed_one_is_there() -> None:
    files = {path.stem for path in (VECTORS / "bad").iterdir()}

    assert files == {vector.name for vector in ALL}


def test_every_kind_of_fault_has_a_vector_or_a_test_below() -> None:
    codes = {
        kind.code
        for kind in vars(kinds).values()
        if isinstance(kind, type) and issubclass(kind, LawFault) and kind is not LawFault
    }

    assert codes - {vector.code for vector in ALL} == {"law/unkept-need"}


PREDICATES = frozenset({"form_complete", "ground_named", "order_named"})


def test_needs_and_predicates_of_the_same_names_hold() -> None:
    assert examine_book(BASE, PREDICATES)[1] == ()


def test_a_need_that_no_predicate_decides_is_refused() -> None:
    _, (fault,) = examine_book(BASE, PREDICATES - {"ground_named"} | {"order_named"})

    assert (fault.code, fault.place.line) == ("law/unkept-need", 3)


def test_a_predicate_that_nothing_needs_is_refused() -> None:
    _, (fault,) = examine_book(BASE, PREDICATES | {"moon_full"})

    assert fault.code == "law/orphan-need"
    assert "'moon_full'" in str(fault)


def test_no_predicates_at_all_leave_every_need_unkept() -> None:
    _, faults = examine_book(BASE, frozenset())

    assert [fault.code for fault in faults] == ["law/unkept-need"] * 3


def test_a_misspelt_predicate_is_met_with_what_was_meant() -> None:
    _, faults = examine_book(BASE, PREDICATES - {"ground_named"} | {"ground_namd"})

    assert {fault.nearest for fault in faults} == {"ground_named", "ground_namd"}


@pytest.mark.parametrize("name", ["book", "needs", "roles", "glossary"])
def test_a_missing_file_is_named(name: str, tmp_path: Path) -> None:
    book = copy_book(tmp_path)
    (book / f"{name}.yaml").unlink()

    _, (fault,) = examine_book(book)

    assert (fault.code, fault.place.file) == ("law/missing-file", f"{name}.yaml")


def test_an_oversized_file_is_refused(tmp_path: Path) -> None:
    book = copy_book(tmp_path)
    (book / "needs.yaml").write_bytes(b"#" * ((1 << 20) + 1))

    _, (fault,) = examine_book(book)

    assert fault.code == "law/unreadable"
    assert "1048577 bytes" in str(fault)


def test_all_faults_of_a_stage_are_told_at_once(tmp_path: Path) -> None:
    book = copy_book(tmp_path)
    change(book, "tst/processes/help.yaml", "title:", "tittle:")
    change(book, "tst/gates.yaml", "means:", "meens:")

    codes = [fault.code for fault in examine_book(book)[1]]

    assert sorted(codes) == ["law/missing-key"] * 2 + ["law/unknown-key"] * 2


def test_fault_tells_file_line_column_key_and_what_was_meant(tmp_path: Path) -> None:
    book = copy_book(tmp_path)
    change(book, "tst/processes/help.yaml", "needs: [form_complete]", "needs: [form_complte]")

    fault = next(one for one in examine_book(book)[1] if one.code == "law/unknown-name")

    assert str(fault) == (
        "tst/processes/help.yaml:15:114: A name is used that is defined nowhere. At "
        "steps[1].needs: 'form_complte' is no need of needs.yaml. Did you mean form_complete? "
        "Expected: form_complete, ground_named, order_named."
    )


def test_fault_as_data_bears_code_place_and_detail(tmp_path: Path) -> None:
    book = copy_book(tmp_path)
    change(book, "tst/pack.yaml", "short:", "shrt:")

    data = [fault.as_data() for fault in examine_book(book)[1]]

    assert {row["where"] for row in data} == {"tst/pack.yaml:1:1", "tst/pack.yaml:3:1"}


def test_a_gate_that_closes_nothing_in_one_of_its_processes_is_refused(tmp_path: Path) -> None:
    book = copy_book(tmp_path)
    text = (book / "tst/processes/help.yaml").read_text("utf-8")
    other = text.replace("process: help", "process: aid").replace("grant", "give")
    (book / "tst/processes/aid.yaml").write_text(other.replace("within: answer, ", ""), "utf-8")
    change(book, "tst/gates.yaml", "processes: [help]", "processes: [help, aid]")

    _, (fault,) = examine_book(book)

    assert "It closes no step of tst/aid." in str(fault)


def test_a_book_of_too_many_files_is_refused(tmp_path: Path) -> None:
    book = copy_book(tmp_path)
    for number in range(4001):
        (book / f"f{number}").touch()

    _, (fault,) = examine_book(book)

    assert "More than 4000 law files" in str(fault)


def test_a_file_deep_below_is_not_read_over(tmp_path: Path) -> None:
    book = copy_book(tmp_path)
    deep = book / "tst" / "processes" / "old" / "older"
    deep.mkdir(parents=True)
    (deep / "help.yaml").touch()

    _, faults = examine_book(book)

    assert [fault.code for fault in faults] == ["law/unknown-file"]


@pytest.mark.parametrize("name", [".help.yaml.swp", "__pycache__"])
def test_what_editors_and_interpreters_leave_behind_is_passed_over(
    name: str, tmp_path: Path
) -> None:
    book = copy_book(tmp_path)
    (book / "tst" / name).touch()

    assert examine_book(book)[1] == ()
