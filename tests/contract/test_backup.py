"""What is backed up comes back, row by row and byte by byte; or nothing comes back at all."""

from __future__ import annotations

import functools
import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from comity.app import backup_engines, databases
from comity.app.backup import BackupUnderWay, NotEarlier, _alone, back_up
from comity.app.backup_format import BackupBroken
from comity.app.compose import FolderTaken, card_path, node_alias, node_database
from comity.app.databases import close_connections
from comity.app.restore import (
    NotOpened,
    OtherAuthority,
    OtherEngine,
    restore_node,
    verify_backup,
)
from comity.app.settings import SQLITE, read_settings
from comity.base import Digest, Verdict, canonical_bytes
from comity.base.errors import ComityError
from comity.seal.age import Identity, Passphrase
from comity.seal.age.decryptor import Decryptor
from comity.seal.age.encryptor import Encryptor
from comity.seal.keyfiles import read_public
from comity.service.checking import check_node
from comity.service.custody import ERASE
from comity.service.erasing import erase_content
from comity.service.errors import NotReconciled, StoreBusy
from comity.service.findings import mark_seen
from comity.service.recovery import (
    RESTORED,
    read_restoration,
    require_reconciled,
    restored_statements,
)
from comity.service.requests import amend_form
from comity.service.rows import KeyRow
from comity.service.situations import Move
from tests import postgres
from tests.backups import KEEPER, Home, blobs, fill, make_home, rows, take, verify
from tests.nodes import FORM, OFFICER
from tests.places import CHECKOUT
from tests.steady import SeedBytes

