"""The commands as a person gives them: real processes, exit codes, what they print."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROGRAM = [sys.executable, "-c", "from comity.cli.main import run; run()", "evidence"]


def comity(*words: Any, at: Path, given: bytes = b"") -> tuple[int, str, str]:
    done = subprocess.run(
        [*PROGRAM, *words],
        cwd=at,
        input=given,
        capture_output=True,
        check=False,
        env={**os.environ, "HOME": str(at), "XDG_CONFIG_HOME": str(at / "config")},
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def told(*words: Any, at: Path) -> dict[str, Any]:
    code, out, err = comity(*words, "--json", at=at)
    assert out, err
    found: dict[str, Any] = json.loads(out)
    return found | {"exit": code}


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with evidence, a key, an identity, and the package made of the evidence."""
    at = tmp_path_factory.mktemp("desk")
    source = at / "src"
    (source / "mail").mkdir(parents=True)
    (source / "mail/one.eml").write_bytes(b"one")
    (source / "mail/two.eml").write_bytes(b"two" * 1000)
    (source / "empty").mkdir()
    (source / "link").symlink_to("../../etc/passwd")
    (source / os.fsdecode(b"\xff\x1b[31m")).write_bytes(b"odd")
    os.mkfifo(source / "pipe")
    assert comity("key", "key", "--authority", "XB central", at=at)[0] == 0
    assert comity("identity", "id", at=at)[0] == 0
    assert comity("seal", "src", "--out", "pkg", "--key", "key", at=at)[0] == 0
    return at


def test_verify_exits_0_when_all_is_vouched_for(sealed: Path) -> None:
    found = told("verify", "pkg", "--trust", "key.pub", at=sealed)
    assert (found["exit"], found["verdict"]) == (0, "passed")
    assert [check["check"] for check in found["checks"]] == list(range(1, 14))
    assert "says nothing of lawfulness" in found["meaning"]


def test_verify_exits_3_when_nobody_vouches(sealed: Path) -> None:
    found = told("verify", "pkg", at=sealed)
    assert (found["exit"], found["verdict"]) == (3, "indeterminate")


def test_verify_exits_1_when_a_check_failed(sealed: Path, tmp_path: Path) -> None:
    shutil.copytree(sealed / "pkg", tmp_path / "pkg")
    (tmp_path / "pkg/bag/data/objects/000004").write_bytes(b"onE")
    found = told("verify", tmp_path / "pkg", "--trust", "key.pub", at=sealed)
    assert (found["exit"], found["verdict"]) == (1, "failed")


@pytest.mark.parametrize(
    "words",
    [
        ["verify", "nowhere"],
        ["verify"],
        ["verify", "pkg", "--trust", "src/mail/one.eml"],
        ["verify", "pkg", "--trust", "gone.pub"],
        ["seal", "gone", "--out", "new"],
        ["seal", "src", "--out", "pkg", "--key", "key"],
        ["seal", "src", "--out", "src/new", "--key", "key"],
        ["seal", "src", "--out", "new", "--key", "gone"],
        ["seal", "src", "--out", "new", "--key", "key", "--authority", "XA central"],
        ["seal", "src", "--out", "new", "--key", "key", "--origin", "two\nlines"],
        ["disclose", "pkg", "--out", "new"],
        ["disclose", "pkg", "--out", "new", "--object", "99"],
        ["disclose", "pkg", "--out", "new", "--name", "*.pdf"],
        ["disclose", "pkg", "--out", "new", "--from-file", "gone"],
        ["open", "pkg", "--out", "src"],
        ["key", "key"],
    ],
)
def test_a_usage_error_exits_2(sealed: Path, words: list[str]) -> None:
    code, _, said = comity(*words, at=sealed)
    assert code == 2, said
    assert "Traceback" not in said
    assert not (sealed / "new").exists()
    shutil.rmtree(sealed / "new.partial", ignore_errors=True)


