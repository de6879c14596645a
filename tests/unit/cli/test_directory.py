"""``comity directory``: ceremonies on paper, a mirror on a real socket, a node that refreshes."""

from __future__ import annotations

import contextlib
import io
import json
import re
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tuf.api.metadata import Root

from comity.app.databases import close_connections
from comity.cli.main import run
from comity.federation.directory import AuthorityCard
from comity.federation.directory.metadata import read_file
from comity.federation.directory.pairing import COMMON, fingerprint
from tests.cards import make_card


def do(*words: str, code: int = 0) -> Any:
    """Run a command in the present folder and return its JSON."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), pytest.raises(SystemExit) as left:
        run(["directory", *words, "--json"])
    close_connections()
    assert (left.value.code or 0) == code, out.getvalue()
    return json.loads(out.getvalue().splitlines()[-1])


def _draft() -> None:
    """Draft a directory of XB in which nothing is signed."""
    for name in ("r1", "r2", "m", "b1", "b2"):
        do("key", name, "--name", f"holder of {name}", "--authority", "desk")
    do("make", "D", "--root", "r1.pub", "--root", "r2.pub", "--threshold", "2", "--mirror", "m.pub")
    do("delegate", "D", "XB", "--key", "b1.pub", "--key", "b2.pub", "--threshold", "2")
    Path("card.json").write_bytes(make_card("XB").document())
    do("enrol", "D", "XB", "--card", "card.json")


def _sign() -> None:
    for key in ("r1", "r2"):
        do("sign", "D/draft/root.json", "--key", key)
        do("sign", "D/draft/targets.json", "--key", key)
    for key in ("b1", "b2"):
        do("sign", "D/draft/XB/root.json", "--key", key)
        do("sign", "D/draft/XB.json", "--key", key)


@pytest.fixture(scope="module")
def drafts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a directory that waits for signatures."""
    place = tmp_path_factory.mktemp("drafts")
    with contextlib.chdir(place):
        _draft()
    return place


