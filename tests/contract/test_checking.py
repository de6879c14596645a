"""Every kind of damage is named at its number, with what to do.

The damage is done, and its place found, with SQL by hand on the raw tables.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
import shutil
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import connections

from comity.app.work import run_due
from comity.base import Ident, Report, Verdict
from comity.evidence import Provenance
from comity.service import reading
from comity.service.checking import check_node
from comity.service.erasing import erase_content
from comity.service.intake import request_intake
from comity.service.investigations import open_investigation
from comity.service.rebuilding import rebuild_node
from comity.service.requests import amend_form, take_step
from comity.service.sealing import request_seal
from comity.service.situations import Move
from comity.service.sweeping import sweep_blobs
from tests import postgres
from tests.nodes import DUTY, FORM, OFFICER, Desk, make_desk
from tests.raw import Raw, raw_tables
from tests.steady import HandClock
from tests.stores import DURABLE, Place, make_place, use

DERIVED = ("standing", "deadline", "outbox", "package", "exhibit", "intake")


@dataclass(frozen=True)
class Case:
    """A node that has been through a case, and where it lies."""

    desk: Desk
    place: Place
    folder: Path
    dossier: Ident

    def check(self) -> Report:
        return check_node(self.desk.node)

    def blob(self, role: str = "intake") -> Path:
        """Return the file of the first volume of the taking-in."""
        with raw_tables(self.place) as raw:
            name: str = raw.one(
                f"SELECT blob FROM storage_volume WHERE number = 1 AND job_id IN "  # noqa: S608
                f"(SELECT job_id FROM storage_{role})"
            )
        bare = name.removeprefix("sha256:")
        return self.folder / "blobs" / bare[:2] / bare


@pytest.fixture(scope="module", params=DURABLE)
def told(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Place, Path, Ident]:
    """Play a case once; each test works on a copy of it."""
    folder = tmp_path_factory.mktemp("told")
    place = make_place(request.param, folder, request)
    dossier = _play(make_desk(use(place), folder), folder)
    connections.close_all()
    return place, folder, dossier


@pytest.fixture
def case(
    told: tuple[Place, Path, Ident], tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Case]:
    place, folder, dossier = told
    shutil.copytree(folder / "blobs", tmp_path / "blobs")
    if place.kind == "sqlite":
        copy = Place("sqlite", str(shutil.copy(place.address, tmp_path / "copy.sqlite3")))
    else:
        server: str = request.getfixturevalue("postgres_server")
        name = f"copy_{abs(hash(tmp_path))}"
        template = place.address.partition("?")[0].rpartition("/")[2]
        copy = Place("postgres", postgres.new_database(server, name, template))
    desk = make_desk(use(copy), tmp_path)
    desk.clock.forward("P9D")
    yield Case(desk=desk, place=copy, folder=tmp_path, dossier=dossier)
    connections.close_all()


def _play(desk: Desk, folder: Path) -> Ident:
    investigation = open_investigation(desk.node, OFFICER, "Hospital of Arvenia")
    dossier = desk.open(investigation=investigation)
    drafted = amend_form(desk.node, OFFICER, dossier, FORM)
    sent = take_step(desk.node, OFFICER, dossier, Move(step="send", cites=(drafted.digest,)))
    desk.clock.forward("P1D")
    desk.deliver(dossier, sent.digest)
    desk.reply(dossier, "grant")
    take_step(desk.node, DUTY, dossier, Move(step="tell", documents={"scan": b"a scan"}))
    second = desk.open(follows=dossier)
    desk.deliver(second, desk.send(second).digest)
    evidence = folder / "evidence"
    evidence.mkdir()
    for name in ("one", "two", "three"):
        (evidence / name).write_bytes(name.encode() * 1000)
    intake = request_intake(desk.node, OFFICER, dossier, [evidence], Provenance(origin="XB"))
    assert [done.error for done in run_due(desk.node)] == [None]
    request_seal(desk.node, OFFICER, dossier, intake)
    assert [done.error for done in run_due(desk.node)] == [None]
    return dossier


def test_what_was_done_in_order_is_clean(case: Case) -> None:
    report = case.check()
    assert report.verdict is Verdict.PASSED, _faults(report)


def test_the_raw_tables_tell_the_same_as_the_acts(case: Case) -> None:
    with raw_tables(case.place) as raw:
        for ident, version in raw("SELECT ident, version FROM storage_dossier"):
            count = raw.one("SELECT count(*) FROM storage_act WHERE chain = ?", ident)
            assert version == count
        sent = {
            digest
            for digest, envelope in raw(
                "SELECT digest, envelope FROM storage_act WHERE track = 'exchanged'"
            )
            if json.loads(b64decode(json.loads(envelope)["payload"]))["recorded"] is None
        }
        assert {act for (act,) in raw("SELECT act FROM storage_outbox")} == sent
        states = dict(raw("SELECT dossier_id, state FROM storage_standing"))
    assert states[str(case.dossier)] == "held"


Damage = Callable[[Raw], object]


def _flip(raw: Raw, table: str, column: str, where: str) -> None:
    key, data = raw(f"SELECT id, {column} FROM storage_{table} WHERE {where} ORDER BY id")[0]  # noqa: S608
    changed = bytearray(data)
    changed[len(changed) // 2] ^= 1
    raw(f"UPDATE storage_{table} SET {column} = ? WHERE id = ?", bytes(changed), key)  # noqa: S608


def _forge(raw: Raw) -> None:
    """Change one word of a signed act, and its row with it."""
    key, envelope = raw("SELECT id, envelope FROM storage_act WHERE step = 'grant'")[0]
    outer = json.loads(envelope)
    payload = b64decode(outer["payload"]).replace(b'"step":"grant"', b'"step":"refuse"')
    outer["payload"] = b64encode(payload).decode()
    forged = json.dumps(outer, separators=(",", ":"), sort_keys=True).encode()
    digest = f"sha256:{hashlib.sha256(payload).hexdigest()}"
    raw(
        "UPDATE storage_act SET envelope = ?, digest = ?, step = 'refuse' WHERE id = ?",
        forged,
        digest,
        key,
    )


def _orphan_outbox(raw: Raw) -> None:
    dossier = raw.one("SELECT dossier_id FROM storage_outbox LIMIT 1")
    raw(
        "INSERT INTO storage_outbox (act, dossier_id, message, receiver, channel, made, due, "
        "attempts, delivered) SELECT ?, ?, ?, receiver, channel, made, due, 0, NULL "
        "FROM storage_outbox LIMIT 1",
        f"sha256:{'1' * 64}",
        dossier,
        f"sha256:{'2' * 64}",
    )


def _swap_contents(raw: Raw) -> None:
    (one, first), (two, second) = raw("SELECT id, sealed FROM storage_content ORDER BY id")[2:4]
    raw("UPDATE storage_content SET sealed = ? WHERE id = ?", second, one)
    raw("UPDATE storage_content SET sealed = ? WHERE id = ?", first, two)


def _stray_content(raw: Raw) -> None:
    raw(
        "INSERT INTO storage_content (chain, digest, generation, sealed) "
        "SELECT chain, ?, generation, sealed FROM storage_content LIMIT 1",
        f"sha256:{'3' * 64}",
    )


DAMAGE: dict[str, tuple[Damage, int, str, str]] = {
    "a flipped standing": (
        lambda raw: raw("UPDATE storage_standing SET state = 'closed' WHERE state = 'held'"),
        8, "state of dos_", "--rebuild",
    ),
    "a missing standing": (
        lambda raw: raw("DELETE FROM storage_standing WHERE state = 'held'"),
        8, "is missing", "--rebuild",
    ),
    "a changed outcome": (
        lambda raw: raw("UPDATE storage_standing SET outcomes = ?", b"{}"),
        8, "outcomes of dos_", "--rebuild",
    ),
    "a missing deadline": (
        lambda raw: raw("DELETE FROM storage_deadline WHERE clock = 'tst/help/hold'"),
        9, "tst/help/hold", "--rebuild",
    ),
    "a deadline moved by a day": (
        lambda raw: raw(
            "UPDATE storage_deadline SET due = '2030-01-01 00:00:00' "
            "WHERE clock = 'tst/help/answer' AND state = 'met'"
        ),
        9, "due of dos_", "--rebuild",
    ),
    "a message lost from the outbox": (
        lambda raw: raw("DELETE FROM storage_outbox WHERE delivered IS NULL"),
        10, "is missing", "--rebuild",
    ),
    "a message that no act stands behind": (
        _orphan_outbox, 10, f"sha256:{'1' * 64} follows from no act", "--rebuild",
    ),
    "a delivery forgotten": (
        lambda raw: raw("UPDATE storage_outbox SET delivered = NULL"),
        10, "delivered of sha256:", "--rebuild",
    ),
    "a wrong version": (
        lambda raw: raw("UPDATE storage_dossier SET version = version + 1"),
        7, "version of dos_", "--rebuild",
    ),
    "a dossier that forgot whom it follows": (
        lambda raw: raw("UPDATE storage_dossier SET follows_id = NULL"),
        7, "follows of dos_", "--rebuild",
    ),
    "a wrong investigation": (
        lambda raw: raw("UPDATE storage_investigation SET version = 2"),
        11, "version of inv_", "--rebuild",
    ),
    "a bit flipped in a signed act": (
        lambda raw: _flip(raw, "act", "envelope", "step = 'grant'"), 0, "", "backup",
    ),
    "an act forged together with its row": (_forge, 2, "signatures", "backup"),
    "a row that tells another step than its act": (
        lambda raw: raw("UPDATE storage_act SET step = 'refuse' WHERE step = 'grant'"),
        1, "not what its row says", "backup",
    ),
    "a gap in the numbers of acts": (
        lambda raw: raw("DELETE FROM storage_act WHERE step = 'grant'"), 2, "numbers", "backup",
    ),
    "a content altered": (
        lambda raw: _flip(raw, "content", "sealed", "true"), 4, "was altered", "backup",
    ),
    "two contents exchanged": (_swap_contents, 4, "altered", "backup"),
    "a content lost": (
        lambda raw: raw(
            "DELETE FROM storage_content WHERE id = (SELECT max(id) FROM storage_content)"
        ),
        4, "is missing", "backup",
    ),
    "a content that no act covers": (_stray_content, 4, "no act covers", "missing"),
    "a citation lost": (
        lambda raw: raw("DELETE FROM storage_citation"), 5, "lost its meaning", "backup",
    ),
    "a citation altered": (
        lambda raw: _flip(raw, "citation", "sealed", "true"), 5, "means no house act", "backup",
    ),
    "an identity destroyed without an act": (
        lambda raw: raw("UPDATE storage_identity SET wrapped = NULL"),
        6, "no act says", "backup",
    ),
    "an identity altered": (
        lambda raw: _flip(raw, "identity", "wrapped", "true"), 6, "does not open", "backup",
    ),
    "the node's own key lost": (
        lambda raw: raw("DELETE FROM storage_key"), 2, "own key", "backup",
    ),
    "a taking-in that tells another count": (
        lambda raw: raw("UPDATE storage_intake SET objects = 7"),
        12, "objects_count of job_", "--rebuild",
    ),
    "a package lost": (
        lambda raw: raw("DELETE FROM storage_package"), 12, "pkg_", "--rebuild",
    ),
    "an exhibit lost": (
        lambda raw: raw("DELETE FROM storage_exhibit WHERE serial = 2"),
        13, "list of objects", "--rebuild",
    ),
    "an exhibit's leaf changed": (
        lambda raw: raw(
            "UPDATE storage_exhibit SET leaf = ? WHERE serial = 2", f"sha256:{'4' * 64}"
        ),
        13, "list of objects", "--rebuild",
    ),
    "a volume lost from the list": (
        lambda raw: raw("DELETE FROM storage_volume WHERE number = 1"),
        14, "list of volumes", "backup",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", DAMAGE)
def test_damage_is_named_at_its_number_with_what_to_do(case: Case, what: str) -> None:
    damage, number, names, remedy = DAMAGE[what]
    with raw_tables(case.place) as raw:
        damage(raw)
    report = case.check()
    assert report.verdict is Verdict.FAILED
    bad = [one for one in report.findings if one.verdict is Verdict.FAILED]
    fitting = [
        one for one in bad if number in {0, one.check} and names in one.says and remedy in one.says
    ]
    assert fitting, _faults(report)


def test_a_missing_blob_is_named(case: Case) -> None:
    blob = case.blob()
    blob.unlink()
    assert _named(case.check(), 14, blob.name, "is missing")


def test_a_truncated_volume_is_named(case: Case) -> None:
    blob = case.blob()
    blob.chmod(0o600)
    blob.write_bytes(blob.read_bytes()[:-1])
    assert _named(case.check(), 14, blob.name, "was altered")


def test_an_altered_volume_of_the_seal_is_named(case: Case) -> None:
    with raw_tables(case.place) as raw:
        name = raw.one(
            "SELECT blob FROM storage_volume WHERE number = 0 AND job_id IN "
            "(SELECT job_id FROM storage_package)"
        ).removeprefix("sha256:")
    blob = case.folder / "blobs" / name[:2] / name
    blob.chmod(0o600)
    blob.write_bytes(bytes([blob.read_bytes()[0] ^ 1]) + blob.read_bytes()[1:])
    assert _named(case.check(), 14, name, "was altered")


def test_a_blob_that_nothing_names_is_told_and_harms_nothing(case: Case) -> None:
    draft = case.desk.node.blobs.draft()
    draft.write(b"left by a killed run")
    draft.commit()
    report = case.check()
    assert report.verdict is Verdict.PASSED
    assert "comity node sweep" in report.findings[17].says


def test_files_that_are_no_blobs_are_told_and_left_alone(case: Case) -> None:
    blobs = case.folder / "blobs"
    (blobs / "zz").mkdir()
    strays = [blobs / "junk", blobs / "zz" / "a", blobs / "zz" / "odd\n\udcff"]
    for stray in strays:
        stray.write_bytes(b"x")
    sweep_blobs(case.desk.node)
    report = case.check()
    assert report.verdict is Verdict.PASSED
    assert "No blobs, and harmless: 3 (junk, zz/a, zz/odd\\n\\xff)" in report.findings[17].says
    assert all(stray.exists() for stray in strays)


def test_one_lost_exhibit_is_told_in_one_line_more(case: Case) -> None:
    with raw_tables(case.place) as raw:
        raw("DELETE FROM storage_exhibit WHERE serial = 1")
    bad = [one.says for one in case.check().findings if one.verdict is Verdict.FAILED]
    assert len(bad) == 2
    assert "1 missing, first 1." in bad[1]


def test_a_clock_that_is_years_behind_is_told_once_and_decides_nothing(case: Case) -> None:
    behind = dataclasses.replace(case.desk.node, clock=HandClock("2019-01-01T00:00:00Z"))
    report = check_node(behind)
    assert report.verdict is Verdict.INDETERMINATE, _faults(report)
    (open_one,) = [one for one in report.findings if one.verdict is not Verdict.PASSED]
    assert open_one.check == 2
    with raw_tables(case.place) as raw:
        count = raw.one("SELECT count(*) FROM storage_act")
    assert f"{count} of {count} acts lie ahead of this machine's clock" in open_one.says
    assert "Set the clock right" in open_one.says
    assert "backup" not in open_one.says


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE storage_standing SET outcomes = CAST('{}' AS BYTEA)",
        "UPDATE storage_intake SET objects = 7",
        "DELETE FROM storage_exhibit WHERE serial = 2",
        "DELETE FROM storage_volume WHERE number = 1",
    ],
)
def test_values_are_printed_as_digests_and_words(case: Case, damage: str) -> None:
    with raw_tables(case.place) as raw:
        raw(damage if case.place.kind == "postgres" else damage.replace("BYTEA", "BLOB"))
    told = [f"{one.says} {one.expected} {one.found}" for one in case.check().findings]
    assert not [one for one in told if re.search(r"b'|b\"|\w\(\w+=|^\(|\{", one)]


def test_what_was_erased_is_told_as_erased_and_not_as_damaged(case: Case) -> None:
    erase_content(case.desk.node, OFFICER, case.dossier, Move(terms={"decision": "XA 12/26"}))
    report = case.check()
    assert report.verdict is Verdict.PASSED, _faults(report)
    told = {one.check: one.says for one in report.findings}
    assert all("erased" in told[check] for check in (4, 6, 15))


def test_an_erased_identity_that_came_back_is_named(case: Case) -> None:
    with raw_tables(case.place) as raw:
        kept = raw("SELECT id, wrapped FROM storage_identity")
    erase_content(case.desk.node, OFFICER, case.dossier, Move(terms={"decision": "XA 12/26"}))
    connections.close_all()
    with raw_tables(case.place) as raw:
        for key, wrapped in kept:
            raw("UPDATE storage_identity SET wrapped = ? WHERE id = ?", wrapped, key)
    assert _named(case.check(), 6, "although an act says", "Erase it again")


def test_a_stopped_job_waits_for_a_person(case: Case) -> None:
    with raw_tables(case.place) as raw:
        raw("UPDATE storage_job SET state = 'stopped', trouble = 'evidence/storage'")
    report = case.check()
    assert report.verdict is Verdict.INDETERMINATE
    assert "comity node again FOLDER job_" in report.findings[16].says


def test_all_that_is_derived_can_be_dropped_and_made_again(case: Case) -> None:
    with raw_tables(case.place) as raw:
        before = {table: _dump(raw, table) for table in (*DERIVED, "dossier")}
        for table in ("package", "exhibit", "intake", "outbox", "deadline", "standing"):
            raw(f"DELETE FROM storage_{table}")  # noqa: S608
        raw("UPDATE storage_dossier SET version = 99, channel = 'portal', follows_id = NULL")
    assert case.check().verdict is Verdict.FAILED
    assert set(rebuild_node(case.desk.node).values()) == {None}
    connections.close_all()
    with raw_tables(case.place) as raw:
        after = {table: _dump(raw, table) for table in (*DERIVED, "dossier")}
    assert after == before
    assert case.check().verdict is Verdict.PASSED


def test_what_was_erased_stays_listed_when_all_is_made_again(case: Case) -> None:
    erase_content(case.desk.node, OFFICER, case.dossier, Move(terms={"decision": "XA 12/26"}))
    connections.close_all()
    with raw_tables(case.place) as raw:
        raw("DELETE FROM storage_deadline")
        before = _dump(raw, "exhibit")
    assert set(rebuild_node(case.desk.node).values()) == {None}
    with raw_tables(case.place) as raw:
        assert _dump(raw, "exhibit") == before
    assert case.check().verdict is Verdict.PASSED


def test_nonsense_in_a_column_is_a_finding_and_no_crash(case: Case) -> None:
    with raw_tables(case.place) as raw:
        raw("UPDATE storage_act SET digest = 'nonsense' WHERE step = 'grant'")
    assert _named(case.check(), 1, str(case.dossier), "cannot be read", "backup")


def test_a_dossier_whose_acts_are_damaged_is_not_made_again(case: Case) -> None:
    with raw_tables(case.place) as raw:
        raw("DELETE FROM storage_act WHERE step = 'open_dossier' AND chain = ?", str(case.dossier))
    assert rebuild_node(case.desk.node)[case.dossier] is not None
    assert reading.show_dossier(case.desk.node, case.dossier).state == "held"


def _dump(raw: Raw, table: str) -> list[tuple[object, ...]]:
    """Return a table without what is random or a database's own number."""
    columns = [
        name
        for name in _columns(raw, table)
        if name != "id" and (table, name) != ("exhibit", "ident")
    ]
    rows = raw(f"SELECT {', '.join(columns)} FROM storage_{table}")  # noqa: S608
    return sorted(rows, key=str)


def _columns(raw: Raw, table: str) -> list[str]:
    cursor = raw._connection.cursor()
    cursor.execute(f"SELECT * FROM storage_{table} LIMIT 0")  # noqa: S608
    return [column[0] for column in cursor.description]


def _named(report: Report, check: int, *words: str) -> bool:
    return any(
        one.check == check
        and one.verdict is Verdict.FAILED
        and all(word in one.says for word in words)
        for one in report.findings
    )


def _faults(report: Report) -> list[str]:
    return [
        f"{one.check} {one.verdict.value}: {one.says}"
        for one in report.findings
        if one.verdict is not Verdict.PASSED
    ]