def test_what_is_irregular_is_listed_and_strictness_fails_on_it(sealed: Path) -> None:
    found = told("seal", "src", "--out", "listed", "--key", "key", at=sealed)
    assert [(one["path"], one["why"]) for one in found["irregular"]] == [
        ("src/pipe", "not read: fifo")
    ]
    code, _, said = comity("seal", "src", "--out", "strict", "--key", "key", "--strict", at=sealed)
    assert code == 1
    assert "src/pipe" in said
    assert "Unfinished: " in said
    assert not (sealed / "strict").exists()


def test_links_are_counted_and_listed_one_by_one(sealed: Path) -> None:
    found = told("seal", "src", "--out", "linked", "--key", "key", at=sealed)
    assert [(one["path"], one["why"]) for one in found["links"]] == [
        ("src/link", "symbolic link, not followed")
    ]
    _, out, _ = comity("seal", "src", "--out", "linked2", "--key", "key", at=sealed)
    assert "symbolic links, taken in as the text they hold: 1\n" in out
    assert "src/link: symbolic link, not followed" in out


def test_strictness_fails_on_a_link_alone(sealed: Path, tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src/link").symlink_to("gone")
    words = ["seal", tmp_path / "src", "--key", "key", "--out"]
    assert comity(*words, tmp_path / "lax", at=sealed)[0] == 0
    code, _, said = comity(*words, tmp_path / "strict", "--strict", at=sealed)
    assert (code, "src/link: symbolic link" in said) == (1, True)


def test_a_link_named_on_the_command_line_is_refused_and_its_target_told(
    sealed: Path, tmp_path: Path
) -> None:
    (tmp_path / "disk").write_bytes(b"all of the disk")
    (tmp_path / "by-id").symlink_to("disk")
    words = ["seal", tmp_path / "by-id", "--key", "key", "--out", tmp_path / "p"]
    code, _, said = comity(*words, at=sealed)
    assert code == 2
    assert f"{tmp_path / 'disk'}" in said
    assert "Name its target instead" in said
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("p")] == []


def test_the_kind_of_each_object_is_listed(sealed: Path) -> None:
    _, out, _ = comity("list", "pkg", at=sealed)
    assert {line.split()[2] for line in out.splitlines()} == {"file", "symlink", "folder", "fifo"}


@pytest.mark.parametrize("named", ["src/pipe", "/dev/null", "/dev/zero"])
def test_what_is_named_and_gave_nothing_is_told_and_exits_1(
    sealed: Path, tmp_path: Path, named: str
) -> None:
    words = ["seal", "src/mail", named, "--key", "key", "--out"]
    found = told(*words, tmp_path / "told", at=sealed)
    assert (found["exit"], found["not_taken"]) == (1, [named])
    code, out, _ = comity(*words, tmp_path / "said", at=sealed)
    assert (code, f"Nothing could be taken of what was named: {named}." in out) == (1, True)
    assert told("verify", tmp_path / "told", "--trust", "key.pub", at=sealed)["exit"] == 0


def test_an_empty_file_that_is_named_is_taken(sealed: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"")
    words = ["seal", tmp_path / "empty", "--key", "key", "--out", tmp_path / "p"]
    assert told(*words, at=sealed)["exit"] == 0


@pytest.mark.parametrize(
    "words", [["src", "src"], ["src", "./src/mail/.."], ["src/mail/one.eml", "src"], ["-", "-"]]
)
def test_what_is_named_twice_is_refused(sealed: Path, tmp_path: Path, words: list[str]) -> None:
    code, _, said = comity("seal", *words, "--key", "key", "--out", tmp_path / "p", at=sealed)
    assert (code, "named t" in said) == (2, True)
    assert list(tmp_path.iterdir()) == []


def test_a_part_of_what_is_not_there_leaves_nothing_behind(sealed: Path, tmp_path: Path) -> None:
    words = ["disclose", "pkg", "--out", tmp_path / "part", "--object"]
    assert comity(*words, "999999", at=sealed)[0] == 2
    assert list(tmp_path.iterdir()) == []
    assert comity(*words, "1", at=sealed)[0] == 0


def test_what_an_unfinished_run_left_is_named_as_that(sealed: Path, tmp_path: Path) -> None:
    (tmp_path / "part.partial").mkdir()
    words = ["disclose", "pkg", "--out", tmp_path / "part", "--object", "1"]
    code, _, said = comity(*words, at=sealed)
    assert code == 2
    assert "What an unfinished run left lies at this place. Delete it, then run again." in said