@pytest.fixture(scope="module")
def finished(drafts: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a directory that was signed and published."""
    place = tmp_path_factory.mktemp("finished")
    shutil.copytree(drafts, place, dirs_exist_ok=True)
    with contextlib.chdir(place):
        _sign()
        assert do("publish", "D", "--key", "m")["waiting"] == []
    return place


@pytest.fixture
def drafted(drafts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a copy of the drafts."""
    shutil.copytree(drafts, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def published(finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a copy of what was published."""
    shutil.copytree(finished, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)


@contextlib.contextmanager
def _mirror(folder: str, key: str) -> Iterator[str]:
    program = "from comity.cli.main import run; run()"
    command = [sys.executable, "-c", program, "directory", "serve", folder]
    with subprocess.Popen(
        [*command, "--listen", "127.0.0.1:0", "--key", key, "--json"], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())["listening"]
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


@pytest.mark.usefixtures("published")
def test_a_directory_that_was_signed_and_published_checks_out() -> None:
    assert do("check", "D")["faults"] == []


@pytest.mark.usefixtures("published")
def test_a_directory_with_a_changed_card_does_not_check_out() -> None:
    (card,) = Path("D/public/XB").glob("*.XB-CA.json")
    card.write_bytes(card.read_bytes().replace(b"+254700000001", b"+999700000001"))
    assert do("check", "D", code=1)["faults"]


@pytest.mark.usefixtures("drafted")
def test_nothing_is_published_below_the_threshold() -> None:
    do("sign", "D/draft/root.json", "--key", "r1")
    told = do("publish", "D", "--key", "m", code=1)
    assert "root.json" in told["waiting"]
    assert list(Path("D/public").iterdir()) == []


@pytest.mark.usefixtures("drafted")
def test_a_key_that_has_no_say_does_not_sign() -> None:
    told = do("sign", "D/draft/XB.json", "--key", "r1", code=4)
    assert told["error"]["code"] == "directory/not-your-key"


@pytest.mark.usefixtures("drafted")
def test_signatures_made_on_two_sticks_are_joined() -> None:
    for key in ("b1", "b2"):
        Path(f"{key}.d").mkdir()
        Path(f"{key}.d/XB.json").write_bytes(Path("D/draft/XB.json").read_bytes())
        do("sign", f"{key}.d/XB.json", "--key", key)
        do("join", "D/draft/XB.json", f"{key}.d/XB.json")
    assert len(json.loads(Path("D/draft/XB.json").read_bytes())["signatures"]) == 2


@pytest.mark.usefixtures("drafted")
def test_a_protocol_numbers_its_steps_and_leaves_room_to_sign(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        run(["directory", "sign", "D/draft/root.json", "--key", "r1"])
    page = capsys.readouterr().out
    assert re.search(r"^PROTOCOL .*root\.json is signed", page)
    assert re.search(r"^  1\. The file is D/draft/root\.json, version 1", page, re.MULTILINE)
    assert "holder of r2, desk" in page
    assert "____" in page


@pytest.mark.usefixtures("published")
def test_a_key_is_revoked_and_the_list_says_so() -> None:
    key = make_card("XB").keys[0].key.key_id.hex
    do("revoke-key", "D", "XB", "XB-CA", key[:12], "--reason", "stolen from a car")
    for name in ("b1", "b2"):
        do("sign", "D/draft/XB.json", "--key", name)
    assert do("publish", "D", "--key", "m")["waiting"] == []
    found = [path.read_bytes() for path in Path("D/public/XB").glob("*.XB-CA.json")]
    (card,) = [AuthorityCard.parse(data) for data in found if b"stolen from a car" in data]
    assert card.keys[0].revoked is not None


@pytest.mark.usefixtures("published")
def test_keys_of_a_state_are_changed_by_old_and_new_together() -> None:
    do("key", "b3")
    key = json.loads(Path("D/public/XB/1.root.json").read_bytes())["signatures"][0]["keyid"]
    do("rotate", "D", "XB", "--remove", key, "--add", "b3.pub")
    do("sign", "D/draft/XB/root.json", "--key", "b3")
    assert do("publish", "D", code=1)["waiting"] == ["root.json"]
    for name in ("b1", "b2"):
        do("sign", "D/draft/XB/root.json", "--key", name)
    assert do("publish", "D")["waiting"] == []
    assert Path("D/public/XB/2.root.json").exists()


@pytest.mark.parametrize(
    ("words", "code", "error"),
    [
        (["show", "nowhere"], 5, "directory/folder"),
        (["show"], 2, "asked/bad-value"),
        (["delegate", "D", "QQ", "--key", "b1.pub"], 2, "domain/unknown-state"),
        (["delegate", "D", "XA", "--key", "b1", "--threshold", "1"], 2, "asked/bad-value"),
        (["delegate", "D", "XA", "--key", "b1.pub", "--threshold", "2"], 2, "directory/ceremony"),
        (["enrol", "D", "XA", "--card", "card.json"], 2, "directory/ceremony"),
        (["enrol", "D", "XB", "--card", "b1.pub"], 2, "asked/bad-value"),
        (["enrol", "D", "XB", "--remove", "nobody"], 2, "directory/ceremony"),
        (["sign", "card.json", "--key", "b1"], 1, "verify/malformed"),
        (["make", "D", "--root", "r1.pub", "--threshold", "1", "--mirror", "m.pub"], 2,
         "directory/ceremony"),
        (["serve", "D", "--listen", "nowhere"], 2, "asked/bad-value"),
        (["pair", "export", "XB", "--folder", "D", "--out", "x"], 2, "directory/ceremony"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("drafted")
def test_what_is_asked_wrongly_is_refused_with_the_reason(
    words: list[str], code: int, error: str
) -> None:
    assert do(*words, code=code)["error"]["code"] == error


@pytest.mark.usefixtures("published")
def test_a_node_learns_of_a_state_from_a_mirror_on_a_real_socket() -> None:
    with _mirror("D", "m") as address:
        _make_node(address)
        do("trust", "--node", "na", "--root", "D/public/1.root.json",
           "--fingerprint", _fingerprint())  # fmt: skip
        assert do("refresh", "--node", "na")["changed"] == ["XB"]
        _show_mirror(address)
    shown = do("show", "--node", "na")
    assert [one["authority"] for one in shown["cards"]] == ["XB/XB-CA"]
    assert "implies no recognition" in shown["disclaimer"]
    assert not any(one["stale"] for one in shown["metadata"])
    assert do("refresh", "--node", "na", code=5)["mirror"] == ""


def _fingerprint() -> str:
    root = read_file(Path("D/public/1.root.json").read_bytes(), Root)
    return fingerprint(COMMON, root.signed).hex


def _make_node(mirror: str) -> None:
    with contextlib.redirect_stdout(io.StringIO()), pytest.raises(SystemExit):
        run(["node", "init", "na", "--state", "XA", "--authority", "XA-CA", "--exercise",
             "--kind", "central_authority", "--json"])  # fmt: skip
    close_connections()
    with Path("na/node.toml").open("a", encoding="utf-8") as stream:
        stream.write(f"mirrors = {json.dumps([mirror])}\n")


def _show_mirror(address: str) -> None:
    """Claim that a mirror shows its files and nothing else."""
    with urllib.request.urlopen(f"{address}/timestamp.json") as answer:  # noqa: S310 # loopback
        assert answer.read() == Path("D/public/timestamp.json").read_bytes()
    for path in ("/", "/XB", "/../draft/root.json", "/%2e%2e/keys", "//etc/passwd", "/no.json"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{address}{path}")  # noqa: S310 # loopback
        with refused.value:
            assert refused.value.code == 404


@pytest.mark.usefixtures("empty")
def test_a_state_pairs_with_a_node_by_its_fingerprint() -> None:
    do("key", "b1")
    fingerprint = do("state", "own", "XB", "--key", "b1.pub", "--threshold", "1")["fingerprint"]
    Path("card.json").write_bytes(make_card("XB").document())
    do("enrol", "own", "XB", "--card", "card.json")
    for name in ("XB/root.json", "XB.json"):
        do("sign", f"own/draft/{name}", "--key", "b1")
    do("publish", "own")
    assert do("pair", "export", "XB", "--folder", "own", "--out", "XB.pair")["fingerprint"] == (
        fingerprint
    )
    _make_node("http://127.0.0.1:1")
    told = do("pair", "accept", "XB.pair", "--node", "na", "--fingerprint", "0" * 64, code=1)
    assert told["error"]["code"] == "directory/fingerprint"
    told = do("pair", "accept", "XB.pair", "--node", "na", "--fingerprint", fingerprint)
    assert told["authorities"] == ["XB-CA"]


@pytest.mark.usefixtures("empty")
def test_a_card_of_a_node_holds_the_keys_that_the_node_has() -> None:
    _make_node("http://127.0.0.1:1")
    do("card", "--node", "na", "--out", "card.json", "--call-back", "+254700000001",
       "--duty", "sat,sun 18:00-08:00 +254700000002 en,fr", "--name", "en=Central Authority",
       "--language", "en")  # fmt: skip
    card = AuthorityCard.parse(Path("card.json").read_bytes())
    public = json.loads(Path("na/keys/authority.pub").read_bytes())["key"]
    assert card.keys[0].key.as_data() == public
    assert card.numbers() == {"+254700000001", "+254700000002"}
    assert card.names["en"] == "Central Authority"