NEW = {"findings", "notices"}
PLAIN = [SQLITE, pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture
def fresh(request: pytest.FixtureRequest) -> Callable[[str], str]:
    """Give where the next node's database goes, by its kind."""

    def make(kind: str) -> str:
        if kind == SQLITE:
            return ""
        server: str = request.getfixturevalue("postgres_server")
        name = f"backup_{os.getpid()}_{next(_NUMBERS)}"
        return postgres.new_database(server, name)

    return make


_NUMBERS = iter(range(1_000_000))


@pytest.fixture(params=PLAIN)
def home(request: pytest.FixtureRequest, tmp_path: Path, fresh: Callable[[str], str]) -> Home:
    made = make_home(tmp_path / "node", fresh(request.param) or SQLITE)
    fill(made, tmp_path)
    return made


@pytest.fixture
def small(tmp_path: Path) -> Home:
    made = make_home(tmp_path / "node")
    fill(made, tmp_path, count=1)
    return made


def kind(home: Home) -> str:
    return SQLITE if read_settings(home.folder).is_sqlite else "postgres"


def test_every_row_and_every_blob_comes_back(
    home: Home, tmp_path: Path, fresh: Callable[[str], str]
) -> None:
    before, files = rows(home.node()), blobs(home.node())
    done = home.back_up(tmp_path / "backup")
    back = home.restore(tmp_path / "backup", tmp_path / "again", database=fresh(kind(home)))
    assert back.report.verdict is Verdict.PASSED, back.report
    after = rows(home.node(tmp_path / "again"))
    assert {name for name in before if before[name] != after[name]} == NEW
    assert blobs(home.node(tmp_path / "again")) == files
    assert len(files) == done.copied > 0


def test_keys_and_settings_come_back_with_their_rights(small: Home, tmp_path: Path) -> None:
    small.back_up(tmp_path / "backup")
    small.restore(tmp_path / "backup", tmp_path / "again")
    for path in (small.folder / "keys").iterdir():
        same = tmp_path / "again" / "keys" / path.name
        assert same.read_bytes() == path.read_bytes()
        assert stat.S_IMODE(same.stat().st_mode) == stat.S_IMODE(path.stat().st_mode)
    same = tmp_path / "again" / "node.toml"
    assert same.read_bytes() == (small.folder / "node.toml").read_bytes()


def test_the_restored_node_goes_on(home: Home, tmp_path: Path, fresh: Callable[[str], str]) -> None:
    home.back_up(tmp_path / "backup")
    home.restore(tmp_path / "backup", tmp_path / "again", database=fresh(kind(home)))
    node = home.node(tmp_path / "again")
    with node.store.view() as unit:
        (dossier,) = unit.dossiers.find()
    amend_form(node, OFFICER, dossier.ident, FORM)
    assert check_node(node).verdict is Verdict.PASSED


def test_what_the_backup_leaves_open_names_nobody_and_holds_no_key(
    small: Home, tmp_path: Path
) -> None:
    small.back_up(tmp_path / "backup")
    node = small.node()
    secrets = [path.read_bytes()[40:80] for path in (small.folder / "keys").glob("*.key")]
    secrets += [path.read_bytes()[40:80] for path in (small.folder / "keys").glob("*.age")]
    with node.store.view() as unit:
        (dossier,) = unit.dossiers.find()
    secrets += [str(dossier.ident).encode(), dossier.counterpart_authority.encode(), b"CANARY"]
    for path in (tmp_path / "backup").rglob("*"):
        if path.is_file():
            whole = path.read_bytes()
            assert not [secret for secret in secrets if secret in whole], path


def test_nothing_of_the_copy_is_left_beside_the_node(small: Home, tmp_path: Path) -> None:
    small.back_up(tmp_path / "backup")
    assert not list(small.folder.glob("*.partial"))
    assert not list(tmp_path.glob("*.partial"))


def test_a_backup_made_while_others_write_is_of_one_moment(
    home: Home, tmp_path: Path, fresh: Callable[[str], str]
) -> None:
    over = threading.Event()
    written = threading.Semaphore(0)

    def write() -> None:
        desk = home.desk()
        try:
            while not over.is_set():
                try:
                    desk.send(desk.open())
                except StoreBusy:
                    continue
                written.release()
        finally:
            close_connections()

    writers = [threading.Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    try:
        for _ in range(3):
            assert written.acquire(timeout=60)
        home.back_up(tmp_path / "backup")
    finally:
        over.set()
        for writer in writers:
            writer.join()
    back = home.restore(tmp_path / "backup", tmp_path / "again", database=fresh(kind(home)))
    assert back.report.verdict is Verdict.PASSED, back.report


def test_a_blob_that_is_dropped_meanwhile_makes_another_moment_be_taken(
    small: Home, tmp_path: Path
) -> None:
    node = small.node()
    spares = []
    with node.store.unit() as unit:
        row = unit.volumes.find()[0]
        for number in range(4):
            draft = node.blobs.draft()
            draft.write(bytes([number]) * 100)
            spares.append(draft.commit())
            spare = replace(row, fence=99, number=number, blob=spares[-1], size=100)
            unit.volumes.add(spare)
    close_connections()
    copies = tmp_path / "backup.partial" / "blobs"
    asked: list[int] = []

    def drop(_: int) -> None:
        if not asked and any((copies / name.hex[:2] / name.hex).exists() for name in spares):
            asked.append(1)  # one is copied already, the others are not
            with node.store.unit() as unit:
                unit.volumes.remove(fence=99)
            for name in spares:
                node.blobs.remove(name)

    done = back_up(
        small.folder, tmp_path / "backup", [KEEPER.recipient], watch=drop, clock=small.clock
    )
    close_connections()
    assert asked
    listed = (tmp_path / "backup" / "blobs.txt").read_text()
    assert not [name for name in spares if name.hex in listed]
    assert done.manifest.blobs_count == len(list((tmp_path / "backup" / "blobs").glob("*/*")))
    assert small.restore(tmp_path / "backup", tmp_path / "again").report.verdict is Verdict.PASSED


def test_a_later_backup_copies_only_what_is_new(small: Home, tmp_path: Path) -> None:
    first = small.back_up(tmp_path / "one")
    with small.node().store.view() as unit:
        (dossier,) = unit.dossiers.find()
    take(small, dossier.ident, tmp_path, mark="b")
    second = small.back_up(tmp_path / "two", tmp_path / "one")
    assert 0 < second.copied < second.manifest.blobs_count
    assert second.copied + first.copied == second.manifest.blobs_count
    assert second.manifest.earlier == (first.digest,)
    with pytest.raises(BackupBroken):
        verify(tmp_path / "two")
    small.restore(tmp_path / "two", tmp_path / "again", tmp_path / "one")
    assert blobs(small.node(tmp_path / "again")) == blobs(small.node())


def test_only_a_backup_of_the_same_node_is_an_earlier_one(small: Home, tmp_path: Path) -> None:
    other = make_home(tmp_path / "other")
    other.back_up(tmp_path / "one")
    for place in (tmp_path / "one", tmp_path / "nowhere"):
        with pytest.raises(NotEarlier):
            small.back_up(tmp_path / "two", place)
    assert not list(tmp_path.glob("two*"))


def test_only_a_backup_of_the_same_authority_is_an_earlier_one(small: Home, tmp_path: Path) -> None:
    other = make_home(tmp_path / "other")  # says that it is XA-CA too, under a key of XB
    other.back_up(tmp_path / "one")
    public = other.node().key.public
    with small.node().store.unit() as unit:
        unit.keys.add(
            KeyRow(
                key_id=public.key_id,
                state="XB",
                authority="XB-CA",
                document=canonical_bytes(public.as_data()),
                known_since=small.clock.now(),
            )
        )
    with pytest.raises(NotEarlier):
        small.back_up(tmp_path / "two", tmp_path / "one")


@pytest.mark.postgres
def test_a_dump_is_of_the_moment_that_is_looked_at(
    tmp_path: Path, fresh: Callable[[str], str]
) -> None:
    address = fresh("postgres")
    home = make_home(tmp_path / "node", address)
    home.desk().open()
    sealed = BytesIO()

    def write() -> None:
        home.desk().open()
        close_connections()

    with home.node().store.view() as unit:
        assert unit.dossiers.count() == 1
        writer = threading.Thread(target=write)
        writer.start()
        writer.join()
        with Encryptor(sealed, [KEEPER.recipient], os.urandom) as sink:
            backup_engines.dump_postgres(node_alias(home.folder), address, sink)
    assert home.node().store.faults() is None
    close_connections()
    again = fresh("postgres")
    backup_engines.load_postgres(again, Decryptor(sealed, [KEEPER]))
    store = databases.open_database("dump", databases.postgres_settings(again))
    with store.view() as unit:
        assert unit.dossiers.count() == 1


def _flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def _damages(path: Path) -> list[tuple[str, Callable[[], object]]]:
    data = path.read_bytes()
    places = {0, len(data) // 3, len(data) // 2, len(data) - 1} & set(range(len(data)))
    found: list[tuple[str, Callable[[], object]]] = [
        (f"{path.name} at {at}", functools.partial(_flip, path, at)) for at in sorted(places)
    ]
    return [
        *found,
        (f"{path.name} cut", lambda: path.write_bytes(data[:-1])),
        (f"{path.name} longer", lambda: path.write_bytes(data + b"\n")),
        (f"{path.name} empty", lambda: path.write_bytes(b"")),
        (f"{path.name} gone", path.unlink),
    ]


def test_a_damaged_backup_is_refused_wherever_the_damage_is(small: Home, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    small.back_up(backup)
    files = [path for path in sorted(backup.rglob("*")) if path.is_file()]
    assert len(files) > 5
    for path in files:
        whole = path.read_bytes()
        for what, damage in _damages(path):
            damage()
            with pytest.raises(ComityError):
                _ = (verify(backup), pytest.fail(what))
            path.write_bytes(whole)
    verify(backup)


@pytest.mark.parametrize("part", ["database.age", "heads.age", "blobs.txt", "papers.age"])
def test_parts_of_two_backups_do_not_mix(small: Home, tmp_path: Path, part: str) -> None:
    small.back_up(tmp_path / "one")
    with small.node().store.view() as unit:
        (dossier,) = unit.dossiers.find()
    take(small, dossier.ident, tmp_path, mark="b")
    small.back_up(tmp_path / "two")
    shutil.copy(tmp_path / "one" / part, tmp_path / "two" / part)
    with pytest.raises(BackupBroken):
        verify(tmp_path / "two")


def test_every_byte_of_the_manifest_counts(small: Home, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    small.back_up(backup)
    path = backup / "manifest.json"
    whole = path.read_bytes()
    for at in range(0, len(whole), 37):
        _flip(path, at)
        with pytest.raises(ComityError):
            _ = (verify(backup), pytest.fail(str(at)))
        path.write_bytes(whole)


def test_a_backup_damaged_after_it_was_verified_leaves_nothing(
    home: Home, tmp_path: Path, fresh: Callable[[str], str]
) -> None:
    backup = tmp_path / "backup"
    home.back_up(backup)
    found = verify(backup)
    _flip(backup / "database.age", (backup / "database.age").stat().st_size - 1)
    address = fresh(kind(home))
    with pytest.raises(ComityError):
        restore_node(found, tmp_path / "again", database=address, clock=home.clock)
    assert not list(tmp_path.glob("again*"))
    if address:
        _flip(backup / "database.age", (backup / "database.age").stat().st_size - 1)
        home.restore(backup, tmp_path / "again", database=address)


def test_rows_that_the_manifest_does_not_count_are_refused(
    home: Home, tmp_path: Path, fresh: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = tmp_path / "backup"
    home.back_up(backup)
    found = verify(backup)
    found.manifest.rows["acts"] += 1  # type: ignore[index] # a manifest that says another number
    address = fresh(kind(home))
    with pytest.raises(BackupBroken):
        restore_node(found, tmp_path / "again", database=address, clock=home.clock)
    assert not list(tmp_path.glob("again*"))
    if address:
        settings = replace(read_settings(home.folder), database=address)
        alias = node_alias(tmp_path / "probe")
        databases.open_database(alias, node_database(tmp_path, settings))
        backup_engines.require_empty(alias)


def test_another_heads_list_is_refused(small: Home, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    small.back_up(backup)
    found = verify(backup)
    other = make_home(tmp_path / "other")
    other.back_up(tmp_path / "two")
    shutil.copy(tmp_path / "two" / "heads.age", backup / "heads.age")
    with pytest.raises(BackupBroken):
        restore_node(found, tmp_path / "again", clock=small.clock)
    assert not list(tmp_path.glob("again*"))


def test_a_backup_opens_to_its_keeper_alone(small: Home, tmp_path: Path) -> None:
    small.back_up(tmp_path / "backup")
    with pytest.raises(NotOpened):
        verify_backup(tmp_path / "backup", [Identity.generate(SeedBytes(3))])
    with pytest.raises(NotOpened):
        verify_backup(tmp_path / "backup", [Passphrase("x", log_n=10)])


def test_a_passphrase_does_too(small: Home, tmp_path: Path) -> None:
    back_up(small.folder, tmp_path / "backup", [Passphrase("words", log_n=10)], clock=small.clock)
    close_connections()
    found = verify_backup(tmp_path / "backup", [Passphrase("words")])
    assert found.manifest.authority == "XA-CA"


def test_a_backup_by_somebody_else_is_told_from_ours_by_the_card(
    small: Home, tmp_path: Path
) -> None:
    forger = make_home(tmp_path / "forger")
    forger.back_up(tmp_path / "backup")
    ours = read_public(card_path(small.folder))
    with pytest.raises(OtherAuthority):
        verify_backup(tmp_path / "backup", [KEEPER], card=ours)
    small.back_up(tmp_path / "true")
    assert verify_backup(tmp_path / "true", [KEEPER], card=ours).card == ours


def test_nothing_is_written_over_what_is_there(small: Home, tmp_path: Path) -> None:
    small.back_up(tmp_path / "backup")
    with pytest.raises(FolderTaken):
        small.back_up(tmp_path / "backup")
    with pytest.raises(FolderTaken):
        small.restore(tmp_path / "backup", small.folder)


@pytest.mark.postgres
def test_nothing_is_restored_over_tables(tmp_path: Path, fresh: Callable[[str], str]) -> None:
    home = make_home(tmp_path / "node", fresh("postgres"))
    home.back_up(tmp_path / "backup")
    before = rows(home.node())
    with pytest.raises(backup_engines.DatabaseTaken):
        home.restore(tmp_path / "backup", tmp_path / "again")
    assert rows(home.node()) == before
    assert not list(tmp_path.glob("again*"))


def test_one_kind_of_database_is_not_restored_into_the_other(small: Home, tmp_path: Path) -> None:
    small.back_up(tmp_path / "backup")
    with pytest.raises(OtherEngine):
        small.restore(
            tmp_path / "backup", tmp_path / "again", database="postgres://a@127.0.0.1:1/x"
        )
    assert not list(tmp_path.glob("again*"))


def test_one_backup_of_a_node_is_made_at_a_time(small: Home, tmp_path: Path) -> None:
    with _alone(small.folder), pytest.raises(BackupUnderWay):
        small.back_up(tmp_path / "backup")
    small.back_up(tmp_path / "backup")


def test_what_was_erased_before_the_backup_is_not_in_it(small: Home, tmp_path: Path) -> None:
    with small.node().store.view() as unit:
        (dossier,) = unit.dossiers.find()
    erase_content(
        small.node(), OFFICER, dossier.ident, Move(step=ERASE[0], terms={"decision": "X"})
    )
    close_connections()
    small.back_up(tmp_path / "backup")
    small.restore(tmp_path / "backup", tmp_path / "again")
    node = small.node(tmp_path / "again")
    with node.store.view() as unit:
        assert [row.wrapped for row in unit.identities.find(chain=dossier.ident)] == [None]


def test_a_restored_node_says_so_signed_and_to_a_person(small: Home, tmp_path: Path) -> None:
    done = small.back_up(tmp_path / "backup")
    small.clock.forward("P1D")
    back = small.restore(tmp_path / "backup", tmp_path / "again")
    node = small.node(tmp_path / "again")
    assert restored_statements(node) == (back.statement,)
    said = read_restoration(back.statement, node.key.public)
    assert (said.backup, said.made) == (done.digest, done.manifest.made)
    assert said.restored == small.clock.now()
    with node.store.view() as unit:
        (notice,) = unit.notices.find(kind="finding")
    assert notice.state == "waiting"
    assert restored_statements(small.node()) == ()


def test_until_a_person_has_looked_nothing_goes_out(small: Home, tmp_path: Path) -> None:
    small.back_up(tmp_path / "backup")
    small.restore(tmp_path / "backup", tmp_path / "again")
    node = small.node(tmp_path / "again")
    with node.store.view() as unit, pytest.raises(NotReconciled):
        require_reconciled(unit)
    with node.store.view() as unit:
        (finding,) = unit.findings.find(kind=RESTORED)
    mark_seen(node, OFFICER, finding.ident)
    with node.store.view() as unit:
        require_reconciled(unit)
    with small.node().store.view() as unit:
        require_reconciled(unit)


_DIES = """
import os, signal, sys
sys.path[:0] = [{source!r}, {checkout!r}]
from pathlib import Path
from tests.backups import KEEPER, Home, verify
from tests.nodes import small_book
from tests.steady import HandClock
from comity.app.backup import back_up
from comity.app.restore import restore_node
left = [{count}]
def watch(_):
    left[0] -= 1
    if left[0] <= 0:
        os.kill(os.getpid(), signal.SIGKILL)
clock = HandClock("2030-01-01T00:00:00Z")
place = Path({place!r})
if {what!r} == "backup":
    back_up(place / "node", place / "killed", [KEEPER.recipient], watch=watch, clock=clock)
else:
    restore_node(verify(place / "backup"), place / "killed", watch=watch, clock=clock)
"""


@pytest.mark.parametrize("what", ["backup", "restore"])
@pytest.mark.parametrize("count", [1, 3])
def test_killed_in_the_middle_there_is_none_and_the_node_is_as_it_was(
    small: Home, tmp_path: Path, what: str, count: int
) -> None:
    small.back_up(tmp_path / "backup")
    before = rows(small.node())
    text = _DIES.format(
        source=str(CHECKOUT / "src"),
        checkout=str(CHECKOUT),
        count=count,
        place=str(tmp_path),
        what=what,
    )
    done = subprocess.run([sys.executable, "-c", text], check=False, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    assert not (tmp_path / "killed").exists()
    with pytest.raises(ComityError):
        verify(tmp_path / "killed.partial")
    assert rows(small.node()) == before
    small.back_up(tmp_path / "after")
    assert not list(small.folder.glob("*.partial"))
    assert small.restore(tmp_path / "after", tmp_path / "again").report.verdict is Verdict.PASSED


def test_a_broken_blob_of_the_node_is_not_backed_up_as_if_it_were_whole(
    small: Home, tmp_path: Path
) -> None:
    name = next(small.node().blobs.names())
    path = small.folder / "blobs" / name.hex[:2] / name.hex
    path.chmod(0o600)
    _flip(path, 0)
    with pytest.raises(ComityError):
        small.back_up(tmp_path / "backup")
    assert not list(tmp_path.glob("backup*"))
    assert Digest.of(path.read_bytes()) != name
