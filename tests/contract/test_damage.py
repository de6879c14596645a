"""A damaged, lost or emptied database is told as that: no traceback, and never 'passed'."""

from __future__ import annotations

import contextlib
import random
import shutil
import sqlite3
from pathlib import Path

import pytest

from comity.app import compose
from comity.app.compose import init_node, migrate_node, open_node
from comity.app.databases import close_connections
from comity.app.settings import Settings
from comity.base import Verdict
from comity.base.errors import ComityError
from comity.service.checking import check_node
from comity.service.errors import StoreDamaged, StoreMissing
from comity.service.node import Node
from comity.service.reading import list_dossiers
from comity.storage.memory import MemoryStore
from tests.nodes import Desk, make_desk, small_book
from tests.raw import raw_tables
from tests.stores import Place, make_place, use

PAGE = 4096
SETTINGS = Settings(state="XA", authority="XA-CA", kind="central_authority", exercise=True)


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A node that has been used, in its folder."""
    folder = tmp_path_factory.mktemp("used") / "node"
    init_node(folder, SETTINGS)
    node = open_node(folder, book=small_book())
    desk = Desk(node=node, clock=None)  # type: ignore[arg-type] # nothing moves this clock
    for _ in range(3):
        desk.send(desk.open())
    close_connections()
    return folder


@pytest.fixture
def folder(used: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(used, tmp_path / "node"))


def _pages() -> list[int]:
    return [*range(0, 40, 3), *range(40, 110, 7)]


def _damage(path: Path, page: int) -> None:
    """Write two pages of random bytes, as ``dd if=/dev/urandom seek=N count=2`` does."""
    pages = path.stat().st_size // PAGE
    with path.open("r+b") as file:
        file.seek(min(page, pages - 2) * PAGE)
        file.write(random.Random(page).randbytes(2 * PAGE))


@pytest.mark.parametrize("page", _pages())
def test_damage_in_any_page_is_told_and_never_passes(folder: Path, page: int) -> None:
    _damage(folder / "node.sqlite3", page)
    try:
        verdict = check_node(open_node(folder, book=small_book())).verdict
    except StoreDamaged:
        verdict = Verdict.FAILED
    finally:
        close_connections()
    assert verdict is Verdict.FAILED


@pytest.mark.parametrize("page", _pages()[1::2])
def test_no_verb_falls_over_a_damaged_page(folder: Path, page: int) -> None:
    node = open_node(folder, book=small_book())
    close_connections()
    _damage(folder / "node.sqlite3", page)
    for verb in (list_dossiers, _read_all, _open_another):
        with contextlib.suppress(ComityError):
            verb(node)
        close_connections()


def _read_all(node: Node) -> None:
    with node.store.view() as unit:
        for table in vars(unit).values():
            list(table.each())


def _open_another(node: Node) -> None:
    Desk(node=node, clock=None).open()  # type: ignore[arg-type] # nothing moves this clock


def test_a_damaged_database_is_named_at_number_0_and_the_rest_is_left_open(folder: Path) -> None:
    node = open_node(folder, book=small_book())
    close_connections()
    with raw_tables(Place("sqlite", str(folder / "node.sqlite3"))) as raw:
        root = raw.one("SELECT rootpage FROM sqlite_master WHERE name = 'storage_outbox'")
    _damage(folder / "node.sqlite3", root - 1)
    report = check_node(node)
    close_connections()
    first = report.findings[0]
    assert (first.check, first.name, first.verdict) == (0, "database", Verdict.FAILED)
    assert "damaged" in first.says
    assert "backup" in first.says
    rest = [one for one in report.findings if one.check]
    assert [one.check for one in rest] == list(range(1, 28))
    assert {one.verdict for one in rest} == {Verdict.INDETERMINATE}
    assert len(report.findings) <= 27 + 10


def test_a_row_that_names_a_row_that_is_not_there_is_found(folder: Path) -> None:
    with raw_tables(Place("sqlite", str(folder / "node.sqlite3"))) as raw:
        raw("PRAGMA foreign_keys = OFF")
        raw("DELETE FROM storage_dossier")
    report = check_node(open_node(folder, book=small_book()))
    close_connections()
    assert "storage_dossier that is not there" in report.findings[0].says


def test_a_file_that_is_no_database_is_damaged(folder: Path) -> None:
    (folder / "node.sqlite3").write_bytes(b"junk" * 5000)
    with pytest.raises(StoreDamaged, match=r"damaged\..*Put it back from the backup"):
        open_node(folder, book=small_book())
    close_connections()


def test_a_text_that_is_none_is_damage_and_no_crash(folder: Path) -> None:
    with raw_tables(Place("sqlite", str(folder / "node.sqlite3"))) as raw:
        raw("UPDATE storage_act SET at = 'no day at all'")
        raw("UPDATE storage_outbox SET channel = CAST(x'ff' AS TEXT)")
    report = check_node(open_node(folder, book=small_book()))
    close_connections()
    assert report.verdict is Verdict.FAILED


def test_of_postgresql_and_of_memory_it_is_said_that_they_were_not_asked(tmp_path: Path) -> None:
    report = check_node(make_desk(MemoryStore(), tmp_path).node)
    assert "was not asked" in report.findings[0].says
    assert report.verdict is Verdict.PASSED


@pytest.mark.postgres
def test_a_postgresql_is_not_asked(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    store = use(make_place("postgres", tmp_path, request))
    assert store.faults() is None
    close_connections()


@pytest.mark.parametrize("verb", [open_node, migrate_node])
def test_a_lost_database_is_never_made_anew(folder: Path, verb: object) -> None:
    (folder / "node.sqlite3").unlink()
    with pytest.raises(StoreMissing, match="backup"):
        verb(folder)  # type: ignore[operator] # one of the two
    close_connections()
    assert not (folder / "node.sqlite3").exists()


@pytest.mark.parametrize("verb", [open_node, migrate_node])
def test_an_emptied_database_is_a_missing_one(folder: Path, verb: object) -> None:
    (folder / "node.sqlite3").write_bytes(b"")
    with pytest.raises(StoreMissing, match="backup"):
        verb(folder)  # type: ignore[operator] # one of the two
    close_connections()
    assert (folder / "node.sqlite3").stat().st_size == 0


def test_a_database_lost_while_the_node_is_open_does_not_come_back_empty(folder: Path) -> None:
    node = open_node(folder, book=small_book())
    close_connections()
    (folder / "node.sqlite3").unlink()
    with pytest.raises(ComityError):
        list_dossiers(node)
    assert not (folder / "node.sqlite3").exists()


def test_a_folder_with_odd_letters_is_found_again(tmp_path: Path) -> None:
    place = tmp_path / "node %41?x#y"
    init_node(place, SETTINGS)
    close_connections()
    assert sqlite3.connect(place / "node.sqlite3").execute("SELECT 1 FROM storage_key").fetchall()
    assert list_dossiers(compose.open_node(place, book=small_book())) == ()
    close_connections()
