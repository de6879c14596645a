"""``comity node backup|restore|keys|rotate-key|roster|notices|findings|letters``."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from comity.app.compose import open_node
from comity.app.databases import close_connections
from comity.cli.main import run
from comity.service.findings import make_finding
from comity.service.notices import URGENT, note

Say = Callable[..., dict[str, object]]


@pytest.fixture
def say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Say]:
    """Give a hand that types a command and reads the JSON that it prints."""
    monkeypatch.chdir(tmp_path)

    def typed(line: str, code: int = 0) -> dict[str, object]:
        with pytest.raises(SystemExit) as left:
            run([*line.split(), "--json"])
        close_connections()
        told = capsys.readouterr()
        assert (left.value.code or 0) == code, told.out + told.err
        found = json.loads(told.out.splitlines()[-1])
        assert isinstance(found, dict)
        return found

    typed("node init n --state XA --authority XA-CA --kind court --exercise")
    yield typed
    close_connections()


def code(told: dict[str, object]) -> object:
    error = told["error"]
    assert isinstance(error, dict)
    return error["code"]


def items(told: dict[str, object]) -> list[dict[str, object]]:
    found = told["items"]
    assert isinstance(found, list)
    return found


def test_a_backup_without_a_receiver_is_not_made(say: Say) -> None:
    Path("words").write_text("some words\n")
    assert code(say("node backup n b", 2)) == "cli/no-receiver"
    say("evidence identity k.age")
    both = "node backup n b --to k.age.pub --passphrase-file words"
    assert code(say(both, 2)) == "cli/no-receiver"
    assert not Path("b").exists()


def test_a_backup_goes_there_and_back(say: Say) -> None:
    say("evidence identity k.age")
    made = say("node backup n b --to k.age.pub")
    assert code(say("node restore b", 2)) == "cli/no-opener"
    verified = say("node restore b --identity k.age --card n/keys/authority.pub")
    assert verified["digest"] == made["digest"]
    assert not Path("again").exists()
    restored = say("node restore b again --identity k.age")
    assert restored["verdict"] == "passed"
    (finding,) = items(say("node findings again"))
    assert finding["kind"] == "restored"
    say(f"node findings again --seen {finding['finding']}")
    assert items(say("node findings again")) == []
    (seen,) = items(say("node findings again --all"))
    assert seen["seen_by"] == "operator"


def test_a_passphrase_locks_and_opens(say: Say) -> None:
    Path("words").write_text("some words\n")
    Path("others").write_text("other words\n")
    say("node backup n b --passphrase-file words")
    say("node restore b --passphrase-file words")
    assert code(say("node restore b --passphrase-file others", 2)) == "app/backup-locked"


def test_a_damaged_backup_exits_1(say: Say) -> None:
    say("evidence identity k.age")
    say("node backup n b --to k.age.pub")
    Path("b/database.age").write_bytes(b"")
    assert code(say("node restore b again --identity k.age", 1)) == "app/backup-broken"
    assert not Path("again").exists()


def test_a_secret_is_not_taken_for_a_receiver(say: Say) -> None:
    say("evidence identity k.age")
    say("node backup n b --to k.age", 2)
    assert not Path("b").exists()


def test_files_that_are_not_the_node_s_own_are_named(say: Say) -> None:
    Path("n/dump.bin").write_bytes(bytes(2 << 20))
    say("evidence identity k.age")
    assert say("node backup n b --to k.age.pub")["left_out"] == ["dump.bin"]


def test_keys_are_listed_and_changed(say: Say) -> None:
    kinds = [key["kind"] for key in items(say("node keys n"))]
    assert kinds == ["signing", "identity", "wire", "tls"]
    made = say("node rotate-key n signing")
    assert code(say("node rotate-key n signing --use", 4)) == "app/key-not-listed"
    assert code(say("node rotate-key n signing --use --drop", 2)) == "cli/one-thing"
    assert code(say("node rotate-key n house", 2)) == "app/unknown-key-kind"
    say("node rotate-key n signing --drop")
    made = say("node rotate-key n signing")
    say("node rotate-key n signing --use --unlisted")
    states = {key["name"]: key["state"] for key in items(say("node keys n"))}
    assert states[made["name"]] == "active"
    say("check --node n")


def test_the_roster_is_written_and_read(say: Say) -> None:
    say("person add n --login amina --role duty_officer --mail amina@xa.example")
    assert items(say("node roster n")) == []
    line = "--place 0 --login amina --begins 2026-11-21T08:00:00Z --ends 2026-11-22T08:00:00Z"
    (place,) = items(say(f"node roster n {line}"))
    assert (place["place"], place["begins"]) == (0, "2026-11-21T08:00:00Z")
    assert code(say("node roster n --place 1", 2)) == "cli/no-place"
    assert code(say("node roster n --place 1 --login nobody", 2)) == "service/not-there"
    assert items(say("node roster n --clear 0")) == []


def test_notices_are_shown_and_acknowledged_by_name(say: Say) -> None:
    person = say("person add n --login amina --role duty_officer --mail amina@xa.example")
    node = open_node(Path("n"))
    with node.store.unit() as unit:
        ident = note(node, unit, "finding", URGENT)
    close_connections()
    (row,) = items(say("node notices n"))
    assert (row["notice"], row["state"]) == (str(ident), "waiting")
    (row,) = items(say(f"node notices n --acknowledge {ident} --by amina"))
    assert (row["state"], row["acknowledged_by"]) == ("acknowledged", person["actor"])


def test_findings_wait_until_they_are_seen(say: Say) -> None:
    node = open_node(Path("n"))
    with node.store.unit() as unit:
        make_finding(node, unit, kind="odd", says="something odd", source="XB XB-CA")
    close_connections()
    (row,) = items(say("node findings n"))
    assert (row["kind"], row["source"], row["seen_at"]) == ("odd", "XB XB-CA", None)
    assert code(say("node findings n --seen fin_00000000000000000000000000", 2)) == (
        "service/not-there"
    )


def test_letters_are_listed_and_one_thing_is_done_at_a_time(say: Say) -> None:
    assert items(say("node letters n")) == []
    assert code(say("node letters n --again a --stop b", 2)) == "cli/one-letter"
    unknown = f"sha256:{'0' * 64}"
    assert code(say(f"node letters n --stop {unknown}", 2)) == "service/not-there"