@pytest.mark.parametrize("given", ["/dev/zero", "long"])
def test_a_file_of_names_is_bounded(sealed: Path, tmp_path: Path, given: str) -> None:
    (tmp_path / "long").write_bytes(b"src/mail/one.eml\n" + b"x" * 5000)
    place = tmp_path / given
    words = ["disclose", "pkg", "--out", tmp_path / "part", "--from-file", place]
    code, out, said = comity(*words, at=sealed)
    assert (code, len(out + said) < 1000) == (2, True)


def test_names_that_are_not_there_are_told_in_short(sealed: Path, tmp_path: Path) -> None:
    (tmp_path / "names").write_text("\n".join(f"{turn}" * 900 for turn in range(10)))
    words = ["disclose", "pkg", "--out", tmp_path / "part", "--from-file", tmp_path / "names"]
    _, _, said = comity(*words, at=sealed)
    assert "and 5 more. List the objects" in said
    assert len(said) < 1000


def test_a_file_without_a_receiver_is_named(sealed: Path, tmp_path: Path) -> None:
    for text in ("", "# nothing\n", "no key\n"):
        (tmp_path / "to").write_text(text)
        words = ["--key", "key", "--out", tmp_path / "p", "--to", tmp_path / "to"]
        code, _, said = comity("seal", "src", *words, at=sealed)
        assert (code, f"{tmp_path / 'to'}: " in said) == (2, True)


def test_a_secret_given_as_receiver_is_refused_and_not_printed(sealed: Path) -> None:
    secret = json.loads((sealed / "id").read_text())["identity"]
    for given in (secret, secret.lower(), "id"):
        words = ["--key", "key", "--out", "secret", "--to", given]
        code, out, said = comity("seal", "src", *words, at=sealed)
        assert (code, "This is a secret identity" in said) == (2, True)
        assert secret.lower() not in (out + said).lower()


@pytest.mark.parametrize(
    ("option", "held"), [("--key", "{}"), ("--key", ""), ("--identity", "AGE-SECRET-KEY-1X")]
)
def test_a_damaged_key_file_is_named(sealed: Path, tmp_path: Path, option: str, held: str) -> None:
    place = tmp_path / "damaged"
    place.write_text(held)
    place.chmod(0o600)
    verb = ["seal", "src", "--out", tmp_path / "p"] if option == "--key" else ["list", "pkg"]
    code, _, said = comity(*verb, option, place, at=sealed)
    assert code in {1, 2}
    assert f"{place}: " in said
    assert "Ask the sender" not in said


def test_a_plain_file_in_place_of_a_package_is_told_from_a_folder(sealed: Path) -> None:
    code, _, said = comity("verify", "key.pub", at=sealed)
    assert (code, "A folder was expected" in said) == (2, True)


def test_a_locked_key_tells_how_its_passphrase_is_given(tmp_path: Path) -> None:
    (tmp_path / "words").write_text("correct horse\n")
    (tmp_path / "x").write_bytes(b"x")
    comity("key", "key", "--passphrase-file", "words", at=tmp_path)
    _, _, said = comity("seal", "x", "--out", "p", "--key", "key", at=tmp_path)
    assert "--passphrase-file" in said


def test_a_home_that_cannot_be_written_names_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"x")
    (tmp_path / "config").write_bytes(b"in the way")
    code, _, said = comity("seal", "x", "--out", "p", at=tmp_path)
    assert (code, "--key names one elsewhere" in said) == (5, True)
    assert "Traceback" not in said


def test_names_are_printed_without_their_control_signs(sealed: Path) -> None:
    _, out, _ = comity("list", "pkg", at=sealed)
    assert "\\xff\\x1b[31m" in out
    assert "\x1b" not in out


