"""``comity request``, ``package``, ``person``, ``desk`` against a real desk's door (granian)."""

from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from comity.app.compose import init_node, open_node
from comity.app.settings import Settings
from comity.app.work import run_due
from comity.base import Digest
from comity.cli.main import run
from tests.world import FULL_FORM

pytestmark = pytest.mark.slow
ROLES = ("duty_officer", "prosecutor", "laboratory", "central_authority", "enrolment_officer")


def _free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


class Shell:
    """Commands of one person, as they are typed."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = url

    def token(self, role: str) -> Path:
        return self.folder / f"{role}.token"

    def say(self, capsys: pytest.CaptureFixture[str], role: str, *words: object) -> tuple[int, Any]:
        """Type a command as somebody; return its exit code and its JSON."""
        end = ["--desk", self.url, "--token-file", str(self.token(role)), "--json"]
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            run([*map(str, words), *end])
        out = capsys.readouterr().out
        code = left.value.code
        assert isinstance(code, int)
        return code, json.loads(out) if out.strip() else None


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    folder = tmp_path_factory.mktemp("desk")
    port = _free_port()
    address = f"127.0.0.1:{port}"
    node = folder / "node"
    settings = Settings(
        state="XA", authority="XA-CA", kind="central_authority", exercise=True, desk=address
    )
    init_node(node, settings)
    for role in ROLES:
        words = ["person", "add", str(node), "--login", role, "--role", role]
        with pytest.raises(SystemExit) as left:
            run([*words, "--token-file", str(folder / f"{role}.token")])
        assert left.value.code == 0
    command = [sys.executable, "-m", "comity.web.serving", "desk", str(node)]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [*command, "--parent", str(os.getpid())], stdout=log, stderr=subprocess.STDOUT
        )
        try:
            _await(f"http://{address}/livez", server)
            yield Shell(folder, f"http://{address}")
        finally:
            server.terminate()
            server.wait(30)


def _await(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(1200):
        assert server.poll() is None
        try:
            urllib.request.urlopen(url, timeout=2).close()  # noqa: S310 - our own loopback
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the desk does not open")


def test_a_request_goes_from_the_form_to_the_sealed_package_in_a_folder(
    shell: Shell, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    words = ["request", "open", "uncc/preservation", "--with", "XB", "--authority", "XB desk"]
    code, opened = shell.say(capsys, "duty_officer", *words, "--channel", "letter")
    assert code == 0
    dossier = opened["dossier"]
    form = tmp_path / "form.json"
    form.write_text(json.dumps({**FULL_FORM, "urgency": "Logs are about to be lost."}))
    code, filled = shell.say(capsys, "duty_officer", "request", "fill", dossier, form)
    assert (code, filled["missing"]) == (0, [])
    code, sent = shell.say(capsys, "duty_officer", "request", "take", dossier, "send", "--yes")
    assert (code, sent["step"], sent["role"]) == (0, "send", "duty_officer")
    proof = tmp_path / "receipt"
    proof.write_text("delivered")
    at = open_node(shell.folder / "node").clock.now()
    delivered = ["request", "deliver", dossier, sent["digest"], "--channel", "letter"]
    code, _ = shell.say(capsys, "duty_officer", *delivered, "--at", at, "--proof", proof)
    assert code == 0
    brought = tmp_path / "brought"
    brought.mkdir()
    (brought / "disk.img").write_bytes(os.urandom(9 << 20))
    (brought / "note.txt").write_bytes(b"a note")
    take = ["package", "take-in", dossier, brought, "--origin", "a host", "--no-wait"]
    code, taken = shell.say(capsys, "laboratory", *take)
    assert code == 0
    assert [one.error for one in run_due(open_node(shell.folder / "node"))] == [None]
    code, found = shell.say(capsys, "laboratory", "desk", "job", taken["job"])
    assert (code, found["state"], found["total"]) == (0, "done", (9 << 20) + 6)
    seal = ["package", "seal", dossier, taken["job"], "--no-wait"]
    assert shell.say(capsys, "laboratory", *seal)[0] == 0
    assert [one.error for one in run_due(open_node(shell.folder / "node"))] == [None]
    _, shown = shell.say(capsys, "laboratory", "request", "show", dossier)
    covered = next(one["covers"]["content"] for one in shown["acts"] if one["step"] == "send")
    code, read = shell.say(capsys, "duty_officer", "request", "read", dossier, covered)
    assert (code, read["values"]["form"]["facts"]) == (0, FULL_FORM["facts"])
    paper = tmp_path / "paper"
    words = ["request", "document", dossier, covered, "--out", str(paper)]
    assert shell.say(capsys, "duty_officer", *words)[0] == 0
    assert str(Digest.of(paper.read_bytes())) == covered
    package = shown["packages"][0]["package"]
    out = tmp_path / "out"
    words = [
        "package",
        "export",
        package,
        "--out",
        str(out),
        "--reasons",
        "For the court.",
        "--yes",
    ]
    code, told = shell.say(capsys, "laboratory", *words)
    assert code == 0, told
    card = shell.folder / "node" / "keys" / "authority.pub"
    with pytest.raises(SystemExit) as left:
        run(["evidence", "verify", str(out), "--trust", str(card)])
    assert left.value.code == 0


def test_an_investigation_is_opened_and_its_title_read_again(
    shell: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["investigation", "open", "Ransomware"]
    code, opened = shell.say(capsys, "prosecutor", *words)
    assert code == 0
    words = ["investigation", "show", opened["investigation"]]
    code, shown = shell.say(capsys, "prosecutor", *words)
    assert (code, shown["title"]) == (0, "Ransomware")


def test_ones_own_token_can_be_ended(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = shell.say(capsys, "central_authority", "person", "tokens")
    assert code == 0
    (one,) = told["items"]
    words = ["person", "revoke", one["digest"]]
    assert shell.say(capsys, "central_authority", *words)[0] == 0
    assert shell.say(capsys, "central_authority", "person", "me")[0] == 4


def test_an_invitation_is_accepted_and_the_token_works(
    shell: Shell, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code_file, token_file = tmp_path / "code", shell.token("newcomer")
    words = ["person", "invite", "--login", "newcomer", "--role", "prosecutor"]
    code, told = shell.say(capsys, "enrolment_officer", *words, "--code-file", code_file)
    assert code == 0
    assert "comity_" not in json.dumps(told)
    with pytest.raises(SystemExit) as left:
        run(["person", "accept", "--code-file", str(code_file), "--token-file", str(token_file),
             "--desk", shell.url])  # fmt: skip
    assert left.value.code == 0
    assert stat.S_IMODE(token_file.stat().st_mode) == 0o600
    code, me = shell.say(capsys, "newcomer", "person", "me")
    assert (code, me["roles"]) == (0, ["prosecutor"])


@pytest.mark.parametrize(
    ("role", "words", "code", "told"),
    [
        ("duty_officer", ["request", "show", "dos_" + "0" * 26], 2, "service/not-there"),
        ("duty_officer", ["request", "show", "../me"], 2, "cli/name"),
        ("duty_officer", ["request", "list", "--state", "A B"], 2, "api/query"),
        ("duty_officer", ["package", "export", "pkg_" + "0" * 26, "--out", "x", "--yes"],
         4, "api/no-permission"),
        ("duty_officer", ["request", "take", "dos_" + "0" * 26, "send"], 2, "cli/not-confirmed"),
        ("duty_officer", ["request", "take", "dos_" + "0" * 26, "send", "--term", "x", "--yes"],
         2, "cli/pair"),
        ("enrolment_officer", ["request", "list"], 4, "api/no-permission"),
        ("duty_officer", ["request", "list", "--as", "x"], 2, "asked/wrongly"),
    ],
)  # fmt: skip
def test_what_the_node_refuses_ends_with_the_code_of_its_branch(  # noqa: PLR0917
    shell: Shell,
    capsys: pytest.CaptureFixture[str],
    role: str,
    words: list[str],
    code: int,
    told: str,
) -> None:
    left, found = shell.say(capsys, role, *words)
    assert (left, found["error"]["code"]) == (code, told)


def test_a_token_that_others_can_read_is_not_used(
    shell: Shell, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    copied = shell.token("copied")
    copied.write_bytes(shell.token("duty_officer").read_bytes())
    copied.chmod(0o640)
    code, found = shell.say(capsys, "copied", "person", "me")
    assert (code, found["error"]["code"]) == (4, "cli/file-open")


def test_a_false_token_is_refused_and_not_shown(
    shell: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    false = shell.token("false")
    false.write_text("comity_" + "A" * 43)
    false.chmod(0o600)
    code, found = shell.say(capsys, "false", "person", "me")
    assert (code, found["error"]["code"]) == (4, "api/unauthenticated")
    assert "AAAA" not in json.dumps(found)


@pytest.mark.parametrize(
    ("url", "code", "told"),
    [
        ("http://127.0.0.1:1", 5, "cli/desk-unreachable"),
        ("http://example.org", 2, "cli/no-desk"),
        ("ftp://127.0.0.1", 2, "cli/no-desk"),
        ("nonsense", 2, "cli/no-desk"),
        ("http://[::1", 2, "cli/no-desk"),
    ],
)
def test_a_token_goes_nowhere_but_to_a_desk(
    shell: Shell, capsys: pytest.CaptureFixture[str], url: str, code: int, told: str
) -> None:
    other = Shell(shell.folder, url)
    left, found = other.say(capsys, "duty_officer", "person", "me")
    assert (left, found["error"]["code"]) == (code, told)
