"""What `comity desk`, `package transfer` and `request order` ask of a desk's door."""

from __future__ import annotations

import io
import json
import tarfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from comity.cli.main import run

LETTER = f"sha256:{'a' * 64}"
DOSSIER = f"dos_{'0' * 26}"
TRANSFER = f"xfr_{'0' * 26}"
DUTY = {"place": 0, "actor": "xa-1", "begins": None, "ends": None}


class Desk:
    """A door that keeps what it was asked and answers what it was given."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, Any]] = []
        self.answers: dict[str, bytes] = {}
        desk = self

        class Handler(BaseHTTPRequestHandler):
            def _answer(self) -> None:
                data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                desk.asked.append((self.command, self.path, json.loads(data) if data else None))
                found = desk.answers.get(self.path.partition("?")[0], b"{}")
                self.send_response(200)
                self.send_header("Content-Length", str(len(found)))
                self.send_header("Comity-Act", LETTER)
                self.end_headers()
                self.wfile.write(found)

            do_GET = do_POST = do_PUT = _answer  # noqa: N815 # as http.server names them

            def log_message(self, *_words: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def give(self, path: str, data: object) -> None:
        found = data if isinstance(data, bytes) else json.dumps(data).encode()
        self.answers[f"/api/1/{path}"] = found


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    thread = threading.Thread(target=made.server.serve_forever, args=(0.01,))
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def say(desk: Desk, folder: Path, *words: object) -> int:
    token = folder / "token"
    token.write_text("comity_" + "a" * 43)
    token.chmod(0o600)
    url = f"http://127.0.0.1:{desk.server.server_address[1]}"
    with pytest.raises(SystemExit) as left:
        run([*map(str, words), "--desk", url, "--token-file", str(token), "--json"])
    assert isinstance(left.value.code, int)
    return left.value.code


def test_a_letter_is_stopped_with_reasons_and_sent_again(desk: Desk, tmp_path: Path) -> None:
    for verb in ("stop", "again"):
        desk.give(f"letters/{LETTER}/{verb}", {"message": LETTER, "state": "stopped"})
    assert say(desk, tmp_path, "desk", "letter", "stop", LETTER, "--reasons", "No.", "--yes") == 0
    assert say(desk, tmp_path, "desk", "letter", "again", LETTER) == 0
    assert desk.asked == [
        ("POST", f"/api/1/letters/{LETTER}/stop", {"reasons": "No."}),
        ("POST", f"/api/1/letters/{LETTER}/again", {}),
    ]


def test_somebody_is_put_on_duty_beside_who_is_there(desk: Desk, tmp_path: Path) -> None:
    desk.give("roster", {"items": [DUTY]})
    assert say(desk, tmp_path, "desk", "roster", "set", 1, "xa-2") == 0
    assert desk.asked[-1] == (
        "PUT",
        "/api/1/roster",
        {"items": [DUTY, {**DUTY, "place": 1, "actor": "xa-2"}]},
    )
    assert say(desk, tmp_path, "desk", "roster", "clear", 0) == 0
    assert desk.asked[-1] == ("PUT", "/api/1/roster", {"items": []})


def test_an_answer_file_goes_to_its_dossier_with_its_channel(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "answer.json"
    file.write_bytes(b"{}")
    told = {"code": "done", "step": "preserve", "is_identified": True}
    desk.give(f"dossiers/{DOSSIER}/answers", told)
    words = ("request", "order", "answer", DOSSIER, file, "--channel", "mail", "--yes")
    assert say(desk, tmp_path, *words) == 0
    body = {"file": "e30=", "channel": "mail", "code": ""}
    assert desk.asked == [("POST", f"/api/1/dossiers/{DOSSIER}/answers", body)]


def _tar(**files: bytes) -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as tar:
        for name, data in files.items():
            entry = tarfile.TarInfo(f"{TRANSFER}/{name.replace('__', '/')}")
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return held.getvalue()


EARLY = {"says": "Verified in part.", "serials": [2], "checks": []}


def _open(desk: Desk, folder: Path, data: bytes) -> int:
    desk.give(f"transfers/{TRANSFER}/early-opening", data)
    out = folder / "early"
    words = ("package", "transfer", "open-early", TRANSFER, "--out", out, "--object", 2, "--yes")
    return say(desk, folder, *words)


def test_what_came_first_is_written_into_a_new_folder(desk: Desk, tmp_path: Path) -> None:
    told = json.dumps(EARLY).encode()
    data = _tar(objects__000002=b"the object", **{"early.json": told})
    assert _open(desk, tmp_path, data) == 0
    assert (tmp_path / "early" / "objects" / "000002").read_bytes() == b"the object"
    assert _open(desk, tmp_path, data) == 2


@pytest.mark.parametrize(
    "files",
    [
        {"objects__000002": b"the object"},
        {"early.json": json.dumps({**EARLY, "serials": [1]}).encode()},
        {"early.json": b"[]"},
        {"elsewhere__000002": b"x", "early.json": json.dumps(EARLY).encode()},
        {"..": b"x", "early.json": json.dumps(EARLY).encode()},
    ],
)
def test_of_what_is_not_whole_nothing_is_kept(
    desk: Desk, tmp_path: Path, files: dict[str, bytes]
) -> None:
    assert _open(desk, tmp_path, _tar(**files)) == 1
    assert not [path for path in tmp_path.iterdir() if "early" in path.name]