def test_opening_restores_names_and_no_links(sealed: Path) -> None:
    code, _, _ = comity("open", "pkg", "--out", "opened", "--trust", "key.pub", at=sealed)
    restored = sealed / "opened/restored/src"
    assert code == 0
    assert (restored / "mail/two.eml").read_bytes() == b"two" * 1000
    assert (restored / "link.link").read_bytes() == b"../../etc/passwd"
    assert (restored / "empty").is_dir()
    assert (restored / os.fsdecode(b"\xff\x1b[31m")).read_bytes() == b"odd"
    assert not os.path.lexists(restored / "pipe")
    assert not any(path.is_symlink() for path in (sealed / "opened").rglob("*"))
    lines = (sealed / "opened/index.jsonl").read_text().splitlines()
    index = [json.loads(line) for line in lines]
    assert [line["at"] for line in index if line["kind"] == "fifo"] == [None]


def test_a_package_that_failed_is_not_opened(sealed: Path, tmp_path: Path) -> None:
    shutil.copytree(sealed / "pkg", tmp_path / "pkg")
    (tmp_path / "pkg/bag/data/objects/000004").write_bytes(b"onE")
    code, _, _ = comity("open", tmp_path / "pkg", "--out", tmp_path / "opened", at=sealed)
    assert code == 1
    assert not (tmp_path / "opened").exists()


def test_a_part_is_chosen_by_name_serial_and_file(sealed: Path) -> None:
    (sealed / "names").write_bytes(b"src/\xff\x1b[31m\n")
    words = ["--name", "*one.eml", "--object", "1", "--from-file", "names"]
    found = told("disclose", "pkg", "--out", "part", *words, at=sealed)
    assert (found["shown"], found["withheld"]) == (3, 3)
    verified = told("verify", "part", "--trust", "key.pub", at=sealed)
    assert (verified["exit"], verified["form"], verified["withheld"]) == (0, "part", 3)
    assert 8 not in [check["check"] for check in verified["checks"]]


def test_an_encrypted_package_is_verified_opened_and_disclosed(sealed: Path) -> None:
    to, own = ["--to", "id.pub"], ["--identity", "id"]
    told("seal", "src", "--out", "enc", "--key", "key", *to, at=sealed)
    assert all(path.suffix == ".age" for path in (sealed / "enc").iterdir())
    assert comity("verify", "enc", at=sealed)[0] == 2
    assert told("verify", "enc", "--trust", "key.pub", *own, at=sealed)["exit"] == 0
    told("disclose", "enc", "--out", "encpart", "--name", "*.eml", *own, *to, at=sealed)
    assert told("verify", "encpart", "--trust", "key.pub", *own, at=sealed)["withheld"] == 4
    opened = told("open", "encpart", "--out", "encopened", *own, at=sealed)
    assert (opened["exit"], opened["named"]) == (3, 2)


def test_standard_input_is_sealed_with_a_key_made_at_first_use(tmp_path: Path) -> None:
    code, out, _ = comity("seal", "-", "--out", "pkg", at=tmp_path, given=b"from a pipe")
    assert code == 0
    assert "made just now" in out
    assert (tmp_path / "pkg/bag/data/objects/000001").read_bytes() == b"from a pipe"
    assert (tmp_path / "config/comity/sealing.key").stat().st_mode & 0o077 == 0
    again = told("seal", "pkg/bag", "--out", "two", at=tmp_path)
    assert again["key_is_new"] is False


def test_a_key_locked_with_a_passphrase_needs_it(tmp_path: Path) -> None:
    (tmp_path / "words").write_text("correct horse\n")
    (tmp_path / "x").write_bytes(b"x")
    lock = ["--passphrase-file", "words"]
    assert comity("key", "key", *lock, at=tmp_path)[0] == 0
    assert comity("seal", "x", "--out", "p", "--key", "key", at=tmp_path)[0] == 2
    assert comity("seal", "x", "--out", "p", "--key", "key", *lock, at=tmp_path)[0] == 0


def test_a_name_that_is_no_text_can_be_sealed(tmp_path: Path) -> None:
    name = b"\xff\xfe"
    (tmp_path / os.fsdecode(name)).write_bytes(b"x")
    code, out, _ = comity("seal", name, "--out", "p", "--json", at=tmp_path)
    assert (code, json.loads(out)["objects"]) == (0, 1)
